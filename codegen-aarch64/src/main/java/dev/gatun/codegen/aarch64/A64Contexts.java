package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.SUBS;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.backend.Kind;
import dev.gatun.backend.OutOfLineSites;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.layout.VmContextLayout;

/**
 * Changes of the pinned registers, context and base of memory 0, around calls by a function's record, on AArch64.
 *
 * <p>Where the callee is likely one of the caller's own instance, the contexts are compared, and what changes them
 * stands behind the function: loading both anew would make the first access to memory, of the callee and again of the
 * caller, wait for a chain of loads.
 */
final class A64Contexts {
  private static final int CONTEXT = A64MacroAssembler.CONTEXT;
  private static final int MEMORY = A64MacroAssembler.MEMORY;
  private static final int SCRATCH = A64MacroAssembler.SCRATCH;
  private static final int FAR = A64MacroAssembler.FAR;

  private final A64MacroAssembler masm;
  private final Assembler asm;
  private final OutOfLineSites entries = new OutOfLineSites();
  private final OutOfLineSites returns = new OutOfLineSites();

  A64Contexts(A64MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  void begin() {
    entries.clear();
    returns.clear();
  }

  /**
   * Makes the context that of the function whose record x16 points to; faults, with the frame intact, if that is null.
   */
  void enter(boolean calleeMayBeNull) {
    masm.move(Kind.I64, A64MacroAssembler.CALLER_CONTEXT, CONTEXT); //             mov x10, ctx
    noteNull(calleeMayBeNull);
    masm.loadFrom(Kind.I64, CONTEXT, SCRATCH, FuncRefLayout.CONTEXT); //           ldr ctx, [x16, context]
    masm.loadFrom(Kind.I64, MEMORY, CONTEXT, VmContextLayout.MEMORY_BASE); //      ldr memory, [ctx, base]
  }

  /**
   * The same, at less cost where the function is of this context; x10 holds the caller's context only if it is not. A
   * host function, which wants it, has a context of its own.
   */
  void enterUnlessOwn(boolean calleeMayBeNull) {
    noteNull(calleeMayBeNull);
    masm.loadFrom(Kind.I64, FAR, SCRATCH, FuncRefLayout.CONTEXT); //               ldr x17, [x16, context]
    leaveLineUnlessOwn(entries);
  }

  private void noteNull(boolean calleeMayBeNull) {
    if (calleeMayBeNull) {
      masm.mayFault(TrapCode.NULL_FUNCTION_REFERENCE);
    }
  }

  /** Makes the context that of this function's frame. */
  void restore() {
    masm.loadFrom(Kind.I64, CONTEXT, FP, -8); //                                   ldr ctx, [fp, -8]
    masm.loadFrom(Kind.I64, MEMORY, CONTEXT, VmContextLayout.MEMORY_BASE); //      ldr memory, [ctx, base]
  }

  /**
   * The same, at less cost where the context is that already. Whoever returns does so with a context and its memory, so
   * the base need not be compared.
   */
  void restoreUnlessOwn() {
    masm.loadFrom(Kind.I64, FAR, FP, -8); //                                       ldr x17, [fp, -8]
    leaveLineUnlessOwn(returns);
  }

  private void leaveLineUnlessOwn(OutOfLineSites sites) {
    int label = asm.newLabel();
    int back = asm.newLabel();
    sites.add(label, back, masm.wasmOffset());
    asm.emitShifted(SUBS, true, ZERO, CONTEXT, FAR, Assembler.LSL, 0); //          cmp ctx, x17
    asm.emitBranch(NE, label); //                                                  b.ne
    asm.bind(back);
  }

  /** Emits what stands behind the function. */
  void end() {
    for (int i = 0; i < entries.count(); i++) {
      asm.bind(entries.label(i));
      enter(false);
      masm.jump(entries.back(i));
    }
    for (int i = 0; i < returns.count(); i++) {
      asm.bind(returns.label(i));
      restore();
      masm.jump(returns.back(i));
    }
  }
}

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.backend.Kind;
import dev.gatun.backend.OutOfLineSites;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.layout.VmContextLayout;

/**
 * Changes of the pinned registers, context and base of memory 0, around calls by a function's record, on x86-64.
 *
 * <p>Where the callee is likely one of the caller's own instance, the contexts are compared, and what changes them
 * stands behind the function: loading both anew would make the first access to memory, of the callee and again of the
 * caller, wait for a chain of loads.
 */
final class X86Contexts {
  private static final int CONTEXT = X86MacroAssembler.CONTEXT;
  private static final int MEMORY = X86MacroAssembler.MEMORY;
  private static final int SCRATCH = X86MacroAssembler.SCRATCH;

  private final X86MacroAssembler masm;
  private final Assembler asm;
  private final OutOfLineSites entries = new OutOfLineSites();
  private final OutOfLineSites returns = new OutOfLineSites();

  X86Contexts(X86MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  void begin() {
    entries.clear();
    returns.clear();
  }

  /**
   * Makes the context that of the function whose record r11 points to; faults, with the frame intact, if that is null.
   */
  void enter(boolean calleeMayBeNull) {
    masm.move(Kind.I64, X86MacroAssembler.CALLER_CONTEXT, CONTEXT); //             mov r10, r14
    noteNull(calleeMayBeNull);
    masm.loadFrom(Kind.I64, CONTEXT, SCRATCH, FuncRefLayout.CONTEXT); //           mov r14, [r11 + context]
    masm.loadFrom(Kind.I64, MEMORY, CONTEXT, VmContextLayout.MEMORY_BASE); //      mov r15, [r14 + base]
  }

  /**
   * The same, at less cost where the function is of this context; r10 holds the caller's context only if it is not. A
   * host function, which wants it, has a context of its own.
   */
  void enterUnlessOwn(boolean calleeMayBeNull) {
    noteNull(calleeMayBeNull);
    asm.emitMemory(CMP_RM, true, CONTEXT, SCRATCH, NONE, 0, FuncRefLayout.CONTEXT); // cmp r14, [r11 + context]
    leaveLine(entries); //                                                         jne enter
  }

  private void noteNull(boolean calleeMayBeNull) {
    if (calleeMayBeNull) {
      masm.mayFault(TrapCode.NULL_FUNCTION_REFERENCE);
    }
  }

  /** Makes the context that of this function's frame. */
  void restore() {
    masm.loadFrom(Kind.I64, CONTEXT, RBP, -8); //                                  mov r14, [rbp - 8]
    masm.loadFrom(Kind.I64, MEMORY, CONTEXT, VmContextLayout.MEMORY_BASE); //      mov r15, [r14 + base]
  }

  /**
   * The same, at less cost where the context is that already. Whoever returns does so with a context and its memory, so
   * the base need not be compared.
   */
  void restoreUnlessOwn() {
    asm.emitMemory(CMP_RM, true, CONTEXT, RBP, NONE, 0, -8); //                    cmp r14, [rbp - 8]
    leaveLine(returns); //                                                         jne restore
  }

  private void leaveLine(OutOfLineSites sites) {
    int label = asm.newLabel();
    int back = asm.newLabel();
    sites.add(label, back, masm.wasmOffset());
    asm.jcc(NE, label);
    asm.bind(back);
  }

  /** Emits what stands behind the function. */
  void end() {
    for (int i = 0; i < entries.count(); i++) {
      asm.bind(entries.label(i));
      enter(false);
      asm.jmp(entries.back(i));
    }
    for (int i = 0; i < returns.count(); i++) {
      asm.bind(returns.label(i));
      restore();
      asm.jmp(returns.back(i));
    }
  }
}

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.backend.Kind;
import dev.gatun.backend.OutOfLineSites;
import dev.gatun.backend.PollAssembler;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;

/** Checks of the stack and of the fuel on x86-64. */
final class X86Polls implements PollAssembler {
  private static final int SCRATCH = X86MacroAssembler.SCRATCH;
  private static final int CONTEXT = X86MacroAssembler.CONTEXT;

  private final X86MacroAssembler masm;
  private final Assembler asm;
  private final OutOfLineSites sites = new OutOfLineSites();

  X86Polls(X86MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  void begin() {
    sites.clear();
  }

  @Override
  public void checkStack() {
    int back = asm.newLabel();
    asm.emitMemory(CMP_RM, true, RSP, CONTEXT, NONE, 0, VmContextLayout.STACK_LIMIT); // cmp rsp, [r14 + limit]
    asm.jcc(B, site(back)); //                                                           jb poll
    asm.bind(back);
  }

  /**
   * Checks the stack for a frame that is still to be made, again after a call of the stub, which does not know how
   * large it is. Returns where its size, negative, is to be patched in.
   */
  int checkLargeFrame() {
    int again = asm.newLabel();
    asm.bind(again);
    asm.emitMemory(LEA, true, SCRATCH, RSP, NONE, 0, Integer.MIN_VALUE); //              lea r11, [rsp - frame]
    int patch = asm.position() - 4;
    asm.emitMemory(CMP_RM, true, SCRATCH, CONTEXT, NONE, 0, VmContextLayout.STACK_LIMIT); // cmp r11, [r14 + limit]
    asm.jcc(B, site(again)); //                                                          jb poll
    return patch;
  }

  @Override
  public int chargeFuel() {
    int back = asm.newLabel();
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                       mov r11, [r14 + store]
    asm.emitMemory(SUB_MI32, true, SCRATCH, NONE, 0, StoreLayout.FUEL); //               sub [r11 + fuel], units
    asm.immediate(SUB_MI32, 0);
    int patch = asm.position() - 4;
    asm.jcc(S, site(back)); //                                                           js poll
    asm.bind(back);
    return patch;
  }

  @Override
  public void setFuel(int charge, int units) {
    asm.patch(charge, units);
  }

  @Override
  public void chargeFuel(int register) {
    int back = asm.newLabel();
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                       mov r11, [r14 + store]
    asm.emitMemory(SUB_MR, true, register, SCRATCH, NONE, 0, StoreLayout.FUEL); //       sub [r11 + fuel], register
    asm.jcc(S, site(back)); //                                                           js poll
    asm.bind(back);
  }

  /** The label of a call of the stub, after which the function goes on at another label. */
  private int site(int back) {
    int label = asm.newLabel();
    sites.add(label, back, masm.wasmOffset());
    return label;
  }

  /** Emits the calls of the stub. */
  void end() {
    for (int i = 0; i < sites.count(); i++) {
      masm.at(sites.wasmOffset(i));
      asm.bind(sites.label(i));
      masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                     mov r11, [r14 + store]
      asm.emitMemory(CALL_M, false, SCRATCH, NONE, 0, StoreLayout.POLL_STUB); //         call [r11 + stub]
      masm.called();
      asm.jmp(sites.back(i));
    }
  }
}

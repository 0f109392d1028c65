package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.backend.Kind;
import dev.gatun.backend.OutOfLineSites;
import dev.gatun.backend.PollAssembler;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;

/** Checks of the stack and of the fuel on AArch64. */
final class A64Polls implements PollAssembler {
  private static final int SCRATCH = A64MacroAssembler.SCRATCH;
  private static final int FAR = A64MacroAssembler.FAR;

  private final A64MacroAssembler masm;
  private final Assembler asm;
  private final OutOfLineSites sites = new OutOfLineSites();

  A64Polls(A64MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  void begin() {
    sites.clear();
  }

  @Override
  public void checkStack() {
    int back = asm.newLabel();
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STACK_LIMIT); //              ldr x16, [ctx, limit]
    asm.emitExtended(SUBS_EXTENDED, true, ZERO, SP, SCRATCH, Assembler.UXTX, 0); //   cmp sp, x16
    asm.emitBranch(LO, site(back)); //                                                b.lo poll
    asm.bind(back);
  }

  /**
   * Checks the stack for a frame that is still to be made, again after a call of the stub, which does not know how
   * large it is. Returns where its size is to be patched in.
   */
  int checkLargeFrame() {
    int again = asm.newLabel();
    asm.bind(again);
    int patch = masm.subtractFrame(FAR, SP); //                                       sub x17, sp, frame
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STACK_LIMIT); //              ldr x16, [ctx, limit]
    asm.emitShifted(SUBS, true, ZERO, FAR, SCRATCH, Assembler.LSL, 0); //             cmp x17, x16
    asm.emitBranch(LO, site(again)); //                                               b.lo poll
    return patch;
  }

  @Override
  public int chargeFuel() {
    loadFuel();
    asm.reserve(8);
    int patch = asm.position();
    asm.emit(NOP); //                                                                 sub x17, x17, units, lsl #12
    asm.emitImmediate(SUBS_I, true, FAR, FAR, 0); //                                  subs x17, x17, units
    storeFuel();
    return patch;
  }

  @Override
  public void setFuel(int charge, int units) {
    int low = units & 0xfff;
    int high = units >>> 12;
    if (high != 0) {
      asm.patch(charge, SUB_I.bits | 1 << 31 | 1 << 22 | high << 10 | FAR << 5 | FAR);
    }
    asm.patch(charge + 4, SUBS_I.bits | 1 << 31 | low << 10 | FAR << 5 | FAR);
  }

  @Override
  public void chargeFuel(int register) {
    loadFuel();
    asm.emitShifted(SUBS, true, FAR, FAR, register, Assembler.LSL, 0); //             subs x17, x17, register
    storeFuel();
  }

  private void loadFuel() {
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                    ldr x16, [ctx, store]
    masm.loadFrom(Kind.I64, FAR, SCRATCH, StoreLayout.FUEL); //                       ldr x17, [x16, fuel]
  }

  /** Stores the difference of which there are the conditions yet. */
  private void storeFuel() {
    int back = asm.newLabel();
    masm.storeTo(Kind.I64, SCRATCH, StoreLayout.FUEL, FAR); //                        str x17, [x16, fuel]
    asm.emitBranch(MI, site(back)); //                                                b.mi poll
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
      masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                  ldr x16, [ctx, store]
      masm.loadFrom(Kind.I64, SCRATCH, SCRATCH, StoreLayout.POLL_STUB); //            ldr x16, [x16, stub]
      asm.reserve(8);
      asm.emit(BLR, false, 0, SCRATCH); //                                            blr x16
      masm.called();
      masm.jump(sites.back(i));
    }
  }
}

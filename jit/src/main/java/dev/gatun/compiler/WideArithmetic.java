package dev.gatun.compiler;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.Opcode;

/** Compiles arithmetic of 128 bits, whose operands and results are pairs of i64: the lower half first. */
final class WideArithmetic {
  private final MacroAssembler masm;
  private final FrameState state;

  WideArithmetic(Walk walk) {
    this.masm = walk.masm;
    this.state = walk.state;
  }

  void compile(Opcode opcode) {
    switch (opcode) {
      case I64_ADD128, I64_SUB128 -> addOrSubtract(opcode);
      case I64_MUL_WIDE_S, I64_MUL_WIDE_U -> multiply(opcode);
      default -> throw new AssertionError(opcode);
    }
  }

  private void addOrSubtract(Opcode opcode) {
    int rightHigh = state.popRegister();
    int rightLow = state.popRegister();
    int high = state.popToTemporary();
    int low = state.popToTemporary();
    masm.wideSum(opcode, low, high, rightLow, rightHigh);
    state.pushRegister(Kind.I64, low);
    state.pushRegister(Kind.I64, high);
  }

  private void multiply(Opcode opcode) {
    int low = masm.wideProductLow();
    int high = masm.wideProductHigh();
    long taken = 1L << low | 1L << high;
    state.moveTopAwayFrom(taken);
    state.relock(state.locked() | taken);
    int right = state.popRegister();
    state.popTo(low);
    state.vacateAll(1L << high);
    masm.wideProduct(opcode, right);
    state.pushRegister(Kind.I64, low);
    state.pushRegister(Kind.I64, high);
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;

/** Compiles operations of one or two scalar operands with one result. */
final class Arithmetic {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final Latent latent;
  private final MemoryAccess memory;

  Arithmetic(Walk walk, MemoryAccess memory) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.latent = walk.latent;
    this.memory = memory;
  }

  void unary(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    int from = state.popRegister();
    boolean sameFile = Kind.isFloat(kind) == masm.isFloat(from);
    int to = walk.target(kind, sameFile ? from : NONE);
    masm.unary(opcode, to, from);
    walk.finish(kind, to);
  }

  void binary(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    if (latent.load != null) {
      memory.binary(opcode);
      return;
    }
    if (latent.shift > 0) {
      int shift = latent.shift;
      latent.forget();
      int right = state.popRegister();
      int left = state.popRegister();
      int to = walk.target(kind, state.isReusable(left) ? left : right);
      masm.addShifted(kind, to, left, right, shift);
      walk.finish(kind, to);
      return;
    }
    if (canTest(opcode)) {
      latent.condition = opcode;
      latent.negated = false;
      return;
    }
    if (opcode.commutes()
        && secondIsConstant()
        && !state.topIsConstant()
        && state.place[state.depth - 1] != FrameState.SLOT) {
      state.swapTop();
    }
    if (state.topIsConstant() && masm.takesConstant(opcode, state.topConstant())) {
      long constant = state.topConstant();
      if (isShiftForAdd(opcode, constant)) {
        state.drop();
        latent.shift = (int) constant;
        return;
      }
      state.drop();
      int left = state.popRegister();
      int to = walk.target(kind, left);
      masm.binaryConstant(opcode, to, left, constant);
      walk.finish(kind, to);
      return;
    }
    if (masm.fixedLeft(opcode) != NONE) {
      binaryInFixedRegisters(opcode, kind);
      return;
    }
    if (masm.fixedRight(opcode) != NONE) {
      int right = masm.fixedRight(opcode);
      state.popTo(right);
      int left = state.popRegister();
      int to = walk.target(kind, left);
      masm.binary(opcode, to, left, right);
      walk.finish(kind, to);
      return;
    }
    if (state.topIsInSlotOnly() && masm.takesMemory(opcode)) {
      int slot = state.popSlot();
      int left = state.popRegister();
      int to = walk.target(kind, left);
      masm.binarySlot(opcode, to, left, slot);
      walk.finish(kind, to);
      return;
    }
    int right = state.popRegister();
    int left = state.popRegister();
    int to = walk.target(kind, state.isReusable(left) || !opcode.commutes() ? left : right);
    masm.binary(opcode, to, left, right);
    walk.finish(kind, to);
  }

  private boolean secondIsConstant() {
    return state.place[state.depth - 2] == FrameState.CONST;
  }

  /** An i32.and or i64.and that only a condition looks at: no result is needed. */
  private boolean canTest(Opcode opcode) {
    int next = walk.nextByte();
    return switch (opcode) {
      case I32_AND -> next == Opcode.BR_IF.code() || next == Opcode.IF.code() || next == Opcode.I32_EQZ.code();
      case I64_AND -> next == Opcode.I64_EQZ.code();
      default -> false;
    };
  }

  /** A shift by a small constant whose result the next instruction adds to something that is not a constant. */
  private boolean isShiftForAdd(Opcode opcode, long constant) {
    int add = opcode == Opcode.I32_SHL ? Opcode.I32_ADD.code() : opcode == Opcode.I64_SHL ? Opcode.I64_ADD.code() : -1;
    return constant >= 1 && constant <= 3 && walk.nextByte() == add && state.place[state.depth - 3] != FrameState.CONST;
  }

  private void binaryInFixedRegisters(Opcode opcode, int kind) {
    int left = masm.fixedLeft(opcode);
    int result = masm.fixedResult(opcode);
    long taken = 1L << left | masm.clobbered(opcode) | 1L << result;
    state.moveTopAwayFrom(taken);
    state.relock(state.locked() | taken);
    int right = state.popRegister();
    state.popTo(left);
    state.vacateAll(taken & ~(1L << left));
    masm.binary(opcode, result, left, right);
    state.relock(1L << right | 1L << result);
    int to = walk.target(kind, result);
    if (to != result) {
      masm.move(kind, to, result);
    }
    walk.finish(kind, to);
  }
}

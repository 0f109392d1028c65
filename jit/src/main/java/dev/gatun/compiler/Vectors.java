package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;

/**
 * Compiles what computes with vectors, by the shape of its operands; plain loads and stores are {@link MemoryAccess}'s.
 */
final class Vectors {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final MemoryAccess memory;

  Vectors(Walk walk, MemoryAccess memory) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.memory = memory;
  }

  /** {@code v128.const}. */
  void constant() {
    long low = walk.reader.readLong();
    long high = walk.reader.readLong();
    if (low == 0 && high == 0) {
      state.pushConstant(Kind.V128, 0);
      return;
    }
    Opcode next = walk.nextOpcode();
    if (next != null && masm.takesVectorConstant(next)) {
      Latent latent = walk.latent;
      latent.vector = true;
      latent.vectorLow = low;
      latent.vectorHigh = high;
      return;
    }
    int to = walk.target(Kind.V128, NONE);
    masm.vectorConstant(to, low, high);
    walk.finish(Kind.V128, to);
  }

  void compile(Opcode opcode) {
    switch (opcode.immediates()) {
      case SHUFFLE -> shuffle();
      case LANE -> lane(opcode);
      case MEMORY_LANE -> access(opcode);
      default -> {
        switch (opcode.operandCount()) {
          case 1 -> unary(opcode);
          case 2 -> binary(opcode);
          default -> ternary(opcode);
        }
      }
    }
  }

  private void shuffle() {
    BinaryReader reader = walk.reader;
    long low = reader.readLong();
    long high = reader.readLong();
    int right = state.popRegister();
    int left = state.popRegister();
    int to = walk.target(Kind.V128, left);
    masm.shuffle(low, high, to, left, right);
    walk.finish(Kind.V128, to);
  }

  private void lane(Opcode opcode) {
    int lane = walk.reader.readByte();
    int kind = ValueType.kind(opcode.result());
    if (kind == Kind.V128) {
      int scalar = state.popRegister();
      int vector = state.popRegister();
      int to = walk.target(kind, vector);
      masm.replaceLane(opcode, lane, to, vector, scalar);
      walk.finish(kind, to);
      return;
    }
    int vector = state.popRegister();
    int to = walk.target(kind, Kind.isFloat(kind) ? vector : NONE);
    masm.extractLane(opcode, lane, to, vector);
    walk.finish(kind, to);
  }

  private void unary(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    int from = state.popRegister();
    int to = walk.target(kind, Kind.isFloat(kind) == masm.isFloat(from) ? from : NONE);
    if (kind != Kind.V128) {
      masm.vectorTest(opcode, to, from);
    } else if (opcode.operand(0) == ValueType.V128) {
      masm.vectorUnary(opcode, to, from);
    } else {
      masm.splat(opcode, to, from);
    }
    walk.finish(kind, to);
  }

  private void binary(Opcode opcode) {
    if (opcode.operand(1) == ValueType.I32) {
      shift(opcode);
      return;
    }
    Latent latent = walk.latent;
    if (latent.load != null) {
      memory.binary(opcode);
      return;
    }
    if (latent.vector) {
      latent.forget();
      int left = state.popRegister();
      int to = walk.target(Kind.V128, left);
      masm.vectorBinaryConstant(opcode, to, left, latent.vectorLow, latent.vectorHigh);
      walk.finish(Kind.V128, to);
      return;
    }
    if (state.topIsInSlotOnly() && masm.takesMemory(opcode)) {
      int slot = state.popSlot();
      int left = state.popRegister();
      int to = walk.target(Kind.V128, left);
      masm.binarySlot(opcode, to, left, slot);
      walk.finish(Kind.V128, to);
      return;
    }
    int right = state.popRegister();
    int left = state.popRegister();
    int to = walk.target(Kind.V128, state.isReusable(left) || !opcode.commutes() ? left : right);
    masm.vectorBinary(opcode, to, left, right);
    walk.finish(Kind.V128, to);
  }

  private void shift(Opcode opcode) {
    if (state.topIsConstant()) {
      int count = (int) state.topConstant();
      state.drop();
      int vector = state.popRegister();
      int to = walk.target(Kind.V128, vector);
      masm.vectorShiftConstant(opcode, to, vector, count);
      walk.finish(Kind.V128, to);
      return;
    }
    int count = state.popRegister();
    int vector = state.popRegister();
    int to = walk.target(Kind.V128, vector);
    masm.vectorShift(opcode, to, vector, count);
    walk.finish(Kind.V128, to);
  }

  private void ternary(Opcode opcode) {
    int c = state.popRegister();
    int b = state.popRegister();
    int a = state.popRegister();
    int to = walk.target(Kind.V128, a);
    masm.vectorTernary(opcode, to, a, b, c);
    walk.finish(Kind.V128, to);
  }

  private void access(Opcode opcode) {
    memory.readArgument();
    int lane = walk.reader.readByte();
    int vector = state.popRegister();
    int index = memory.popAddress(opcode.width());
    if (opcode.result() == ValueType.BOTTOM) {
      masm.storeLane(opcode, lane, vector, index, memory.addressOffset);
      return;
    }
    int to = walk.target(Kind.V128, vector);
    masm.loadLane(opcode, lane, to, vector, index, memory.addressOffset);
    walk.finish(Kind.V128, to);
  }
}

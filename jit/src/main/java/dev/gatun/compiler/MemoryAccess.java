package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.Builtin;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;

/** Compiles what accesses linear memory. A load stays {@link Latent} if the next instruction takes it as an operand. */
final class MemoryAccess {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final Latent latent;
  private final Calls calls;

  /** The constant part of the address that {@link #popAddress} has popped. */
  long addressOffset;

  MemoryAccess(Walk walk, Calls calls) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.latent = walk.latent;
    this.calls = calls;
  }

  /** Pops an address; returns its index register, or NONE if all of it is in {@link #addressOffset}. */
  int popAddress(long offset) {
    if (state.topIsConstant()) {
      long address = offset + (state.topConstant() & 0xffff_ffffL);
      if (address <= 0xffff_ffffL) {
        state.drop();
        addressOffset = address;
        return NONE;
      }
    }
    addressOffset = offset;
    return state.popRegister();
  }

  void load(Opcode opcode) {
    long offset = readOffset();
    if (canFoldInto(opcode, walk.nextByte())) {
      latent.load = opcode;
      latent.offset = offset;
      latent.loadAt = walk.instruction;
      return;
    }
    int kind = ValueType.kind(opcode.result());
    int index = popAddress(offset);
    int to = walk.target(kind, index != NONE && !Kind.isFloat(kind) ? index : NONE);
    masm.load(opcode, to, index, addressOffset);
    walk.finish(kind, to);
  }

  /** Whether the next instruction can take a load of full width as its right operand. */
  private boolean canFoldInto(Opcode load, int next) {
    Opcode consumer = Opcode.of(next);
    if (consumer == null || consumer.shape() != Shape.BINARY && consumer.shape() != Shape.COMPARE) {
      return false;
    }
    boolean fullWidth =
        switch (load) {
          case I32_LOAD, I64_LOAD, F32_LOAD, F64_LOAD -> true;
          default -> false;
        };
    return fullWidth && consumer.operand(1) == load.result() && masm.takesMemory(consumer);
  }

  void store(Opcode opcode) {
    long offset = readOffset();
    if (state.topIsConstant() && masm.storesConstant(opcode, state.topConstant())) {
      long constant = state.topConstant();
      state.drop();
      int index = popAddress(offset);
      masm.storeConstant(opcode, constant, index, addressOffset);
      return;
    }
    int value = state.popRegister();
    int index = popAddress(offset);
    masm.store(opcode, value, index, addressOffset);
  }

  void bulk(Opcode opcode) {
    switch (opcode) {
      case MEMORY_SIZE -> {
        walk.reader.readU32();
        int to = walk.target(Kind.I32, NONE);
        masm.memorySize(to);
        walk.finish(Kind.I32, to);
      }
      case MEMORY_GROW -> calls.builtin(Builtin.MEMORY_GROW, 1, Kind.I32, walk.reader.readU32());
      case MEMORY_FILL -> calls.builtin(Builtin.MEMORY_FILL, 3, NONE, walk.reader.readU32());
      case MEMORY_COPY -> {
        int destination = walk.reader.readU32();
        calls.builtin(Builtin.MEMORY_COPY, 3, NONE, destination, walk.reader.readU32());
      }
      case MEMORY_INIT -> {
        int segment = walk.reader.readU32();
        calls.builtin(Builtin.MEMORY_INIT, 3, NONE, walk.reader.readU32(), segment);
      }
      case DATA_DROP -> calls.builtin(Builtin.DATA_DROP, 0, NONE, walk.reader.readU32());
      default -> throw new AssertionError(opcode);
    }
  }

  private long readOffset() {
    walk.reader.readU32();
    return walk.reader.readMemoryOffset();
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.ADDRESS;
import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.Builtin;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * Compiles what accesses linear memory.
 *
 * <p>An instruction reads its immediates by {@link #readArgument}, pops what lies above the address, then the address
 * by {@link #popAddress}; what that returns, with {@link #addressOffset}, is what the assembler's accesses take. A load
 * from memory 0 stays {@link Latent} if the next instruction takes it as an operand.
 */
final class MemoryAccess {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final Latent latent;
  private final Calls calls;

  // The memory argument that was read last.
  private int memory;
  private long offset;

  /** The constant part of the address that {@link #popAddress} has popped. */
  long addressOffset;

  MemoryAccess(Walk walk, Calls calls) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.latent = walk.latent;
    this.calls = calls;
  }

  /** Reads alignment, memory and offset. */
  void readArgument() {
    int flags = walk.reader.readU32();
    memory = (flags & Instructions.MEMORY_INDEX_FOLLOWS) != 0 ? walk.reader.readU32() : 0;
    offset = walk.reader.readMemoryOffset();
  }

  /** Index of the memory of the argument that was read last. */
  int index() {
    return memory;
  }

  /** The offset of the argument that was read last, unsigned. */
  long offset() {
    return offset;
  }

  /**
   * Pops the address for the argument that was read last, and makes it one that may be accessed or faults: an index,
   * NONE or an {@link MacroAssembler#ADDRESS}. Traps already if the access is out of bounds and the memory has no guard
   * pages.
   *
   * @param width bytes that are accessed
   */
  int popAddress(int width) {
    boolean guarded = walk.layout.isGuarded(memory);
    if (guarded && memory == 0) {
      return popAddress(offset);
    }
    boolean wide = isWide(memory);
    int index = popIndex(wide);
    int to = state.allocate(Kind.I64);
    state.lock(to);
    if (guarded) {
      masm.memoryAddress(to, walk.layout.memory(memory), index);
    } else if (memory == 0) {
      masm.checkBounds(to, walk.layout.memory(memory), index, wide, addressOffset, width);
      state.relock(state.locked() & ~(1L << to));
      return index;
    } else {
      masm.checkedAddress(to, walk.layout.memory(memory), index, wide, addressOffset, width);
      addressOffset = 0;
    }
    return to | ADDRESS;
  }

  /** Pops an index into a memory of any kind; a constant one becomes part of {@link #addressOffset}. */
  private int popIndex(boolean wide) {
    addressOffset = offset;
    if (state.topIsConstant()) {
      long constant = wide ? state.topConstant() : state.topConstant() & 0xffff_ffffL;
      long sum = offset + constant;
      boolean fits = wide ? Long.compareUnsigned(sum, offset) >= 0 : sum <= 0xffff_ffffL;
      if (fits) {
        state.drop();
        addressOffset = sum;
        return NONE;
      }
    }
    return state.popRegister();
  }

  /**
   * Pops an address in memory 0, which has guard pages: an index register, or NONE if all is in {@link #addressOffset}.
   */
  int popAddress(long constantOffset) {
    offset = constantOffset;
    return popIndex(false);
  }

  private boolean isWide(int index) {
    return walk.module.memories()[index].addressType() == ValueType.I64;
  }

  /** The kind of a memory's addresses and sizes. */
  private int addressKind(int index) {
    return isWide(index) ? Kind.I64 : Kind.I32;
  }

  void load(Opcode opcode) {
    readArgument();
    if (memory == 0 && walk.layout.isGuarded(0) && canFoldInto(opcode, walk.nextOpcode())) {
      latent.load = opcode;
      latent.offset = offset;
      latent.loadAt = walk.instruction;
      return;
    }
    int kind = ValueType.kind(opcode.result());
    int index = popAddress(opcode.width());
    int to = walk.target(kind, index != NONE && !Kind.isFloat(kind) ? index & ~ADDRESS : NONE);
    masm.load(opcode, to, index, addressOffset);
    walk.finish(kind, to);
  }

  /** Whether the next instruction can take a load of full width as its right operand. */
  private boolean canFoldInto(Opcode load, @Nullable Opcode consumer) {
    if (consumer == null || consumer.operandCount() != 2 || consumer.operand(1) != load.result()) {
      return false;
    }
    return switch (load) {
      case I32_LOAD, I64_LOAD, F32_LOAD, F64_LOAD, V128_LOAD -> masm.takesMemory(consumer);
      default -> false;
    };
  }

  /** An operation whose right operand is the latent load. */
  void binary(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    long constantOffset = latent.offset;
    masm.at(latent.loadAt);
    latent.forget();
    int index = popAddress(constantOffset);
    int left = state.popRegister();
    int to = walk.target(kind, left);
    if (to == index && to != left) {
      // The home of the local to be set is also the index: compute elsewhere first.
      int other = state.result(kind, left);
      masm.binaryMemory(opcode, other, left, index, addressOffset);
      masm.move(kind, to, other);
    } else {
      masm.binaryMemory(opcode, to, left, index, addressOffset);
    }
    walk.finish(kind, to);
  }

  void store(Opcode opcode) {
    readArgument();
    if (state.topIsConstant() && masm.storesConstant(opcode, state.topConstant())) {
      long constant = state.topConstant();
      state.drop();
      int index = popAddress(opcode.width());
      masm.storeConstant(opcode, constant, index, addressOffset);
      return;
    }
    int value = state.popRegister();
    int index = popAddress(opcode.width());
    masm.store(opcode, value, index, addressOffset);
  }

  void bulk(Opcode opcode) {
    int first = walk.reader.readU32();
    switch (opcode) {
      case MEMORY_SIZE -> {
        int kind = addressKind(first);
        int to = walk.target(kind, NONE);
        masm.memorySize(to, walk.layout.memory(first), walk.module.memories()[first].pageSizeLog2());
        walk.finish(kind, to);
      }
      case MEMORY_GROW -> calls.builtin(Builtin.MEMORY_GROW, 1, addressKind(first), first);
      case MEMORY_FILL -> {
        calls.passToBuiltin(3, first);
        masm.memoryFill(walk.layout.memory(first), isWide(first));
        state.spills.registersDied();
      }
      case MEMORY_COPY -> {
        int from = walk.reader.readU32();
        calls.passToBuiltin(3, first, from);
        masm.memoryCopy(walk.layout.memory(first), isWide(first), walk.layout.memory(from), isWide(from));
        state.spills.registersDied();
      }
      case MEMORY_INIT -> calls.builtin(Builtin.MEMORY_INIT, 3, NONE, walk.reader.readU32(), first);
      case DATA_DROP -> calls.builtin(Builtin.DATA_DROP, 0, NONE, first);
      default -> throw new AssertionError(opcode);
    }
  }
}

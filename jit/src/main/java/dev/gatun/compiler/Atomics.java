package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.ADDRESS;
import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.AtomicOperation;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.Builtin;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;

/** Compiles atomic accesses, wait and notify. All addresses are checked to be multiples of the access's width. */
final class Atomics {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final MemoryAccess memory;
  private final Calls calls;

  Atomics(Walk walk, MemoryAccess memory, Calls calls) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.memory = memory;
    this.calls = calls;
  }

  void compile(Opcode opcode) {
    switch (opcode) {
      case ATOMIC_FENCE -> {
        walk.reader.readByte();
        masm.fence();
      }
      case MEMORY_ATOMIC_NOTIFY -> builtin(Builtin.MEMORY_NOTIFY, 2);
      case MEMORY_ATOMIC_WAIT32 -> builtin(Builtin.MEMORY_WAIT32, 3);
      case MEMORY_ATOMIC_WAIT64 -> builtin(Builtin.MEMORY_WAIT64, 3);
      default -> access(opcode);
    }
  }

  private void builtin(Builtin builtin, int operands) {
    memory.readArgument();
    calls.builtin(builtin, operands, Kind.I32, memory.index(), memory.offset());
  }

  private void access(Opcode opcode) {
    memory.readArgument();
    AtomicOperation operation = AtomicOperation.of(opcode);
    switch (operation) {
      case LOAD -> {
        int kind = ValueType.kind(opcode.result());
        int address = popAddress(opcode);
        int to = walk.target(kind, NONE);
        masm.atomicLoad(opcode.width(), to, address);
        walk.finish(kind, to);
      }
      case STORE -> {
        int value = state.popRegister();
        masm.atomicStore(opcode.width(), value, popAddress(opcode));
      }
      case COMPARE_EXCHANGE -> compareAndExchange(opcode);
      default -> modify(opcode, operation);
    }
  }

  /** Pops the address into a register that nothing else has. */
  private int popAddress(Opcode opcode) {
    long locked = state.locked();
    int index = memory.popAddress(opcode.width());
    // Where most registers are pinned to locals, there are few to be had: the index is not needed any longer then.
    int to = index != NONE && (index & ADDRESS) != 0 ? index & ~ADDRESS : state.allocate(Kind.I64);
    masm.atomicAddress(to, index, memory.addressOffset, opcode.width());
    state.relock(locked | 1L << to);
    return to;
  }

  private void modify(Opcode opcode, AtomicOperation operation) {
    int kind = ValueType.kind(opcode.result());
    int fixed = masm.atomicResult(operation);
    if (fixed == NONE) {
      int value = state.popRegister();
      int address = popAddress(opcode);
      int to = walk.target(kind, NONE);
      masm.atomicModify(operation, opcode.width(), to, address, value);
      walk.finish(kind, to);
      return;
    }
    long taken = 1L << fixed;
    state.moveTopAwayFrom(taken);
    state.relock(state.locked() | taken);
    int value = state.popRegister();
    int address = popAddress(opcode);
    state.vacateAll(taken);
    masm.atomicModify(operation, opcode.width(), fixed, address, value);
    moveResult(kind, fixed);
  }

  private void compareAndExchange(Opcode opcode) {
    int kind = ValueType.kind(opcode.result());
    int fixed = masm.atomicResult(AtomicOperation.COMPARE_EXCHANGE);
    long taken = 1L << fixed;
    state.moveTopAwayFrom(taken);
    state.relock(state.locked() | taken);
    int replacement = state.popRegister();
    state.popTo(fixed);
    int address = popAddress(opcode);
    masm.atomicCompareExchange(opcode.width(), address, replacement);
    moveResult(kind, fixed);
  }

  private void moveResult(int kind, int register) {
    state.relock(1L << register);
    int to = walk.target(kind, register);
    if (to != register) {
      masm.move(kind, to, register);
    }
    walk.finish(kind, to);
  }
}

package dev.gatun.backend;

import dev.gatun.wasm.Opcode;

/** What an atomic access does; the opcodes stand in groups of one for each type and width, in this order. */
public enum AtomicOperation {
  LOAD,
  STORE,
  ADD,
  SUBTRACT,
  AND,
  OR,
  XOR,
  EXCHANGE,
  COMPARE_EXCHANGE;

  private static final AtomicOperation[] VALUES = values();

  private static final int GROUP = Opcode.I32_ATOMIC_STORE.code() - Opcode.I32_ATOMIC_LOAD.code();

  /** The operation of an opcode that accesses memory atomically. */
  public static AtomicOperation of(Opcode opcode) {
    return VALUES[(opcode.code() - Opcode.I32_ATOMIC_LOAD.code()) / GROUP];
  }
}

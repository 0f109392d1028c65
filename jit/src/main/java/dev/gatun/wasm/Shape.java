package dev.gatun.wasm;

/** What kind of instruction an opcode is; opcodes of one shape are validated and compiled alike. */
public enum Shape {
  /** Blocks, branches, calls, unreachable and nop. */
  CONTROL,
  /** drop and select. */
  PARAMETRIC,
  /** Locals, globals. */
  VARIABLE,
  CONSTANT,
  /** One operand to one result, conversions included. */
  UNARY,
  BINARY,
  /** Two operands to an i32 that is 0 or 1. */
  COMPARE,
  /** One operand to an i32 that is 0 or 1. */
  TEST,
  LOAD,
  STORE,
  /** Size, grow and bulk operations of memories. */
  MEMORY,
  TABLE,
  REFERENCE,
  /** Structures, arrays, i31 and casts. */
  AGGREGATE,
  /** What computes with vectors, and is neither a constant nor an access to memory. */
  VECTOR,
  /** A load into one lane of a vector. */
  LANE_LOAD,
  /** A store of one lane of a vector. */
  LANE_STORE,
  /** Atomic loads, stores and read-modify-writes, wait, notify and fence. */
  ATOMIC,
  /** Arithmetic of 128 bits, with several results. */
  WIDE
}

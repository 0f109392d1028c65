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
  REFERENCE
}

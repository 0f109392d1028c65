package dev.gatun.wasm;

/** The immediates that follow an opcode in the binary format, named by what they are. */
public enum Immediates {
  NONE,
  BLOCK_TYPE,
  LABEL,
  LABEL_TABLE,
  FUNCTION,
  /** Type, then table: call_indirect. */
  TYPE_TABLE,
  LOCAL,
  GLOBAL,
  TABLE,
  /** Alignment and offset. */
  MEMORY_ARGUMENT,
  MEMORY,
  I32,
  I64,
  F32,
  F64,
  HEAP_TYPE,
  VALUE_TYPES,
  DATA,
  /** Data segment, then memory: memory.init. */
  DATA_MEMORY,
  ELEMENT,
  /** Element segment, then table: table.init. */
  ELEMENT_TABLE,
  TABLE_TABLE,
  MEMORY_MEMORY,
  TYPE,
  /** Structure type, then index of the field. */
  TYPE_FIELD,
  /** Array type, then number of elements: array.new_fixed. */
  TYPE_COUNT,
  /** Array type, then data segment. */
  TYPE_DATA,
  /** Array type, then element segment. */
  TYPE_ELEMENT,
  TYPE_TYPE,
  /**
   * Flags, label, heap type of the operand, heap type it is cast to: br_on_cast. Bit 0 and 1 of the flags: nullable.
   */
  CAST,
  TAG,
  /** Block type, then the handlers: kind, tag if the kind has one, label. */
  TRY_TABLE,
  /** Alignment and offset, then the lane. */
  MEMORY_LANE,
  LANE,
  /** Sixteen lanes, a byte each. */
  SHUFFLE,
  /** Sixteen bytes. */
  V128,
  /** A byte that must be zero: the memory order of atomic.fence. */
  ORDER
}

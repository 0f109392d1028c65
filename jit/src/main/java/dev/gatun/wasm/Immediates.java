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
  MEMORY_MEMORY
}

package dev.gatun.layout;

/** Why an instruction of emitted code may fault, or that it is a call whose return address a backtrace may meet. */
public enum TrapCode {
  /** Not a trap: a call; the address recorded is the one it returns to. */
  CALL,
  UNREACHABLE,
  /** An access to linear memory; must fault inside the memory's reservation. */
  MEMORY_OUT_OF_BOUNDS,
  /** An address was compared with the size of its memory. */
  MEMORY_BOUNDS_CHECK,
  TABLE_OUT_OF_BOUNDS,
  /** call_indirect with an index outside of the table. */
  UNDEFINED_ELEMENT,
  /** Read through a null function reference; must fault within the first page of the address space. */
  UNINITIALIZED_ELEMENT,
  INDIRECT_CALL_TYPE_MISMATCH,
  /** Read through a null function reference that is called; must fault within the first page of the address space. */
  NULL_FUNCTION_REFERENCE,
  /** ref.as_non_null of null. */
  NULL_REFERENCE,
  INTEGER_DIVIDE_BY_ZERO,
  INTEGER_OVERFLOW,
  INVALID_CONVERSION_TO_INTEGER,
  /** An access to a field through null; must fault within the first page of the address space, or test explicitly. */
  NULL_STRUCTURE,
  /** An access to an array through null; as {@link #NULL_STRUCTURE}. */
  NULL_ARRAY,
  NULL_I31,
  ARRAY_OUT_OF_BOUNDS,
  /** An atomic access whose address is no multiple of its width. */
  UNALIGNED_ATOMIC,
  /** Read through a null reference to an exception. */
  NULL_EXCEPTION,
  CAST_FAILURE;

  private static final TrapCode[] VALUES = values();

  /** The code of an ordinal. */
  public static TrapCode of(int ordinal) {
    return VALUES[ordinal];
  }
}

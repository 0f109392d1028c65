package dev.gatun.layout;

/**
 * What emitted code asks of the runtime. Arguments are 8-byte cells in the outgoing area of the caller's frame, and the
 * result, if there is one, replaces the first of them. A built-in that traps leaves wasm instead of returning.
 */
public enum Builtin {
  /** Function index → address of its code. Called by the lazy-compilation stub only. */
  COMPILE,
  /** Memory index, pages to add → old size in pages or -1 (i32). */
  MEMORY_GROW,
  /** Memory index, destination, byte value, length. */
  MEMORY_FILL,
  /** Destination memory, source memory, destination, source, length. */
  MEMORY_COPY,
  /** Memory index, data segment, destination, source, length. */
  MEMORY_INIT,
  /** Data segment. */
  DATA_DROP,
  /** Table index, value, elements to add → old size or -1 (i32). */
  TABLE_GROW,
  /** Table index, start, value, length. */
  TABLE_FILL,
  /** Destination table, source table, destination, source, length. */
  TABLE_COPY,
  /** Table index, element segment, destination, source, length. */
  TABLE_INIT,
  /**
   * Memory index, offset (i64), address, expected value (i32 or i64), timeout in ns → 0 woken, 1 not equal, 2 timed out
   * (i32).
   */
  MEMORY_WAIT32,
  MEMORY_WAIT64,
  /** Memory index, offset (i64), address, how many → how many were woken (i32). */
  MEMORY_NOTIFY,
  /** Tag, then its values: does not return, but in a handler. */
  THROW,
  /** Exception, or null: does not return, but in a handler. */
  THROW_REF,
  /** Element segment. */
  ELEM_DROP,
  /**
   * Address of an {@link RttLayout} record, length of an array → object. Called by the allocation stub only, so it
   * finds the caller's registers on the stack.
   */
  ALLOCATE,
  /** Type → struct, all fields zero. */
  STRUCT_NEW_DEFAULT,
  /** Type, value of the elements, length → array. */
  ARRAY_NEW,
  /** Type, length → array. */
  ARRAY_NEW_DEFAULT,
  /** Type, data segment, offset in it in bytes, length → array. */
  ARRAY_NEW_DATA,
  /** Type, element segment, offset in it, length → array. */
  ARRAY_NEW_ELEM,
  /** Type, array, start, value, length. */
  ARRAY_FILL,
  /** Type of the destination, destination, start, source, start, length. */
  ARRAY_COPY,
  /** Type, data segment, array, start, offset in the segment in bytes, length. */
  ARRAY_INIT_DATA,
  /** Type, element segment, array, start, offset in the segment, length. */
  ARRAY_INIT_ELEM,
  /**
   * No arguments. The fuel is below 0; or a check of the stack failed, since it is exhausted, or somebody wants the
   * store's thread to come here. If this returns, wasm goes on. Called by the poll stub only, as {@link #ALLOCATE} is
   * by its own.
   */
  POLL;

  private static final Builtin[] VALUES = values();

  /** The number that emitted code passes to the universal upcall: negative, where host functions have their index. */
  public int number() {
    return -1 - ordinal();
  }

  /** The built-in of a number made by {@link #number()}. */
  public static Builtin ofNumber(int number) {
    return VALUES[-1 - number];
  }
}

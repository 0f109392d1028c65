package dev.gatun.wasm;

/** What can be imported and exported; the ordinal is the byte in the binary format. */
public enum ExternKind {
  FUNCTION,
  TABLE,
  MEMORY,
  GLOBAL,
  TAG;

  private static final ExternKind[] VALUES = values();

  /** The kind of a byte below 5. */
  public static ExternKind of(int ordinal) {
    return VALUES[ordinal];
  }
}

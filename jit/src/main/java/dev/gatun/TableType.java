package dev.gatun;

import java.util.OptionalLong;

/**
 * The type of a table.
 *
 * @param element type of the elements
 * @param min size at least, in elements
 * @param max size at most, if there is a maximum
 * @param indexType type of its indices: {@link ValType#I32} or {@link ValType#I64}
 */
public record TableType(ValType element, long min, OptionalLong max, ValType indexType) implements ExternType {
  /** Checks the type of indices. */
  public TableType {
    if (indexType != ValType.I32 && indexType != ValType.I64) {
      throw new IllegalArgumentException("indices are i32 or i64, not " + indexType);
    }
  }

  /** A table of 32-bit indices. */
  public TableType(ValType element, long min, OptionalLong max) {
    this(element, min, max, ValType.I32);
  }

  @Override
  public String kind() {
    return "table";
  }

  @Override
  public String toString() {
    return "(table "
        + (indexType == ValType.I64 ? "i64 " : "")
        + Long.toUnsignedString(min)
        + (max.isPresent() ? " " + Long.toUnsignedString(max.getAsLong()) : "")
        + " "
        + element
        + ")";
  }
}

package dev.gatun;

import java.util.OptionalLong;

/**
 * The type of a table.
 *
 * @param element type of the elements
 * @param min size at least, in elements
 * @param max size at most, if there is a maximum
 */
public record TableType(ValType element, long min, OptionalLong max) implements ExternType {
  @Override
  public String kind() {
    return "table";
  }

  @Override
  public String toString() {
    return "(table " + min + (max.isPresent() ? " " + max.getAsLong() : "") + " " + element + ")";
  }
}

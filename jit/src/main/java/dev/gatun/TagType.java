package dev.gatun;

import java.util.List;

/**
 * The type of a tag: what an exception with the tag carries.
 *
 * @param values types of the exception's values
 */
public record TagType(List<ValType> values) implements ExternType {
  /** Copies the list. */
  public TagType {
    values = List.copyOf(values);
  }

  @Override
  public String kind() {
    return "tag";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(tag");
    if (!values.isEmpty()) {
      text.append(" (param");
      for (ValType value : values) {
        text.append(' ').append(value);
      }
      text.append(')');
    }
    return text.append(')').toString();
  }
}

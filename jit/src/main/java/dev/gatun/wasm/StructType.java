package dev.gatun.wasm;

import java.util.List;

/** A structure type (specification, 2.3.9). */
public record StructType(List<FieldType> fields) implements CompositeType {
  public StructType {
    fields = List.copyOf(fields);
  }

  @Override
  public int abstractType() {
    return ValueType.STRUCTREF;
  }

  /** In the text format's notation: {@code (struct (field i32) (field (mut i8)))}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(struct");
    for (FieldType field : fields) {
      text.append(" (field ").append(field).append(')');
    }
    return text.append(')').toString();
  }
}

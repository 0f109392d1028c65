package dev.gatun.wasm;

/** An array type (specification, 2.3.9). */
public record ArrayType(FieldType element) implements CompositeType {
  @Override
  public int abstractType() {
    return ValueType.ARRAYREF;
  }

  /** In the text format's notation: {@code (array (mut i32))}. */
  @Override
  public String toString() {
    return "(array " + element + ")";
  }
}

package dev.gatun.wasm;

/** What a type definition describes (specification, 2.3.9): a function, a structure or an array. */
public sealed interface CompositeType permits FunctionType, StructType, ArrayType {
  /**
   * The abstract heap type above all types of this sort: {@link ValueType#FUNCREF}, {@link ValueType#STRUCTREF} or
   * {@link ValueType#ARRAYREF}.
   */
  int abstractType();
}

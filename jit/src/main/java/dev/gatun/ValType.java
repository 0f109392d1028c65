package dev.gatun;

import dev.gatun.wasm.ValueType;

/** A value type (spec 2.3.1). More kinds of types may join the ones below. */
public sealed interface ValType {
  ValType I32 = NumberType.I32;
  ValType I64 = NumberType.I64;
  ValType F32 = NumberType.F32;
  ValType F64 = NumberType.F64;
  ValType FUNCREF = ReferenceType.FUNCREF;
  ValType EXTERNREF = ReferenceType.EXTERNREF;

  /** The class that stands for the type in typed calls: int, long, float, double, {@link Func} or Object. */
  Class<?> javaType();

  /** Numbers. */
  enum NumberType implements ValType {
    I32("i32", int.class),
    I64("i64", long.class),
    F32("f32", float.class),
    F64("f64", double.class);

    private final String text;
    private final Class<?> javaType;

    NumberType(String text, Class<?> javaType) {
      this.text = text;
      this.javaType = javaType;
    }

    @Override
    public Class<?> javaType() {
      return javaType;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** References. */
  enum ReferenceType implements ValType {
    FUNCREF("funcref", Func.class),
    EXTERNREF("externref", Object.class);

    private final String text;
    private final Class<?> javaType;

    ReferenceType(String text, Class<?> javaType) {
      this.text = text;
      this.javaType = javaType;
    }

    @Override
    public Class<?> javaType() {
      return javaType;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** The type of a number of {@link ValueType}. */
  static ValType of(int type) {
    return switch (type) {
      case ValueType.I32 -> I32;
      case ValueType.I64 -> I64;
      case ValueType.F32 -> F32;
      case ValueType.F64 -> F64;
      case ValueType.FUNCREF -> FUNCREF;
      case ValueType.EXTERNREF -> EXTERNREF;
      default -> throw new IllegalArgumentException("no such value type: 0x" + Integer.toHexString(type));
    };
  }
}

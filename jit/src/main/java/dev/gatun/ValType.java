package dev.gatun;

import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.ValueType;
import org.jspecify.annotations.Nullable;

/** A value type (spec 2.3.1). */
public sealed interface ValType {
  ValType I32 = NumberType.I32;
  ValType I64 = NumberType.I64;
  ValType F32 = NumberType.F32;
  ValType F64 = NumberType.F64;
  ValType V128 = VectorType.V128;
  ReferenceType FUNCREF = new ReferenceType(ValueType.FUNCREF);
  ReferenceType EXTERNREF = new ReferenceType(ValueType.EXTERNREF);
  ReferenceType ANYREF = new ReferenceType(ValueType.ANYREF);
  ReferenceType EQREF = new ReferenceType(ValueType.EQREF);
  ReferenceType I31REF = new ReferenceType(ValueType.I31REF);
  ReferenceType STRUCTREF = new ReferenceType(ValueType.STRUCTREF);
  ReferenceType ARRAYREF = new ReferenceType(ValueType.ARRAYREF);
  ReferenceType EXNREF = new ReferenceType(ValueType.EXNREF);

  /**
   * The class that stands for the type in typed calls: int, long, float, double, {@link V128}, {@link Func} or Object.
   */
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

  /** Vectors. */
  enum VectorType implements ValType {
    V128;

    @Override
    public Class<?> javaType() {
      return dev.gatun.V128.class;
    }

    @Override
    public String toString() {
      return "v128";
    }
  }

  /**
   * References: to a function, to something of the host's, to a structure, an array or a number of 31 bits, or to an
   * exception. Equal if they have the same values.
   */
  final class ReferenceType implements ValType {
    private final int code;

    /** Kept since the code holds its number; null if the type is not that of a definition. */
    private final @Nullable DefinedType definition;

    ReferenceType(int code) {
      this.code = code;
      this.definition = ValueType.isIndexed(code) ? DefinedType.of(ValueType.typeId(code)) : null;
    }

    int code() {
      return code;
    }

    /** Whether null is one of its values. */
    public boolean isNullable() {
      return ValueType.isNullable(code);
    }

    /** Whether every value of this type is one of the other (spec 3.3.3). */
    public boolean matches(ReferenceType other) {
      return ValueType.matches(code, other.code);
    }

    @Override
    public Class<?> javaType() {
      return ValueType.top(code) == ValueType.FUNCREF ? Func.class : Object.class;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ReferenceType that && code == that.code;
    }

    @Override
    public int hashCode() {
      return code;
    }

    /** As in the text format; a type that is defined in a module by its sort and what it describes. */
    @Override
    public String toString() {
      return ValueType.name(code);
    }
  }

  /** The type of a number of {@link ValueType}. */
  static ValType of(int type) {
    return switch (type) {
      case ValueType.I32 -> I32;
      case ValueType.I64 -> I64;
      case ValueType.F32 -> F32;
      case ValueType.F64 -> F64;
      case ValueType.V128 -> V128;
      case ValueType.FUNCREF -> FUNCREF;
      case ValueType.EXTERNREF -> EXTERNREF;
      default -> {
        if (!ValueType.isReference(type)) {
          throw new IllegalArgumentException("no such value type: 0x" + Integer.toHexString(type));
        }
        yield new ReferenceType(type);
      }
    };
  }
}

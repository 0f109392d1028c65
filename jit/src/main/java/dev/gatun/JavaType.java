package dev.gatun;

import dev.gatun.wasm.ValueType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How a Java type stands for wasm's: which class carries it in typed calls, and how it gets across. */
enum JavaType {
  VOID(void.class, false),
  INT(int.class, false),
  LONG(long.class, false),
  FLOAT(float.class, false),
  DOUBLE(double.class, false),
  /** An i32 that is 0 or 1; of a result that comes from wasm, anything but 0 is true. */
  BOOLEAN(boolean.class, false),
  VECTOR(V128.class, false),
  FUNC(Func.class, false),
  /** A reference of any other type, or of one that is checked when the call is made. */
  OBJECT(Object.class, false),
  /** UTF-8, by address and length. */
  STRING(String.class, true),
  BYTES(byte[].class, true),
  SEGMENT(MemorySegment.class, true),
  BUFFER(ByteBuffer.class, true),
  /** Several results. */
  SEVERAL(Object[].class, false);

  private final Class<?> carrier;
  private final boolean inMemory;

  JavaType(Class<?> carrier, boolean inMemory) {
    this.carrier = carrier;
    this.inMemory = inMemory;
  }

  /** The class of parameters and results of typed calls. */
  Class<?> carrier() {
    return carrier;
  }

  /** Whether it lies in the guest's memory, and is passed as address and length. */
  boolean isInMemory() {
    return inMemory;
  }

  /** How a Java type stands for a wasm type, or for two of an address and a length; null if it does not. */
  static @Nullable JavaType of(Class<?> type, int wasm) {
    if (type.isPrimitive()) {
      return switch (wasm) {
        case ValueType.I32 -> type == int.class ? INT : type == boolean.class ? BOOLEAN : null;
        case ValueType.I64 -> type == long.class ? LONG : null;
        case ValueType.F32 -> type == float.class ? FLOAT : null;
        case ValueType.F64 -> type == double.class ? DOUBLE : null;
        default -> null;
      };
    }
    if (wasm == ValueType.V128) {
      return type == V128.class ? VECTOR : null;
    }
    if (ValueType.isReference(wasm)) {
      if (ValueType.top(wasm) == ValueType.FUNCREF) {
        return type == Func.class ? FUNC : type == Object.class ? OBJECT : null;
      }
      return OBJECT;
    }
    return ofMemory(type);
  }

  /** The type of what lies in memory; null if it is none of these. */
  static @Nullable JavaType ofMemory(Class<?> type) {
    if (type == String.class) {
      return STRING;
    } else if (type == byte[].class) {
      return BYTES;
    } else if (type == MemorySegment.class) {
      return SEGMENT;
    }
    return type == ByteBuffer.class ? BUFFER : null;
  }

  /** Whether a class stands for several results, one for each component. */
  static boolean isRecord(Class<?> type) {
    return type.isRecord() && type.getPackage() != JavaType.class.getPackage();
  }

  /** What a function of wasm has for a Java type, as in the text format; null if there is nothing. */
  static @Nullable String text(Class<?> type, boolean wide) {
    if (type.isPrimitive()) {
      return switch (type.getName()) {
        case "int", "boolean" -> "i32";
        case "long" -> "i64";
        case "float" -> "f32";
        case "double" -> "f64";
        default -> null;
      };
    }
    if (type == V128.class) {
      return "v128";
    } else if (type == Func.class) {
      return "funcref";
    } else if (ofMemory(type) != null) {
      return wide ? "i64 i64" : "i32 i32";
    }
    return "externref";
  }
}

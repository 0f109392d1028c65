package dev.gatun.wasm;

import dev.gatun.backend.Kind;

/**
 * Value types as {@code int} codes, for primitive arrays.
 *
 * <p>The code of a type that is one byte in the binary format is that byte; so number types are consecutive, downwards
 * from {@link #I32}. Codes above 0xFF are free for reference types with an index, {@code (ref null? $t)}: constructor
 * in the low byte, type index above it.
 */
public final class ValueType {
  private ValueType() {}

  public static final int I32 = 0x7F;
  public static final int I64 = 0x7E;
  public static final int F32 = 0x7D;
  public static final int F64 = 0x7C;

  /** The vector type; no supported instruction has it yet. */
  public static final int V128 = 0x7B;

  /** A reference to a function, or null. */
  public static final int FUNCREF = 0x70;

  /** A reference to something of the host's, or null. */
  public static final int EXTERNREF = 0x6F;

  /** Not a type of a program: what an operand of unreachable code has, which matches every type. */
  public static final int BOTTOM = 0;

  /** Whether the engine supports values of this type; false for any number that is not a type. */
  public static boolean isSupported(int type) {
    return type >= F64 && type <= I32 || isReference(type);
  }

  /** Whether it is one of i32, i64, f32 and f64. */
  public static boolean isNumber(int type) {
    return type >= F64 && type <= I32;
  }

  /** Whether it is a reference type. */
  public static boolean isReference(int type) {
    return type == FUNCREF || type == EXTERNREF;
  }

  /**
   * The machine kind of values of the type.
   *
   * @throws IllegalArgumentException if it is not a supported type
   */
  public static int kind(int type) {
    return switch (type) {
      case I32 -> Kind.I32;
      case I64, FUNCREF, EXTERNREF -> Kind.I64;
      case F32 -> Kind.F32;
      case F64 -> Kind.F64;
      default -> throw new IllegalArgumentException("no machine kind for " + name(type));
    };
  }

  /** Name in the text format; for a number that is no type, the number in hexadecimal. */
  public static String name(int type) {
    return switch (type) {
      case I32 -> "i32";
      case I64 -> "i64";
      case F32 -> "f32";
      case F64 -> "f64";
      case V128 -> "v128";
      case FUNCREF -> "funcref";
      case EXTERNREF -> "externref";
      case BOTTOM -> "any type";
      default -> "0x" + Integer.toHexString(type);
    };
  }
}

package dev.gatun.wasm;

import dev.gatun.backend.Kind;

/** Value types as numbers, which are their bytes in the binary format (spec 5.3.1). Types that need more than a byte go above 255. */
public final class ValueType {
  private ValueType() {}

  /** In the validator only: the type of an operand that unreachable code may assume to be anything. */
  public static final int BOTTOM = 0;

  public static final int I32 = 0x7F;
  public static final int I64 = 0x7E;
  public static final int F32 = 0x7D;
  public static final int F64 = 0x7C;
  public static final int V128 = 0x7B;
  public static final int FUNCREF = 0x70;
  public static final int EXTERNREF = 0x6F;

  /** Whether the type is a number. */
  public static boolean isNumber(int type) {
    return type >= F64 && type <= I32;
  }

  /** Whether the type is a reference. */
  public static boolean isReference(int type) {
    return type == FUNCREF || type == EXTERNREF;
  }

  /** The machine kind of values of the type. */
  public static int kind(int type) {
    return switch (type) {
      case I32 -> Kind.I32;
      case I64, FUNCREF, EXTERNREF -> Kind.I64;
      case F32 -> Kind.F32;
      case F64 -> Kind.F64;
      default -> throw new IllegalArgumentException("no machine kind for " + name(type));
    };
  }

  /** The name in the text format. */
  public static String name(int type) {
    return switch (type) {
      case BOTTOM -> "any type";
      case I32 -> "i32";
      case I64 -> "i64";
      case F32 -> "f32";
      case F64 -> "f64";
      case V128 -> "v128";
      case FUNCREF -> "funcref";
      case EXTERNREF -> "externref";
      default -> "type 0x" + Integer.toHexString(type);
    };
  }
}

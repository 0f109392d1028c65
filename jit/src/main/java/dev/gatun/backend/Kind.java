package dev.gatun.backend;

/** The machine kinds of values, as small numbers for primitive arrays. */
public final class Kind {
  private Kind() {}

  /** 32-bit integer. In a 64-bit register its upper half is zero, always. */
  public static final int I32 = 0;

  /** 64-bit integer, address or reference. */
  public static final int I64 = 1;

  public static final int F32 = 2;

  public static final int F64 = 3;

  /** A vector of 128 bits. Of constants only the one of all zeros is known as such. */
  public static final int V128 = 4;

  /** What wasm calls values of the kind. */
  public static String name(int kind) {
    return switch (kind) {
      case I32 -> "i32";
      case I64 -> "i64";
      case F32 -> "f32";
      case F64 -> "f64";
      case V128 -> "v128";
      default -> throw new IllegalArgumentException("kind " + kind);
    };
  }

  /** How many cells or slots of 8 bytes a value of the kind takes. */
  public static int cells(int kind) {
    return kind == V128 ? 2 : 1;
  }

  /** Whether values of the kind live in the floating-point register file. */
  public static boolean isFloat(int kind) {
    return kind >= F32;
  }
}

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

  /** Whether values of the kind live in the floating-point register file. */
  public static boolean isFloat(int kind) {
    return kind >= F32;
  }
}

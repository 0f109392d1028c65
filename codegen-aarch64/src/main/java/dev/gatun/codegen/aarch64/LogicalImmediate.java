package dev.gatun.codegen.aarch64;

/**
 * The patterns of bits that logical instructions take as immediates (Arm architecture reference manual,
 * DecodeBitMasks): a run of ones, rotated, within an element of 2, 4, 8, 16, 32 or 64 bits that is repeated.
 */
final class LogicalImmediate {
  /** No pattern. */
  static final int NONE = -1;

  private LogicalImmediate() {}

  /** The fields N, immr and imms of a pattern, 13 bits in all, or {@link #NONE}. */
  static int encode(long value, boolean wide) {
    long whole = wide ? value : value & 0xffff_ffffL | value << 32;
    if (whole == 0 || whole == -1) {
      return NONE;
    }
    int size = 64;
    while (size > 2) {
      int half = size / 2;
      long mask = -1L >>> 64 - half;
      if ((whole & mask) != (whole >>> half & mask)) {
        break;
      }
      size = half;
    }
    long element = whole & -1L >>> 64 - size;
    int ones = Long.bitCount(element);
    int rotation;
    if ((element & 1) == 0) {
      // One run, above zeros.
      int zeros = Long.numberOfTrailingZeros(element);
      if (element >>> zeros != -1L >>> 64 - ones) {
        return NONE;
      }
      rotation = size - zeros;
    } else {
      // One run from bit 0, or one that goes on from bit 0 at the top.
      int low = Long.numberOfTrailingZeros(~element);
      int high = ones - low;
      long top = high == 0 ? 0 : (-1L >>> 64 - high) << size - high;
      if (element != (top | -1L >>> 64 - low)) {
        return NONE;
      }
      rotation = high;
    }
    int imms = -size << 1 & 0x3f | ones - 1;
    return (size == 64 ? 1 << 12 : 0) | (rotation & size - 1) << 6 | imms;
  }
}

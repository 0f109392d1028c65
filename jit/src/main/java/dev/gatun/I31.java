package dev.gatun;

/**
 * A reference of wasm that is a number of 31 bits.
 *
 * @param value from -2^30 to 2^30 - 1
 */
public record I31(int value) {
  /** Checks the range. */
  public I31 {
    if (value != value << 1 >> 1) {
      throw new IllegalArgumentException(value + " does not fit into 31 bits");
    }
  }

  long bits() {
    return (value << 1 | 1) & 0xffff_ffffL;
  }

  static I31 ofBits(long bits) {
    return new I31((int) bits >> 1);
  }
}

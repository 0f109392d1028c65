package dev.gatun;

/**
 * A vector of 128 bits: the value of a {@link ValType#V128}.
 *
 * @param low bytes 0 to 7, the first one lowest
 * @param high bytes 8 to 15
 */
public record V128(long low, long high) {
  /** All bits zero. */
  public static final V128 ZERO = new V128(0, 0);

  /** As in the text format: {@code i32x4 0x00000001 0x00000002 0x00000003 0x00000004}. */
  @Override
  public String toString() {
    return String.format(
        "i32x4 0x%08x 0x%08x 0x%08x 0x%08x", (int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32));
  }
}

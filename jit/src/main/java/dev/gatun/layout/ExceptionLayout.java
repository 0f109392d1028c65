package dev.gatun.layout;

import dev.gatun.backend.Signature;

/**
 * An exception in the heap of a store: behind the header its tag, then its values in cells of 8 bytes, two for a
 * vector.
 */
public final class ExceptionLayout {
  private ExceptionLayout() {}

  /** Number of the tag in the store. 8 bytes. */
  public static final int TAG = 8;

  /** Where the values start. */
  public static final int VALUES = 16;

  /** Offset of a value of an exception whose tag has these parameters. */
  public static int offset(Signature tag, int value) {
    return VALUES + 8 * tag.paramCell(value);
  }

  /** Bytes of an exception with its header. */
  public static int size(Signature tag) {
    return offset(tag, tag.paramCount());
  }
}

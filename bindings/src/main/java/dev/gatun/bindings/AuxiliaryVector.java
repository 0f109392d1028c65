package dev.gatun.bindings;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What the kernel told this process at its start, as pairs of a type and a value (getauxval(3)). */
public final class AuxiliaryVector {
  private AuxiliaryVector() {}

  /**
   * The value of a type, as {@code AT_HWCAP}; 0 if there is none, or if /proc is not there to say.
   *
   * <p>Read from /proc and not by libc's function, which would be one more signature to link.
   */
  public static long value(int type) {
    ByteBuffer pairs;
    try (FileInputStream file = new FileInputStream("/proc/self/auxv")) {
      pairs = ByteBuffer.wrap(file.readAllBytes()).order(ByteOrder.nativeOrder());
    } catch (IOException e) {
      return 0;
    }
    while (pairs.remaining() >= 16) {
      long key = pairs.getLong();
      long value = pairs.getLong();
      if (key == type) {
        return value;
      }
    }
    return 0;
  }
}

package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Native memory by address, for the records that emitted code and the runtime share. Whoever calls vouches for the
 * address: these accesses are not checked.
 */
public final class NativeMemory {
  private NativeMemory() {}

  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  public static long getLong(long address) {
    return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
  }

  public static int getInt(long address) {
    return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
  }

  /** Reads a multiple of 8 as it was written last by any thread. */
  public static long getLongVolatile(long address) {
    return (long) LONG.getVolatile(ALL, address);
  }

  /** Reads a multiple of 4 as it was written last by any thread. */
  public static int getIntVolatile(long address) {
    return (int) INT.getVolatile(ALL, address);
  }

  public static byte getByte(long address) {
    return ALL.get(ValueLayout.JAVA_BYTE, address);
  }

  public static short getShort(long address) {
    return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address);
  }

  public static float getFloat(long address) {
    return ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
  }

  public static double getDouble(long address) {
    return ALL.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, address);
  }

  public static void putLong(long address, long value) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
  }

  /** Writes an 8-byte cell that holds a 32-bit value: its upper half is zero. */
  public static void putInt(long address, int value) {
    ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value & 0xffff_ffffL);
  }

  /** Writes exactly four bytes. */
  public static void putHalf(long address, int value) {
    ALL.set(ValueLayout.JAVA_INT_UNALIGNED, address, value);
  }

  public static void putByte(long address, byte value) {
    ALL.set(ValueLayout.JAVA_BYTE, address, value);
  }

  public static void putShort(long address, short value) {
    ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, value);
  }

  public static void putFloat(long address, float value) {
    putInt(address, Float.floatToRawIntBits(value));
  }

  public static void putDouble(long address, double value) {
    ALL.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, address, value);
  }

  /** Fills words. */
  public static void fill(long address, long words, long value) {
    if (value == 0) {
      ALL.asSlice(address, 8 * words).fill((byte) 0);
      return;
    }
    for (long i = 0; i < words; i++) {
      ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address + 8 * i, value);
    }
  }

  /** Copies bytes of an array. */
  public static void copy(byte[] from, int start, long to, int bytes) {
    MemorySegment.copy(from, start, ALL, ValueLayout.JAVA_BYTE, to, bytes);
  }

  /** The words at an address. */
  public static long[] getLongs(long address, long count) {
    return ALL.asSlice(address, 8 * count).toArray(ValueLayout.JAVA_LONG_UNALIGNED);
  }

  /** Writes words. */
  public static void putLongs(long address, long[] words) {
    MemorySegment.copy(words, 0, ALL, ValueLayout.JAVA_LONG_UNALIGNED, address, words.length);
  }

  /** Copies bytes; the ranges may overlap. */
  public static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }
}

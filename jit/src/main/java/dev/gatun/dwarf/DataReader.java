package dev.gatun.dwarf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads numbers and strings of a range of bytes; all that is outside of it is malformed. */
final class DataReader {
  private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Of a string that is longer, the beginning is taken. */
  private static final int MAX_STRING = 4096;

  private final byte[] bytes;
  private final int start;
  private int limit;
  private int position;

  /** Reads a section from its start. */
  DataReader(byte[] bytes, Section section) {
    this.bytes = bytes;
    this.start = section.start();
    this.position = section.start();
    this.limit = section.end();
  }

  /** Reads a section from an offset in it. */
  DataReader(byte[] bytes, Section section, long offset) {
    this(bytes, section);
    seek(offset);
  }

  /** Offset in the section. */
  int offset() {
    return position - start;
  }

  /** Goes to an offset in the section. */
  void seek(long offset) {
    if (offset < 0 || offset > limit - start) {
      throw new MalformedDwarfException("offset outside of its section");
    }
    position = start + (int) offset;
  }

  /** Ends what is read at an offset, which is not after the end so far. */
  void limit(long offset) {
    if (offset < position - start || offset > limit - start) {
      throw new MalformedDwarfException("unit longer than its section");
    }
    limit = start + (int) offset;
  }

  boolean atEnd() {
    return position >= limit;
  }

  int remaining() {
    return limit - position;
  }

  /** Goes over a number of bytes. */
  int skip(long count) {
    if (count < 0 || count > limit - position) {
      throw new MalformedDwarfException("unexpected end");
    }
    int at = position;
    position += (int) count;
    return at;
  }

  int u8() {
    return bytes[skip(1)] & 0xff;
  }

  int u16() {
    return (short) SHORT.get(bytes, skip(2)) & 0xffff;
  }

  int u24() {
    return u16() | u8() << 16;
  }

  long u32() {
    return (int) INT.get(bytes, skip(4)) & 0xffff_ffffL;
  }

  long u64() {
    return (long) LONG.get(bytes, skip(8));
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  long unsigned(int size) {
    return switch (size) {
      case 1 -> u8();
      case 2 -> u16();
      case 4 -> u32();
      case 8 -> u64();
      default -> throw new MalformedDwarfException("number of an unknown size");
    };
  }

  /** A LEB128, unsigned. */
  long uleb() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = u8();
      value |= shift < 64 ? (long) (b & 0x7f) << shift : 0;
      if (b < 0x80) {
        return value;
      }
    }
    throw new MalformedDwarfException("LEB128 too long");
  }

  /** A LEB128, signed. */
  long sleb() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = u8();
      value |= shift < 64 ? (long) (b & 0x7f) << shift : 0;
      if (b < 0x80) {
        return (b & 0x40) != 0 && shift < 57 ? value | -1L << shift + 7 : value;
      }
    }
    throw new MalformedDwarfException("LEB128 too long");
  }

  /** A LEB128 that must be no more than a limit. */
  int ulebUpTo(int most) {
    long value = uleb();
    if (value < 0 || value > most) {
      throw new MalformedDwarfException("number too large");
    }
    return (int) value;
  }

  /** Goes over a string that ends with 0. */
  void skipString() {
    while (u8() != 0) {
      // on to its end
    }
  }

  /** A string that ends with 0. */
  String string() {
    int from = position;
    while (position < limit && bytes[position] != 0 && position - from < MAX_STRING) {
      position++;
    }
    String value = new String(bytes, from, position - from, StandardCharsets.UTF_8);
    skipString();
    return value;
  }
}

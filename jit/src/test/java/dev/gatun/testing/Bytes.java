package dev.gatun.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes with the primitive encodings of the binary format (specification, 5.2). */
public final class Bytes {
  private byte[] bytes = new byte[64];
  private int size;

  /** Adds bytes, given as integers from 0 to 255. */
  public Bytes add(int... values) {
    for (int value : values) {
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * size);
      }
      bytes[size++] = (byte) value;
    }
    return this;
  }

  /** Adds bytes. */
  public Bytes add(byte[] values) {
    if (size + values.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * (size + values.length));
    }
    System.arraycopy(values, 0, bytes, size, values.length);
    size += values.length;
    return this;
  }

  /** Adds what another has. */
  public Bytes add(Bytes other) {
    return add(other.toArray());
  }

  /** Adds an unsigned integer of up to 64 bits. */
  public Bytes unsigned(long value) {
    long left = value;
    do {
      int group = (int) left & 0x7F;
      left >>>= 7;
      add(left == 0 ? group : group | 0x80);
    } while (left != 0);
    return this;
  }

  /** Adds a signed integer of up to 64 bits. */
  public Bytes signed(long value) {
    long left = value;
    while (true) {
      int group = (int) left & 0x7F;
      left >>= 7;
      if (left == 0 && (group & 0x40) == 0 || left == -1 && (group & 0x40) != 0) {
        return add(group);
      }
      add(group | 0x80);
    }
  }

  /** Adds the lowest bytes of an integer, little-endian. */
  public Bytes littleEndian(long value, int count) {
    for (int i = 0; i < count; i++) {
      add((int) (value >>> 8 * i) & 0xFF);
    }
    return this;
  }

  /** Adds a name: its length and its UTF-8. */
  public Bytes name(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return unsigned(utf8.length).add(utf8);
  }

  /** Adds what another has, its length before it. */
  public Bytes sized(Bytes contents) {
    return unsigned(contents.size).add(contents);
  }

  /** Number of bytes. */
  public int size() {
    return size;
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }
}

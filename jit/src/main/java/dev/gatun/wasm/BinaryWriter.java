package dev.gatun.wasm;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes of the binary format that is being made. */
public final class BinaryWriter extends ByteArrayOutputStream {
  /** An unsigned LEB128. */
  public void unsigned(long value) {
    long rest = value;
    while (rest < 0 || rest > 0x7F) {
      write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    write((int) rest);
  }

  /** A signed LEB128. */
  public void signed(long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      write((int) (rest & 0x7F) | 0x80);
      rest >>= 7;
    }
    write((int) (rest & 0x7F));
  }

  /** The lowest bytes of a number. */
  public void littleEndian(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      write((int) (value >>> 8 * i));
    }
  }

  /** A length and as many bytes. */
  public void sized(byte[] bytes) {
    unsigned(bytes.length);
    writeBytes(bytes);
  }

  /** A string. */
  public void name(String name) {
    sized(name.getBytes(StandardCharsets.UTF_8));
  }
}

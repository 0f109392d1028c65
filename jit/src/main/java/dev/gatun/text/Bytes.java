package dev.gatun.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes of the binary format that is being made. */
final class Bytes extends ByteArrayOutputStream {
  void unsigned(long value) {
    long rest = value;
    while (rest < 0 || rest > 0x7F) {
      write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    write((int) rest);
  }

  void signed(long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      write((int) (rest & 0x7F) | 0x80);
      rest >>= 7;
    }
    write((int) (rest & 0x7F));
  }

  void littleEndian(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      write((int) (value >>> 8 * i));
    }
  }

  /** A length and as many bytes. */
  void sized(byte[] bytes) {
    unsigned(bytes.length);
    writeBytes(bytes);
  }

  void name(String name) {
    sized(name.getBytes(StandardCharsets.UTF_8));
  }
}

package dev.gatun.cache;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** By what a module is known: nobody can make another one with the same digest. */
public final class ModuleDigest {
  /** Bytes of a digest. */
  static final int SIZE = 32;

  private ModuleDigest() {}

  /** The SHA-256 of a module. */
  public static byte[] of(byte[] wasm) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(wasm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** A checksum, which takes a hundredth of the time and identifies nothing. */
  static int checksum(byte[] wasm) {
    CRC32C sum = new CRC32C();
    sum.update(wasm);
    return (int) sum.getValue();
  }

  /** In hexadecimal digits. */
  static String hex(byte[] digest) {
    StringBuilder text = new StringBuilder(2 * digest.length);
    for (byte b : digest) {
      text.append(Character.forDigit(b >> 4 & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
    }
    return text.toString();
  }
}

package dev.gatun.cli.npm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The SHA-512 hashes that a registry vouches for, from an "integrity" text: hashes of several algorithms, separated by
 * blanks, each {@code ALGORITHM-BASE64}, perhaps followed by {@code ?options}. Weaker algorithms are passed over.
 */
final class Integrity {
  private static final String PREFIX = "sha512-";

  private final List<byte[]> hashes;

  private Integrity(List<byte[]> hashes) {
    this.hashes = hashes;
  }

  /**
   * Reads an integrity text.
   *
   * @throws PackageException if it holds no SHA-512 hash
   */
  static Integrity parse(String text) throws PackageException {
    List<byte[]> hashes = new ArrayList<>();
    for (String one : text.strip().split("\\s+")) {
      if (one.startsWith(PREFIX)) {
        int options = one.indexOf('?');
        String base64 = one.substring(PREFIX.length(), options < 0 ? one.length() : options);
        byte[] hash;
        try {
          hash = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
          throw new PackageException("the registry's integrity hash '" + one + "' is not in Base64", e);
        }
        if (hash.length != 64) {
          throw new PackageException("the registry's integrity hash '" + one + "' is no SHA-512 hash");
        }
        hashes.add(hash);
      }
    }
    if (hashes.isEmpty()) {
      throw new PackageException(
          "the registry gives no SHA-512 hash (found '" + text + "'), so what it sends can't be checked");
    }
    return new Integrity(hashes);
  }

  /** A digest of the algorithm of {@link #matches}. */
  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-512", e);
    }
  }

  /** Whether a hash is one of these. */
  boolean matches(byte[] hash) {
    for (byte[] expected : hashes) {
      if (MessageDigest.isEqual(expected, hash)) {
        return true;
      }
    }
    return false;
  }
}

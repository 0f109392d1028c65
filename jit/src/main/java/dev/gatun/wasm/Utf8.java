package dev.gatun.wasm;

/** Well-formedness of UTF-8 (Unicode, table 3-7), which the specification demands of every name. */
final class Utf8 {
  private Utf8() {}

  /** Offset of the first byte of the first ill-formed sequence in a range, or -1 if there is none. */
  static int firstMalformed(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end) {
      int lead = bytes[at] & 0xFF;
      if (lead < 0x80) {
        at++;
        continue;
      }
      int length;
      // The second byte is restricted where a shorter form, a surrogate or a code point above 10FFFF would be encoded.
      int low = 0x80;
      int high = 0xBF;
      if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
      } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) {
          low = 0xA0;
        } else if (lead == 0xED) {
          high = 0x9F;
        }
      } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) {
          low = 0x90;
        } else if (lead == 0xF4) {
          high = 0x8F;
        }
      } else {
        return at;
      }
      if (length > end - at) {
        return at;
      }
      int second = bytes[at + 1] & 0xFF;
      if (second < low || second > high) {
        return at;
      }
      for (int i = at + 2; i < at + length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
          return at;
        }
      }
      at += length;
    }
    return -1;
  }
}

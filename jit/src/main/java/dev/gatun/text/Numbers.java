package dev.gatun.text;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers of the text format (specification, 6.3.1 and 6.3.2). Null or a negative number stands for what is none. */
final class Numbers {
  private Numbers() {}

  /** Whether a word can only be a number: it starts with a sign or a digit. */
  static boolean looksLikeNumber(String word) {
    return !word.isEmpty() && (Character.isDigit(word.charAt(0)) || word.charAt(0) == '+' || word.charAt(0) == '-');
  }

  /** The digits without the underscores between them, or null if one is not between two digits or there is no digit. */
  private static @Nullable String digits(String text, boolean hexadecimal) {
    StringBuilder digits = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '_') {
        if (i == 0 || i == text.length() - 1 || text.charAt(i - 1) == '_') {
          return null;
        }
      } else if (c < 0x7F && Character.digit(c, hexadecimal ? 16 : 10) >= 0) {
        digits.append(c);
      } else {
        return null;
      }
    }
    return digits.isEmpty() ? null : digits.toString();
  }

  /** The value of hexadecimal digits, or -1 if they are none or too many. */
  static int hexadecimal(String text) {
    String digits = digits(text, true);
    return digits == null || digits.length() > 7 ? -1 : Integer.parseInt(digits, 16);
  }

  /** An integer without bounds, or null. */
  static @Nullable BigInteger integer(String word) {
    int start = word.startsWith("+") || word.startsWith("-") ? 1 : 0;
    boolean hexadecimal = word.startsWith("0x", start);
    String digits = digits(word.substring(hexadecimal ? start + 2 : start), hexadecimal);
    if (digits == null) {
      return null;
    }
    BigInteger value = new BigInteger(digits, hexadecimal ? 16 : 10);
    return word.startsWith("-") ? value.negate() : value;
  }

  /** Whether a value fits so many bits, as a signed or an unsigned number. */
  static boolean fits(BigInteger value, int bits) {
    return value.signum() < 0 ? value.bitLength() < bits : value.bitLength() <= bits;
  }

  /**
   * The bits of a float, or null if the word is none.
   *
   * @throws ArithmeticException if it is too large
   */
  static @Nullable Long floating(String word, boolean is64) {
    boolean negative = word.startsWith("-");
    String magnitude = negative || word.startsWith("+") ? word.substring(1) : word;
    long sign = negative ? is64 ? Long.MIN_VALUE : 0x8000_0000L : 0;
    long infinity = is64 ? 0x7FF0_0000_0000_0000L : 0x7F80_0000L;
    int fractionBits = is64 ? 52 : 23;
    if (magnitude.equals("inf")) {
      return sign | infinity;
    }
    if (magnitude.equals("nan")) {
      return sign | infinity | 1L << fractionBits - 1;
    }
    if (magnitude.startsWith("nan:0x")) {
      String digits = digits(magnitude.substring(6), true);
      if (digits == null) {
        return null;
      }
      BigInteger payload = new BigInteger(digits, 16);
      if (payload.signum() == 0 || payload.bitLength() > fractionBits) {
        throw new ArithmeticException("constant out of range");
      }
      return sign | infinity | payload.longValueExact();
    }
    String plain = plain(magnitude);
    if (plain == null) {
      return null;
    }
    if (is64) {
      double value = Double.parseDouble(plain);
      if (Double.isInfinite(value)) {
        throw new ArithmeticException("constant out of range");
      }
      return sign | Double.doubleToRawLongBits(value);
    }
    float value = Float.parseFloat(plain);
    if (Float.isInfinite(value)) {
      throw new ArithmeticException("constant out of range");
    }
    return sign | Float.floatToRawIntBits(value) & 0xffff_ffffL;
  }

  /** A number without sign as Java writes it, or null. */
  private static @Nullable String plain(String magnitude) {
    boolean hexadecimal = magnitude.startsWith("0x");
    String text = hexadecimal ? magnitude.substring(2) : magnitude;
    int exponentAt = -1;
    for (int i = 0; i < text.length() && exponentAt < 0; i++) {
      char c = text.charAt(i);
      if (hexadecimal ? c == 'p' || c == 'P' : c == 'e' || c == 'E') {
        exponentAt = i;
      }
    }
    String mantissa = exponentAt < 0 ? text : text.substring(0, exponentAt);
    String exponent = "0";
    if (exponentAt >= 0) {
      String written = text.substring(exponentAt + 1);
      boolean signed = written.startsWith("+") || written.startsWith("-");
      String digits = digits(signed ? written.substring(1) : written, false);
      if (digits == null) {
        return null;
      }
      exponent = (written.startsWith("-") ? "-" : "") + digits;
    }
    int point = mantissa.indexOf('.');
    String whole = digits(point < 0 ? mantissa : mantissa.substring(0, point), hexadecimal);
    boolean isWhole = point < 0 || point == mantissa.length() - 1;
    String fraction = isWhole ? "" : digits(mantissa.substring(point + 1), hexadecimal);
    if (whole == null || fraction == null) {
      return null;
    }
    return hexadecimal ? "0x" + whole + "." + fraction + "p" + exponent : whole + "." + fraction + "e" + exponent;
  }
}

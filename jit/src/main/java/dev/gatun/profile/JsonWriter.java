package dev.gatun.profile;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON piece by piece. Nothing that it writes ends a script in HTML: {@code <} is escaped. The caller sees to
 * the order of pieces.
 */
final class JsonWriter {
  private final Appendable out;

  /** Whether the next value or key follows another. */
  private boolean follows;

  JsonWriter(Appendable out) {
    this.out = out;
  }

  private void separate() throws IOException {
    if (follows) {
      out.append(',');
    }
    follows = true;
  }

  JsonWriter begin(char bracket) throws IOException {
    separate();
    out.append(bracket);
    follows = false;
    return this;
  }

  JsonWriter end(char bracket) throws IOException {
    out.append(bracket);
    follows = true;
    return this;
  }

  JsonWriter key(String name) throws IOException {
    separate();
    quote(name);
    out.append(':');
    follows = false;
    return this;
  }

  JsonWriter value(long number) throws IOException {
    separate();
    out.append(Long.toString(number));
    return this;
  }

  /** Nanoseconds as milliseconds. */
  JsonWriter milliseconds(long nanoseconds) throws IOException {
    separate();
    long microseconds = nanoseconds / 1000;
    out.append(Long.toString(microseconds / 1000)).append('.');
    String fraction = Long.toString(microseconds % 1000);
    out.append("000", fraction.length(), 3).append(fraction);
    return this;
  }

  JsonWriter value(boolean truth) throws IOException {
    separate();
    out.append(truth ? "true" : "false");
    return this;
  }

  JsonWriter value(@Nullable String text) throws IOException {
    separate();
    if (text == null) {
      out.append("null");
    } else {
      quote(text);
    }
    return this;
  }

  /** The number, or null in place of -1. */
  JsonWriter known(int number) throws IOException {
    return number < 0 ? value(null) : value(number);
  }

  /** An array of one value many times. */
  JsonWriter repeat(@Nullable String literal, int count) throws IOException {
    begin('[');
    for (int i = 0; i < count; i++) {
      separate();
      out.append(literal == null ? "null" : literal);
    }
    return end(']');
  }

  private void quote(String text) throws IOException {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == '<' || c == 0x7f || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
        String digits = Integer.toHexString(c);
        out.append("\\u").append("0000", digits.length(), 4).append(digits);
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}

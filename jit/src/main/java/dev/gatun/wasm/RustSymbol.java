package dev.gatun.wasm;

import org.jspecify.annotations.Nullable;

/**
 * Names of functions as rustc writes them by default: {@code _ZN}, each part of the path with its length before it, a
 * hash as the last part, {@code E}. (Names of C++ look similar, but have no hash, and linkers make them readable.)
 */
public final class RustSymbol {
  private static final String PREFIX = "_ZN";
  private static final int HASH_LENGTH = 17;

  private static final String[] ESCAPES = {
    "SP", "@", "BP", "*", "RF", "&", "LT", "<", "GT", ">", "LP", "(", "RP", ")", "C", ","
  };

  private RustSymbol() {}

  /** The path that a symbol stands for, without its hash; anything else as it is. */
  public static String readable(String symbol) {
    if (!symbol.startsWith(PREFIX)) {
      return symbol;
    }
    StringBuilder path = new StringBuilder();
    int at = PREFIX.length();
    String last = "";
    while (at < symbol.length() && Character.isDigit(symbol.charAt(at))) {
      int length = 0;
      while (at < symbol.length() && Character.isDigit(symbol.charAt(at)) && length <= symbol.length()) {
        length = 10 * length + symbol.charAt(at++) - '0';
      }
      if (length > symbol.length() - at) {
        return symbol;
      }
      if (!last.isEmpty()) {
        path.append(path.isEmpty() ? "" : "::");
        unescape(last, path);
      }
      last = symbol.substring(at, at + length);
      at += length;
    }
    boolean isWhole = at < symbol.length() && symbol.charAt(at) == 'E';
    return isWhole && isHash(last) && !path.isEmpty() ? path.toString() : symbol;
  }

  private static boolean isHash(String part) {
    if (part.length() != HASH_LENGTH || part.charAt(0) != 'h') {
      return false;
    }
    for (int i = 1; i < HASH_LENGTH; i++) {
      if (Character.digit(part.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Appends a part: {@code $LT$} stands for {@code <}, {@code $u20$} for a space, two dots for two colons. */
  private static void unescape(String part, StringBuilder out) {
    int at = part.startsWith("_$") ? 1 : 0;
    while (at < part.length()) {
      char c = part.charAt(at);
      int end = c == '$' ? part.indexOf('$', at + 1) : -1;
      String meant = end < 0 ? null : escaped(part.substring(at + 1, end));
      if (meant != null) {
        out.append(meant);
        at = end + 1;
      } else if (part.startsWith("..", at)) {
        out.append("::");
        at += 2;
      } else {
        out.append(c);
        at++;
      }
    }
  }

  private static @Nullable String escaped(String name) {
    for (int i = 0; i < ESCAPES.length; i += 2) {
      if (name.equals(ESCAPES[i])) {
        return ESCAPES[i + 1];
      }
    }
    int code = 0;
    for (int i = 1; i < name.length(); i++) {
      int digit = Character.digit(name.charAt(i), 16);
      if (digit < 0 || code > 0xffff) {
        return null;
      }
      code = 16 * code + digit;
    }
    boolean isCode = name.startsWith("u") && name.length() > 1 && Character.isValidCodePoint(code);
    return isCode && !Character.isISOControl(code) ? Character.toString(code) : null;
  }
}

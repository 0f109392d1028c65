package dev.gatun.fuzz;

import dev.gatun.Trap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares how a module ended in two engines, line by line. */
final class Agreement {
  private Agreement() {}

  /**
   * What was found: how many lines were compared, and the first difference.
   *
   * @param compared lines that could be compared
   * @param difference in words, or null
   */
  record Result(int compared, @Nullable String difference) {}

  /** Compares the lines of two configurations of Gatun, which must be the same. */
  static @Nullable String between(
      Configuration first, List<String> expected, Configuration second, List<String> actual) {
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      if (!normal(expected.get(i)).equals(normal(actual.get(i)))) {
        return "line " + i + "\n  " + first + ": " + expected.get(i) + "\n  " + second + ": " + actual.get(i);
      }
    }
    return expected.size() == actual.size()
        ? null
        : expected.size() + " lines of " + first + ", " + actual.size() + " lines of " + second;
  }

  /** Compares with V8. Where a stack or a heap ends is each engine's own; the states differ from there on. */
  static Result withV8(List<String> gatun, List<String> v8) {
    int compared = 0;
    for (int i = 0; i < gatun.size(); i++) {
      String own = gatun.get(i);
      String other = v8.get(i);
      if (own.startsWith("exhausted") || other.startsWith("exhausted")
          || own.startsWith("trap " + Trap.Kind.OUT_OF_MEMORY)) {
        break;
      }
      if (!same(own, other)) {
        return new Result(compared, "line " + i + "\n  V8: " + other + "\n  Gatun: " + own);
      }
      compared++;
    }
    return new Result(compared, null);
  }

  /**
   * A line with names for what may be told in two ways: an address that is both not aligned and beyond the end. Which
   * is looked at first depends on how bounds are checked.
   */
  private static String normal(String line) {
    return line.replace("trap " + Trap.Kind.UNALIGNED_ATOMIC, "trap " + Trap.Kind.MEMORY_OUT_OF_BOUNDS);
  }

  private static boolean same(String own, String other) {
    if (own.equals(other)) {
      return true;
    }
    if (!own.startsWith("trap ") || !other.startsWith("trap ")) {
      return false;
    }
    int ownEnd = own.indexOf(" | ");
    int otherEnd = other.indexOf(" | ");
    String ownLog = ownEnd < 0 ? "" : own.substring(ownEnd);
    String otherLog = otherEnd < 0 ? "" : other.substring(otherEnd);
    String kind = ownEnd < 0 ? own.substring(5) : own.substring(5, ownEnd);
    String message = otherEnd < 0 ? other.substring(5) : other.substring(5, otherEnd);
    return ownLog.equals(otherLog) && V8.means(message, kind);
  }
}

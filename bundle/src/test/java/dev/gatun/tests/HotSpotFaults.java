package dev.gatun.tests;

import org.jspecify.annotations.Nullable;

/** The exceptions that HotSpot itself makes out of signals. */
final class HotSpotFaults {
  private HotSpotFaults() {}

  private static final class Box {
    int value = 1;
    @Nullable Box next;
  }

  private static int read(@Nullable Box box) {
    return box.value;
  }

  private static int divide(int dividend, int divisor) {
    return dividend / divisor;
  }

  private static int recurse(int depth) {
    return depth == Integer.MIN_VALUE ? 0 : 1 + recurse(depth + 1);
  }

  /** Provokes each kind; throws if one does not arrive as its exception. */
  static void check(int rounds) {
    Box box = new Box();
    int sum = 0;
    for (int i = 0; i < 10_000; i++) {
      sum += read(box) + divide(i, 3);
    }
    for (int i = 0; i < rounds; i++) {
      try {
        sum += read(box.next);
        throw new AssertionError("no NullPointerException");
      } catch (NullPointerException expected) {
        sum++;
      }
      try {
        sum += divide(i, 0);
        throw new AssertionError("no ArithmeticException");
      } catch (ArithmeticException expected) {
        sum++;
      }
    }
    for (int i = 0; i < 10; i++) {
      try {
        sum += recurse(0);
        throw new AssertionError("no StackOverflowError");
      } catch (StackOverflowError expected) {
        sum++;
      }
    }
    if (sum == 0) {
      throw new AssertionError("nothing was computed");
    }
  }
}

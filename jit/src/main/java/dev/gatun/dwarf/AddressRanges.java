package dev.gatun.dwarf;

import java.util.Arrays;

/**
 * Ranges of code and a number for each; found by an offset in the code. What is not code of the module, as that of
 * functions the linker has left out, is not taken up.
 */
final class AddressRanges {
  private final int codeSize;
  private final Allowance allowance;
  private int[] low = new int[16];
  private int[] high = new int[16];
  private int[] value = new int[16];
  private int count;

  AddressRanges(int codeSize, Allowance allowance) {
    this.codeSize = codeSize;
    this.allowance = allowance;
  }

  /** Adds the range from an address to another, which is not part of it. */
  void add(long from, long to, int number) {
    // No function is at 0: the number of functions is there.
    if (from <= 0 || from >= to || to < 0 || to > codeSize) {
      return;
    }
    if (count == low.length) {
      low = Arrays.copyOf(low, 2 * count);
      high = Arrays.copyOf(high, 2 * count);
      value = Arrays.copyOf(value, 2 * count);
    }
    allowance.keep(12);
    low[count] = (int) from;
    high[count] = (int) to;
    value[count++] = number;
  }

  int size() {
    return count;
  }

  boolean contains(int index, int offset) {
    return offset >= low[index] && offset < high[index];
  }

  int value(int index) {
    return value[index];
  }

  /** Sorts by address, for {@link #find}. Of ranges that overlap those that begin first are cut. */
  void sort() {
    long[] order = new long[count];
    for (int i = 0; i < count; i++) {
      order[i] = (long) low[i] << 32 | i;
    }
    Arrays.sort(order);
    int[] sortedLow = new int[count];
    int[] sortedHigh = new int[count];
    int[] sortedValue = new int[count];
    for (int i = 0; i < count; i++) {
      int from = (int) order[i];
      sortedLow[i] = low[from];
      sortedHigh[i] = high[from];
      sortedValue[i] = value[from];
    }
    low = sortedLow;
    high = sortedHigh;
    value = sortedValue;
  }

  /** The number of the range with an offset, or -1. */
  int find(int offset) {
    int from = 0;
    int to = count;
    while (from < to) {
      int middle = from + to >>> 1;
      if (low[middle] <= offset) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from > 0 && offset < high[from - 1] ? value[from - 1] : -1;
  }
}

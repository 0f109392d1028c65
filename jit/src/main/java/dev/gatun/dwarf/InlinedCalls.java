package dev.gatun.dwarf;

import java.util.Arrays;

/** The calls that were inlined into one function, in the order of their entries: outer before inner ones. */
final class InlinedCalls {
  private final AddressRanges ranges;
  private int[] entry = new int[8];
  private int[] parent = new int[8];
  private int[] callFile = new int[8];
  private int[] callLine = new int[8];
  private int[] callColumn = new int[8];
  private int count;

  private InlinedCalls(AddressRanges ranges) {
    this.ranges = ranges;
  }

  /** Reads the calls in the function whose entry is at an offset. */
  static InlinedCalls read(Unit unit, int function, int codeSize) {
    InlinedCalls calls = new InlinedCalls(new AddressRanges(codeSize, unit.allowance()));
    DataReader reader = unit.entries(function);
    Entry entry = new Entry();
    if (!entry.read(reader, unit.format(), unit.abbreviations(), unit.allowance()) || !entry.hasChildren) {
      return calls;
    }
    // By depth below the function: the innermost inlined call.
    int[] enclosing = new int[16];
    enclosing[0] = -1;
    int depth = 0;
    // Depth of a function within the function, whose code is elsewhere; or a depth that is not reached.
    int foreign = Integer.MAX_VALUE;
    while (depth >= 0 && !reader.atEnd()) {
      if (!entry.read(reader, unit.format(), unit.abbreviations(), unit.allowance())) {
        depth--;
        if (depth <= foreign) {
          foreign = Integer.MAX_VALUE;
        }
        continue;
      }
      int inside = enclosing[depth];
      if (foreign == Integer.MAX_VALUE && entry.tag == Entry.INLINED_SUBROUTINE) {
        inside = calls.add(entry, inside);
        RangeList.add(entry, unit, calls.ranges, inside);
      }
      if (entry.hasChildren) {
        if (entry.tag == Entry.SUBPROGRAM && foreign == Integer.MAX_VALUE) {
          foreign = depth;
        }
        depth++;
        if (depth == enclosing.length) {
          unit.allowance().keep(8L * depth);
          enclosing = Arrays.copyOf(enclosing, 2 * depth);
        }
        enclosing[depth] = inside;
      }
    }
    unit.allowance().keep(20L * calls.count);
    return calls;
  }

  private int add(Entry read, int inside) {
    if (count == entry.length) {
      entry = Arrays.copyOf(entry, 2 * count);
      parent = Arrays.copyOf(parent, 2 * count);
      callFile = Arrays.copyOf(callFile, 2 * count);
      callLine = Arrays.copyOf(callLine, 2 * count);
      callColumn = Arrays.copyOf(callColumn, 2 * count);
    }
    entry[count] = read.offset;
    parent[count] = inside;
    callFile[count] = read.callFile;
    callLine[count] = read.callLine;
    callColumn[count] = read.callColumn;
    return count++;
  }

  /** The innermost call whose inlined code has an instruction, or -1. */
  int find(int offset) {
    int innermost = -1;
    for (int i = 0; i < ranges.size(); i++) {
      // Children come after their parents: what is found last is innermost.
      if (ranges.contains(i, offset)) {
        innermost = Math.max(innermost, ranges.value(i));
      }
    }
    return innermost;
  }

  /** The call into which one was inlined, or -1 if that is the function itself. */
  int parent(int call) {
    return parent[call];
  }

  /** Offset of the entry of the call. */
  int entry(int call) {
    return entry[call];
  }

  /** Number of the file with the call. */
  int callFile(int call) {
    return callFile[call];
  }

  /** Line of the call, or 0. */
  int callLine(int call) {
    return callLine[call];
  }

  /** Column of the call, or 0. */
  int callColumn(int call) {
    return callColumn[call];
  }
}

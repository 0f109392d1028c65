package dev.gatun.compiler;

import java.util.Arrays;

/** The control structures open at the point being compiled, innermost last; entry 0 is the function itself. */
final class ControlStack {
  static final byte FUNCTION = 0;
  static final byte BLOCK = 1;
  static final byte LOOP = 2;
  static final byte IF = 3;
  static final byte ELSE = 4;
  static final byte TRY_TABLE = 5;

  /** A legacy try, before its first handler. */
  static final byte TRY = 6;

  /** A legacy try, in one of its handlers. */
  static final byte CATCH = 7;

  int depth;
  byte[] type = new byte[16];

  /** Label to branch to: the header of a loop, the end of anything else. */
  int[] label = new int[16];

  /** Label of an if's false edge. */
  int[] elseLabel = new int[16];

  /** Operands below the structure's parameters. */
  int[] height = new int[16];

  byte[][] params = new byte[16][];
  byte[][] results = new byte[16][];

  /** Offset in the body of where the label stands. */
  int[] target = new int[16];

  /** Locals written inside. */
  long[] written = new long[16];

  /** Whether some branch has decided the state at the label. */
  boolean[] decided = new boolean[16];

  /** Whether the code before the structure can be reached; without, the structure is skipped. */
  private Snapshot[] atLabel = new Snapshot[16];

  private Snapshot[] atElse = new Snapshot[16];

  /** Opens a structure and returns its index. */
  int push() {
    if (depth == type.length) {
      int capacity = 2 * depth;
      type = Arrays.copyOf(type, capacity);
      label = Arrays.copyOf(label, capacity);
      elseLabel = Arrays.copyOf(elseLabel, capacity);
      height = Arrays.copyOf(height, capacity);
      params = Arrays.copyOf(params, capacity);
      results = Arrays.copyOf(results, capacity);
      target = Arrays.copyOf(target, capacity);
      written = Arrays.copyOf(written, capacity);
      decided = Arrays.copyOf(decided, capacity);
      atLabel = Arrays.copyOf(atLabel, capacity);
      atElse = Arrays.copyOf(atElse, capacity);
    }
    decided[depth] = false;
    return depth++;
  }

  /** What a branch to the structure carries: parameters of a loop, results of anything else. */
  byte[] carried(int at) {
    return type[at] == LOOP ? params[at] : results[at];
  }

  /** The state at the structure's label. */
  Snapshot atLabel(int at) {
    if (atLabel[at] == null) {
      atLabel[at] = new Snapshot();
    }
    return atLabel[at];
  }

  /** The state at the start of an if's arms. */
  Snapshot atElse(int at) {
    if (atElse[at] == null) {
      atElse[at] = new Snapshot();
    }
    return atElse[at];
  }
}

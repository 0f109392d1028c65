package dev.gatun.wasm;

/**
 * What validation leaves behind of a function for the compiler, in one array of numbers.
 *
 * <p>Offsets are relative to the first instruction of the body. Control structures (block, loop, if) are numbered by
 * appearance of their opening opcode in the byte stream, in unreachable code too.
 *
 * <p>Layout: a head of {@link #HEAD} numbers; {@link #PER_LOCAL} for each local; {@link #PER_CONTROL} for each control
 * structure. Immutable.
 */
public final class FunctionFacts {
  static final int HEAD = 4;
  static final int PER_LOCAL = 3;
  static final int PER_CONTROL = 5;

  static final int MAX_OPERANDS = 0;
  static final int LOCALS = 1;
  static final int CODE_START = 2;
  static final int FLAGS = 3;

  static final int CALLS = 1;

  // Of a local.
  static final int WEIGHT = 0;
  static final int START = 1;
  static final int END = 2;

  // Of a control structure.
  static final int ELSE_OFFSET = 0;
  static final int END_OFFSET = 1;
  static final int WRITTEN_LOW = 2;
  static final int WRITTEN_HIGH = 3;
  static final int CONTROL_FLAGS = 4;

  static final int CONTAINS_CALL = 1;

  private final int[] data;
  private final int controls;

  FunctionFacts(int[] data) {
    this.data = data;
    this.controls = HEAD + PER_LOCAL * data[LOCALS];
  }

  /** The largest number of operands on the stack at once. */
  public int maxOperands() {
    return data[MAX_OPERANDS];
  }

  /** Parameters and declared locals. */
  public int locals() {
    return data[LOCALS];
  }

  /** Offset in the module of the body's first instruction. */
  public int codeStart() {
    return data[CODE_START];
  }

  /** Whether the function calls a function or the runtime. */
  public boolean calls() {
    return (data[FLAGS] & CALLS) != 0;
  }

  /** Uses of a local, each counted 8 times for every loop around it (up to four), at most 2^30. */
  public int weight(int local) {
    return data[HEAD + PER_LOCAL * local + WEIGHT];
  }

  /** Where a local's life begins: 0 for a parameter, else its first use, or the outermost loop around that. */
  public int start(int local) {
    return data[HEAD + PER_LOCAL * local + START];
  }

  /** Where a local's life ends: its last use, or the end of the outermost loop around that; -1 if it is never used. */
  public int end(int local) {
    return data[HEAD + PER_LOCAL * local + END];
  }

  /** How many control structures there are. */
  public int controls() {
    return (data.length - controls) / PER_CONTROL;
  }

  /** Offset just past an if's {@code else}, or 0 if it has none. */
  public int elseOffset(int control) {
    return data[controls + PER_CONTROL * control + ELSE_OFFSET];
  }

  /** Offset just past a structure's {@code end}. */
  public int endOffset(int control) {
    return data[controls + PER_CONTROL * control + END_OFFSET];
  }

  /** Which of the first 64 locals are written inside a structure. */
  public long written(int control) {
    int at = controls + PER_CONTROL * control;
    return (long) data[at + WRITTEN_HIGH] << 32 | data[at + WRITTEN_LOW] & 0xffff_ffffL;
  }

  /** Whether there is a call of a function or of the runtime inside a structure. */
  public boolean containsCall(int control) {
    return (data[controls + PER_CONTROL * control + CONTROL_FLAGS] & CONTAINS_CALL) != 0;
  }
}

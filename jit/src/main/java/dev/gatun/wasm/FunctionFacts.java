package dev.gatun.wasm;

/**
 * What validation learned about one function body, for the compiler. Immutable, all in one array.
 *
 * <p><b>Offsets</b> are in bytes from the first instruction of the body ({@link #codeStart}).
 *
 * <p><b>Control structures</b> ({@code block}, {@code loop}, {@code if}) are numbered from 0 in the order in which
 * their opening opcodes stand in the bytes, <em>whether they can be reached or not</em>. A compiler that skips
 * unreachable code must therefore still decode it and count its opening opcodes. The function itself is not one of
 * them: see {@link #isFunctionLabelTarget}.
 *
 * <p><b>Occurrences</b> of a local are {@code local.get}, {@code local.set} and {@code local.tee}; those in unreachable
 * code count like any others, everywhere: in weights, intervals, written sets. So do branches and calls.
 */
public final class FunctionFacts {
  /** Layout: a header, {@link #LOCAL_WORDS} for each local, then {@link #controlWords} for each control structure. */
  static final int HEADER_WORDS = 5;

  static final int MAX_OPERANDS = 0;
  static final int MAX_CONTROL = 1;
  static final int LOCALS = 2;
  static final int FLAGS = 3;
  static final int CODE_START = 4;

  static final int LOCAL_WORDS = 3;
  static final int WEIGHT = 0;
  static final int START = 1;
  static final int END = 2;

  /** In the word {@link #WEIGHT}, above 31 bits of weight. */
  static final int WRITTEN_BIT = 1 << 31;

  static final int MAX_WEIGHT = Integer.MAX_VALUE;

  /** Words of a control structure: the last two are left out where no local could have its bit in them. */
  static final int CONTROL_END = 0;

  static final int CONTROL_ELSE = 1;
  static final int CONTROL_WRITTEN = 2;

  /** In the word {@link #CONTROL_ELSE}, above an offset that takes 23 bits. */
  static final int BRANCH_TARGET_BIT = 1 << 31;

  static final int CONTAINS_CALL_BIT = 1 << 30;
  static final int CONTROL_OFFSET_MASK = CONTAINS_CALL_BIT - 1;

  static final int CALLS_FLAG = 1;
  static final int MEMORY_FLAG = 1 << 1;
  static final int LOOPS_FLAG = 1 << 2;
  static final int LABEL_FLAG = 1 << 3;

  private final int[] words;

  /** Wraps an array laid out as above. */
  FunctionFacts(int[] words) {
    this.words = words;
  }

  /** Words that a control structure takes in a function with so many locals. */
  static int controlWords(int locals) {
    return locals > 32 ? 4 : locals > 0 ? 3 : 2;
  }

  /** Values on the operand stack where it is deepest, the operands of all enclosing structures counted, locals not. */
  public int maxOperands() {
    return words[MAX_OPERANDS];
  }

  /** Control structures inside each other where most are, the function itself not counted; 0 if there are none. */
  public int maxControlDepth() {
    return words[MAX_CONTROL];
  }

  /**
   * Whether it calls anything, of the module or of the runtime: contains an instruction of which {@link
   * Opcode#calls} is true.
   */
  public boolean calls() {
    return (words[FLAGS] & CALLS_FLAG) != 0;
  }

  /** Whether it contains a load, a store, or another instruction on a memory. */
  public boolean touchesMemory() {
    return (words[FLAGS] & MEMORY_FLAG) != 0;
  }

  /** Whether it contains a loop. */
  public boolean hasLoops() {
    return (words[FLAGS] & LOOPS_FLAG) != 0;
  }

  /**
   * Whether a {@code br}, {@code br_if} or {@code br_table} (not {@code return}) branches to the end of the function.
   */
  public boolean isFunctionLabelTarget() {
    return (words[FLAGS] & LABEL_FLAG) != 0;
  }

  /** Offset in the module of the body's first instruction. */
  public int codeStart() {
    return words[CODE_START];
  }

  /** Number of locals, parameters counted. */
  public int locals() {
    return words[LOCALS];
  }

  /**
   * How much a local is used: each occurrence counts 8 to the power of the loops around it (of 4 at most), and the sum
   * stops at 2^31 - 1.
   */
  public int weight(int local) {
    return words[local(local) + WEIGHT] & MAX_WEIGHT;
  }

  /** Whether a local is ever written, by {@code local.set} or {@code local.tee}. */
  public boolean isWritten(int local) {
    return words[local(local) + WEIGHT] < 0;
  }

  /**
   * Where a local's live interval begins: the offset of its first occurrence, or of the outermost loop around that; 0
   * for a parameter. Of a local that never occurs: 0.
   */
  public int start(int local) {
    return words[local(local) + START];
  }

  /**
   * Where a local's live interval ends, inclusively: the offset of its last occurrence, or of the {@code end} of the
   * outermost loop around that. Of a local that never occurs: -1, parameters too.
   */
  public int end(int local) {
    return words[local(local) + END];
  }

  /** Number of control structures. */
  public int controls() {
    int locals = words[LOCALS];
    return (words.length - HEADER_WORDS - LOCAL_WORDS * locals) / controlWords(locals);
  }

  /** Offset just past the {@code else} of an {@code if}; 0 if it has none. */
  public int elseOffset(int control) {
    return words[control(control) + CONTROL_ELSE] & CONTROL_OFFSET_MASK;
  }

  /** Offset just past the {@code end} of a control structure. */
  public int endOffset(int control) {
    return words[control(control) + CONTROL_END];
  }

  /** Whether a {@code br}, {@code br_if} or {@code br_table} branches to its label. */
  public boolean isBranchTarget(int control) {
    return words[control(control) + CONTROL_ELSE] < 0;
  }

  /** Whether it contains, at any depth, an instruction of which {@link Opcode#calls} is true. */
  public boolean containsCall(int control) {
    return (words[control(control) + CONTROL_ELSE] & CONTAINS_CALL_BIT) != 0;
  }

  /** The locals with an index below 64 that are written inside, at any depth; bit 0 is local 0. */
  public long written(int control) {
    int locals = words[LOCALS];
    int at = control(control) + CONTROL_WRITTEN;
    if (locals > 32) {
      return words[at] & 0xFFFFFFFFL | (long) words[at + 1] << 32;
    }
    return locals > 0 ? words[at] & 0xFFFFFFFFL : 0;
  }

  private static int local(int local) {
    return HEADER_WORDS + LOCAL_WORDS * local;
  }

  private int control(int control) {
    int locals = words[LOCALS];
    return HEADER_WORDS + LOCAL_WORDS * locals + controlWords(locals) * control;
  }
}

package dev.gatun.wasm;

import java.util.Arrays;

/**
 * Collects the {@link FunctionFacts} of one function after another in the layout that they keep, with room at the end.
 * The validator says what it meets, in the order of the bytes. Offsets given to it are offsets in the module. For one
 * thread.
 */
final class FactsCollector {
  /** In place of a control structure: the function itself. */
  static final int FUNCTION = 0;

  private int[] words = new int[256];
  private int wordCount;
  private int controlWords;
  private int base;
  private int paramCount;
  private int loopDepth;

  /** Weight of an occurrence here. */
  private int weight;

  /** Offset in the body of the outermost loop here, or -1. */
  private int outermostLoop;

  /** Where the facts are of the locals that occur in that loop. */
  private int[] occurring = new int[64];

  private int occurringCount;

  /** Starts a function whose first instruction is at an offset. */
  void begin(int codeStart, int localCount, int params) {
    base = codeStart;
    paramCount = params;
    loopDepth = 0;
    weight = 1;
    outermostLoop = -1;
    occurringCount = 0;
    int size = FunctionFacts.HEADER_WORDS + FunctionFacts.LOCAL_WORDS * localCount;
    if (size > words.length) {
      words = new int[2 * size];
    }
    if (localCount > occurring.length) {
      occurring = new int[2 * localCount];
    }
    Arrays.fill(words, 0, size, 0);
    for (int at = FunctionFacts.HEADER_WORDS + FunctionFacts.END; at < size; at += FunctionFacts.LOCAL_WORDS) {
      words[at] = -1;
    }
    words[FunctionFacts.LOCALS] = localCount;
    words[FunctionFacts.CODE_START] = codeStart;
    wordCount = size;
    controlWords = FunctionFacts.controlWords(localCount);
  }

  /** Ends the function. */
  void finish(int maxOperands, int maxControlDepth) {
    words[FunctionFacts.MAX_OPERANDS] = maxOperands;
    words[FunctionFacts.MAX_CONTROL] = maxControlDepth;
  }

  /** Bytes that the facts take. */
  int size() {
    return 4 * wordCount;
  }

  /** A copy of the facts, to keep. */
  FunctionFacts copy() {
    return new FunctionFacts(Arrays.copyOf(words, wordCount));
  }

  /** A local occurs. */
  void occurs(int local, int at) {
    int[] facts = words;
    int index = FunctionFacts.HEADER_WORDS + FunctionFacts.LOCAL_WORDS * local;
    int before = facts[index];
    int sum = (before & FunctionFacts.MAX_WEIGHT) + weight;
    facts[index] = (sum < 0 ? FunctionFacts.MAX_WEIGHT : sum) | before & FunctionFacts.WRITTEN_BIT;
    int last = facts[index + FunctionFacts.END];
    int offset = at - base;
    facts[index + FunctionFacts.END] = offset;
    if (last < outermostLoop) {
      // The first occurrence in this loop; its end, when that is known, becomes the local's.
      occurring[occurringCount++] = index;
      offset = outermostLoop;
    }
    if (last < 0 && local >= paramCount) {
      facts[index + FunctionFacts.START] = offset;
    }
  }

  /** A local occurs and is written. */
  void writes(int local, int at) {
    occurs(local, at);
    words[FunctionFacts.HEADER_WORDS + FunctionFacts.LOCAL_WORDS * local] |= FunctionFacts.WRITTEN_BIT;
  }

  /** Something is called. */
  void calls() {
    words[FunctionFacts.FLAGS] |= FunctionFacts.CALLS_FLAG;
  }

  /** A memory is used. */
  void touchesMemory() {
    words[FunctionFacts.FLAGS] |= FunctionFacts.MEMORY_FLAG;
  }

  /** A control structure begins; returns by what it is known to the methods below. */
  int openControl() {
    int index = wordCount;
    int end = index + controlWords;
    if (end > words.length) {
      words = Arrays.copyOf(words, 2 * end);
    }
    for (int i = index; i < end; i++) {
      words[i] = 0;
    }
    wordCount = end;
    return index;
  }

  /** The structure that has just begun is a loop. */
  void openLoop(int at) {
    if (loopDepth == 0) {
      outermostLoop = at - base;
      words[FunctionFacts.FLAGS] |= FunctionFacts.LOOPS_FLAG;
    }
    loopDepth++;
    weight = weight(loopDepth);
  }

  private static int weight(int loops) {
    return 1 << 3 * Math.min(loops, 4);
  }

  /** Something branches to the label of a structure, or of the {@link #FUNCTION}. */
  void branchesTo(int control) {
    if (control == FUNCTION) {
      words[FunctionFacts.FLAGS] |= FunctionFacts.LABEL_FLAG;
    } else {
      words[control + FunctionFacts.CONTROL_ELSE] |= FunctionFacts.BRANCH_TARGET_BIT;
    }
  }

  /** A structure has an {@code else}, which ends at an offset. */
  void elseAt(int control, int end) {
    words[control + FunctionFacts.CONTROL_ELSE] |= end - base;
  }

  /**
   * A structure ends.
   *
   * @param end offset just past its {@code end}
   * @param written the first 64 locals that are written in it
   * @param calls whether something is called in it
   */
  void closeControl(int control, int end, long written, boolean calls) {
    words[control + FunctionFacts.CONTROL_END] = end - base;
    if (calls) {
      words[control + FunctionFacts.CONTROL_ELSE] |= FunctionFacts.CONTAINS_CALL_BIT;
    }
    if (controlWords > FunctionFacts.CONTROL_WRITTEN) {
      words[control + FunctionFacts.CONTROL_WRITTEN] = (int) written;
      if (controlWords > FunctionFacts.CONTROL_WRITTEN + 1) {
        words[control + FunctionFacts.CONTROL_WRITTEN + 1] = (int) (written >>> 32);
      }
    }
  }

  /** The innermost loop ends with the {@code end} at an offset. */
  void closeLoop(int at) {
    loopDepth--;
    weight = weight(loopDepth);
    if (loopDepth == 0) {
      for (int i = 0; i < occurringCount; i++) {
        words[occurring[i] + FunctionFacts.END] = at - base;
      }
      occurringCount = 0;
      outermostLoop = -1;
    }
  }
}

package dev.gatun.compiler;

import dev.gatun.backend.Kind;
import java.util.Arrays;

/**
 * The slots of a frame: each local and each depth of the operand stack gets one when it first needs it, and keeps it.
 * At one depth, vectors have a slot of their own.
 */
final class FrameSlots {
  private static final int NONE = Integer.MIN_VALUE;

  private int[] local = new int[64];
  private int[] operand = new int[64];
  private int[] vectorOperand = new int[64];
  private int count;

  /** Starts a function: nothing has a slot. */
  void begin(int locals, int maxDepth) {
    count = 0;
    if (local.length < locals) {
      local = new int[2 * locals];
    }
    if (operand.length < maxDepth) {
      operand = new int[2 * maxDepth];
      vectorOperand = new int[2 * maxDepth];
    }
    Arrays.fill(local, 0, locals, NONE);
    Arrays.fill(operand, 0, maxDepth, NONE);
    Arrays.fill(vectorOperand, 0, maxDepth, NONE);
  }

  /** How many have been given out. */
  int count() {
    return count;
  }

  /** The slot of a local. */
  int ofLocal(int index, int kind) {
    int slot = local[index];
    if (slot == NONE) {
      slot = give(kind);
      local[index] = slot;
    }
    return slot;
  }

  /** Fixes the slot of a local. */
  void fix(int index, int slot) {
    local[index] = slot;
  }

  /** The slot of an operand of a kind at a depth. */
  int ofOperand(int depth, int kind) {
    int[] table = kind == Kind.V128 ? vectorOperand : operand;
    int slot = table[depth];
    if (slot == NONE) {
      slot = give(kind);
      table[depth] = slot;
    }
    return slot;
  }

  /**
   * A slot that nothing else has; a vector takes two, and is named by the lower one in memory, which is the later one.
   */
  int give(int kind) {
    count += Kind.cells(kind);
    return count - 1;
  }

  /** Whether a local has a slot. */
  boolean hasLocal(int index) {
    return local[index] != NONE;
  }

  /** Whether an operand of a kind at a depth has a slot. */
  boolean hasOperand(int depth, int kind) {
    return (kind == Kind.V128 ? vectorOperand : operand)[depth] != NONE;
  }
}

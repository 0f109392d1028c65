package dev.gatun.compiler;

import dev.gatun.backend.MacroAssembler;

/**
 * Moves several values at once, as if all sources were read before any destination is written: arguments, results and
 * parameters. Cycles are broken by exchanging registers.
 *
 * <p>Cells and slots are written at once by the caller (they are never sources here); register destinations are
 * collected and written by {@link #flush}: first those that come from registers, then those that are loaded, for which
 * no source can be overwritten any more.
 */
final class ParallelMove {
  private static final int MAX = 64;

  private final MacroAssembler masm;
  private final int[] kind = new int[MAX];
  private final int[] source = new int[MAX];
  private final int[] destination = new int[MAX];
  private int moves;
  private final int[] loadKind = new int[MAX];
  private final int[] loadDestination = new int[MAX];
  private final boolean[] loadIsConstant = new boolean[MAX];
  private final long[] loadValue = new long[MAX];
  private int loads;

  ParallelMove(MacroAssembler masm) {
    this.masm = masm;
  }

  void register(int moveKind, int to, int from) {
    if (to != from) {
      kind[moves] = moveKind;
      destination[moves] = to;
      source[moves++] = from;
    }
  }

  void constant(int moveKind, int to, long bits) {
    load(moveKind, to, true, bits);
  }

  void slot(int moveKind, int to, int slot) {
    load(moveKind, to, false, slot);
  }

  private void load(int moveKind, int to, boolean isConstant, long value) {
    loadKind[loads] = moveKind;
    loadDestination[loads] = to;
    loadIsConstant[loads] = isConstant;
    loadValue[loads++] = value;
  }

  /** Emits the collected moves. */
  void flush() {
    while (moves > 0) {
      boolean progress = false;
      for (int i = moves - 1; i >= 0; i--) {
        if (!isSource(destination[i], i)) {
          masm.move(kind[i], destination[i], source[i]);
          remove(i);
          progress = true;
        }
      }
      if (!progress) {
        // Every destination left is also a source: a cycle. After the exchange the last move is done, and whoever
        // wanted its destination's old value finds it in its source.
        int last = moves - 1;
        int to = destination[last];
        int from = source[last];
        masm.exchange(kind[last], to, from);
        moves = last;
        for (int i = moves - 1; i >= 0; i--) {
          if (source[i] == to) {
            source[i] = from;
          } else if (source[i] == from) {
            source[i] = to;
          }
          if (source[i] == destination[i]) {
            remove(i);
          }
        }
      }
    }
    for (int i = 0; i < loads; i++) {
      if (loadIsConstant[i]) {
        masm.constant(loadKind[i], loadDestination[i], loadValue[i]);
      } else {
        masm.loadSlot(loadKind[i], loadDestination[i], (int) loadValue[i]);
      }
    }
    loads = 0;
  }

  private boolean isSource(int register, int except) {
    for (int i = 0; i < moves; i++) {
      if (i != except && source[i] == register) {
        return true;
      }
    }
    return false;
  }

  private void remove(int i) {
    moves--;
    kind[i] = kind[moves];
    source[i] = source[moves];
    destination[i] = destination[moves];
  }
}

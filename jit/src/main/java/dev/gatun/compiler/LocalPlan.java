package dev.gatun.compiler;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.FunctionFacts;
import java.util.Arrays;

/**
 * Decides which locals live in a register of their own, their home, for as long as they live.
 *
 * <p>Locals compete by loop-weighted use count. Two locals whose live intervals do not meet may have the same home, so
 * the hot locals of one loop do not take registers from the hot locals of the next. A parameter prefers the register in
 * which it arrives.
 */
final class LocalPlan {
  /** Below this weight a home does not pay: the value would be moved there to be used once. */
  private static final int MIN_WEIGHT = 2;

  /** Only so many locals of each kind are considered; the search is quadratic in them. */
  private static final int MAX_CANDIDATES = 96;

  private final MacroAssembler masm;
  private long[] candidates = new long[64];
  private final int[][] intervals = new int[64][];
  private final int[] intervalCount = new int[64];

  /** The home of each local, or {@link MacroAssembler#NONE}. */
  int[] home = new int[64];

  /** The registers that are a home of some local of this function. */
  long pinned;

  LocalPlan(MacroAssembler masm) {
    this.masm = masm;
    for (int i = 0; i < 64; i++) {
      intervals[i] = new int[8];
    }
  }

  /**
   * Plans one function.
   *
   * @param kinds the {@link Kind} of each local
   * @param arrival the register in which each parameter arrives, or negative
   */
  void plan(FunctionFacts facts, int locals, byte[] kinds, int params, int[] arrival) {
    if (home.length < locals) {
      home = new int[2 * locals];
    }
    Arrays.fill(home, 0, locals, MacroAssembler.NONE);
    pinned = 0;
    planFile(facts, locals, kinds, params, arrival, false);
    planFile(facts, locals, kinds, params, arrival, true);
  }

  private void planFile(
      FunctionFacts facts, int locals, byte[] kinds, int params, int[] arrival, boolean floats) {
    int count = 0;
    for (int local = 0; local < locals; local++) {
      if (Kind.isFloat(kinds[local]) == floats && facts.weight(local) >= MIN_WEIGHT) {
        if (count == candidates.length) {
          candidates = Arrays.copyOf(candidates, 2 * count);
        }
        // Heaviest first, then lowest index: negative weight in the high half.
        candidates[count++] = (long) -facts.weight(local) << 32 | local;
      }
    }
    Arrays.sort(candidates, 0, count);
    int[] registers = masm.pinnable(floats);
    for (int register : registers) {
      intervalCount[register] = 0;
    }
    for (int i = 0; i < Math.min(count, MAX_CANDIDATES); i++) {
      int local = (int) candidates[i];
      int start = facts.start(local);
      int end = facts.end(local);
      int register = MacroAssembler.NONE;
      if (local < params && arrival[local] >= 0 && isPinnable(registers, arrival[local])
          && isFree(arrival[local], start, end)) {
        register = arrival[local];
      } else {
        for (int candidate : registers) {
          if (isFree(candidate, start, end)) {
            register = candidate;
            break;
          }
        }
      }
      if (register != MacroAssembler.NONE) {
        home[local] = register;
        pinned |= 1L << register;
        take(register, start, end);
      }
    }
  }

  private static boolean isPinnable(int[] registers, int register) {
    for (int candidate : registers) {
      if (candidate == register) {
        return true;
      }
    }
    return false;
  }

  private boolean isFree(int register, int start, int end) {
    int[] taken = intervals[register];
    for (int i = 0; i < intervalCount[register]; i += 2) {
      if (start <= taken[i + 1] && taken[i] <= end) {
        return false;
      }
    }
    return true;
  }

  private void take(int register, int start, int end) {
    int at = intervalCount[register];
    if (at == intervals[register].length) {
      intervals[register] = Arrays.copyOf(intervals[register], 2 * at);
    }
    intervals[register][at] = start;
    intervals[register][at + 1] = end;
    intervalCount[register] = at + 2;
  }
}

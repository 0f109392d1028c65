package dev.gatun.backend;

import dev.gatun.layout.TrapCode;
import java.util.Arrays;

/**
 * The traps of a function whose instructions stand behind it, so that what goes on is not jumped over: for each its
 * label, why, and the wasm instruction. One instruction has one site for each cause, however often it is jumped to.
 */
public final class TrapSites {
  /** What {@link #find} returns if there is none. */
  public static final int NONE = -1;

  private int[] labels = new int[32];
  private int[] offsets = new int[32];
  private TrapCode[] codes = new TrapCode[32];
  private int count;

  /** Forgets everything. */
  public void clear() {
    count = 0;
  }

  /** The label of the site that a wasm instruction has for a cause, or {@link #NONE}. */
  public int find(TrapCode code, int wasmOffset) {
    for (int i = count - 1; i >= 0 && offsets[i] == wasmOffset; i--) {
      if (codes[i] == code) {
        return labels[i];
      }
    }
    return NONE;
  }

  /** Adds a site, whose label is still to be bound. */
  public void add(TrapCode code, int wasmOffset, int label) {
    if (count == labels.length) {
      labels = Arrays.copyOf(labels, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
      codes = Arrays.copyOf(codes, 2 * count);
    }
    labels[count] = label;
    offsets[count] = wasmOffset;
    codes[count++] = code;
  }

  /** How many sites there are. */
  public int count() {
    return count;
  }

  /** The label of a site, which are numbered in the order in which they were added. */
  public int label(int site) {
    return labels[site];
  }

  /** Why a site traps. */
  public TrapCode code(int site) {
    return codes[site];
  }

  /** The offset in the module of the instruction that a site belongs to. */
  public int wasmOffset(int site) {
    return offsets[site];
  }
}

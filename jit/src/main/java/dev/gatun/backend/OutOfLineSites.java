package dev.gatun.backend;

import java.util.Arrays;

/**
 * Where a function leaves its line for code of one kind that stands behind it. For each place the label of that code,
 * the label at which the function goes on, and the wasm instruction.
 */
public final class OutOfLineSites {
  private int[] labels = new int[8];
  private int[] returns = new int[8];
  private int[] offsets = new int[8];
  private int count;

  /** Forgets everything. */
  public void clear() {
    count = 0;
  }

  /** Adds a place; its label is still to be bound. */
  public void add(int label, int back, int wasmOffset) {
    if (count == labels.length) {
      labels = Arrays.copyOf(labels, 2 * count);
      returns = Arrays.copyOf(returns, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    labels[count] = label;
    returns[count] = back;
    offsets[count++] = wasmOffset;
  }

  /** How many there are; they are numbered in the order in which they were added. */
  public int count() {
    return count;
  }

  /** The label of the code behind the function. */
  public int label(int site) {
    return labels[site];
  }

  /** The label at which the function goes on. */
  public int back(int site) {
    return returns[site];
  }

  /** The offset in the module of the instruction that it belongs to. */
  public int wasmOffset(int site) {
    return offsets[site];
  }
}

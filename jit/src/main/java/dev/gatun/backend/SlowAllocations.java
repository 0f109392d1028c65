package dev.gatun.backend;

import java.util.Arrays;

/**
 * The allocations of a function that ask the runtime, since there is no free cell; they stand behind the function. For
 * each where it starts and goes back to, what is allocated and where it goes.
 */
public final class SlowAllocations {
  private int[] labels = new int[8];
  private int[] returns = new int[8];
  private int[] destinations = new int[8];
  private int[] rttOffsets = new int[8];
  private int[] lengths = new int[8];
  private int[] lengthRegisters = new int[8];
  private int[] offsets = new int[8];
  private int count;

  /** Forgets everything. */
  public void clear() {
    count = 0;
  }

  /**
   * Adds an allocation.
   *
   * @param label where it starts, still to be bound
   * @param back the label that it goes on at
   * @param rttOffset where the context has the type
   * @param length of an array, or {@link ObjectAssembler#NO_LENGTH}
   * @param lengthRegister the register of a length that is not constant, or {@link MacroAssembler#NONE}
   */
  public void add(
      int label, int back, int destination, int rttOffset, int length, int lengthRegister, int wasmOffset) {
    if (count == labels.length) {
      labels = Arrays.copyOf(labels, 2 * count);
      returns = Arrays.copyOf(returns, 2 * count);
      destinations = Arrays.copyOf(destinations, 2 * count);
      rttOffsets = Arrays.copyOf(rttOffsets, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
      lengthRegisters = Arrays.copyOf(lengthRegisters, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    labels[count] = label;
    returns[count] = back;
    destinations[count] = destination;
    rttOffsets[count] = rttOffset;
    lengths[count] = length;
    lengthRegisters[count] = lengthRegister;
    offsets[count++] = wasmOffset;
  }

  /** How many there are; they are numbered in the order in which they were added. */
  public int count() {
    return count;
  }

  /** The label at which an allocation starts. */
  public int label(int index) {
    return labels[index];
  }

  /** The label at which the function goes on. */
  public int back(int index) {
    return returns[index];
  }

  /** The register of the new object. */
  public int destination(int index) {
    return destinations[index];
  }

  /** Where the context has the object's type. */
  public int rttOffset(int index) {
    return rttOffsets[index];
  }

  /** The length of an array, or {@link ObjectAssembler#NO_LENGTH}. */
  public int length(int index) {
    return lengths[index];
  }

  /** The register of a length that is not constant, or {@link MacroAssembler#NONE}. */
  public int lengthRegister(int index) {
    return lengthRegisters[index];
  }

  /** The offset in the module of the instruction that allocates. */
  public int wasmOffset(int index) {
    return offsets[index];
  }
}

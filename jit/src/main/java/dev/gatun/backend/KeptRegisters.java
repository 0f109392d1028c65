package dev.gatun.backend;

/**
 * The frame of a stub that keeps all registers in which the compiler may have something: integer registers from the
 * stack pointer on, 8 bytes each, then vectors of 16. Immutable.
 */
public final class KeptRegisters {
  private final int[] integers;
  private final int firstVector;
  private final int vectors;

  /**
   * A frame for registers.
   *
   * @param integers the integer registers, in the order in which they are kept
   * @param firstVector the compiler's number of vector register 0; the others follow
   * @param vectors how many vector registers are kept, from 0 on
   */
  public KeptRegisters(int[] integers, int firstVector, int vectors) {
    this.integers = integers;
    this.firstVector = firstVector;
    this.vectors = vectors;
  }

  /** How many integer registers are kept. */
  public int integers() {
    return integers.length;
  }

  /** An integer register that is kept. */
  public int integer(int index) {
    return integers[index];
  }

  /** Where it is, from the stack pointer. */
  public int integerOffset(int index) {
    return 8 * index;
  }

  /** How many vector registers are kept. */
  public int vectors() {
    return vectors;
  }

  /** Where a vector register is, from the stack pointer. */
  public int vectorOffset(int vector) {
    return 8 * integers.length + 16 * vector;
  }

  /** Bytes between stack pointer and frame pointer, a multiple of 16. */
  public int frameSize() {
    return vectorOffset(vectors) + 15 & -16;
  }

  /**
   * The displacement from the frame pointer of a register.
   *
   * @param register as the compiler numbers it
   * @throws IllegalArgumentException if it is not kept
   */
  public int displacement(int register) {
    int vector = register - firstVector;
    if (vector >= 0 && vector < vectors) {
      return vectorOffset(vector) - frameSize();
    }
    for (int i = 0; i < integers.length; i++) {
      if (integers[i] == register) {
        return integerOffset(i) - frameSize();
      }
    }
    throw new IllegalArgumentException("register " + register + " is not kept");
  }
}

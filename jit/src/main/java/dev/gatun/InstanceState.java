package dev.gatun;

import dev.gatun.memory.MemoryImage;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What an instance consists of besides its module and its imports, without any address that is valid in one store only.
 * A reference to a function is the function's index plus 1, and null is 0. Immutable but for the end of its images.
 *
 * @param pages of each memory, its size
 * @param images of each memory, its contents; null if they are zero
 * @param globals the cells of all globals, as they lie in the context record
 * @param functionCells the cells of globals that hold references to functions
 * @param tables of each table, its elements
 * @param data of each data segment, whether it has not been dropped
 * @param elements of each element segment, its references; null if it has been dropped
 * @param stack what it was running; null if it was idle
 */
record InstanceState(
    long[] pages,
    @Nullable MemoryImage[] images,
    long[] globals,
    BitSet functionCells,
    References[] tables,
    boolean[] data,
    @Nullable References[] elements,
    @Nullable SuspendedStack stack) {
  /**
   * References in a row.
   *
   * @param functions whether they are to functions; else they are null or numbers of 31 bits, which are what they are
   *     in every store
   */
  record References(long[] bits, boolean functions) {
    /** The bits in a store in which functions have their references at the addresses given by index. */
    long[] in(long[] functionAddresses) {
      if (!functions) {
        return bits;
      }
      long[] result = new long[bits.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = address(bits[i], functionAddresses);
      }
      return result;
    }
  }

  /** The bits of a reference to a function. */
  static long address(long reference, long[] functionAddresses) {
    return reference == 0 ? 0 : functionAddresses[(int) reference - 1];
  }

  /** The globals' cells in such a store. */
  long[] globalsIn(long[] functionAddresses) {
    long[] result = globals.clone();
    for (int i = functionCells.nextSetBit(0); i >= 0; i = functionCells.nextSetBit(i + 1)) {
      result[i] = address(result[i], functionAddresses);
    }
    return result;
  }

  /** Gives the images back. Memories that were made of them keep their contents. */
  void close() {
    for (MemoryImage image : images) {
      if (image != null) {
        image.close();
      }
    }
  }
}

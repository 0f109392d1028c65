package dev.gatun;

import dev.gatun.layout.DescriptorLayout;
import dev.gatun.memory.NativeBlocks;
import dev.gatun.runtime.NativeMemory;

/**
 * The elements of a table in native memory, 8 bytes each, and the record through which compiled code finds them. Apart
 * from the table, which refers to its store, so that the store's cleaner can free them.
 */
final class TableElements {
  private final long descriptor;

  /** Where the first elements are, which outlives them, and how many there is room for. */
  private final long first;

  private final long firstCapacity;

  /** Where they are once they have grown. */
  private NativeBlocks grown = new NativeBlocks();

  private long capacity;

  /**
   * Elements that are null.
   *
   * @param descriptor where the {@link DescriptorLayout} record for them is going to be
   * @param elements zeros, room for them, and for one if there is none
   */
  TableElements(long descriptor, long elements, long length) {
    this.descriptor = descriptor;
    this.first = elements;
    this.firstCapacity = Math.max(length, 1);
    this.capacity = firstCapacity;
    NativeMemory.putLong(descriptor + DescriptorLayout.BASE, elements);
    NativeMemory.putLong(descriptor + DescriptorLayout.LENGTH, length);
  }

  /** Address of the record. */
  long descriptor() {
    return descriptor;
  }

  /** Address of the first element; changes as the table grows. */
  long base() {
    return NativeMemory.getLong(descriptor + DescriptorLayout.BASE);
  }

  /** Number of elements. */
  long length() {
    return NativeMemory.getLong(descriptor + DescriptorLayout.LENGTH);
  }

  /** Adds elements of the given bits up to a new length, which is at most {@code limit}. */
  void grow(long length, long limit, long bits) {
    long old = length();
    if (length > capacity) {
      long larger = Math.min(Math.max(2 * capacity, length), limit);
      NativeBlocks next = new NativeBlocks();
      long elements = next.allocate(8 * larger);
      NativeMemory.copy(base(), elements, 8 * old);
      NativeMemory.putLong(descriptor + DescriptorLayout.BASE, elements);
      grown.close();
      grown = next;
      capacity = larger;
    }
    NativeMemory.fill(base() + 8 * old, length - old, bits);
    NativeMemory.putLong(descriptor + DescriptorLayout.LENGTH, length);
  }

  /** Makes these the elements, as if there had never been others. */
  void reset(long[] bits) {
    if (bits.length > firstCapacity) {
      throw new AssertionError("a table that has shrunk");
    }
    if (capacity > firstCapacity) {
      grown.close();
      capacity = firstCapacity;
      NativeMemory.putLong(descriptor + DescriptorLayout.BASE, first);
    }
    NativeMemory.putLongs(base(), bits);
    NativeMemory.putLong(descriptor + DescriptorLayout.LENGTH, bits.length);
  }

  void free() {
    grown.close();
  }
}

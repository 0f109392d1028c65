package dev.gatun;

import dev.gatun.layout.DescriptorLayout;
import dev.gatun.runtime.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The elements of a table in native memory, 8 bytes each, and the record through which compiled code finds them. Apart
 * from the table, which refers to its store, so that the store's cleaner can free them.
 */
final class TableElements {
  private final long descriptor;
  private Arena arena = Arena.ofShared();
  private long capacity;

  /** Elements that are null, and the {@link DescriptorLayout} record for them at an address that outlives them. */
  TableElements(long descriptor, long length) {
    this.descriptor = descriptor;
    this.capacity = Math.max(length, 1);
    NativeMemory.putLong(descriptor + DescriptorLayout.BASE, arena.allocate(8 * capacity, 8).address());
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
      Arena next = Arena.ofShared();
      MemorySegment elements = next.allocate(8 * larger, 8);
      NativeMemory.copy(base(), elements.address(), 8 * old);
      NativeMemory.putLong(descriptor + DescriptorLayout.BASE, elements.address());
      arena.close();
      arena = next;
      capacity = larger;
    }
    NativeMemory.fill(base() + 8 * old, length - old, bits);
    NativeMemory.putLong(descriptor + DescriptorLayout.LENGTH, length);
  }

  /** Makes these the elements, as if there had never been others. */
  void reset(long[] bits) {
    long least = Math.max(bits.length, 1);
    if (capacity > least) {
      arena.close();
      arena = Arena.ofShared();
      capacity = least;
      NativeMemory.putLong(descriptor + DescriptorLayout.BASE, arena.allocate(8 * capacity, 8).address());
    }
    NativeMemory.putLongs(base(), bits);
    NativeMemory.putLong(descriptor + DescriptorLayout.LENGTH, bits.length);
  }

  void free() {
    arena.close();
  }
}

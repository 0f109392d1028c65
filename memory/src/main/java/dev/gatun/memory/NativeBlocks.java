package dev.gatun.memory;

import dev.gatun.system.OutOfAddressSpaceException;
import java.util.Arrays;

/**
 * Zeroed native memory in blocks that are given back all at once. Carved from mappings of its own, since the close of a
 * shared arena stops every thread of the process for a moment, which takes longer than all else that a short-lived
 * instance needs. Whoever has an address must not use it after {@link #close}. Not thread-safe.
 */
public final class NativeBlocks implements AutoCloseable {
  private static final String WHAT = "the records of a store";
  private static final long ALIGNMENT = 16;

  /** Bytes mapped at once; as far as they are not touched, they cost addresses alone. */
  private static final long CHUNK = 128 << 10;

  private long[] addresses = new long[1];
  private long[] sizes = new long[1];
  private int count;
  private long next;
  private long end;

  /**
   * A block of zeros.
   *
   * @param bytes how many; 0 or more
   * @return its address, a multiple of 16
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public long allocate(long bytes) {
    long size = Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
    if (size > end - next) {
      map(size);
    }
    long block = next;
    next += size;
    return block;
  }

  private void map(long least) {
    if (count == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    long size = Math.max(CHUNK, Mapping.roundUp(least));
    long address = Mapping.anonymous(size, WHAT);
    addresses[count] = address;
    sizes[count++] = size;
    next = address;
    end = address + size;
  }

  /** Gives all blocks back. May be called more than once. */
  @Override
  public void close() {
    for (int i = 0; i < count; i++) {
      Mapping.unmap(addresses[i], sizes[i]);
    }
    count = 0;
    next = 0;
    end = 0;
  }
}

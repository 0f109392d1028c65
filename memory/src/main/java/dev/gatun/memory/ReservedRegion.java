package dev.gatun.memory;

import dev.gatun.system.OutOfAddressSpaceException;

/**
 * A range of addresses that is reserved at once and made usable from its low end upwards; fresh bytes are zero. Not
 * thread-safe.
 */
public final class ReservedRegion implements AutoCloseable {
  private final long base;
  private final long size;
  private long committed;
  private boolean closed;

  /**
   * Reserves addresses.
   *
   * @param bytes how many; a multiple of 4,096
   * @param what what it is for, in messages
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public ReservedRegion(long bytes, String what) {
    base = Mapping.reserve(bytes, what);
    size = bytes;
  }

  /** The first address. */
  public long base() {
    return base;
  }

  /** Bytes that can be read and written, from the base on. */
  public long committed() {
    return committed;
  }

  /**
   * Makes the region usable up to a size.
   *
   * @param bytes the new usable size, a multiple of 4,096; less than before changes nothing
   * @return whether the system gave the memory
   */
  public boolean commit(long bytes) {
    if (bytes <= committed) {
      return true;
    }
    if (bytes > size || Mapping.commit(base + committed, bytes - committed) != 0) {
      return false;
    }
    committed = bytes;
    return true;
  }

  /** Gives the memory behind a committed range of whole pages back to the system; it reads as zero afterwards. */
  public void discard(long offset, long bytes) {
    Mapping.discardPrivate(base + offset, bytes);
  }

  /** Unmaps the region. May be called more than once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Mapping.unmap(base, size);
    }
  }
}

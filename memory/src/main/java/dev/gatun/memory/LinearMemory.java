package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * A 32-bit linear memory. Addresses for index plus offset, each below 2^32, are reserved and fault beyond the current size,
 * so that compiled code needs no check; the base never moves.
 *
 * <p>Not thread-safe: the owner of the memory grows and closes it. {@link #close} may be called more than once; a memory that
 * is dropped is released by a cleaner.
 */
public final class LinearMemory implements AutoCloseable {
  /** Bytes in a page of wasm. */
  public static final int PAGE_SIZE = 65536;

  /** The largest size in pages. */
  public static final long MAX_PAGES = 65536;

  /** Index + offset + the widest access stay below this. */
  private static final long RESERVATION = (8L << 30) + PAGE_SIZE;

  private static final Cleaner CLEANER = Cleaner.create();

  private final long base;
  private final long maxPages;
  private final Arena arena;
  private final MemorySegment descriptor;
  private final Cleaner.Cleanable release;
  private long pages;
  private MemorySegment segment;

  /** What must be undone; holds no reference to the memory itself. */
  private record Release(long base, Arena arena) implements Runnable {
    @Override
    public void run() {
      arena.close();
      Mapping.unmap(base, RESERVATION);
    }
  }

  private LinearMemory(long base, long maxPages) {
    this.base = base;
    this.maxPages = Math.min(maxPages, MAX_PAGES);
    this.arena = Arena.ofShared();
    this.descriptor = arena.allocate(16, 8);
    this.release = CLEANER.register(this, new Release(base, arena));
    this.segment = MemorySegment.NULL;
  }

  /**
   * Creates a memory.
   *
   * @param minPages its size at first, in pages of 64 KiB
   * @param maxPages the size it may grow to
   * @param image its contents at first, or null for zeros
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public static LinearMemory create(long minPages, long maxPages, @Nullable MemoryImage image) {
    LinearMemory memory = new LinearMemory(Mapping.reserve(RESERVATION, "a linear memory"), maxPages);
    try {
      if (!memory.resize(minPages)) {
        throw new OutOfAddressSpaceException("commit a linear memory", minPages * PAGE_SIZE, 12);
      }
      if (image != null) {
        image.mapInto(memory);
      }
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    return memory;
  }

  private boolean resize(long newPages) {
    if (!Mapping.commit(base + pages * PAGE_SIZE, (newPages - pages) * PAGE_SIZE)) {
      return false;
    }
    pages = newPages;
    long bytes = newPages * PAGE_SIZE;
    segment = MemorySegment.ofAddress(base).reinterpret(bytes, arena, null);
    descriptor.set(ValueLayout.JAVA_LONG, 0, base);
    descriptor.set(ValueLayout.JAVA_LONG, 8, bytes);
    return true;
  }

  /**
   * Grows the memory.
   *
   * @param delta pages to add, unsigned
   * @return the old size in pages, or -1 if the maximum or the system does not allow it
   */
  public long grow(long delta) {
    long old = pages;
    if (Long.compareUnsigned(delta, maxPages - old) > 0 || !resize(old + delta)) {
      return -1;
    }
    return old;
  }

  /** The current size in pages. */
  public long pages() {
    return pages;
  }

  /** The size in pages beyond which the memory does not grow. */
  public long maxPages() {
    return maxPages;
  }

  /** The address of the first byte. */
  public long base() {
    return base;
  }

  /**
   * The memory as a segment of exactly its current size; to be asked for again after the memory has grown. Accessing it after
   * {@link #close} throws {@link IllegalStateException}.
   */
  public MemorySegment segment() {
    return segment;
  }

  /** Address of the record (base, size in bytes; 8 bytes each) that compiled code reads. */
  public long descriptorAddress() {
    return descriptor.address();
  }

  /** Whether an address is in the memory's reservation. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, RESERVATION) < 0;
  }

  @Override
  public void close() {
    release.clean();
  }
}

package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * A 32-bit linear memory. Addresses for index plus offset, each below 2^32, are reserved and fault beyond the current
 * size, so that compiled code needs no check; the base never moves.
 *
 * <p>Not thread-safe: the owner of the memory grows and closes it. Java code reads and writes it through {@link
 * #segment}, whose scope ends at {@link #close}: an access after it throws {@link IllegalStateException} and never
 * meets addresses that something else has been given. That takes a shared arena, whose close stops every thread for a
 * moment. A memory that is dropped is released by a cleaner.
 */
public final class LinearMemory implements AutoCloseable {
  /** Bytes in a page of wasm. */
  public static final int PAGE_SIZE = 65536;

  /** The largest size in pages. */
  public static final long MAX_PAGES = 65536;

  /** Index + offset + the widest access stay below this. */
  private static final long RESERVATION = (8L << 30) + PAGE_SIZE;

  private static final int DESCRIPTOR_SIZE = 16;
  private static final long DESCRIPTOR_BASE = 0;
  private static final long DESCRIPTOR_BYTES = 8;

  /** Shared with the images: a cleaner is a thread. */
  static final Cleaner CLEANER = Cleaner.create();

  private final long base;
  private final long maxPages;
  private final Arena arena;
  private final MemorySegment descriptor;
  private final Release release;
  private final Cleaner.Cleanable cleanable;
  private long pages;
  private MemorySegment segment;

  /** What must be undone; holds no reference to the memory itself. */
  private static final class Release implements Runnable {
    private final long base;
    private final Arena arena;

    Release(long base, Arena arena) {
      this.base = base;
      this.arena = arena;
    }

    @Override
    public synchronized void run() {
      if (arena.scope().isAlive()) {
        arena.close();
        Mapping.unmap(base, RESERVATION);
      }
    }
  }

  private LinearMemory(long base, long maxPages) {
    this.base = base;
    this.maxPages = maxPages;
    this.arena = Arena.ofShared();
    this.descriptor = arena.allocate(DESCRIPTOR_SIZE, 8);
    this.release = new Release(base, arena);
    this.cleanable = CLEANER.register(this, release);
    this.segment = MemorySegment.NULL;
  }

  /**
   * Creates a memory.
   *
   * @param minPages its size at first, in pages of 64 KiB
   * @param maxPages the size it may grow to; what is above {@link #MAX_PAGES} counts as that
   * @param image its contents at first, or null for zeros
   * @throws IllegalArgumentException if the size is negative, above the maximum, or too small for the image
   * @throws IllegalStateException if the image is closed
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public static LinearMemory create(long minPages, long maxPages, @Nullable MemoryImage image) {
    long limit = Math.min(maxPages, MAX_PAGES);
    if (minPages < 0 || minPages > limit) {
      throw new IllegalArgumentException("a memory of " + minPages + " pages that may grow to " + limit);
    }
    LinearMemory memory = new LinearMemory(Mapping.reserve(RESERVATION, "a linear memory"), limit);
    try {
      long error = memory.resize(minPages);
      if (error != 0) {
        throw new OutOfAddressSpaceException("commit a linear memory", minPages * PAGE_SIZE, error);
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

  /** Returns 0, or an error number if nothing has changed. */
  private long resize(long newPages) {
    long error = Mapping.commit(base + pages * PAGE_SIZE, (newPages - pages) * PAGE_SIZE);
    if (error != 0) {
      return error;
    }
    pages = newPages;
    long bytes = newPages * PAGE_SIZE;
    segment = MemorySegment.ofAddress(base).reinterpret(bytes, arena, null);
    descriptor.set(ValueLayout.JAVA_LONG, DESCRIPTOR_BASE, base);
    descriptor.set(ValueLayout.JAVA_LONG, DESCRIPTOR_BYTES, bytes);
    return 0;
  }

  /**
   * Grows the memory.
   *
   * @param delta pages to add, unsigned
   * @return the old size in pages, or -1 if the maximum or the system does not allow it
   * @throws IllegalStateException if the memory is closed
   */
  public long grow(long delta) {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException("the memory is closed"); // its addresses may be another's by now
    }
    long old = pages;
    if (Long.compareUnsigned(delta, maxPages - old) > 0 || resize(old + delta) != 0) {
      return -1;
    }
    return old;
  }

  /** The current size in pages. */
  public long pages() {
    return pages;
  }

  /** The current size in bytes. */
  public long byteSize() {
    return pages * PAGE_SIZE;
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
   * The memory as a segment of exactly its current size; to be asked for again after the memory has grown. Accessing it
   * after {@link #close} throws {@link IllegalStateException}.
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

  /**
   * Gives the memory and its addresses back. May be called more than once, by any thread.
   *
   * @throws IllegalStateException if a channel or a downcall is at work on its segment now: close it again later
   */
  @Override
  public void close() {
    release.run();
    cleanable.clean();
  }
}

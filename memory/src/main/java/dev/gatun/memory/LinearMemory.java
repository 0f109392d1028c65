package dev.gatun.memory;

import dev.gatun.bindings.linux.LibC;
import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * A linear memory. If it is guarded, addresses for index plus offset, each below 2^32, are reserved and fault beyond
 * the current size, so that compiled code needs no check; else only as many are reserved as it may ever have, and code
 * compares with the size. The base never moves.
 *
 * <p>Growing is thread-safe, and so are the sizes: a memory may be shared. It is released when all who {@linkplain
 * #retain retained} it have {@linkplain #release released} it, or when it is closed. Java code reads and writes it
 * through {@link #segment}, whose scope ends with the {@link MemoryView} that made it, at {@link #close} or before: an
 * access after it throws {@link IllegalStateException} and never meets addresses that something else has been given. A
 * memory that is dropped is released by a cleaner.
 */
public final class LinearMemory implements AutoCloseable {
  /** Bytes in a page of wasm. */
  public static final int PAGE_SIZE = 65536;

  private static final int PAGE_SIZE_LOG2 = 16;

  /** The largest size in pages of a memory of 32-bit addresses. */
  public static final long MAX_PAGES = 65536;

  /** Index + offset + the widest access stay below this. */
  private static final long GUARDED_RESERVATION = (8L << 30) + PAGE_SIZE;

  /** What a memory of 64-bit addresses may grow to, in bytes. */
  public static final long LARGEST = 64L << 30;

  /**
   * What a memory is to be like.
   *
   * @param minPages its size at first
   * @param maxPages the size it may grow to, unsigned; it may end earlier, see {@link #maxPages()}
   * @param pageSizeLog2 16 for pages of 64 KiB, or 0 for pages of a byte
   * @param guarded whether code relies on what is beyond its end; only for 32-bit addresses and pages of 64 KiB
   */
  public record Plan(long minPages, long maxPages, int pageSizeLog2, boolean guarded) {}

  private static final long DESCRIPTOR_BASE = 0;
  private static final long DESCRIPTOR_BYTES = 8;

  private static final VarHandle BYTES = ValueLayout.JAVA_LONG.varHandle();

  /** Shared with the images: a cleaner is a thread. */
  static final Cleaner CLEANER = Cleaner.create();

  private final long base;
  private final long reservation;
  private final long maxPages;
  private final int pageSizeLog2;
  private final boolean guarded;
  private final MemorySegment descriptor;
  private final Release release;
  private final Cleaner.Cleanable cleanable;

  /** Whoever reads it finds a size that all of the memory had at some time: it only grows. */
  private volatile long pages;

  private volatile MemorySegment bytes = MemorySegment.NULL;

  /** What it has been created with; null for zeros. */
  private @Nullable MemoryImage image;

  /** Made when the memory is reset for the first time, as those of pools are. */
  private @Nullable PageReset pageReset;

  /** Where the image's contents can be read, once that is known. */
  private long contents;

  /** Who waits for notifications. */
  private final WaitQueues waiters = new WaitQueues();

  /** How many will release it. Guarded by this. */
  private int users;

  /** What must be undone; holds no reference to the memory itself. */
  private static final class Release implements Runnable {
    private final long base;
    private final long reservation;
    private final MemorySegment descriptor;
    private volatile MemoryView view = new MemoryView();
    private volatile boolean closed;
    private long committed;
    private @Nullable MemoryUsage usage;
    private MemoryImage.@Nullable Reading image;

    Release(long base, long reservation, MemorySegment descriptor) {
      this.base = base;
      this.reservation = reservation;
      this.descriptor = descriptor;
    }

    @Override
    public synchronized void run() {
      if (!closed) {
        view.close();
        closed = true;
        Descriptors.giveBack(descriptor);
        Mapping.unmap(base, reservation);
        if (image != null) {
          image.end();
        }
        if (usage != null) {
          usage.add(-1, -reservation, -committed);
        }
      }
    }

    synchronized void countIn(MemoryUsage whole) {
      if (usage == null && !closed) {
        usage = whole;
        whole.add(1, reservation, committed);
      }
    }

    synchronized void read(MemoryImage.Reading contents) {
      image = contents;
    }

    synchronized void commit(long bytes) {
      if (usage != null) {
        usage.add(0, 0, bytes - committed);
      }
      committed = bytes;
    }
  }

  private LinearMemory(long base, long reservation, long maxPages, Plan plan) {
    this.base = base;
    this.reservation = reservation;
    this.maxPages = maxPages;
    this.pageSizeLog2 = plan.pageSizeLog2;
    this.guarded = plan.guarded;
    this.descriptor = Descriptors.take();
    this.release = new Release(base, reservation, descriptor);
    this.cleanable = CLEANER.register(this, release);
  }

  /** Creates a guarded memory of pages of 64 KiB; see {@link #create(Plan, MemoryImage)}. */
  public static LinearMemory create(long minPages, long maxPages, @Nullable MemoryImage image) {
    long limit = Math.min(maxPages, MAX_PAGES);
    if (minPages < 0 || minPages > limit) {
      throw new IllegalArgumentException("a memory of " + minPages + " pages that may grow to " + limit);
    }
    return create(new Plan(minPages, limit, PAGE_SIZE_LOG2, true), image);
  }

  /**
   * Creates a memory.
   *
   * @param image its contents at first, or null for zeros
   * @throws IllegalArgumentException if the size is above the maximum or too small for the image
   * @throws IllegalStateException if the image is closed
   * @throws OutOfAddressSpaceException if the system refuses, or the size at first is above {@link #LARGEST}
   */
  public static LinearMemory create(Plan plan, @Nullable MemoryImage image) {
    if (Long.compareUnsigned(plan.minPages, plan.maxPages) > 0) {
      throw new IllegalArgumentException("a memory of " + plan.minPages + " pages that may grow to " + plan.maxPages);
    }
    long largest = LARGEST >>> plan.pageSizeLog2;
    if (Long.compareUnsigned(plan.minPages, largest) > 0) {
      throw new OutOfAddressSpaceException("reserve a linear memory", saturatedBytes(plan), LibC.ENOMEM());
    }
    LinearMemory memory = reserve(plan, Long.compareUnsigned(plan.maxPages, largest) < 0 ? plan.maxPages : largest);
    try {
      long error = memory.resize(plan.minPages);
      if (error != 0) {
        throw new OutOfAddressSpaceException("commit a linear memory", saturatedBytes(plan), error);
      }
      if (image != null) {
        image.mapInto(memory);
        memory.image = image;
        memory.release.read(image.read());
      }
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    return memory;
  }

  private static long saturatedBytes(Plan plan) {
    return Long.numberOfLeadingZeros(plan.minPages) > plan.pageSizeLog2
        ? plan.minPages << plan.pageSizeLog2
        : Long.MAX_VALUE;
  }

  /** How many guarded memories there must be addresses for, before the first is made. */
  private static final int GUARDED_AT_ONCE = 64;

  /**
   * Whether the system has addresses to spare for guarded memories. Room for one or two is not enough: a process with a
   * limit would soon meet it, in the engine or elsewhere.
   */
  public static boolean canGuard() {
    long bytes = GUARDED_AT_ONCE * GUARDED_RESERVATION;
    try {
      Mapping.unmap(Mapping.reserve(bytes, "linear memories"), bytes);
      return true;
    } catch (OutOfAddressSpaceException e) {
      return false;
    }
  }

  /** How many times its own addresses a memory that may do with less must find free. */
  private static final int SPARE = 8;

  /**
   * Reserves for so many pages; if there are no addresses for {@link #SPARE} times as many, then for as many as is
   * possible by halving. What is left of a limit is shared with the memories to come and with all else in the process
   * (the C library reserves 64 MiB for the first allocation of a thread), which does not survive without it.
   */
  private static LinearMemory reserve(Plan plan, long maxPages) {
    if (plan.guarded) {
      long base = Mapping.reserve(GUARDED_RESERVATION, "a linear memory");
      return new LinearMemory(base, GUARDED_RESERVATION, maxPages, plan);
    }
    while (true) {
      // A page more, so that no two memories touch, and one of size 0 has an address.
      long reservation = rounded(maxPages << plan.pageSizeLog2) + PAGE_SIZE;
      boolean isLeast = maxPages == plan.minPages;
      long asked = isLeast ? reservation : SPARE * reservation;
      try {
        long base = Mapping.reserve(asked, "a linear memory");
        if (!isLeast) {
          Mapping.unmap(base + reservation, asked - reservation);
        }
        return new LinearMemory(base, reservation, maxPages, plan);
      } catch (OutOfAddressSpaceException e) {
        if (isLeast) {
          throw e;
        }
        maxPages = Math.max(plan.minPages, maxPages / 2);
      }
    }
  }

  private static long rounded(long bytes) {
    return bytes + PAGE_SIZE - 1 & -PAGE_SIZE;
  }

  /** Returns 0, or an error number if nothing has changed. */
  private long resize(long newPages) {
    long bytes = newPages << pageSizeLog2;
    long committed = rounded(byteSize());
    long error = Mapping.commit(base + committed, rounded(bytes) - committed);
    if (error != 0) {
      return error;
    }
    setSize(newPages);
    return 0;
  }

  private void setSize(long newPages) {
    long size = newPages << pageSizeLog2;
    bytes = MemorySegment.ofAddress(base).reinterpret(size);
    descriptor.set(ValueLayout.JAVA_LONG, DESCRIPTOR_BASE, base);
    BYTES.setRelease(descriptor, DESCRIPTOR_BYTES, size);
    pages = newPages;
    release.commit(rounded(size));
  }

  /**
   * Makes the memory as it was when it was created with a size: what has been written is gone, and what it has grown by
   * faults again. Nobody may be using it. If this fails, the memory can only be closed.
   *
   * @param firstPages its size at first
   * @param keep how many bytes of pages that have been written may stay, rewritten, for the next who writes them
   * @return how many have stayed
   * @throws OutOfAddressSpaceException if the system refuses
   * @throws IllegalStateException if the memory is closed, or the image is and would have to be mapped again
   */
  public synchronized long reset(long firstPages, long keep) {
    synchronized (release) { // what is unmapped can't be written over
      if (release.closed) {
        throw new IllegalStateException("the memory is closed");
      }
      long kept = rounded(firstPages << pageSizeLog2);
      long committed = rounded(byteSize());
      Mapping.decommit(base + kept, committed - kept, "the guard of a linear memory");
      if (firstPages != pages) {
        setSize(firstPages);
      }
      return resetFirst(kept, keep);
    }
  }

  private long resetFirst(long size, long keep) {
    MemoryImage first = image;
    MemoryImage.Reading reading = release.image;
    PageReset reset = pageReset;
    if (reset == null) {
      reset = new PageReset();
      pageReset = reset;
    }
    long resident;
    if (first == null || reading == null) {
      resident = reset.reset(base, size, keep);
    } else if (first.isFile()) {
      if (contents == 0 && keep > 0) {
        contents = reading.address();
      }
      reset.file(base + first.start(), first.size(), contents);
      resident = reset.reset(base, size, contents == 0 ? 0 : keep);
    } else {
      resident = reset.reset(base, size, 0);
      if (resident == 0) {
        first.mapInto(this);
      }
    }
    if (resident >= 0) {
      return resident;
    }
    Mapping.zero(base, size, "a linear memory");
    if (first != null) {
      first.mapInto(this);
    }
    return 0;
  }

  /**
   * Grows the memory.
   *
   * @param delta pages to add, unsigned
   * @return the old size in pages, or -1 if the maximum or the system does not allow it
   * @throws IllegalStateException if the memory is closed
   */
  public synchronized long grow(long delta) {
    if (release.closed) {
      throw new IllegalStateException("the memory is closed"); // its addresses may be another's by now
    }
    long old = pages;
    if (Long.compareUnsigned(delta, maxPages - old) > 0 || resize(old + delta) != 0) {
      return -1;
    }
    return old;
  }

  /** Counts this memory in, until it is released; it is counted in one place alone, the first. */
  public void countIn(MemoryUsage usage) {
    release.countIn(usage);
  }

  /** The current size in pages. */
  public long pages() {
    return pages;
  }

  /** The current size in bytes. */
  public long byteSize() {
    return pages << pageSizeLog2;
  }

  /** Bytes of addresses that are reserved for it. */
  public long reservedBytes() {
    return reservation;
  }

  /** Bytes that the current size makes usable: the size in bytes, rounded up to what is made usable at once. */
  public long committedBytes() {
    return rounded(byteSize());
  }

  /** Log2 of the bytes of a page. */
  public int pageSizeLog2() {
    return pageSizeLog2;
  }

  /** Whether code may access it without comparing with its size. */
  public boolean isGuarded() {
    return guarded;
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
   * after {@link #close}, or after the view is closed, throws {@link IllegalStateException}.
   *
   * @throws IllegalStateException if no segment had been asked for before the view was closed
   */
  public MemorySegment segment() {
    return segment(view());
  }

  /** The memory through a view that {@link #view} has returned; else as {@link #segment()}. */
  public MemorySegment segment(MemoryView view) {
    return view.segment(base, byteSize());
  }

  /** What Java sees the memory through now. */
  public MemoryView view() {
    return release.view;
  }

  /**
   * Closes the view, with all segments that it has made, and gives the memory another.
   *
   * @throws IllegalStateException if a channel or a downcall is at work on a segment now; nothing has changed then
   */
  public void renewView() {
    synchronized (release) {
      release.view.close();
      release.view = new MemoryView();
    }
  }

  /**
   * The memory as a segment of its current size that stays accessible for ever: for callers that keep the memory from
   * being closed while they use it, and do not hand it out. Costs nothing.
   */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Address of the record (base, size in bytes; 8 bytes each) that compiled code reads. */
  public long descriptorAddress() {
    return descriptor.address();
  }

  /** Whether an address is in the memory's reservation. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, reservation) < 0;
  }

  /** The threads that wait for notifications of its addresses. */
  public WaitQueues waiters() {
    return waiters;
  }

  /** Adds a user of the memory. */
  public synchronized void retain() {
    users++;
  }

  /** Ends a use; the last one closes the memory, as {@link #close} does. */
  public void release() {
    synchronized (this) {
      if (--users > 0) {
        return;
      }
    }
    close();
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

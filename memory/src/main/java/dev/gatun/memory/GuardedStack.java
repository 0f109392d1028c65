package dev.gatun.memory;

import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A stack for wasm: memory that is used as it is touched, with a guard at its low end. Closed by its owner when nothing
 * runs on it. Not thread-safe.
 */
public final class GuardedStack implements AutoCloseable {
  /** Larger than any step by which a stack pointer moves without a touch. */
  private static final long GUARD = 64 * 1024;

  /** Below the limit there stays room for signal frames and for functions that check late. */
  private static final long HEADROOM = 128 * 1024;

  private static final long MAX_SIZE = 1L << 40;

  /** What is overwritten at the top, where most programs stay, if it is not known what has been written. */
  private static final long KEPT = 16 * 1024;

  /** Made when the stack is cleared for the first time, as those of pools are: it has native memory. */
  private @Nullable PageReset pageReset;

  private final long base;
  private final long size;
  private boolean closed;

  /**
   * Maps a stack.
   *
   * @param bytes what wasm may use of it: 1 byte to 1 TiB, rounded up to pages
   * @throws IllegalArgumentException if the size is not in that range
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public GuardedStack(long bytes) {
    if (bytes < 1 || bytes > MAX_SIZE) {
      throw new IllegalArgumentException("a stack of " + bytes + " bytes; expected 1 to " + MAX_SIZE);
    }
    size = GUARD + HEADROOM + Mapping.roundUp(bytes);
    base = Mapping.reserveStack(size);
    long error = Mapping.commit(base + GUARD, size - GUARD);
    if (error != 0) {
      Mapping.unmap(base, size);
      throw new OutOfAddressSpaceException("commit a stack", size - GUARD, error);
    }
  }

  /** The address just above the stack; aligned to a page. */
  public long top() {
    return base + size;
  }

  /** The lowest stack pointer at which a function may be entered. */
  public long limit() {
    return base + GUARD + HEADROOM;
  }

  /** Whether an address is on the stack or in its guard. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, size) < 0;
  }

  /**
   * Makes all of the stack zero. Nothing may run on it.
   *
   * @param keep how many bytes of pages that have been written may stay, besides a few at the top
   * @return how many have stayed
   * @throws OutOfAddressSpaceException if the system refuses; what was on the stack may still be there
   */
  public long clear(long keep) {
    long writable = base + GUARD;
    long top = keep > 0 && PageScan.isTrusted() ? 0 : Math.min(KEPT, size - GUARD);
    MemorySegment.ofAddress(top() - top).reinterpret(top).fill((byte) 0);
    long rest = size - GUARD - top;
    PageReset reset = pageReset;
    if (reset == null) {
      reset = new PageReset();
      pageReset = reset;
    }
    long resident = reset.reset(writable, rest, keep);
    if (resident >= 0) {
      return resident;
    }
    Mapping.zero(writable, rest, "a stack");
    return 0;
  }

  /** Unmaps the stack. May be called more than once. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Mapping.unmap(base, size);
    }
  }
}

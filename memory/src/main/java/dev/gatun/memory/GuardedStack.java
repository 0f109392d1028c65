package dev.gatun.memory;

/**
 * A stack for wasm: memory that is used as it is touched, with a guard at its low end. Closed by its owner when nothing runs
 * on it.
 */
public final class GuardedStack implements AutoCloseable {
  private static final long GUARD = 64 * 1024;

  /** Below the limit there stays room for signal frames and for functions that check late. */
  private static final long HEADROOM = 128 * 1024;

  private final long base;
  private final long size;
  private boolean closed;

  /**
   * Maps a stack.
   *
   * @param bytes what wasm may use of it
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public GuardedStack(long bytes) {
    size = GUARD + HEADROOM + Mapping.roundUp(bytes);
    base = Mapping.reserve(size, "a stack");
    if (!Mapping.commit(base + GUARD, size - GUARD)) {
      Mapping.unmap(base, size);
      throw new OutOfAddressSpaceException("commit a stack", size - GUARD, 12);
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

  /** Whether an address is on the stack. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, size) < 0;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Mapping.unmap(base, size);
    }
  }
}

package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What Java code sees a linear memory through: segments that all end together, before what is behind them is another's.
 * Apart from the memory, which may have one view after the other.
 *
 * <p>That takes a shared arena, whose close stops every thread for a moment (20 µs). So it is made when the first
 * segment is asked for; a view that was not used costs nothing. Thread-safe.
 */
public final class MemoryView {
  private @Nullable Arena arena;
  private boolean closed;
  private volatile @Nullable MemorySegment segment;

  MemoryView() {}

  /** The bytes of a memory, within the scope of this view. */
  MemorySegment segment(long base, long bytes) {
    MemorySegment known = segment;
    return known != null && known.byteSize() == bytes ? known : make(base, bytes);
  }

  private synchronized MemorySegment make(long base, long bytes) {
    if (closed) {
      throw new IllegalStateException("the memory is closed");
    }
    Arena scope = arena;
    if (scope == null) {
      scope = Arena.ofShared();
      arena = scope;
    }
    MemorySegment made = MemorySegment.ofAddress(base).reinterpret(bytes, scope, null);
    segment = made;
    return made;
  }

  /**
   * Ends the segments. May be called more than once.
   *
   * @throws IllegalStateException if a channel or a downcall is at work on one now; nothing has changed then
   */
  synchronized void close() {
    if (!closed) {
      if (arena != null) {
        arena.close();
      }
      closed = true;
    }
  }
}

package dev.gatun.runtime;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The way by which Gatun's own host functions reach the memory of their caller: without the scope that a segment has
 * which is handed out, and which costs more than most calls when it ends.
 */
public abstract class CallerMemory {
  /** Set once, when the class of the calls is initialized: only that can see both sides. */
  private static volatile @Nullable CallerMemory provider;

  /** For the one provider. */
  protected CallerMemory() {}

  /** The bytes of a caller's memory. */
  protected abstract MemorySegment bytes(Object call);

  /** Sets the provider. */
  public static void provide(CallerMemory by) {
    provider = by;
  }

  /**
   * The memory of whoever has called a host function, as it is now. It must not be touched any more once the function
   * has returned, or its memory has grown.
   *
   * @param call a {@link dev.gatun.HostCall} that has not returned
   * @throws IllegalStateException if the caller has no memory
   */
  public static MemorySegment of(Object call) {
    CallerMemory known = provider;
    if (known == null) {
      throw new IllegalStateException("no host function has been called yet");
    }
    return known.bytes(call);
  }
}

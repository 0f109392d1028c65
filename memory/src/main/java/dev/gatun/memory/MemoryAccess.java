package dev.gatun.memory;

import dev.gatun.bindings.NativeAccess;
import java.lang.foreign.MemorySegment;

/** Whether the JVM lets this module, and the bindings below it, use native memory and functions. */
public final class MemoryAccess {
  private MemoryAccess() {}

  /**
   * To be asked before anything else here is used.
   *
   * @throws IllegalStateException if not; says by which option of java it is given
   */
  public static void check() {
    NativeAccess.check();
    if (!MemoryAccess.class.getModule().isNativeAccessEnabled()) {
      try {
        MemorySegment.NULL.reinterpret(0);
      } catch (IllegalCallerException e) {
        throw denied(e);
      }
    }
  }

  /** What to throw if a module has found that it is denied. */
  public static IllegalStateException denied(IllegalCallerException cause) {
    return NativeAccess.denied(cause);
  }
}

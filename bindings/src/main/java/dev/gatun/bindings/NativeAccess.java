package dev.gatun.bindings;

import java.lang.foreign.MemorySegment;

/**
 * The JVM's permission to call native functions, which it grants by module. A JVM that denies it throws wherever the
 * first restricted method is called, in the initialization of a class most often, and says little; so each module asks
 * before it begins.
 */
public final class NativeAccess {
  private NativeAccess() {}

  /**
   * Looks whether this module has the permission.
   *
   * @throws IllegalStateException if not; says by which option of java it is given
   */
  public static void check() {
    if (!NativeAccess.class.getModule().isNativeAccessEnabled()) {
      try {
        // The JVM warns here, if that is all it does.
        MemorySegment.NULL.reinterpret(0);
      } catch (IllegalCallerException e) {
        throw denied(e);
      }
    }
  }

  /** What to throw if a module has found that it is denied. */
  public static IllegalStateException denied(IllegalCallerException cause) {
    String to =
        NativeAccess.class.getModule().isNamed() ? "dev.gatun.bindings,dev.gatun.memory,dev.gatun.jit" : "ALL-UNNAMED";
    return new IllegalStateException(
        "Gatun compiles to machine code and may not call it: start java with --enable-native-access=" + to, cause);
  }
}

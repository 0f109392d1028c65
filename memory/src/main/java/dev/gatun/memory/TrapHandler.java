package dev.gatun.memory;

import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Installs the handler that turns faults of compiled code into traps, once for the process.
 *
 * <p>The handler is machine code, since no Java may run in a signal handler. It passes what is not ours to the handler that
 * was there before, HotSpot's, and keeps that handler's flags: in particular it runs on the faulting thread's stack. It stays
 * for the life of the process: a later handler may have been chained to it.
 */
public final class TrapHandler {
  private TrapHandler() {}

  private static boolean installed;

  /** Makes the machine code of the handler, given the handlers that were installed before. */
  public interface Code {
    /** Returns the address of the handler. */
    long emit(long segv, long bus, long fpe);
  }

  /**
   * Installs the handler for SIGSEGV, SIGBUS and SIGFPE, if this process has not done so.
   *
   * @throws IllegalStateException if sigaction fails
   */
  public static synchronized void install(Code code) {
    if (installed) {
      return;
    }
    int[] signals = {LibC.SIGSEGV(), LibC.SIGBUS(), LibC.SIGFPE()};
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] actions = new MemorySegment[signals.length];
      long[] handlers = new long[signals.length];
      for (int i = 0; i < signals.length; i++) {
        actions[i] = arena.allocate(LibC.SIGACTION_SIZE(), 8);
        check(LibC.sigaction(signals[i], MemorySegment.NULL, actions[i]));
        handlers[i] = actions[i].get(ValueLayout.JAVA_LONG, LibC.SIGACTION_HANDLER());
      }
      long handler = code.emit(handlers[0], handlers[1], handlers[2]);
      for (int i = 0; i < signals.length; i++) {
        actions[i].set(ValueLayout.JAVA_LONG, LibC.SIGACTION_HANDLER(), handler);
        check(LibC.sigaction(signals[i], actions[i], MemorySegment.NULL));
      }
    }
    installed = true;
  }

  private static void check(int result) {
    if (result != 0) {
      throw new IllegalStateException("sigaction failed: the trap handler can't be installed");
    }
  }
}

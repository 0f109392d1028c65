package dev.gatun.memory;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Installs the handler that turns faults of compiled code into traps, once for the process.
 *
 * <p>The handler is machine code, since no Java may run in a signal handler. It passes what is not ours to the handler
 * that was there before, HotSpot's, and keeps that handler's flags: in particular it runs on the faulting thread's
 * stack. It stays for the life of the process: a later handler may have been chained to it.
 *
 * <p>The kernel is asked without libc's sigaction between: that needs no second downcall signature, and an interposed
 * one (libjsig) does not show the handler that is really installed.
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
   * @throws IllegalStateException if the system refuses; the next call tries again
   */
  public static synchronized void install(Code code) {
    if (installed) {
      return;
    }
    int[] signals = {LibC.SIGSEGV(), LibC.SIGBUS(), LibC.SIGFPE()};
    int size = Machine.SIGACTION_SIZE();
    try (Arena arena = Arena.ofConfined()) {
      // The old records are kept whole but for the handler, so flags, mask and restorer remain HotSpot's.
      MemorySegment actions = arena.allocate((long) signals.length * size, 8);
      long[] handlers = new long[signals.length];
      for (int i = 0; i < signals.length; i++) {
        exchange(signals[i], 0, actions.address() + (long) i * size);
        handlers[i] = actions.get(ValueLayout.JAVA_LONG, (long) i * size + Machine.SIGACTION_HANDLER());
      }
      long handler = code.emit(handlers[0], handlers[1], handlers[2]);
      for (int i = 0; i < signals.length; i++) {
        actions.set(ValueLayout.JAVA_LONG, (long) i * size + Machine.SIGACTION_HANDLER(), handler);
        exchange(signals[i], actions.address() + (long) i * size, 0);
      }
    }
    installed = true;
  }

  /** Reads or replaces what is done on a signal; addresses may be 0. */
  private static void exchange(int signal, long action, long old) {
    long result = SystemCall.call(Machine.SYS_rt_sigaction(), signal, action, old, Machine.SIGNAL_MASK_SIZE());
    if (result != 0) {
      throw new IllegalStateException(
          "the trap handler can't be installed for signal " + signal + ": " + SystemCall.errorName(-result));
    }
  }
}

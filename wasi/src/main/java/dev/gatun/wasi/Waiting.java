package dev.gatun.wasi;

import dev.gatun.HostCall;
import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How a call waits that may have to wait for long: in slices, since nothing wakes a thread in the kernel when the guest
 * is to end. Of one call.
 */
abstract class Waiting {
  /** For how long the guest's end may go unseen, in nanoseconds. */
  static final long SLICE = 50_000_000L;

  static final long FOREVER = Long.MAX_VALUE;

  private static final long NANOS = 1_000_000_000L;

  /**
   * To be called now and then while a call takes long. Throws if the guest is to end: because of an interruption of its
   * store or its thread, or since its time is over.
   */
  abstract void check();

  /** The waiting of a call by wasm. */
  static final class OfCall extends Waiting {
    private final HostCall call;

    OfCall(HostCall call) {
      this.call = call;
    }

    @Override
    void check() {
      call.checkInterrupt();
    }
  }

  /**
   * Waits until one of the host's descriptors is ready or the time is over.
   *
   * @param time room for a timespec
   * @param polled what poll(2) takes, and where it leaves what is ready
   * @param start when the wait began, as {@link System#nanoTime}
   * @param timeout in nanoseconds
   * @return how many are ready
   */
  long poll(MemorySegment time, MemorySegment polled, int count, long start, long timeout) {
    while (true) {
      long slice = Math.clamp(timeout - (System.nanoTime() - start), 0, SLICE);
      time.set(ValueLayout.JAVA_LONG, LibC.TIMESPEC_SECONDS(), slice / NANOS);
      time.set(ValueLayout.JAVA_LONG, LibC.TIMESPEC_NANOSECONDS(), slice % NANOS);
      long ready = SystemCall.call(Machine.SYS_ppoll(), polled.address(), count, time.address(), 0, 0, 0);
      if (ready == -LibC.EINTR()) {
        ready = 0;
      }
      if (WasiError.check(ready) > 0 || System.nanoTime() - start >= timeout) {
        return ready;
      }
      check();
    }
  }

  /** Waits until one of the host's descriptors can be read or written. */
  void await(int fd, boolean toRead) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(LibC.POLLFD_SIZE(), 8);
      put(polled, fd, toRead);
      poll(arena.allocate(LibC.TIMESPEC_SIZE(), 8), polled, 1, System.nanoTime(), FOREVER);
    }
  }

  /** Fills an entry for poll(2). */
  static void put(MemorySegment entry, int fd, boolean toRead) {
    entry.set(ValueLayout.JAVA_INT, LibC.POLLFD_FD(), fd);
    entry.set(ValueLayout.JAVA_SHORT, LibC.POLLFD_EVENTS(), (short) (toRead ? LibC.POLLIN() : LibC.POLLOUT()));
  }
}

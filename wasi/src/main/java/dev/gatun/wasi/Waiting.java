package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls wait that may have to wait for long: in slices, since nothing wakes a thread in the kernel when it is
 * interrupted or when another thread of the guest has ended the program. One for a program.
 */
final class Waiting {
  /** For how long an interruption may go unseen, in nanoseconds. */
  static final long SLICE = 50_000_000L;

  static final long FOREVER = Long.MAX_VALUE;

  private static final long NANOS = 1_000_000_000L;

  private volatile @Nullable RuntimeException end;

  /** The threads that may wait in Java, and can only be interrupted. */
  private final List<Thread> inJava = new ArrayList<>();

  /** Makes all calls that wait, and those that will, throw. The first reason counts. */
  synchronized void end(RuntimeException reason) {
    if (end == null) {
      end = reason;
      for (Thread thread : inJava) {
        thread.interrupt();
      }
    }
  }

  /**
   * This thread may wait in Java from now on. To be followed by {@link #leaveJava}. What an interruption means there is
   * for the stream to say.
   */
  synchronized void enterJava() {
    checkEnd();
    inJava.add(Thread.currentThread());
  }

  /** This thread does no longer wait. The interruption of a program's end is for no one else, so it is taken back. */
  synchronized void leaveJava() {
    inJava.remove(Thread.currentThread());
    RuntimeException reason = end;
    if (reason != null) {
      Thread.interrupted();
      throw reason;
    }
  }

  /** Throws if the program has ended, or with EINTR if this thread has been interrupted. */
  void check() {
    checkEnd();
    if (Thread.currentThread().isInterrupted()) {
      throw new WasiError(Errno.INTR);
    }
  }

  private void checkEnd() {
    RuntimeException reason = end;
    if (reason != null) {
      throw reason;
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

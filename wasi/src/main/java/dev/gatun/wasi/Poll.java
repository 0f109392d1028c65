package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code poll_oneoff}: waits for the first of several clocks and descriptors. */
final class Poll {
  private static final int SUBSCRIPTION = 48;
  private static final int EVENT = 32;
  private static final int MAX_SUBSCRIPTIONS = 4096;

  private static final int CLOCK = 0;
  private static final int READ = 1;
  private static final int WRITE = 2;

  private static final int ABSOLUTE = 1;
  private static final int HANGUP = 1;
  private static final long NANOS = 1_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  /** For how long an interruption may go unseen. */
  private static final long SLICE = 50_000_000L;

  private final DescriptorTable table;
  private final GuestMemory memory;
  private final Clocks clocks;
  private int events;

  Poll(DescriptorTable table, GuestMemory memory, Clocks clocks) {
    this.table = table;
    this.memory = memory;
    this.clocks = clocks;
  }

  void poll(int in, int out, int count, int result) {
    if (count <= 0 || count > MAX_SUBSCRIPTIONS) {
      throw new WasiError(Errno.INVAL);
    }
    long start = System.nanoTime();
    long timeout = NEVER;
    boolean readyNow = false;
    long[] waits = new long[count];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate((long) LibC.POLLFD_SIZE() * count, 8);
      int[] subscription = new int[count];
      int fds = 0;
      for (int i = 0; i < count; i++) {
        int at = in + SUBSCRIPTION * i;
        int tag = memory.getByte(at, 8);
        waits[i] = NEVER;
        if (tag == CLOCK) {
          waits[i] = waitOf(at);
          timeout = Math.min(timeout, waits[i]);
        } else if (tag == READ || tag == WRITE) {
          Descriptor descriptor;
          try {
            descriptor = table.get(memory.getInt(at, 16));
          } catch (WasiError e) {
            event(out, at, e.errno, tag, 0);
            readyNow = true;
            continue;
          }
          if (descriptor instanceof Descriptor.Host host) {
            MemorySegment entry = polled.asSlice((long) LibC.POLLFD_SIZE() * fds, LibC.POLLFD_SIZE());
            entry.set(ValueLayout.JAVA_INT, LibC.POLLFD_FD(), host.fd());
            entry.set(ValueLayout.JAVA_SHORT, LibC.POLLFD_EVENTS(),
                (short) (tag == READ ? LibC.POLLIN() : LibC.POLLOUT()));
            subscription[fds++] = at;
          } else {
            event(out, at, Errno.SUCCESS, tag, 0);
            readyNow = true;
          }
        } else {
          throw new WasiError(Errno.INVAL);
        }
      }
      waitFor(arena, polled, fds, start, readyNow ? 0 : timeout);
      for (int i = 0; i < fds; i++) {
        MemorySegment entry = polled.asSlice((long) LibC.POLLFD_SIZE() * i, LibC.POLLFD_SIZE());
        int ready = entry.get(ValueLayout.JAVA_SHORT, LibC.POLLFD_REVENTS());
        if (ready != 0) {
          int tag = memory.getByte(subscription[i], 8);
          event(out, subscription[i], Errno.SUCCESS, tag, (ready & LibC.POLLHUP()) != 0 ? HANGUP : 0);
        }
      }
    }
    long elapsed = System.nanoTime() - start;
    for (int i = 0; i < count; i++) {
      if (waits[i] <= elapsed) {
        event(out, in + SUBSCRIPTION * i, Errno.SUCCESS, CLOCK, 0);
      }
    }
    memory.putInt(result, 0, events);
  }

  /** How long a clock subscription waits from now on, in nanoseconds; {@link #NEVER} is for centuries. */
  private long waitOf(int at) {
    int clock = memory.getInt(at, 16);
    if (clock != Clocks.REAL_TIME && clock != Clocks.MONOTONIC) {
      throw new WasiError(Errno.INVAL);
    }
    long timeout = memory.getLong(at, 24);
    if (timeout < 0) {
      // Unsigned: more than 292 years.
      return NEVER;
    }
    return (memory.getShort(at, 40) & ABSOLUTE) == 0 ? timeout : Math.max(0, timeout - clocks.now(clock));
  }

  /**
   * Waits until a descriptor is ready or the time is over. In slices, since nothing wakes a thread in the kernel when
   * it is interrupted.
   */
  private static void waitFor(Arena arena, MemorySegment polled, int fds, long start, long timeout) {
    MemorySegment time = arena.allocate(LibC.TIMESPEC_SIZE(), 8);
    while (true) {
      long slice = Math.clamp(timeout - (System.nanoTime() - start), 0, SLICE);
      time.set(ValueLayout.JAVA_LONG, LibC.TIMESPEC_SECONDS(), slice / NANOS);
      time.set(ValueLayout.JAVA_LONG, LibC.TIMESPEC_NANOSECONDS(), slice % NANOS);
      long ready = SystemCall.call(Machine.SYS_ppoll(), polled.address(), fds, time.address(), 0, 0, 0);
      if (ready != -LibC.EINTR() && WasiError.check(ready) > 0 || System.nanoTime() - start >= timeout) {
        return;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new WasiError(Errno.INTR);
      }
    }
  }

  private void event(int out, int subscription, int errno, int type, int flags) {
    int at = out + EVENT * events++;
    memory.putLong(at, 0, memory.getLong(subscription, 0));
    memory.putShort(at, 8, errno);
    memory.putByte(at, 10, type);
    memory.putLong(at, 16, 0);
    memory.putShort(at, 24, flags);
  }
}

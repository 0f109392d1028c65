package dev.gatun.wasi;

import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.bindings.linux.x86_64.Machine;
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

  private final DescriptorTable table;
  private final GuestMemory memory;
  private int events;

  Poll(DescriptorTable table, GuestMemory memory) {
    this.table = table;
    this.memory = memory;
  }

  void poll(int in, int out, int count, int result) {
    if (count <= 0 || count > MAX_SUBSCRIPTIONS) {
      throw new WasiError(Errno.INVAL);
    }
    long start = System.nanoTime();
    long timeout = Long.MAX_VALUE;
    boolean readyNow = false;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate((long) LibC.POLLFD_SIZE() * count, 8);
      int[] subscription = new int[count];
      int fds = 0;
      for (int i = 0; i < count; i++) {
        int at = in + SUBSCRIPTION * i;
        int tag = memory.getByte(at, 8);
        if (tag == CLOCK) {
          timeout = Math.min(timeout, remaining(at));
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
            entry.set(ValueLayout.JAVA_SHORT, LibC.POLLFD_EVENTS(), (short) (tag == READ ? LibC.POLLIN() : LibC.POLLOUT()));
            subscription[fds++] = at;
          } else {
            event(out, at, Errno.SUCCESS, tag, 0);
            readyNow = true;
          }
        } else {
          throw new WasiError(Errno.INVAL);
        }
      }
      waitFor(arena, polled, fds, readyNow ? 0 : timeout);
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
    for (int i = 0; i < count && (events == 0 || elapsed >= timeout); i++) {
      int at = in + SUBSCRIPTION * i;
      if (memory.getByte(at, 8) == CLOCK && (remaining(at) <= 0 || isRelative(at) && elapsed >= memory.getLong(at, 24))) {
        event(out, at, Errno.SUCCESS, CLOCK, 0);
      }
    }
    memory.putInt(result, 0, events);
  }

  private boolean isRelative(int at) {
    return (memory.getShort(at, 40) & ABSOLUTE) == 0;
  }

  /** How long a clock subscription waits from now on, in nanoseconds; as it was at the start for a relative one. */
  private long remaining(int at) {
    long timeout = memory.getLong(at, 24);
    long positive = timeout < 0 ? Long.MAX_VALUE : timeout;
    if (isRelative(at)) {
      return positive;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(LibC.TIMESPEC_SIZE(), 8);
      int clock = memory.getInt(at, 16);
      if (clock != 0 && clock != 1) {
        throw new WasiError(Errno.INVAL);
      }
      WasiError.check(SystemCall.call(Machine.SYS_clock_gettime(), clock, time.address(), 0));
      long now =
          time.get(ValueLayout.JAVA_LONG, LibC.TIMESPEC_SECONDS()) * NANOS
              + time.get(ValueLayout.JAVA_LONG, LibC.TIMESPEC_NANOSECONDS());
      return Math.max(0, positive - now);
    }
  }

  private static void waitFor(Arena arena, MemorySegment polled, int fds, long timeout) {
    MemorySegment time = MemorySegment.NULL;
    if (timeout != Long.MAX_VALUE) {
      time = arena.allocate(LibC.TIMESPEC_SIZE(), 8);
      time.set(ValueLayout.JAVA_LONG, LibC.TIMESPEC_SECONDS(), timeout / NANOS);
      time.set(ValueLayout.JAVA_LONG, LibC.TIMESPEC_NANOSECONDS(), timeout % NANOS);
    }
    long result =
        SystemCall.call(Machine.SYS_ppoll(), polled.address(), fds, time.address(), 0, 0, 0);
    if (result != -LibC.EINTR()) {
      WasiError.check(result);
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

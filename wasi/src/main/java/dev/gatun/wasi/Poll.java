package dev.gatun.wasi;

import dev.gatun.bindings.linux.LibC;
import dev.gatun.wasi.DescriptorTable.Use;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code poll_oneoff}: waits for the first of several clocks and descriptors. */
final class Poll {
  private static final int EVENT = 32;
  private static final int MAX_SUBSCRIPTIONS = 4096;

  private static final int CLOCK = 0;
  private static final int READ = 1;
  private static final int WRITE = 2;

  private static final int ABSOLUTE = 1;
  private static final int HANGUP = 1;

  /** How long descriptors that the host can wait for are waited for while others are to be looked at. */
  private static final long GLANCE = 1_000_000L;

  private final DescriptorTable table;
  private final GuestMemory memory;
  private final Clocks clocks;
  private final Waiting waiting;
  private final boolean snapshot0;
  private final long start = System.nanoTime();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private int out;
  private int events;

  /**
   * What is waited for.
   *
   * @param delay for a clock, how long, in nanoseconds
   * @param entry for a descriptor of the host, its number in what is polled, else -1
   * @param use the descriptor, or null for a clock or an error
   * @param errno what is wrong with the descriptor
   */
  private record Subscription(
      long user, int tag, long delay, int entry, @Nullable Use<Descriptor> use, int errno) {}

  Poll(DescriptorTable table, GuestMemory memory, Clocks clocks, Waiting waiting, boolean snapshot0) {
    this.table = table;
    this.memory = memory;
    this.clocks = clocks;
    this.waiting = waiting;
    this.snapshot0 = snapshot0;
  }

  void poll(int in, int output, int count, int result) {
    if (count <= 0 || count > MAX_SUBSCRIPTIONS) {
      throw new WasiError(Errno.INVAL);
    }
    int size = snapshot0 ? 56 : 48;
    memory.slice(in, size * count);
    memory.slice(output, EVENT * count);
    memory.slice(result, Integer.BYTES);
    out = output;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate((long) LibC.POLLFD_SIZE() * count, 8);
      int fds = 0;
      for (int i = 0; i < count; i++) {
        fds += subscribe(in + size * i, polled, fds);
      }
      waitFor(arena.allocate(LibC.TIMESPEC_SIZE(), 8), polled, fds);
      long elapsed = System.nanoTime() - start;
      for (Subscription subscription : subscriptions) {
        report(subscription, polled, elapsed);
      }
    } finally {
      for (Subscription subscription : subscriptions) {
        if (subscription.use != null) {
          subscription.use.close();
        }
      }
    }
    memory.putInt(result, 0, events);
  }

  private static MemorySegment entry(MemorySegment polled, int index) {
    return polled.asSlice((long) LibC.POLLFD_SIZE() * index, LibC.POLLFD_SIZE());
  }

  /** Reads a subscription; returns how many entries it has added to what is polled. */
  private int subscribe(int at, MemorySegment polled, int fds) {
    long user = memory.getLong(at, 0);
    int tag = memory.getByte(at, 8);
    if (tag == CLOCK) {
      subscriptions.add(new Subscription(user, tag, waitOf(at), -1, null, Errno.SUCCESS));
      return 0;
    } else if (tag != READ && tag != WRITE) {
      throw new WasiError(Errno.INVAL);
    }
    Use<Descriptor> use;
    try {
      use = table.use(memory.getInt(at, 16), Rights.POLL_FD_READWRITE);
    } catch (WasiError e) {
      subscriptions.add(new Subscription(user, tag, 0, -1, null, e.errno));
      return 0;
    }
    int fd = use.descriptor().pollable();
    subscriptions.add(new Subscription(user, tag, Waiting.FOREVER, fd < 0 ? -1 : fds, use, Errno.SUCCESS));
    if (fd < 0) {
      return 0;
    }
    Waiting.put(entry(polled, fds), fd, tag == READ);
    return 1;
  }

  /** How long a clock subscription waits from now on, in nanoseconds. */
  private long waitOf(int at) {
    // Snapshot 0 has an identifier in front.
    int clockAt = at + (snapshot0 ? 24 : 16);
    int clock = memory.getInt(clockAt, 0);
    if (clock != Clocks.REAL_TIME && clock != Clocks.MONOTONIC) {
      throw new WasiError(Errno.INVAL);
    }
    long timeout = memory.getLong(clockAt, 8);
    if (timeout < 0) {
      // Unsigned: more than 292 years.
      return Waiting.FOREVER;
    }
    return (memory.getShort(clockAt, 24) & ABSOLUTE) == 0 ? timeout : Math.max(0, timeout - clocks.now(clock));
  }

  private void waitFor(MemorySegment time, MemorySegment polled, int fds) {
    long timeout = Waiting.FOREVER;
    boolean watching = false;
    for (Subscription subscription : subscriptions) {
      timeout = Math.min(timeout, subscription.delay);
      watching |= subscription.use != null && subscription.entry < 0;
    }
    if (!watching) {
      waiting.poll(time, polled, fds, start, timeout);
      return;
    }
    while (true) {
      for (Subscription subscription : subscriptions) {
        if (subscription.use != null && subscription.entry < 0 && ready(subscription) >= 0) {
          waiting.poll(time, polled, fds, start, 0);
          return;
        }
      }
      long elapsed = System.nanoTime() - start;
      long glance = Math.min(timeout, elapsed > Long.MAX_VALUE - GLANCE ? elapsed : elapsed + GLANCE);
      if (waiting.poll(time, polled, fds, start, glance) > 0 || System.nanoTime() - start >= timeout) {
        return;
      }
      waiting.check();
    }
  }

  /** How many bytes of a descriptor are ready, or -1 if it is not, as far as the host can't wait for it. */
  private static long ready(Subscription subscription) {
    Use<Descriptor> use = subscription.use;
    return use == null ? -1 : use.descriptor().ready(subscription.tag == READ);
  }

  private void report(Subscription subscription, MemorySegment polled, long elapsed) {
    if (subscription.use == null) {
      if (subscription.delay <= elapsed) {
        event(subscription.user, subscription.errno, subscription.tag, 0, 0);
      }
    } else if (subscription.entry < 0) {
      long bytes = ready(subscription);
      if (bytes >= 0) {
        event(subscription.user, Errno.SUCCESS, subscription.tag, bytes, 0);
      }
    } else {
      int ready = entry(polled, subscription.entry).get(ValueLayout.JAVA_SHORT, LibC.POLLFD_REVENTS());
      if (ready != 0) {
        int flags = (ready & LibC.POLLHUP()) != 0 ? HANGUP : 0;
        event(subscription.user, Errno.SUCCESS, subscription.tag, Math.max(0, ready(subscription)), flags);
      }
    }
  }

  private void event(long user, int errno, int type, long bytes, int flags) {
    int at = out + EVENT * events++;
    memory.putLong(at, 0, user);
    memory.putShort(at, 8, errno);
    memory.putByte(at, 10, type);
    memory.putLong(at, 16, bytes);
    memory.putShort(at, 24, flags);
  }
}

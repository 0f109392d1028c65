package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The clocks that a guest sees: WASI's four (real time, monotonic, process, thread), which are numbered as the
 * kernel's.
 *
 * @param source what all of them show, or null for the host's clocks
 */
record Clocks(@Nullable InstantSource source) {
  static final int REAL_TIME = 0;
  static final int MONOTONIC = 1;

  private static final int COUNT = 4;
  private static final long NANOS = 1_000_000_000L;

  /** What a clock shows, in nanoseconds. */
  long now(int clock) {
    check(clock);
    if (source == null) {
      return ask(Machine.SYS_clock_gettime(), clock);
    }
    Instant instant = source.instant();
    return instant.getEpochSecond() * NANOS + instant.getNano();
  }

  /** The step of a clock of the host, in nanoseconds. */
  long resolution(int clock) {
    check(clock);
    return ask(Machine.SYS_clock_getres(), clock);
  }

  private static void check(int clock) {
    if (clock < 0 || clock >= COUNT) {
      throw new WasiError(Errno.INVAL);
    }
  }

  private static long ask(int systemCall, int clock) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(LibC.TIMESPEC_SIZE(), 8);
      WasiError.check(SystemCall.call(systemCall, clock, time.address(), 0));
      return time.get(ValueLayout.JAVA_LONG, LibC.TIMESPEC_SECONDS()) * NANOS
          + time.get(ValueLayout.JAVA_LONG, LibC.TIMESPEC_NANOSECONDS());
    }
  }
}

package dev.gatun.wasi;

import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * When a file is to have been accessed and modified.
 *
 * @param accessed nanoseconds since 1970, unsigned
 * @param modified likewise
 * @param which which of them to set, and which to set to now ({@code fstflags})
 */
record Times(long accessed, long modified, int which) {
  static final int SET_ACCESSED = 1;
  static final int SET_ACCESSED_NOW = 2;
  static final int SET_MODIFIED = 4;
  static final int SET_MODIFIED_NOW = 8;
  private static final int ALL = SET_ACCESSED | SET_ACCESSED_NOW | SET_MODIFIED | SET_MODIFIED_NOW;
  private static final long NANOS = 1_000_000_000L;

  Times {
    if ((which & ~ALL) != 0
        || (which & (SET_ACCESSED | SET_ACCESSED_NOW)) == (SET_ACCESSED | SET_ACCESSED_NOW)
        || (which & (SET_MODIFIED | SET_MODIFIED_NOW)) == (SET_MODIFIED | SET_MODIFIED_NOW)) {
      throw new WasiError(Errno.INVAL);
    }
  }

  boolean setsAccessed() {
    return (which & (SET_ACCESSED | SET_ACCESSED_NOW)) != 0;
  }

  boolean setsModified() {
    return (which & (SET_MODIFIED | SET_MODIFIED_NOW)) != 0;
  }

  /** When accessed, given what time it is. */
  long accessed(long now) {
    return (which & SET_ACCESSED_NOW) != 0 ? now : accessed;
  }

  /** When modified, given what time it is. */
  long modified(long now) {
    return (which & SET_MODIFIED_NOW) != 0 ? now : modified;
  }

  /** Two timespecs for the host. */
  MemorySegment toHost(Arena arena) {
    MemorySegment times = arena.allocate(2L * LibC.TIMESPEC_SIZE(), 8);
    put(times, 0, accessed, (which & SET_ACCESSED) != 0, (which & SET_ACCESSED_NOW) != 0);
    put(times, LibC.TIMESPEC_SIZE(), modified, (which & SET_MODIFIED) != 0, (which & SET_MODIFIED_NOW) != 0);
    return times;
  }

  private static void put(MemorySegment times, long at, long nanos, boolean set, boolean now) {
    long seconds = set ? Long.divideUnsigned(nanos, NANOS) : 0;
    long rest = set ? Long.remainderUnsigned(nanos, NANOS) : now ? LibC.UTIME_NOW() : LibC.UTIME_OMIT();
    times.set(ValueLayout.JAVA_LONG, at + LibC.TIMESPEC_SECONDS(), seconds);
    times.set(ValueLayout.JAVA_LONG, at + LibC.TIMESPEC_NANOSECONDS(), rest);
  }
}

package dev.gatun.wasi;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** How much a program may still write to its standard streams, all of its threads together. Thread-safe. */
final class OutputLimit {
  private final long limit;
  private final AtomicLong left;

  OutputLimit(long limit) {
    this.limit = limit;
    left = new AtomicLong(limit);
  }

  /** The end of a program that has written more than it may. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final String detail;

    Exceeded(long limit) {
      super(null, null, false, false);
      detail = "more than " + limit + " bytes were written to standard output and error";
    }

    @Override
    public String getMessage() {
      return detail;
    }
  }

  /** A way to write some ranges; returns how many bytes were written. */
  interface Writer {
    long write(MemorySegment[] ranges);
  }

  /**
   * Writes as much of some ranges as may be written.
   *
   * @throws Exceeded if more was to be written, after what may be written has been
   */
  long write(MemorySegment[] ranges, Writer writer) {
    long wanted = 0;
    for (MemorySegment range : ranges) {
      wanted += range.byteSize();
    }
    long granted = take(wanted);
    long written = 0;
    try {
      written = writer.write(granted == wanted ? ranges : first(ranges, granted));
    } finally {
      left.addAndGet(granted - written);
    }
    if (granted < wanted && written == granted) {
      throw new Exceeded(limit);
    }
    return written;
  }

  private long take(long wanted) {
    long before = left.getAndAccumulate(wanted, (have, want) -> have - Math.min(have, want));
    return Math.min(before, wanted);
  }

  private static MemorySegment[] first(MemorySegment[] ranges, long bytes) {
    MemorySegment[] some = new MemorySegment[ranges.length];
    long rest = bytes;
    for (int i = 0; i < ranges.length; i++) {
      long size = Math.min(rest, ranges[i].byteSize());
      some[i] = ranges[i].asSlice(0, size);
      rest -= size;
    }
    return some;
  }
}

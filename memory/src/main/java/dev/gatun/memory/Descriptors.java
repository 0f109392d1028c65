package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * The records through which compiled code finds memories. Memories come and go in microseconds, and an arena for each
 * would cost more than all the rest: so records are carved from chunks that are kept for the life of the process, and
 * used again. Thread-safe.
 */
final class Descriptors {
  private Descriptors() {}

  /** Bytes of a record: base, size. */
  static final int SIZE = 16;

  private static final int CHUNK = 256;

  /** Guarded by itself. */
  private static final ArrayDeque<MemorySegment> FREE = new ArrayDeque<>();

  /** A record, with whatever it has held. */
  static MemorySegment take() {
    synchronized (FREE) {
      MemorySegment record = FREE.pollLast();
      if (record == null) {
        MemorySegment chunk = Arena.global().allocate((long) SIZE * CHUNK, SIZE);
        for (int i = 1; i < CHUNK; i++) {
          FREE.add(chunk.asSlice((long) i * SIZE, SIZE));
        }
        record = chunk.asSlice(0, SIZE);
      }
      return record;
    }
  }

  /** Takes a record back that nothing reads any more. */
  static void giveBack(MemorySegment record) {
    synchronized (FREE) {
      FREE.add(record);
    }
  }
}

package dev.gatun.memory;

import java.util.concurrent.atomic.AtomicLong;

/** How much the linear memories take that are {@linkplain LinearMemory#countIn counted in} here. Thread-safe. */
public final class MemoryUsage {
  private final AtomicLong memories = new AtomicLong();
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong committed = new AtomicLong();

  /** Adds differences. */
  void add(int memoryCount, long reservedBytes, long committedBytes) {
    memories.addAndGet(memoryCount);
    reserved.addAndGet(reservedBytes);
    committed.addAndGet(committedBytes);
  }

  /** How many there are. */
  public long memories() {
    return memories.get();
  }

  /** Bytes of addresses that are reserved for them. */
  public long reserved() {
    return reserved.get();
  }

  /** Bytes that their current sizes make usable. */
  public long committed() {
    return committed.get();
  }
}

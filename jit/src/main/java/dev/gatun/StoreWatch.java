package dev.gatun;

import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.MemoryUsage;
import dev.gatun.observe.Counters;
import dev.gatun.observe.FlightRecording;
import dev.gatun.observe.InstanceClosedEvent;
import dev.gatun.observe.InstanceCreatedEvent;
import dev.gatun.observe.InterruptionEvent;
import dev.gatun.observe.MemoryGrownEvent;
import dev.gatun.observe.TrapEvent;
import dev.gatun.runtime.CompiledModule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in one store, and tells Java Flight Recorder of it. Does not refer to the store, whose instances
 * it counts off when the store is gone. {@link #interrupted} may be called by any thread; the rest is for the thread
 * that uses the store.
 */
final class StoreWatch {
  private final Counters counters;
  private final long id = Counters.nextNumber();
  private final List<Life> lives = new ArrayList<>();
  private final AtomicLong traps = new AtomicLong();
  private final AtomicLong interruptions = new AtomicLong();

  /** An instance since a {@link System#nanoTime}. */
  private record Life(CompiledModule module, long since) {}

  StoreWatch(Counters counters) {
    this.counters = counters;
  }

  /**
   * An instance is complete.
   *
   * @param event begun before it was made, or null if nothing is recorded
   */
  void created(Instance instance, @Nullable InstanceCreatedEvent event) {
    CompiledModule module = instance.module().compiled();
    lives.add(new Life(module, System.nanoTime()));
    counters.instanceCreated();
    if (event != null) {
      long bytes = 0;
      for (int i = module.module().importedMemories(); i < instance.memories.length; i++) {
        bytes += instance.memories[i].linear().byteSize();
      }
      event.end(module.module().name(), module.id(), id, bytes);
    }
  }

  /**
   * The store is gone, with its instances.
   *
   * @param dropped whether nobody has closed it
   */
  void closed(boolean dropped) {
    for (Life life : lives) {
      counters.instanceClosed();
      if (FlightRecording.isOn()) {
        CompiledModule module = life.module;
        InstanceClosedEvent.record(
            module.module().name(), module.id(), id, System.nanoTime() - life.since, dropped);
      }
    }
    lives.clear();
  }

  /** Tells of a trap. */
  void trapped(Trap trap) {
    traps.incrementAndGet();
    counters.trapped(trap.kind());
    if (FlightRecording.isOn()) {
      TrapEvent.record(trap.kind(), id, trap::innermost);
    }
  }

  /** The store is told to stop what runs in it. */
  void interrupted(String reason) {
    interruptions.incrementAndGet();
    counters.interrupted();
    if (FlightRecording.isOn()) {
      InterruptionEvent.record(id, reason);
    }
  }

  /**
   * Grows a memory.
   *
   * @param delta pages, unsigned
   * @param granted whether the store's limits allow it
   * @return the old size in pages, or -1
   */
  long grow(LinearMemory memory, long delta, boolean granted) {
    long old = granted ? memory.grow(delta) : -1;
    if (delta != 0 && FlightRecording.isOn()) {
      int shift = memory.pageSizeLog2();
      long from = (old < 0 ? memory.pages() : old) << shift;
      boolean tooLarge = delta < 0 || delta > Long.MAX_VALUE - from >> shift;
      MemoryGrownEvent.record(id, from, tooLarge ? Long.MAX_VALUE : from + (delta << shift), old < 0);
    }
    return old;
  }

  /** Where the linear memories are counted. */
  MemoryUsage memories() {
    return counters.memories();
  }

  long traps() {
    return traps.get();
  }

  long interruptions() {
    return interruptions.get();
  }
}

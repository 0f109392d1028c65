package dev.gatun.observe;

import dev.gatun.Trap;
import dev.gatun.memory.MemoryUsage;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What an engine counts. Thread-safe; a reader gets numbers that were right a moment ago, and that need not fit each
 * other exactly.
 *
 * <p>Only what many threads may do a million times a second is in a {@link LongAdder}, whose class takes milliseconds
 * to initialize.
 */
public final class Counters {
  /** Numbers of modules and stores. One sequence for the process, as a recording has the events of all its engines. */
  private static final AtomicLong NUMBERS = new AtomicLong();

  /** By kind; made at the first trap. */
  private volatile LongAdder @Nullable [] traps;

  /** The linear memories. */
  private final MemoryUsage memories = new MemoryUsage();

  private final AtomicLong modulesCompiled = new AtomicLong();
  private final AtomicLong modulesFreed = new AtomicLong();
  private final AtomicLong functionsCompiled = new AtomicLong();
  private final AtomicLong compileNanos = new AtomicLong();
  private final AtomicLong codeBytes = new AtomicLong();
  private final AtomicLong instancesCreated = new AtomicLong();
  private final AtomicLong instancesClosed = new AtomicLong();
  private final AtomicLong interruptions = new AtomicLong();

  /** A number that no module and no store of this process has been given before; from 1 on. */
  public static long nextNumber() {
    return NUMBERS.incrementAndGet();
  }

  /** Counts a module. */
  public void moduleCompiled() {
    modulesCompiled.incrementAndGet();
  }

  /** Counts a function that was compiled. */
  public void functionCompiled(long codeSize, long nanos) {
    functionsCompiled.incrementAndGet();
    codeBytes.addAndGet(codeSize);
    compileNanos.addAndGet(nanos);
  }

  /** Counts code that was loaded, not compiled. */
  public void codeLoaded(long codeSize) {
    codeBytes.addAndGet(codeSize);
  }

  /** Counts off a module whose code has been freed. */
  public void moduleFreed(long codeSize) {
    modulesFreed.incrementAndGet();
    codeBytes.addAndGet(-codeSize);
  }

  /** Counts an instance. */
  public void instanceCreated() {
    instancesCreated.incrementAndGet();
  }

  /** Counts off an instance. */
  public void instanceClosed() {
    instancesClosed.incrementAndGet();
  }

  /** Counts an interruption. */
  public void interrupted() {
    interruptions.incrementAndGet();
  }

  /** Counts a trap. */
  public void trapped(Trap.Kind kind) {
    LongAdder[] known = traps;
    (known == null ? newTraps() : known)[kind.ordinal()].increment();
  }

  private synchronized LongAdder[] newTraps() {
    LongAdder[] known = traps;
    if (known == null) {
      known = new LongAdder[Trap.Kind.values().length];
      for (int i = 0; i < known.length; i++) {
        known[i] = new LongAdder();
      }
      traps = known;
    }
    return known;
  }

  /** Where the linear memories are counted. */
  public MemoryUsage memories() {
    return memories;
  }

  /** Modules compiled so far. */
  public long modulesCompiledSoFar() {
    return modulesCompiled.get();
  }

  /** Modules that were not freed. */
  public long liveModules() {
    return modulesCompiled.get() - modulesFreed.get();
  }

  /** Functions compiled so far. */
  public long functionsCompiledSoFar() {
    return functionsCompiled.get();
  }

  /** Bytes of machine code that was not freed. */
  public long liveCodeBytes() {
    return codeBytes.get();
  }

  /** Nanoseconds that threads have spent compiling functions. */
  public long nanosOfCompiling() {
    return compileNanos.get();
  }

  /** Instances created so far. */
  public long instancesCreatedSoFar() {
    return instancesCreated.get();
  }

  /** Instances that were not closed. */
  public long liveInstances() {
    return instancesCreated.get() - instancesClosed.get();
  }

  /** Interruptions so far. */
  public long interruptionsSoFar() {
    return interruptions.get();
  }

  /** Traps so far by kind; kinds that did not happen are left out. */
  public Map<Trap.Kind, Long> trapsSoFar() {
    Map<Trap.Kind, Long> counts = new EnumMap<>(Trap.Kind.class);
    LongAdder[] known = traps;
    for (Trap.Kind kind : Trap.Kind.values()) {
      long count = known == null ? 0 : known[kind.ordinal()].sum();
      if (count > 0) {
        counts.put(kind, count);
      }
    }
    return counts;
  }
}

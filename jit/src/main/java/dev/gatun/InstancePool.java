package dev.gatun;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Instances for many short uses: each {@link Lease} gives an instance in the state of a {@link Snapshot}, and its end
 * makes the instance so again, in place, by writing over the pages that it has written. That takes microseconds, where
 * making and closing an instance takes tens.
 *
 * <pre>{@code
 * try (InstancePool pool = InstancePool.builder(module).maxSize(8).build()) {
 *   // on any number of threads:
 *   try (InstancePool.Lease lease = pool.acquire()) {
 *     lease.instance().function("handle").call(42);
 *   }
 * }
 * }</pre>
 *
 * <p>Nothing of one lease reaches the next: memory, also what it has grown by and lost again, globals, tables, segments
 * that were dropped, the stack of wasm, the heap. {@link Instance}, {@link Func}, {@link Memory} and all other objects
 * of a lease are its own: when it has ended they throw {@link IllegalStateException}, and so do accesses to segments of
 * its memory. Ask for functions by each lease's instance.
 *
 * <p>Thread-safe; an instance is confined to one thread at a time, as any is.
 */
public final class InstancePool implements AutoCloseable {
  private final Snapshot snapshot;
  private final Imports imports;
  private final Limits limits;
  private final int maxSize;
  private final long keepResident;

  /** One for each instance that may be leased yet, and another when the pool is closed. */
  private final Semaphore permits;

  private final IdleStacks<Resident> idle;
  private final LongAdder created = new LongAdder();
  private final LongAdder resets = new LongAdder();
  private final LongAdder replaced = new LongAdder();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** The bodies for the imports that the pool was given, once they have been looked up. */
  private volatile HostFunction @Nullable [] bodies;

  private InstancePool(Snapshot snapshot, Builder builder) {
    this.snapshot = snapshot;
    imports = builder.imports;
    limits = builder.limits;
    maxSize = builder.maxSize;
    keepResident = builder.keepResident;
    permits = new Semaphore(maxSize);
    idle = new IdleStacks<>(maxSize);
  }

  /** A builder of a pool of a module's instances, as they are when they have been made. */
  public static Builder builder(Module module) {
    return new Builder(module, null);
  }

  /** A builder of a pool of a snapshot's instances. The pool keeps what it needs if the snapshot is closed. */
  public static Builder builder(Snapshot snapshot) {
    return new Builder(snapshot.module(), snapshot);
  }

  /** What can be chosen about a pool. */
  public static final class Builder {
    private final Module module;
    private final @Nullable Snapshot snapshot;
    private Imports imports = Imports.none();
    private Limits limits;
    private int maxSize = 2 * Runtime.getRuntime().availableProcessors();
    private long keepResident = 4 << 20;
    private @Nullable Consumer<Instance> initialization;

    private Builder(Module module, @Nullable Snapshot snapshot) {
      this.module = module;
      this.snapshot = snapshot;
      this.limits = module.engine().limits();
    }

    /**
     * What the module's imports are satisfied with: for the instance that is initialised, and for leases that bring no
     * imports of their own. Must be host functions; they serve several instances, on several threads at once.
     */
    public Builder imports(Imports functions) {
      imports = functions;
      return this;
    }

    /**
     * How many instances there are at most.
     *
     * @param instances at least 1; twice the number of processors if not set
     */
    public Builder maxSize(int instances) {
      if (instances < 1) {
        throw new IllegalArgumentException("a pool of at most " + instances + " instances; must be 1 or more");
      }
      maxSize = instances;
      return this;
    }

    /**
     * How much of what leases have written an idle instance keeps in memory, of its memories and its stack together.
     * When a lease ends, these pages are written over, with what they have in the snapshot; writing to them costs the
     * next lease nothing then. Other pages that have been written are dropped, and the next write of each takes a
     * microsecond or more. The pool keeps at most {@link #maxSize} times as much while it is idle.
     *
     * <p>Needs Linux 6.7; on older kernels, and where {@code /proc/self/pagemap} can't be read, all is dropped. By the
     * time that a write takes, a tenant may find out which pages earlier ones have written, though never what; with 0
     * it does not.
     *
     * @param bytes 0 or more, rounded down to pages; 4 MiB if not set
     */
    public Builder keepResident(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("idle instances that keep " + bytes + " bytes; must be 0 or more");
      }
      keepResident = bytes;
      return this;
    }

    /** What each lease may use, and the instance that is initialised; if not set, what the module's engine allows. */
    public Builder limits(Limits ofLeases) {
      limits = ofLeases;
      return this;
    }

    /**
     * What is to be done once with an instance, so that all leases find it done. Not for a pool of a snapshot.
     *
     * @throws IllegalStateException if the pool is of a snapshot
     */
    public Builder initialize(Consumer<Instance> action) {
      if (snapshot != null) {
        throw new IllegalStateException("a snapshot is of an instance that has been initialised");
      }
      initialization = action;
      return this;
    }

    /**
     * The pool. Instances are made when they are first needed.
     *
     * @throws SnapshotException if there can be no snapshot of the module's instances; says why
     * @throws LinkException if an import of the instance to be initialised is missing or of another type
     * @throws Trap if its initialisation traps, or needs more than the limits allow
     */
    public InstancePool build() {
      Snapshot given = snapshot;
      if (given != null) {
        given.retain();
        return new InstancePool(given, this);
      }
      try (Instance instance = module.instantiate(imports, limits)) {
        if (initialization != null) {
          initialization.accept(instance);
        }
        return new InstancePool(Snapshot.take(instance), this);
      }
    }
  }

  /** The use of one instance of a pool. Ends when it is closed, by any thread. */
  public static final class Lease implements AutoCloseable {
    private final InstancePool pool;
    private final Resident resident;
    private final Instance instance;
    private boolean ended;

    private Lease(InstancePool pool, Resident resident, Instance instance) {
      this.pool = pool;
      this.resident = resident;
      this.instance = instance;
    }

    /** The instance. After the lease it throws {@link IllegalStateException}, as if it were closed. */
    public Instance instance() {
      return instance;
    }

    /**
     * Ends the lease, and makes the instance as it was for the next. If a thread still runs in it, that is interrupted
     * and waited for; if it is this thread, from a host function, the instance is closed when the outermost call ends,
     * and another takes its place. May be called more than once.
     *
     * @throws IllegalStateException if a channel or a downcall is at work on a segment of its memory now: the lease has
     *     not ended, close it again later
     */
    @Override
    public synchronized void close() {
      if (!ended) {
        boolean usable = resident.end();
        ended = true;
        pool.takeBack(resident, usable);
      }
    }
  }

  /**
   * An instance; waits until there is one if all are leased.
   *
   * @throws PoolExhaustedException if the thread is interrupted while it waits; its interrupt status is set again
   * @throws LinkException if the pool's imports do not satisfy the module
   * @throws LimitException if the instance has more than the pool's {@link Limits} allow
   * @throws dev.gatun.system.OutOfAddressSpaceException if the system has no room for it
   * @throws IllegalStateException if the pool is closed
   */
  public Lease acquire() {
    return acquire(null, Long.MAX_VALUE);
  }

  /** {@link #acquire()} with imports for this lease alone: the host functions that the module imports, or others. */
  public Lease acquire(Imports functions) {
    return acquire(functions, Long.MAX_VALUE);
  }

  /**
   * {@link #acquire()} that waits no longer than some time.
   *
   * @throws PoolExhaustedException if no instance has become free by then
   */
  public Lease acquire(Duration timeout) {
    return acquire(null, nanos(timeout));
  }

  /** {@link #acquire(Duration)} with imports for this lease alone. */
  public Lease acquire(Imports functions, Duration timeout) {
    return acquire(functions, nanos(timeout));
  }

  private static long nanos(Duration timeout) {
    return TimeUnit.NANOSECONDS.convert(timeout);
  }

  private Lease acquire(@Nullable Imports functions, long nanos) {
    takePermit(nanos);
    Resident resident = null;
    boolean done = false;
    try {
      resident = idle.take();
      if (resident == null) {
        resident = new Resident(snapshot, limits, keepResident);
        created.increment();
      }
      Lease lease = new Lease(this, resident, resident.begin(bodies(resident, functions)));
      done = true;
      return lease;
    } finally {
      if (!done) {
        giveBack(resident);
      }
    }
  }

  private HostFunction[] bodies(Resident resident, @Nullable Imports functions) {
    if (functions != null) {
      return resident.match(functions);
    }
    HostFunction[] known = bodies;
    if (known == null) {
      known = resident.match(imports);
      bodies = known;
    }
    return known;
  }

  private void takePermit(long nanos) {
    boolean taken = permits.tryAcquire();
    if (!taken && !closed.get()) {
      try {
        taken = permits.tryAcquire(nanos, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PoolExhaustedException(
            "interrupted while all " + maxSize + " instances of the pool were leased", e);
      }
    }
    if (closed.get()) {
      if (taken) {
        permits.release(); // for the next who waits
      }
      throw new IllegalStateException("the pool is closed");
    }
    if (!taken) {
      throw new PoolExhaustedException(
          "all " + maxSize + " instances of the pool are leased, and none was returned in " + nanos + " ns", null);
    }
  }

  private void takeBack(Resident resident, boolean usable) {
    if (usable) {
      resets.increment();
    } else {
      replaced.increment();
    }
    giveBack(usable ? resident : null);
  }

  /** Ends a lease, or one that has not begun; null for an instance that is no more. */
  private void giveBack(@Nullable Resident resident) {
    if (resident == null) {
      idle.remove();
    } else {
      idle.put(resident);
      if (closed.get()) {
        closeIdle(); // whoever closed the pool may have been here before
      }
    }
    permits.release();
  }

  private void closeIdle() {
    for (Resident resident = idle.takeOut(); resident != null; resident = idle.takeOut()) {
      resident.close();
    }
  }

  // Statistics.

  /** How many instances there may be. */
  public int maxSize() {
    return maxSize;
  }

  /** How many instances have been made so far. */
  public long created() {
    return created.sum();
  }

  /** How many instances wait for a lease. */
  public int idle() {
    return idle.size();
  }

  /** How many instances are leased. */
  public int leased() {
    return maxSize + (closed.get() ? 1 : 0) - permits.availablePermits();
  }

  /** How many leases have ended with an instance that is as it was. */
  public long resets() {
    return resets.sum();
  }

  /**
   * How many leases have ended with an instance that was given up, since its store had been closed or something had
   * been added to it, so that another is made when one is needed.
   */
  public long replaced() {
    return replaced.sum();
  }

  /**
   * Closes the instances that are idle, and the others when their leases end. Who waits for a lease gets an {@link
   * IllegalStateException}. May be called more than once.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      closeIdle();
      permits.release(); // each who waits passes it on
      snapshot.release();
    }
  }
}

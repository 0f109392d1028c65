package dev.gatun;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The one that was used last is used next: what it has is in the caches. Guarded by the lock, as all below. */
  private final ArrayDeque<Resident> idle = new ArrayDeque<>();

  private int leased;
  private long created;
  private long resets;
  private long replaced;
  private boolean closed;

  /** The bodies for the imports that the pool was given, once they have been looked up. */
  private volatile HostFunction @Nullable [] bodies;

  private InstancePool(Snapshot snapshot, Builder builder) {
    this.snapshot = snapshot;
    imports = builder.imports;
    limits = builder.limits;
    maxSize = builder.maxSize;
    keepResident = builder.keepResident;
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
    Resident resident = take(nanos);
    boolean done = false;
    try {
      if (resident == null) {
        resident = new Resident(snapshot, limits, keepResident);
        countCreated();
      }
      Lease lease = new Lease(this, resident, resident.begin(bodies(resident, functions)));
      done = true;
      return lease;
    } finally {
      if (!done) {
        giveUp(resident);
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

  /** Counts one more lease; returns an idle instance for it, or null if one is to be made. */
  private @Nullable Resident take(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (leased == maxSize && !closed) {
        if (left <= 0) {
          throw new PoolExhaustedException(
              "all " + maxSize + " instances of the pool are leased, and none was returned in " + nanos + " ns", null);
        }
        left = changed.awaitNanos(left);
      }
      if (closed) {
        throw new IllegalStateException("the pool is closed");
      }
      leased++;
      return idle.pollLast();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PoolExhaustedException(
          "interrupted while all " + maxSize + " instances of the pool were leased", e);
    } finally {
      lock.unlock();
    }
  }

  private void countCreated() {
    lock.lock();
    try {
      created++;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a lease that has not begun. */
  private void giveUp(@Nullable Resident resident) {
    boolean kept = false;
    lock.lock();
    try {
      leased--;
      if (resident != null && !closed) {
        idle.addLast(resident);
        kept = true;
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (resident != null && !kept) {
      resident.close();
    }
  }

  private void takeBack(Resident resident, boolean usable) {
    boolean kept = false;
    lock.lock();
    try {
      leased--;
      if (usable) {
        resets++;
        if (!closed) {
          idle.addLast(resident);
          kept = true;
        }
      } else {
        replaced++;
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (usable && !kept) {
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
    lock.lock();
    try {
      return created;
    } finally {
      lock.unlock();
    }
  }

  /** How many instances wait for a lease. */
  public int idle() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many instances are leased. */
  public int leased() {
    lock.lock();
    try {
      return leased;
    } finally {
      lock.unlock();
    }
  }

  /** How many leases have ended with an instance that is as it was. */
  public long resets() {
    lock.lock();
    try {
      return resets;
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many leases have ended with an instance that was given up, since its store had been closed or something had
   * been added to it, so that another is made when one is needed.
   */
  public long replaced() {
    lock.lock();
    try {
      return replaced;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the instances that are idle, and the others when their leases end. Who waits for a lease gets an {@link
   * IllegalStateException}. May be called more than once.
   */
  @Override
  public void close() {
    Resident[] rest;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      rest = idle.toArray(new Resident[0]);
      idle.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    for (Resident resident : rest) {
      resident.close();
    }
    snapshot.release();
  }
}

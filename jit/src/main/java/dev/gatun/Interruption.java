package dev.gatun;

import dev.gatun.memory.ProcessBarrier;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Why, and when, the wasm of a store is to be stopped: somebody asked for it, its thread was interrupted, its deadline
 * has passed, or a call takes too long.
 *
 * <p>Nothing of this costs a call anything. The {@link Watchdog} {@linkplain #look looks} at the store now and then; if
 * it finds a reason it nudges the store, whose wasm then fails its next check of the stack, and the thread that runs it
 * looks for the reason itself ({@link #due}). So a nudge that comes too late, when the call is over that it was meant
 * for, does no harm.
 */
final class Interruption {
  /** A time that does not come. */
  static final long NEVER = Long.MAX_VALUE;

  private static final long ORIGIN = System.nanoTime();

  private final Store store;
  private final Tenancy tenancy;

  /** Nanoseconds a call may take, or {@link #NEVER}. */
  private final long timeout;

  private volatile boolean asked;

  /** Whether who asked was another thread: one that asks in a host function does not want to be woken. */
  private volatile boolean askedFromOutside;

  /** When all calls are to end; by {@link #now}. */
  private volatile long deadline = NEVER;

  /** The call that has taken too long, if any. */
  private volatile Tenancy.@Nullable Visit late;

  /** That the thread was interrupted so that a host function would not go on waiting. Guarded by this for writing. */
  private volatile boolean woken;

  // Of the watchdog.

  private Tenancy.@Nullable Visit seen;
  private long seenSince;

  Interruption(Store store, Tenancy tenancy, @Nullable Duration timeout) {
    this.store = store;
    this.tenancy = tenancy;
    this.timeout = timeout == null ? NEVER : nanos(timeout);
  }

  private static long nanos(Duration time) {
    return TimeUnit.NANOSECONDS.convert(time); // saturates
  }

  /** Nanoseconds since this class was loaded. */
  static long now() {
    return System.nanoTime() - ORIGIN;
  }

  // Any thread.

  /** Makes the wasm that runs, or runs next, end. */
  void ask(String reason) {
    askedFromOutside = !tenancy.isInside();
    asked = true;
    store.nudge(reason);
  }

  /** Replaces the deadline by one that is not later, and returns what it was. */
  synchronized long shorten(Duration time) {
    long before = deadline;
    long nanos = nanos(time);
    long now = now();
    deadline = Math.min(before, nanos > NEVER - now ? NEVER : now + nanos);
    return before;
  }

  /** Puts a former deadline back. Afterwards this thread does not feel that the other one had passed. */
  void restore(long before) {
    synchronized (this) {
      deadline = before;
    }
    endWaking();
  }

  /** Called by the watchdog. */
  void look(long now) {
    Tenancy.Visit visit = tenancy.visit(seen);
    if (visit != seen) {
      seen = visit;
      seenSince = now;
    }
    if (visit == null) {
      return;
    }
    if (timeout != NEVER && now - seenSince >= timeout) {
      late = visit;
    }
    boolean over = isPast() || late == visit;
    if (over) {
      store.nudge("deadline");
      wake(visit);
    } else if (asked && askedFromOutside) {
      wake(visit);
    } else if (visit.thread().isInterrupted()) {
      store.nudge("thread interrupted");
    }
  }

  /** Interrupts the thread if it is in a host function, once; {@link #endWaking} takes it back. */
  private synchronized void wake(Tenancy.Visit visit) {
    if (woken) {
      return;
    }
    woken = true;
    // Either this sees that the host function is over, or its end sees that the thread has been woken.
    ProcessBarrier.heavy();
    if (store.isInHost() && tenancy.visit(visit) == visit) {
      visit.thread().interrupt();
    } else {
      woken = false;
    }
  }

  // The thread that runs the store.

  /** Why wasm is to end now, or null. */
  Trap.@Nullable Kind due() {
    if (asked) {
      return Trap.Kind.INTERRUPTED;
    }
    if (isOver()) {
      return Trap.Kind.DEADLINE_EXCEEDED;
    }
    return Thread.currentThread().isInterrupted() && !woken ? Trap.Kind.INTERRUPTED : null;
  }

  private boolean isOver() {
    Tenancy.Visit known = late;
    return isPast() || known != null && tenancy.visit(known) == known;
  }

  /** Whether all calls are to end until somebody says otherwise. */
  boolean isPast() {
    return deadline != NEVER && deadline <= now();
  }

  /** The reason is reported; one that was asked for does not count twice. */
  void delivered() {
    asked = false;
    endWaking();
  }

  /** To be asked after a host function: whether its thread has been woken. */
  boolean hasWoken() {
    ProcessBarrier.light();
    return woken;
  }

  /** Takes the interruption of the thread back, if there was one. */
  synchronized void endWaking() {
    if (woken) {
      woken = false;
      Thread.interrupted();
    }
  }

  /** What to throw when a host function has thrown because it was woken. */
  Throwable translate(Throwable thrown) {
    endWaking();
    Trap.Kind kind = asked ? Trap.Kind.INTERRUPTED : isOver() ? Trap.Kind.DEADLINE_EXCEEDED : null;
    if (thrown instanceof Trap || thrown instanceof ThrownException || kind == null) {
      return thrown;
    }
    Trap trap = store.end(kind);
    trap.initCause(thrown);
    return trap;
  }
}

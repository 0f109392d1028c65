package dev.gatun;

import dev.gatun.memory.ProcessBarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The right of one thread at a time to use a store, biased to the thread that used it last: for that thread, taking and
 * giving it up are a few plain instructions.
 *
 * <p>The right is a {@link Tenure}: a thread, and how often it is inside. The tenant enters by counting itself in and
 * then looking whether the tenure is still in force. Another thread replaces the tenure first, then looks whether the
 * old tenant is inside; if so it puts the old tenure back. With a barrier between write and read on both sides, at
 * least one of them sees the other. {@link ProcessBarrier} lets the newcomer pay for both barriers. A tenure that was
 * replaced is never used again by anyone but its own thread, to count itself out.
 */
final class Tenancy {
  private static final VarHandle CURRENT;
  private static final VarHandle STATE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CURRENT = lookup.findVarHandle(Tenancy.class, "current", Tenure.class);
      STATE = lookup.findVarHandle(Tenure.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The right of a thread. To be used by that thread alone, and only while it is inside. */
  static final class Tenure {
    /** The bits of {@link #state} that say how often the thread is inside. */
    private static final long DEPTH = (1L << 24) - 1;

    /** Counts one in, and one entry more. */
    private static final long FIRST = DEPTH + 2;

    private final @Nullable Thread thread;

    /** How often the thread is inside, and above that how often it has entered from outside. */
    private long state;

    private Tenure(@Nullable Thread thread) {
      this.thread = thread;
    }

    /** Whether the thread has entered more than once. */
    boolean isNested() {
      return (state & DEPTH) > 1;
    }

    private long entered() {
      return (state & DEPTH) == 0 ? state + FIRST : state + 1;
    }

    /** Leaves what {@link #enter} entered. */
    void leave() {
      STATE.setRelease(this, state - 1);
    }
  }

  @SuppressWarnings("unused") // through CURRENT
  private Tenure current = new Tenure(null);

  /**
   * Enters, once more if this thread is inside. Returns by what it leaves again.
   *
   * @throws IllegalStateException if another thread is inside
   */
  Tenure enter() {
    Tenure tenure = (Tenure) CURRENT.getOpaque(this);
    if (tenure.thread == Thread.currentThread()) {
      STATE.setOpaque(tenure, tenure.entered());
      ProcessBarrier.light();
      if ((Tenure) CURRENT.getOpaque(this) == tenure) {
        return tenure;
      }
      STATE.setRelease(tenure, tenure.state - 1);
    }
    if (!tryTakeOver()) {
      Thread other = ((Tenure) CURRENT.getOpaque(this)).thread;
      throw new IllegalStateException(
          "a store is used by one thread at a time: " + Thread.currentThread() + " wants it, " + other + " is in it");
    }
    return mine();
  }

  /** Enters if no other thread is inside; {@link #mine} then says by what it leaves. */
  boolean tryEnter() {
    if (isInside()) {
      enter();
      return true;
    }
    return tryTakeOver();
  }

  private synchronized boolean tryTakeOver() {
    Thread thread = Thread.currentThread();
    Tenure old = (Tenure) CURRENT.getOpaque(this);
    if (old.thread == thread) {
      // Another thread's attempt was put back while this one waited here.
      STATE.setOpaque(old, old.entered());
      return true;
    }
    Tenure mine = new Tenure(thread);
    STATE.setOpaque(mine, mine.entered());
    CURRENT.setVolatile(this, mine);
    if (old.thread == null) {
      return true; // nobody has entered by it, and nobody can
    }
    ProcessBarrier.heavy();
    if (((long) STATE.getAcquire(old) & Tenure.DEPTH) != 0) {
      CURRENT.setVolatile(this, old);
      return false;
    }
    return true;
  }

  /**
   * The tenure of this thread, which is inside. While another thread tries to take over, it is out of sight for a
   * moment.
   */
  Tenure mine() {
    Tenure tenure = (Tenure) CURRENT.getOpaque(this);
    if (tenure.thread == Thread.currentThread()) {
      return tenure;
    }
    synchronized (this) {
      return (Tenure) CURRENT.getOpaque(this);
    }
  }

  /** Whether this thread is inside. */
  synchronized boolean isInside() {
    Tenure tenure = (Tenure) CURRENT.getOpaque(this);
    return tenure.thread == Thread.currentThread() && (tenure.state & Tenure.DEPTH) > 0;
  }

  /** One entry from outside and all that happens before it is left; seen by any thread. */
  record Visit(Thread thread, Tenure tenure, long number) {
    boolean isSame(Tenure other, long state) {
      return other == tenure && (state & ~Tenure.DEPTH) == number;
    }
  }

  /**
   * The visit that goes on now, as any thread may see it, or null.
   *
   * @param known what was returned before; returned again if it still goes on
   */
  @Nullable Visit visit(@Nullable Visit known) {
    Tenure tenure = (Tenure) CURRENT.getOpaque(this);
    long state = (long) STATE.getAcquire(tenure);
    Thread thread = tenure.thread;
    if ((state & Tenure.DEPTH) == 0 || thread == null) {
      return null;
    }
    return known != null && known.isSame(tenure, state) ? known : new Visit(thread, tenure, state & ~Tenure.DEPTH);
  }
}

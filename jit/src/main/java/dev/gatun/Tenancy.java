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
  private static final VarHandle INSIDE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CURRENT = lookup.findVarHandle(Tenancy.class, "current", Tenure.class);
      INSIDE = lookup.findVarHandle(Tenure.class, "inside", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The right of a thread. To be used by that thread alone, and only while it is inside. */
  static final class Tenure {
    private final @Nullable Thread thread;
    private int inside;

    private Tenure(@Nullable Thread thread) {
      this.thread = thread;
    }

    /** Whether the thread has entered more than once. */
    boolean isNested() {
      return inside > 1;
    }

    /** Leaves what {@link #enter} entered. */
    void leave() {
      INSIDE.setRelease(this, inside - 1);
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
      INSIDE.setOpaque(tenure, tenure.inside + 1);
      ProcessBarrier.light();
      if ((Tenure) CURRENT.getOpaque(this) == tenure) {
        return tenure;
      }
      INSIDE.setRelease(tenure, tenure.inside - 1);
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
      INSIDE.setOpaque(old, old.inside + 1);
      return true;
    }
    Tenure mine = new Tenure(thread);
    INSIDE.setOpaque(mine, 1);
    CURRENT.setVolatile(this, mine);
    ProcessBarrier.heavy();
    if ((int) INSIDE.getAcquire(old) != 0) {
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
    return tenure.thread == Thread.currentThread() && tenure.inside > 0;
  }
}

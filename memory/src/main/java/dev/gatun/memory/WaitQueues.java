package dev.gatun.memory;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The threads that wait for notifications of addresses of a memory, in the order in which they came (threads proposal,
 * "Wait and notify operators"). Thread-safe.
 *
 * <p>A value is compared, and its thread queued, under the same lock under which threads are woken: no notification
 * that follows a change of the value is lost.
 */
public final class WaitQueues {
  /** A wait that ended by a notification. */
  public static final int WOKEN = 0;

  /** A wait that did not begin, since the value was not the expected one. */
  public static final int NOT_EQUAL = 1;

  public static final int TIMED_OUT = 2;

  /** A wait that was given up. */
  public static final int INTERRUPTED = 3;

  /** The longest time that is waited at once: then the reason to give up is looked at, lest a wake-up was missed. */
  private static final long MAX_PARK_NANOS = 100_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, ArrayDeque<Waiter>> queues = new HashMap<>();

  private static final class Waiter {
    final Thread thread = Thread.currentThread();

    /** Guarded by the lock when written. */
    volatile boolean woken;
  }

  /** Looks whether the value in memory is the one that a wait expects. */
  public interface Value {
    boolean isExpected();
  }

  /**
   * Waits for a notification.
   *
   * @param timeout in nanoseconds; negative for ever
   * @param interruption whether to give up; whoever makes it true unparks the thread
   * @return one of the constants above
   */
  public int await(long address, Value value, long timeout, BooleanSupplier interruption) {
    Waiter waiter = new Waiter();
    lock.lock();
    try {
      if (!value.isExpected()) {
        return NOT_EQUAL;
      }
      queues.computeIfAbsent(address, key -> new ArrayDeque<>()).add(waiter);
    } finally {
      lock.unlock();
    }
    int reason = park(waiter, timeout, interruption);
    if (reason == WOKEN) {
      return reason;
    }
    lock.lock();
    try {
      if (waiter.woken) {
        // It was counted as woken: that must not be lost, but for an interruption, after which nobody goes on.
        return reason == TIMED_OUT ? WOKEN : reason;
      }
      ArrayDeque<Waiter> queue = queues.get(address);
      if (queue != null) {
        queue.remove(waiter);
        if (queue.isEmpty()) {
          queues.remove(address);
        }
      }
      return reason;
    } finally {
      lock.unlock();
    }
  }

  private int park(Waiter waiter, long timeout, BooleanSupplier interruption) {
    long start = System.nanoTime();
    while (!waiter.woken) {
      if (interruption.getAsBoolean()) {
        return INTERRUPTED;
      }
      long left = MAX_PARK_NANOS;
      if (timeout >= 0) {
        left = timeout - (System.nanoTime() - start);
        if (left <= 0) {
          return TIMED_OUT;
        }
      }
      LockSupport.parkNanos(this, Math.min(left, MAX_PARK_NANOS));
    }
    return WOKEN;
  }

  /**
   * Wakes threads that wait for an address, those first that came first.
   *
   * @param count how many at most, unsigned
   * @return how many
   */
  public int notify(long address, int count) {
    int woken = 0;
    lock.lock();
    try {
      ArrayDeque<Waiter> queue = queues.get(address);
      while (queue != null && Integer.compareUnsigned(woken, count) < 0) {
        Waiter waiter = queue.poll();
        if (waiter == null) {
          break;
        }
        waiter.woken = true;
        LockSupport.unpark(waiter.thread);
        woken++;
      }
      if (queue != null && queue.isEmpty()) {
        queues.remove(address);
      }
    } finally {
      lock.unlock();
    }
    return woken;
  }
}

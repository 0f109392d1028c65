package dev.gatun;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a pool has that nobody uses now. A thread gets what it has put here last, if that is still here, since it is in
 * the caches of the thread's processor; else it takes what another thread has put here. There are a few stacks, and a
 * thread's number says which is its own, so that threads seldom meet at a lock. How many stacks there are does not
 * depend on the threads, of which virtual ones may be very many.
 *
 * <p>Thread-safe. The caller sees to it that no more are taken, or being made, at a time than there may be.
 */
final class IdleStacks<T> {
  private final ArrayDeque<T>[] stacks;
  private final int maxSize;

  /** Those that are here, those that are taken, and those that somebody is making who found none. */
  private final AtomicInteger count = new AtomicInteger();

  /** Empty ones for at most so many. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  IdleStacks(int maxSize) {
    this.maxSize = maxSize;
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), maxSize);
    // A power of two, for the mask, and above the number of threads that run, since some share one.
    stacks = new ArrayDeque[2 * Integer.highestOneBit(threads)];
    for (int i = 0; i < stacks.length; i++) {
      stacks[i] = new ArrayDeque<>(2);
    }
  }

  /** The stack of this thread, or the one so many behind. */
  private ArrayDeque<T> stack(int behind) {
    return stacks[(int) Thread.currentThread().threadId() + behind & stacks.length - 1];
  }

  private @Nullable T poll() {
    for (int i = 0; i < stacks.length; i++) {
      ArrayDeque<T> stack = stack(i);
      synchronized (stack) {
        T last = stack.pollLast();
        if (last != null) {
          return last;
        }
      }
    }
    return null;
  }

  /** Takes one; null if the caller is to make one, and then to {@link #put} it here, or to {@link #remove} it. */
  @Nullable T take() {
    while (true) {
      T taken = poll();
      if (taken != null) {
        return taken;
      }
      int known = count.get();
      if (known < maxSize && count.compareAndSet(known, known + 1)) {
        return null;
      }
      // There are enough for all who may take one: it was put where this thread had already looked.
      Thread.onSpinWait();
    }
  }

  /** Takes one for good; null if none is here. */
  @Nullable T takeOut() {
    T taken = poll();
    if (taken != null) {
      remove();
    }
    return taken;
  }

  /** Gives back what was taken, or has been made. */
  void put(T idle) {
    ArrayDeque<T> stack = stack(0);
    synchronized (stack) {
      stack.addLast(idle);
    }
  }

  /** Says that what was taken is no more, or was not made. */
  void remove() {
    count.decrementAndGet();
  }

  /** How many are here. */
  int size() {
    int sum = 0;
    for (ArrayDeque<T> stack : stacks) {
      synchronized (stack) {
        sum += stack.size();
      }
    }
    return sum;
  }
}

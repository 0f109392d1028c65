package dev.gatun;

import dev.gatun.memory.ProcessBarrier;
import java.lang.ref.WeakReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that looks at all open stores now and then, whether their wasm has to be stopped. One for the process, so
 * that interruption costs the calls nothing; it is a daemon, starts with the first store, and sleeps while there is
 * none.
 */
final class Watchdog implements Runnable {
  /** Between two looks, in nanoseconds. */
  private static final long INTERVAL = 10_000_000;

  /** The least that a look may take of the interval, for each store: with very many stores, looks become rarer. */
  private static final long SHARE = 10_000;

  private static final Watchdog INSTANCE = new Watchdog();

  /** A store in the list, without keeping it alive. */
  static final class Entry extends WeakReference<Store> {
    private @Nullable Entry previous;
    private @Nullable Entry next;

    private Entry(Store store) {
      super(store);
    }
  }

  private @Nullable Entry first;
  private int count;
  private @Nullable Thread thread;

  /** That the thread waits for a store to look at. */
  private boolean asleep;

  private Watchdog() {}

  /** Looks at a store from now on. */
  static Entry watch(Store store) {
    Entry entry = new Entry(store);
    INSTANCE.add(entry);
    return entry;
  }

  /** Does not look at a store any more. */
  static void forget(Entry entry) {
    INSTANCE.remove(entry);
  }

  private synchronized void add(Entry entry) {
    entry.next = first;
    if (first != null) {
      first.previous = entry;
    }
    first = entry;
    if (count++ == 0) {
      if (thread == null) {
        // By the constructor, and without a lambda: the first store is on the way to a program's first instruction.
        thread = new Thread(this, "gatun-watchdog");
        thread.setDaemon(true);
        thread.start();
      } else if (asleep) {
        asleep = false;
        LockSupport.unpark(thread);
      }
    }
  }

  private synchronized void remove(Entry entry) {
    if (entry.previous == null && entry != first) {
      return; // twice
    }
    if (entry.previous == null) {
      first = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next != null) {
      entry.next.previous = entry.previous;
    }
    entry.previous = null;
    entry.next = null;
    count--;
  }

  @Override
  public void run() {
    ProcessBarrier.prepare();
    while (true) {
      int looked = 1;
      try {
        looked = look();
      } catch (OutOfMemoryError e) {
        // Those that have taken the memory may give it back; the next look comes.
      }
      if (looked == 0) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, Math.max(INTERVAL, looked * SHARE));
      }
    }
  }

  private synchronized int look() {
    long now = Interruption.now();
    Entry at = first;
    while (at != null) {
      Entry next = at.next;
      Store store = at.get();
      if (store == null) {
        remove(at);
      } else {
        store.interruption().look(now);
      }
      at = next;
    }
    asleep = count == 0;
    return count;
  }
}

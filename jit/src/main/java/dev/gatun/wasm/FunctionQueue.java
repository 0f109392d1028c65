package dev.gatun.wasm;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the functions that a module defines to threads that each do the same work on them, in the order of their
 * indices and several at a time. Once one has failed, no more are handed out; those before it have been by then, and
 * are finished. So the failure of the lowest index is found, whatever the threads do.
 */
public final class FunctionQueue {
  /** What {@link Share#next} returns when there are no more functions. */
  public static final int NONE = -1;

  /** More than enough for what can be gained; a machine may have hundreds of processors. */
  private static final int MOST_THREADS = 16;

  /** Bytes of code for which another thread is worth starting. */
  private static final int BYTES_PER_THREAD = 64 * 1024;

  /** Bytes of code that a thread takes at a time, and the most functions. */
  private static final int BATCH_BYTES = 16 * 1024;

  private static final int BATCH_FUNCTIONS = 64;

  /** Work on functions. */
  public interface Work {
    /** Does it on a share's functions until there are no more. Called by all threads at once. */
    void doAll(Share functions);
  }

  private final WasmModule module;
  private final int count;
  private final AtomicInteger first = new AtomicInteger();

  private FunctionQueue(WasmModule module) {
    this.module = module;
    this.count = module.bodyStart.length;
  }

  /** How many threads work if nobody says how many: one for each processor, up to a limit. */
  public static int defaultThreads() {
    return Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
  }

  /**
   * Does the work on all functions that a module defines. Not ended by an interruption, of which the thread is told
   * afterwards.
   *
   * @param threads how many may work, this one included; fewer do if there is little
   * @throws RuntimeException what the work has thrown for the function of the lowest index, as it was thrown
   */
  public static void run(WasmModule module, int threads, Work work) {
    new FunctionQueue(module).run(threads, work);
  }

  private void run(int most, Work work) {
    if (count == 0) {
      return;
    }
    int size = module.bodyEnd[count - 1] - module.bodyStart[0];
    int threads = Math.min(Math.min(1 + size / BYTES_PER_THREAD, most), count);
    Share[] shares = new Share[threads];
    @Nullable Thread[] helpers = new Thread[threads];
    for (int i = 1; i < threads; i++) {
      shares[i] = new Share(work);
      helpers[i] = start(shares[i]);
    }
    Share failed = new Share(work);
    failed.run();
    for (int i = 1; i < threads; i++) {
      Thread helper = helpers[i];
      if (helper != null) {
        join(helper);
        failed = failed.orFirst(shares[i]);
      }
    }
    failed.rethrow();
  }

  /** Starts a thread, or returns null if the system has none to give: others do its share. */
  private static @Nullable Thread start(Share share) {
    Thread thread = new Thread(null, share, "gatun-compiler", 0, false);
    thread.setDaemon(true);
    try {
      thread.start();
      return thread;
    } catch (OutOfMemoryError e) {
      return null;
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The functions that one thread gets. */
  public final class Share implements Runnable {
    private final Work work;

    /** Among the defined functions: the one after that handed out last, and the end of the batch. */
    private int next;

    private int end;

    private @Nullable Throwable failure;

    private Share(Work work) {
      this.work = work;
    }

    /** The index of the next function to work on, or {@link #NONE}. */
    public int next() {
      if (next == end && !takeBatch()) {
        return NONE;
      }
      return module.importedFunctions + next++;
    }

    private boolean takeBatch() {
      int from;
      int to;
      do {
        from = first.get();
        if (from >= count) {
          return false;
        }
        int most = Math.min(count, from + BATCH_FUNCTIONS);
        to = from + 1;
        while (to < most && module.bodyEnd[to] - module.bodyStart[from] <= BATCH_BYTES) {
          to++;
        }
      } while (!first.compareAndSet(from, to));
      next = from;
      end = to;
      return true;
    }

    @Override
    public void run() {
      try {
        work.doAll(this);
      } catch (RuntimeException | Error e) {
        failure = e;
        first.set(count);
      }
    }

    /** Of two shares, the one that has failed at the lower index, if any has. */
    private Share orFirst(Share other) {
      return other.failure != null && (failure == null || other.next < next) ? other : this;
    }

    private void rethrow() {
      if (failure instanceof RuntimeException e) {
        throw e;
      } else if (failure instanceof Error e) {
        throw e;
      }
    }
  }
}

package dev.gatun.cache;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The thread that stores code while its modules go on. One for the process, since it has little to do; it ends when
 * there is nothing, and does not keep the JVM from ending.
 */
final class StoringThread extends Thread {
  /** After which time without work it ends, in milliseconds. */
  private static final long IDLE = 10_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Job(ModuleCode module, long due) {}

  /** Guarded by itself. */
  private static final List<Job> JOBS = new ArrayList<>();

  private static boolean isRunning;

  private StoringThread() {
    super("gatun-code-cache");
    setDaemon(true);
  }

  /** Lets a module do what is due at a time, as {@link System#nanoTime} has it. */
  static void add(ModuleCode module, long due) {
    synchronized (JOBS) {
      JOBS.add(new Job(module, due));
      if (!isRunning) {
        isRunning = true;
        new StoringThread().start();
      }
      JOBS.notifyAll();
    }
  }

  /** Forgets what is due for a module; what is being done now goes on. */
  static void remove(ModuleCode module) {
    synchronized (JOBS) {
      for (int i = JOBS.size() - 1; i >= 0; i--) {
        if (JOBS.get(i).module == module) {
          JOBS.remove(i);
        }
      }
    }
  }

  @Override
  public void run() {
    while (true) {
      Job job = take();
      if (job == null) {
        return;
      }
      boolean isDone = false;
      try {
        job.module.run();
        isDone = true;
      } finally {
        if (!isDone) {
          ended();
        }
      }
    }
  }

  /** The next job starts another thread. */
  private static void ended() {
    synchronized (JOBS) {
      isRunning = false;
    }
  }

  /** The next job, when it is due; null if there has been none for a while. */
  private static @Nullable Job take() {
    synchronized (JOBS) {
      long idleSince = System.nanoTime();
      while (true) {
        Job first = null;
        for (Job job : JOBS) {
          if (first == null || job.due - first.due < 0) {
            first = job;
          }
        }
        long now = System.nanoTime();
        if (first != null && first.due - now <= 0) {
          JOBS.remove(first);
          return first;
        }
        long wait =
            first == null ? IDLE - (now - idleSince) / NANOS_PER_MILLI : 1 + (first.due - now) / NANOS_PER_MILLI;
        if (wait <= 0) {
          ended();
          return null;
        }
        try {
          JOBS.wait(wait);
        } catch (InterruptedException e) {
          ended(); // as somebody wants
          return null;
        }
      }
    }
  }
}

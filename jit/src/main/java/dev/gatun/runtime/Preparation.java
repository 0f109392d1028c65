package dev.gatun.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Makes the {@link Machine} on a thread of its own, while another reads a module: linking to C takes tens of
 * milliseconds in a cold JVM. Apart from that class, so that its initialization happens on that thread too.
 */
public final class Preparation implements Runnable {
  private static boolean begun;
  private static @Nullable Throwable failure;

  private Preparation() {}

  /**
   * Begins, unless that has been done before or there is no processor for it. What goes wrong is thrown by the next
   * {@link Machine#get}.
   */
  public static void begin() {
    synchronized (Preparation.class) {
      if (begun || Runtime.getRuntime().availableProcessors() == 1) {
        return;
      }
      begun = true;
    }
    Thread thread = new Thread(null, new Preparation(), "gatun-machine", 0, false);
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // The system has no thread to give: the machine is made when it is needed.
    }
  }

  @Override
  public void run() {
    try {
      Machine.get();
    } catch (RuntimeException | Error e) {
      synchronized (Preparation.class) {
        failure = e;
      }
    }
  }

  /** Throws what has gone wrong, if it has not been thrown before. */
  static synchronized void throwFailure() {
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof RuntimeException e) {
      throw e;
    } else if (thrown instanceof Error e) {
      throw e;
    }
  }
}

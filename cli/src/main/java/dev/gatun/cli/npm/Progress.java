package dev.gatun.cli.npm;

import java.io.PrintStream;

/** Shows how far a download is: a bar on a terminal, nothing elsewhere. */
final class Progress implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long INTERVAL_NANOS = 100_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private final String what;
  private final long total;
  private final StringBuilder line = new StringBuilder();
  private long done;
  private long lastShown;
  private int lastLength;

  /**
   * A download that begins.
   *
   * @param terminal whether out is a terminal
   * @param what what is fetched
   * @param total its size in bytes, or -1 if it is not known
   */
  Progress(PrintStream out, boolean terminal, String what, long total) {
    this.out = out;
    this.terminal = terminal;
    this.what = what;
    this.total = total;
    this.lastShown = System.nanoTime();
    show();
  }

  /**
   * Whether standard error is a terminal: the launcher knows, since the JDK only tells of input and output together.
   */
  static boolean isTerminal() {
    return Boolean.getBoolean("gatun.stderr.terminal");
  }

  /** More bytes have come. */
  void advance(long bytes) {
    done += bytes;
    long now = System.nanoTime();
    if (now - lastShown >= INTERVAL_NANOS) {
      lastShown = now;
      show();
    }
  }

  private void show() {
    if (!terminal) {
      return;
    }
    line.setLength(0);
    line.append('\r').append(what).append(' ');
    if (total > 0) {
      int filled = (int) (WIDTH * Math.min(done, total) / total);
      line.append('[').repeat('#', filled).repeat('.', WIDTH - filled).append("] ");
    }
    appendMegabytes(done);
    if (total > 0) {
      line.append(" of ");
      appendMegabytes(total);
    }
    line.append(" MB");
    int length = line.length();
    line.repeat(' ', Math.max(0, lastLength - length));
    lastLength = length;
    out.print(line);
    out.flush();
  }

  private void appendMegabytes(long bytes) {
    long tenths = bytes / 100_000;
    line.append(tenths / 10).append('.').append(tenths % 10);
  }

  /** Wipes the bar. */
  @Override
  public void close() {
    if (terminal) {
      out.print("\r" + " ".repeat(lastLength) + "\r");
      out.flush();
    }
  }
}

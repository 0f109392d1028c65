package dev.gatun.benchmarks.processes;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Times the two parts of a process: until the program can run, and its run. For one thread. */
final class Stopwatch {
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final long begin = System.nanoTime();
  private long start;
  private long startOnProcessor;
  private long end;
  private long endOnProcessor;

  /** The program is compiled and has an instance. */
  void ready() {
    startOnProcessor = threads.getCurrentThreadCpuTime();
    start = System.nanoTime();
  }

  /** The program has ended. */
  void done() {
    end = System.nanoTime();
    endOnProcessor = threads.getCurrentThreadCpuTime();
  }

  /** Writes the times, in seconds, as the last line of the errors, where the runner looks for them. */
  void print() {
    System.err.println(
        "\ntiming compile="
            + (start - begin) / 1e9
            + " run="
            + (end - start) / 1e9
            + " cpu="
            + (endOnProcessor - startOnProcessor) / 1e9);
  }
}

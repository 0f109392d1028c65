package dev.gatun.dwarf;

/**
 * What reading the debugging information of one module may still cost. Whoever writes that information decides how
 * often its pieces refer to each other, so that steps and memory are not bounded by its size alone; those of honest
 * information are far below.
 */
final class Allowance {
  private static final long MAX_STEPS = 500_000_000;
  private static final long MAX_BYTES = 256L << 20;

  private final long mostSteps;
  private long steps;
  private long bytes;

  /** For debugging information of a size in bytes. */
  Allowance(long size) {
    mostSteps = Math.min(MAX_STEPS, 4_000_000 + 16 * size);
    steps = mostSteps;
    bytes = Math.min(Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / 4), 65_536 + 8 * size);
  }

  /** Pays for steps: entries, attributes, instructions of a line program. */
  void step(int count) {
    steps -= count;
    if (steps < 0) {
      throw new MalformedDwarfException("reading it takes too long");
    }
  }

  /** Pays for bytes that are kept. */
  void keep(long count) {
    bytes -= count;
    if (bytes < 0) {
      throw new MalformedDwarfException("reading it takes too much memory");
    }
  }

  /** Grants some steps to one more question. */
  void grant(int count) {
    if (steps >= 0) {
      steps = Math.min(mostSteps, steps + count);
    }
  }

  /** Whether too much has been asked for: nothing more is to be read. */
  boolean isSpent() {
    return steps < 0 || bytes < 0;
  }
}

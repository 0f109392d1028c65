package dev.gatun.benchmarks;

/** What {@link SmallModule} exports. */
public interface Small {
  /** Adds. */
  int add(int left, int right);

  /** Calls the host so many times. */
  int repeat(int times);
}

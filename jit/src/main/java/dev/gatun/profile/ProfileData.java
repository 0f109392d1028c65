package dev.gatun.profile;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A profile.
 *
 * @param program what was running
 * @param start when the profile began
 * @param duration how long it took
 * @param interval time between two ticks of the sampler
 */
public record ProfileData(
    String program, Instant start, Duration duration, Duration interval, List<ThreadProfile> threads) {
  /** Ticks of all samples. */
  public long total() {
    long total = 0;
    for (ThreadProfile thread : threads) {
      total += thread.samples().total();
    }
    return total;
  }
}

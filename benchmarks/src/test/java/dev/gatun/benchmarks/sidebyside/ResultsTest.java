package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private final Results results = new Results();
  private final Contender fast = new Contender("fast", "Fast", "", program -> List.of("fast"));
  private final Contender slow = new Contender("slow", "Slow", "", program -> List.of("slow"));

  private static Program program(String name) {
    return new Program("c", name, Path.of(name), null, null, List.of());
  }

  private static Outcome took(double seconds) {
    return new Outcome.Finished(0, seconds, seconds, seconds, seconds, "");
  }

  @Test
  void ratiosAreOfMediansWhereBothHaveFinished() {
    Program a = program("a");
    Program b = program("b");
    for (double seconds : new double[] {1, 9, 2}) {
      results.add(a, fast, took(seconds));
      results.add(a, slow, took(4 * seconds));
    }
    results.add(b, fast, took(1));
    results.add(b, slow, new Outcome.TimedOut(60));
    assertEquals(2, results.median(a, fast, Outcome.Finished::run));
    assertEquals(4, results.meanRatio(List.of(a, b), slow, fast, Outcome.Finished::run), 1e-12);
    assertEquals(new Outcome.TimedOut(60), results.failure(b, slow));
  }

  @Test
  void oneFailureIsNoTime() {
    Program a = program("a");
    results.add(a, fast, took(1));
    results.add(a, fast, new Outcome.Failed("trap"));
    assertTrue(Double.isNaN(results.median(a, fast, Outcome.Finished::run)));
    assertEquals(new Outcome.Failed("trap"), results.failure(a, fast));
  }
}

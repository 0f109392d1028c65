package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExecutionTest {
  private static Outcome.Finished finished(String out, String errors) {
    return assertInstanceOf(Outcome.Finished.class, Execution.outcome(0, out, errors, 5));
  }

  @Test
  void theEnginesLineSplitsTheTime() {
    Outcome.Finished finished = finished("42\n", "a warning\ntiming compile=0.25 run=1.5 cpu=1.4\n");
    assertEquals(new Outcome.Finished(0.25, 1.5, 1.4, 1.75, 5, "42\n"), finished);
  }

  @Test
  void aProcessWithoutALineIsTheProgram() {
    Outcome.Finished finished = finished("42\n", "");
    assertEquals(5, finished.run());
    assertTrue(Double.isNaN(finished.compile()));
    assertTrue(Double.isNaN(finished.inside()));
  }

  @Test
  void aScriptTimesItself() {
    Outcome.Finished finished = finished("seconds 0.75\n[1, 2]\n", "timing compile=0.25 run=1.5\n");
    assertEquals(0.75, finished.run());
    assertEquals(1.75, finished.inside());
    assertEquals("[1, 2]\n", finished.output());
  }

  @Test
  void printedTimesAreNotOutput() {
    assertEquals(
        finished(" 100 - 50000 INSERTs......    0.048s\n", "").output(),
        finished(" 100 - 50000 INSERTs......   12.480s\n", "").output());
  }

  @Test
  void aStatusIsAFailureThatSaysWhy() {
    assertEquals(
        new Outcome.Failed("status 3: no memory"), Execution.outcome(3, "", "\nno memory\nat ...\n", 5));
  }
}

package dev.gatun.cli.wast;

import java.util.List;
import java.util.Map;

/**
 * What came of a script.
 *
 * @param name the script's file
 * @param passed commands that did what they should
 * @param failures what went wrong, with the line in the script's text
 * @param skipped how many commands were not run, by reason
 */
public record ScriptResult(String name, int passed, List<String> failures, Map<String, Integer> skipped) {
  /** How many commands were not run. */
  public int skippedTotal() {
    int total = 0;
    for (int count : skipped.values()) {
      total += count;
    }
    return total;
  }
}

package dev.gatun.cli.wast;

import java.util.List;
import java.util.Map;

/**
 * What came of a script. Every command counts once: as passed, as failed or as skipped.
 *
 * @param name the script's name, see {@link FeatureList#nameOf}
 * @param passed how many commands did what they should
 * @param failures what went wrong, each with the line in the script's text
 * @param skipped how many commands were not run, by reason
 */
public record ScriptResult(String name, int passed, List<String> failures, Map<String, Integer> skipped) {
  /** A script that did not come to its end. */
  static ScriptResult broken(String name, String reason) {
    return new ScriptResult(name, 0, List.of(reason), Map.of());
  }

  /** How many commands were not run. */
  public int skippedTotal() {
    int total = 0;
    for (int count : skipped.values()) {
      total += count;
    }
    return total;
  }
}

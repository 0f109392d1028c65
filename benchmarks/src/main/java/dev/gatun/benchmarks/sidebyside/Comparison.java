package dev.gatun.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two builds of Gatun beside each other. What counts is the time that the program's thread had on a processor, which
 * other work on the machine changes least.
 */
final class Comparison {
  private static final ToDoubleFunction<Outcome.Finished> TIME = Outcome.Finished::processor;

  private Comparison() {}

  /** The table: medians and minima of both, and their ratios, new to old. */
  static String table(List<Program> programs, Contender old, Contender changed, Results results) {
    MarkdownTable table =
        new MarkdownTable(List.of("program", "old (s)", "new (s)", "ratio", "ratio of the least", "spread"));
    List<Double> ratios = new ArrayList<>();
    List<Double> leastRatios = new ArrayList<>();
    for (Program program : programs) {
      double[] before = results.times(program, old, TIME);
      double[] after = results.times(program, changed, TIME);
      if (before.length == 0 || after.length == 0) {
        table.row(List.of(program.title(), say(program, old, results), say(program, changed, results), "–", "–", "–"));
        continue;
      }
      double ratio = Statistics.median(after) / Statistics.median(before);
      double leastRatio = Arrays.stream(after).min().getAsDouble() / Arrays.stream(before).min().getAsDouble();
      ratios.add(ratio);
      leastRatios.add(leastRatio);
      double spread = Math.max(Statistics.spread(before), Statistics.spread(after));
      table.row(
          List.of(
              program.title(),
              format("%.3f", Statistics.median(before)),
              format("%.3f", Statistics.median(after)),
              format("%.3f", ratio),
              format("%.3f", leastRatio),
              format("%.0f %%", 100 * spread)));
    }
    table.row(
        List.of(
            "**geometric mean**",
            "",
            "",
            format("**%.3f**", Statistics.geometricMean(ratios)),
            format("**%.3f**", Statistics.geometricMean(leastRatios)),
            ""));
    return table.toString();
  }

  private static String say(Program program, Contender contender, Results results) {
    return switch (results.failure(program, contender)) {
      case Outcome.Failed failed -> failed.why();
      case Outcome.TimedOut timedOut -> format(">%.0f", timedOut.limit());
      case null, default -> "–";
    };
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

package dev.gatun.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The outcomes of all runs. For one thread. */
public final class Results {
  private record Key(String program, String contender) {}

  private final Map<Key, List<Outcome>> outcomes = new LinkedHashMap<>();

  /** Notes what came of a run. */
  public void add(Program program, Contender contender, Outcome outcome) {
    outcomes.computeIfAbsent(key(program, contender), key -> new ArrayList<>()).add(outcome);
  }

  private static Key key(Program program, Contender contender) {
    return new Key(program.title(), contender.name());
  }

  /** The outcomes of one program on one engine, in their order. */
  public List<Outcome> of(Program program, Contender contender) {
    return outcomes.getOrDefault(key(program, contender), List.of());
  }

  /** What is not a time, of one program on one engine: its first failure or end at the limit. */
  public @Nullable Outcome failure(Program program, Contender contender) {
    for (Outcome outcome : of(program, contender)) {
      if (!(outcome instanceof Outcome.Finished)) {
        return outcome;
      }
    }
    return null;
  }

  /** A time of all runs of one program on one engine; empty if one of them did not finish. */
  public double[] times(Program program, Contender contender, ToDoubleFunction<Outcome.Finished> time) {
    List<Outcome> all = of(program, contender);
    double[] times = new double[all.size()];
    for (int i = 0; i < times.length; i++) {
      if (!(all.get(i) instanceof Outcome.Finished finished)) {
        return new double[0];
      }
      times[i] = time.applyAsDouble(finished);
    }
    return times;
  }

  /** The median of a time. NaN if there is none. */
  public double median(Program program, Contender contender, ToDoubleFunction<Outcome.Finished> time) {
    return Statistics.median(times(program, contender, time));
  }

  /** The geometric mean of how many times as long programs take on one engine as on another, where both have a time. */
  public double meanRatio(
      List<Program> programs, Contender of, Contender to, ToDoubleFunction<Outcome.Finished> time) {
    List<Double> ratios = new ArrayList<>();
    for (Program program : programs) {
      double ratio = median(program, of, time) / median(program, to, time);
      if (!Double.isNaN(ratio)) {
        ratios.add(ratio);
      }
    }
    return Statistics.geometricMean(ratios);
  }
}

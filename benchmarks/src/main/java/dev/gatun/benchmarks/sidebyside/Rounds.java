package dev.gatun.benchmarks.sidebyside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs programs on engines, interleaved: a round runs a program once on each engine, and begins with another one. */
public final class Rounds {
  /** An engine that has taken so many seconds for a program does not run it again. */
  static final double ENOUGH = 10;

  private final List<Contender> contenders;
  private final Execution execution;
  private final int rounds;

  /** So many rounds of all engines. */
  public Rounds(List<Contender> contenders, Execution execution, int rounds) {
    this.contenders = contenders;
    this.execution = execution;
    this.rounds = rounds;
  }

  /** Runs all programs, and says on the standard error how far it is. */
  public Results run(List<Program> programs) throws IOException, InterruptedException {
    Results results = new Results();
    int number = 0;
    for (Program program : programs) {
      number++;
      System.err.printf("%d of %d: %s", number, programs.size(), program.title());
      run(program, results);
      StringBuilder line = new StringBuilder();
      for (Contender contender : contenders) {
        line.append("  ").append(contender.name()).append(' ').append(summary(program, contender, results));
      }
      System.err.println(line);
    }
    return results;
  }

  private void run(Program program, Results results) throws IOException, InterruptedException {
    List<Contender> able = new ArrayList<>();
    for (Contender contender : contenders) {
      if (contender.runs(program)) {
        able.add(contender);
      }
    }
    for (Contender contender : able) {
      if (contender.rehearses()) {
        execution.run(contender.command().apply(program), program);
      }
    }
    String expected = null;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < able.size(); i++) {
        Contender contender = able.get((i + round) % able.size());
        List<Outcome> earlier = results.of(program, contender);
        if (!isWorthAnother(earlier)) {
          continue;
        }
        Outcome outcome = checked(execution.run(contender.command().apply(program), program), expected);
        if (outcome instanceof Outcome.Finished finished) {
          expected = finished.output();
        }
        results.add(program, contender, outcome);
      }
    }
  }

  private static boolean isWorthAnother(List<Outcome> earlier) {
    double sum = 0;
    for (Outcome outcome : earlier) {
      if (!(outcome instanceof Outcome.Finished finished)) {
        return false;
      }
      sum += finished.total();
    }
    return sum < ENOUGH;
  }

  /** The first output is the one that all others must equal. */
  private static Outcome checked(Outcome outcome, @Nullable String expected) {
    if (outcome instanceof Outcome.Finished finished && expected != null && !finished.output().equals(expected)) {
      return new Outcome.Failed(
          "printed '" + finished.output().strip() + "' where another engine printed '" + expected.strip() + "'");
    }
    return outcome;
  }

  private static String summary(Program program, Contender contender, Results results) {
    return switch (results.failure(program, contender)) {
      case Outcome.Failed failed -> "(" + failed.why() + ")";
      case Outcome.TimedOut timedOut -> ">" + timedOut.limit();
      case null, default -> {
        boolean whole = program.set().equals(Program.START);
        double time = results.median(program, contender, whole ? contender::total : Outcome.Finished::run);
        yield String.format(Locale.ROOT, "%.3f", time);
      }
    };
  }
}

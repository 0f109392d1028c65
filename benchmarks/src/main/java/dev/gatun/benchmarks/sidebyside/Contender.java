package dev.gatun.benchmarks.sidebyside;

import java.util.List;
import java.util.function.Function;

/**
 * An engine with its options.
 *
 * @param name as {@code --engines} names it
 * @param label as the report names it
 * @param how its version and how it is run, for the report
 * @param hosted whether the process is a host of ours around the engine, whose start is not the engine's
 * @param rehearses whether a run that does not count comes first, since it keeps something for later runs
 * @param command the command that runs a program; empty if there is none
 */
public record Contender(
    String name,
    String label,
    String how,
    boolean hosted,
    boolean rehearses,
    Function<Program, List<String>> command) {

  /** One that is a process of its own, and keeps nothing. */
  Contender(String name, String label, String how, Function<Program, List<String>> command) {
    this(name, label, how, false, false, command);
  }

  /** Whether this engine has a way to run the program. */
  public boolean runs(Program program) {
    return !command.apply(program).isEmpty();
  }

  /** The seconds that a person waits for a run: of the process, or of the engine in it. */
  public double total(Outcome.Finished finished) {
    return hosted ? finished.inside() : finished.total();
  }
}

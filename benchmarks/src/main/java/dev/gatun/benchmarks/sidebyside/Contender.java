package dev.gatun.benchmarks.sidebyside;

import java.util.List;
import java.util.function.Function;

/**
 * An engine with its options.
 *
 * @param name as {@code --engines} names it
 * @param label as the report names it
 * @param how its version and how it is run, for the report
 * @param command the command that runs a program; empty if there is none
 */
public record Contender(String name, String label, String how, Function<Program, List<String>> command) {
  /** Whether this engine has a way to run the program. */
  public boolean runs(Program program) {
    return !command.apply(program).isEmpty();
  }
}

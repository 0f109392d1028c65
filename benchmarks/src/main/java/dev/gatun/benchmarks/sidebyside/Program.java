package dev.gatun.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program of the corpus.
 *
 * @param set the group of programs whose ratios are averaged
 * @param name unique within the set
 * @param module the WASI program
 * @param executable the same program, or null, compiled for this machine
 * @param input what its standard input reads, or null for nothing
 * @param arguments without the program's own name
 */
public record Program(
    String set, String name, Path module, @Nullable Path executable, @Nullable Path input, List<String> arguments) {

  /** The set whose programs do next to nothing: what counts is how long the whole process takes. */
  public static final String START = "start";

  /**
   * Whether engines that can compile all at once are told to. They are, but for interpreters of scripts, of which a
   * script uses a part, and for programs that are over at once.
   */
  public boolean eager() {
    return switch (set) {
      case START, "python" -> false;
      default -> true;
    };
  }

  /** The set and the name. */
  public String title() {
    return set + "/" + name;
  }
}

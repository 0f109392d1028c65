package dev.gatun.benchmarks.sidebyside;

/** What came of one run of a program. */
public sealed interface Outcome {
  /**
   * It ran to its end. Times are in seconds.
   *
   * @param compile until the program could start, as far as the engine can tell it from the rest, or NaN
   * @param run the program itself; of scripts, what they have timed themselves
   * @param processor what the program's thread had of a processor, or NaN if the engine can't tell
   * @param inside to compile, and to run the program from its start to its end, or NaN if the engine can't tell
   * @param total the process, from its start to its end
   * @param output what it printed, without what differs from run to run
   */
  record Finished(double compile, double run, double processor, double inside, double total, String output)
      implements Outcome {}

  /**
   * It could not be compiled, trapped or exited with a status other than 0.
   *
   * @param why a line
   */
  record Failed(String why) implements Outcome {}

  /**
   * It was ended.
   *
   * @param limit in seconds
   */
  record TimedOut(double limit) implements Outcome {}
}

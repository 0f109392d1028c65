package dev.gatun.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rounds how often each engine runs each program
 * @param limit the seconds after which a run is ended
 * @param only what the titles of the programs must contain
 * @param engines the names of those to run, in the order of the columns
 * @param report the folder that the report is written to, or null to print its tables
 * @param compare the class paths of two builds of Gatun, to run these alone, or nothing
 */
record Options(
    int rounds, double limit, Pattern only, List<String> engines, @Nullable Path report, List<String> compare) {

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException with a message for people
   */
  static Options parse(List<String> arguments) {
    int rounds = 3;
    double limit = 30;
    Pattern only = Pattern.compile("");
    List<String> engines = Contenders.USUAL;
    Path report = null;
    List<String> compare = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String option = arguments.get(i);
      switch (option) {
        case "--quick" -> {
          rounds = 1;
          limit = 20;
        }
        case "--rounds" -> rounds = number(option, value(arguments, ++i));
        case "--limit" -> limit = number(option, value(arguments, ++i));
        case "--only" -> only = Pattern.compile(value(arguments, ++i));
        case "--engines" -> engines = List.of(value(arguments, ++i).split(","));
        case "--report" -> report = Path.of(value(arguments, ++i));
        case "--compare" -> {
          compare.add(value(arguments, ++i));
          compare.add(value(arguments, ++i));
        }
        default -> throw new IllegalArgumentException("there is no option " + option);
      }
    }
    return new Options(rounds, limit, only, engines, report, List.copyOf(compare));
  }

  private static String value(List<String> arguments, int at) {
    if (at >= arguments.size()) {
      throw new IllegalArgumentException(arguments.getLast() + " needs a value more");
    }
    return arguments.get(at);
  }

  private static int number(String option, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(option + " needs a whole number above 0, not " + value);
  }
}

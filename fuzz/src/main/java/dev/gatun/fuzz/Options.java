package dev.gatun.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What the command line says. */
final class Options {
  static final String USAGE =
      """
      fuzz MINUTES [--seed N] [--jobs N] [--generators NAME,...] [--java FILE] [--node FILE] [--folder DIRECTORY]
      fuzz --case NAME:SEED [--reduce]       one module, with what is found
      fuzz --module FILE [--reduce]          the same with a module in a file (.wasm or .wat)
      """;

  double minutes = 1;

  /** Where the seeds of all generators begin; a random place if none is said. */
  long seed = new SplittableRandom().nextLong(1L << 40);

  int jobs = 2;
  List<String> generators = new ArrayList<>(Generators.all().keySet());
  Path java = Path.of(System.getProperty("java.home"), "bin", "java");
  @Nullable Path node;
  Path folder = Path.of("target", "fuzz");
  @Nullable String oneCase;
  @Nullable Path module;
  boolean reduce;

  /** The architecture of the JVMs that run modules, as they call it. */
  String architecture() throws IOException {
    Process process =
        new ProcessBuilder(java.toString(), "-XshowSettings:properties", "-version").redirectErrorStream(true).start();
    try (BufferedReader lines = process.inputReader()) {
      return lines.lines().map(String::strip).filter(line -> line.startsWith("os.arch = ")).findFirst()
          .map(line -> line.substring("os.arch = ".length()))
          .orElseThrow(() -> new IOException(java + " does not tell its architecture"));
    }
  }

  /** Reads the arguments; throws IllegalArgumentException if one is wrong. */
  static Options parse(String[] args) {
    Options options = new Options();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> options.seed = Long.parseLong(value(args, ++i));
        case "--jobs" -> options.jobs = Integer.parseInt(value(args, ++i));
        case "--generators" -> options.generators = List.of(value(args, ++i).split(","));
        case "--java" -> options.java = Path.of(value(args, ++i));
        case "--node" -> options.node = Path.of(value(args, ++i));
        case "--folder" -> options.folder = Path.of(value(args, ++i));
        case "--case" -> options.oneCase = value(args, ++i);
        case "--module" -> options.module = Path.of(value(args, ++i));
        case "--reduce" -> options.reduce = true;
        default -> {
          if (args[i].startsWith("-")) {
            throw new IllegalArgumentException("unknown option " + args[i]);
          }
          options.minutes = Double.parseDouble(args[i]);
        }
      }
    }
    for (String name : options.generators) {
      if (!Generators.all().containsKey(name)) {
        throw new IllegalArgumentException(
            "no generator is called " + name + "; there are " + Generators.all().keySet());
      }
    }
    return options;
  }

  private static String value(String[] args, int index) {
    if (index == args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a value");
    }
    return args[index];
  }
}

package dev.gatun.cli;

import org.jspecify.annotations.Nullable;

/**
 * The options of {@code gatun run}: the one table that the parser, the help and the shell completion are made of.
 *
 * <p>The parser is {@link RunArguments}, by hand, since picocli takes as long to start as a small guest takes
 * altogether; picocli makes the help and the completion.
 */
enum RunOption {
  DIR(
      "--dir",
      "HOST[::GUEST][:ro]",
      "Give the guest the directory HOST, or what is in the zip file HOST, under the name GUEST if there is one; with"
          + " :ro only for reading. Repeatable."),
  ENV("--env", "K[=V]", "Set the environment variable K, to its value outside if V is not given. Repeatable."),
  INVOKE(
      "--invoke",
      "NAME",
      "Call the exported function NAME instead of running the program; ARGS are its arguments, its results are"
          + " printed."),
  STACK_SIZE(
      "--stack-size",
      "SIZE",
      "How much stack the guest may use: a number of bytes, or of KiB, MiB, GiB with the suffix K, M, G. Default: 8M."),
  MAX_MEMORY(
      "--max-memory",
      "SIZE",
      "How large the guest's memories may grow together; beyond it, the guest gets no more. Default: as large as it"
          + " wants."),
  FUEL(
      "--fuel",
      "N",
      "How many instructions of wasm the guest may execute; beyond it, it is ended, at the same instruction each time."
          + " Costs some speed. Default: not counted."),
  TIMEOUT(
      "--timeout",
      "TIME",
      "After which time the guest is ended: a number of seconds, or of milliseconds, minutes, hours with the suffix"
          + " ms, m, h. Default: never."),
  LISTEN(
      "--listen",
      "[HOST:]PORT",
      "Give the guest a socket that listens there, on 127.0.0.1 unless HOST is given. Repeatable."),
  MAX_THREADS("--max-threads", "N", "How many threads the guest may have at once. Default: 64."),
  UNKNOWN_IMPORTS(
      "--unknown-imports",
      "trap|error",
      "What to do with functions that the guest imports and nobody has: refuse to run it, which lists them (error,"
          + " the default), or trap when it calls one."),
  CORE_DUMP(
      "--coredump",
      "FILE",
      "Where to write a core dump if the program traps: the frames of its stack with their locals, its memories and"
          + " globals, as a module that debuggers of wasm read."),
  PERF_MAP(
      "--perf-map",
      null,
      "Write the names of compiled functions to /tmp/perf-PID.map, where Linux perf finds them: perf record gatun run"
          + " --perf-map FILE."),
  PROFILE(
      "--profile",
      "FILE",
      "Sample what the guest does and write that to FILE: .html for a flame graph to look at in a browser, .json or"
          + " .json.gz for profiler.firefox.com, .txt for collapsed stacks. Default: profile.html."),
  PROFILE_RATE("--profile-rate", "N", "How many samples a second, from 1 to 10000. Default: 1000."),
  ALLOW_PRECOMPILED(
      "--allow-precompiled",
      null,
      "If FILE was made by 'gatun compile', run the machine code in it. It is trusted like any native program's: the"
          + " sandbox does not hold it. Without this option the module in such a file is compiled again."),
  NO_CACHE(
      "--no-cache",
      null,
      "Neither use nor keep compiled code of earlier runs; 'gatun cache' tells more about these."),
  VERBOSE("--verbose", null, "Tell on standard error what comes of the code cache."),
  HELP("--help", null, "Show this help.");

  private final String option;
  private final @Nullable String parameter;
  private final String description;

  RunOption(String option, @Nullable String parameter, String description) {
    this.option = option;
    this.parameter = parameter;
    this.description = description;
  }

  /** How it is written. */
  String option() {
    return option;
  }

  /** What its value is called, or null if it takes none. */
  @Nullable String parameter() {
    return parameter;
  }

  String description() {
    return description;
  }

  /** Whether its value may be left out: then it is given as {@code --option=VALUE} or not at all. */
  boolean isValueOptional() {
    return this == PROFILE;
  }

  /** Whether it may be given more than once. */
  boolean isRepeatable() {
    return this == DIR || this == ENV || this == LISTEN;
  }

  /** The option written {@code name}, or null. */
  static @Nullable RunOption find(String name) {
    if (name.equals("-h")) {
      return HELP;
    }
    for (RunOption option : values()) {
      if (option.option.equals(name)) {
        return option;
      }
    }
    return null;
  }
}

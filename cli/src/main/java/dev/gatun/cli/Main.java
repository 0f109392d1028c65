package dev.gatun.cli;

/** The entry point of the command. */
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] words) {
    int code = execute(words);
    System.out.flush();
    Runtime.getRuntime().exit(code);
  }

  /** Runs the command; returns its exit code. */
  static int execute(String[] words) {
    if (words.length == 0 || !words[0].equals("run")) {
      return CommandLines.execute(words);
    }
    RunArguments arguments;
    try {
      arguments = RunArguments.parse(words, 1);
    } catch (UsageException e) {
      System.err.println("gatun run: " + e.getMessage());
      System.err.println("'gatun run --help' tells more.");
      return ExitCode.USAGE;
    }
    return arguments.help() ? CommandLines.execute("run", "--help") : new RunCommand(arguments).run();
  }
}

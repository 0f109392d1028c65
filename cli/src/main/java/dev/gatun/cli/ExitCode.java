package dev.gatun.cli;

/** Exit codes of the command itself; a guest that ends by itself sets its own. */
final class ExitCode {
  private ExitCode() {}

  static final int OK = 0;

  /** The command did its work, and what it found is not good: failed tests, a module that is not valid. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** A bug in Gatun. */
  static final int INTERNAL_ERROR = 70;

  /** FILE was found and can't be run. */
  static final int CANNOT_RUN = 126;

  /** FILE was not found. */
  static final int NOT_FOUND = 127;

  /** The guest trapped: what a shell reports of a process that aborted. */
  static final int TRAP = 134;
}

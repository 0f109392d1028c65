package dev.gatun.cli;

/** The entry point of the command. */
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {}
}

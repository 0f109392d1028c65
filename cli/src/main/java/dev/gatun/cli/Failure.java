package dev.gatun.cli;

import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import dev.gatun.WasmFrame;
import dev.gatun.cli.npm.PackageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** What went wrong with a program, on standard error and as an exit code. */
final class Failure {
  private Failure() {}

  /** Tells about a failure; returns the exit code for it. */
  static int report(String file, Throwable failure) {
    PrintStream err = System.err;
    switch (failure) {
      case Trap trap -> {
        err.println("gatun: " + file + ": trap: " + trap.getMessage());
        report(trap.backtrace());
        return ExitCode.TRAP;
      }
      case ThrownException thrown -> {
        err.println("gatun: " + file + ": " + thrown.getMessage());
        report(thrown.backtrace());
        return ExitCode.TRAP;
      }
      case NoSuchFileException e -> {
        err.println("gatun: " + e.getMessage() + ": no such file");
        return ExitCode.NOT_FOUND;
      }
      case PackageException e -> {
        err.println("gatun: " + e.getMessage());
        return ExitCode.NOT_FOUND;
      }
      case AccessDeniedException e -> {
        err.println("gatun: " + e.getMessage() + ": permission denied");
        return ExitCode.CANNOT_RUN;
      }
      case WasmException e -> {
        err.println("gatun: " + file + ": " + e.getMessage());
        return ExitCode.CANNOT_RUN;
      }
      case IOException e -> {
        err.println("gatun: " + file + ": " + e.getMessage());
        return ExitCode.CANNOT_RUN;
      }
      case UsageException e -> {
        err.println("gatun: " + file + ": " + e.getMessage());
        return ExitCode.USAGE;
      }
      case UnsupportedOperationException e -> {
        err.println("gatun: " + e.getMessage());
        return ExitCode.CANNOT_RUN;
      }
      case IllegalArgumentException e when String.valueOf(e.getMessage()).startsWith("system property ") -> {
        err.println("gatun: " + e.getMessage());
        return ExitCode.USAGE;
      }
      default -> {
        err.println("gatun: " + file + ": a bug in Gatun, please report it with the program:");
        failure.printStackTrace(err);
        return ExitCode.INTERNAL_ERROR;
      }
    }
  }
  private static void report(List<WasmFrame> backtrace) {
    for (WasmFrame frame : backtrace) {
      System.err.println("    at " + frame);
    }
  }
}

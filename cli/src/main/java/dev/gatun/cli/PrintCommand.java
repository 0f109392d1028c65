package dev.gatun.cli;

import dev.gatun.text.TextFormat;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a module in the text format. */
@Command(
    name = "print",
    description = {
      "Print a module in the text format (.wat).",
      "",
      "Custom sections are left out, but for the names of functions."
    },
    optionListHeading = "%n",
    sortOptions = false)
final class PrintCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A module, or npm:PACKAGE[@VERSION][/PATH-IN-PACKAGE].")
  private String file;

  @Option(names = "--folded", description = "Put operands into the instructions that take them.")
  private boolean folded;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      out.print(TextFormat.print(ProgramFile.binary(Files.readAllBytes(ProgramFile.locate(file))), folded));
      out.flush();
      return ExitCode.OK;
    } catch (Exception e) {
      return Failure.report(file, e);
    }
  }
}

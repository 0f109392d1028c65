package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.RejectedModuleException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells whether modules are valid. */
@Command(
    name = "validate",
    description = {
      "Check that modules are well-formed and valid, without running anything.",
      "",
      "Says nothing of those that are; for each that is not, what is wrong and where, and the exit code is not 0."
    },
    optionListHeading = "%n",
    sortOptions = false)
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A module in the binary or the text format, or npm:PACKAGE[@VERSION][/PATH-IN-PACKAGE].")
  private List<String> files;

  @Option(
      names = {"-v", "--verbose"},
      description = "Name the valid modules as well.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    int code = ExitCode.OK;
    try (Engine engine = Engine.create()) {
      for (String file : files) {
        try {
          try (Module module = ProgramFile.compile(engine, ProgramFile.locate(file))) {
            checkCustomSections(file, module);
          }
          if (verbose) {
            out.println(file + ": valid");
          }
        } catch (Exception e) {
          out.flush();
          code = Failure.report(file, e);
        }
      }
    }
    out.flush();
    return code;
  }

  /** Custom sections never make a module invalid. */
  private void checkCustomSections(String file, Module module) {
    try {
      module.checkCustomSections();
    } catch (RejectedModuleException e) {
      spec.commandLine().getErr().println("gatun: " + file + ": warning: in a custom section: " + e.getMessage());
    }
  }
}

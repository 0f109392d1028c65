package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.ExportType;
import dev.gatun.ImportType;
import dev.gatun.Module;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a module imports and exports. */
@Command(
    name = "inspect",
    description = "Print what a module imports and exports, one a line.",
    optionListHeading = "%n",
    sortOptions = false)
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(names = "--types", description = "Print the types, too.")
  private boolean types;

  @Parameters(paramLabel = "FILE", description = "A module, or npm:PACKAGE[@VERSION][/PATH-IN-PACKAGE].")
  private String file;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Engine engine = Engine.create();
        Module module = ProgramFile.compile(engine, ProgramFile.locate(file))) {
      for (ImportType i : module.imports()) {
        print(out, "import: " + i.module() + " " + i.name() + " " + i.type().kind(), i.type());
      }
      for (ExportType e : module.exports()) {
        print(out, "export: " + e.name() + " " + e.type().kind(), e.type());
      }
      return ExitCode.OK;
    } catch (Exception e) {
      out.flush();
      return Failure.report(file, e);
    } finally {
      out.flush();
    }
  }

  private void print(PrintWriter out, String line, Object type) {
    out.println(types ? line + " " + type : line);
  }
}

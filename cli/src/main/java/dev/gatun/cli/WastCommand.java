package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.cli.wast.ScriptProcess;
import dev.gatun.cli.wast.ScriptResult;
import dev.gatun.cli.wast.ScriptRunner;
import dev.gatun.cli.wast.ScriptSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs scripts of the official test suite. */
@Command(
    name = "wast",
    description = {
      "Run test scripts, in the text format (.wast) or in the JSON form that wast2json makes of it.",
      "",
      "Prints for each file how many of its commands passed, failed and were skipped, with the first failures, and a"
          + " total."
          + " The exit code is 1 if any failed."
    },
    optionListHeading = "%n",
    sortOptions = false)
final class WastCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*",
      description = "A script, a folder of scripts, or a .zip holding scripts.")
  private List<Path> files;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = "--failures",
      paramLabel = "N",
      defaultValue = "5",
      description = "Print at most N failures of each file. Default: ${DEFAULT-VALUE}.")
  private int failuresShown;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long one file may run. Default: ${DEFAULT-VALUE}.")
  private long timeoutSeconds;

  @Option(
      names = "--in-process",
      description = "Run in this JVM, not in another that may crash or hang: for debugging. There is no timeout.")
  private boolean inProcess;

  @Option(names = "--serve-from", hidden = true, defaultValue = "-1")
  private int serveFrom;

  private int passed;
  private int failed;
  private int skipped;
  private final Map<String, Integer> reasons = new TreeMap<>();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (ScriptSource source = new ScriptSource()) {
      for (Path file : files) {
        source.add(file);
      }
      List<Path> scripts = source.scripts();
      if (serveFrom >= 0) {
        ScriptProcess.serve(scripts, serveFrom, System.out);
        return ExitCode.OK;
      }
      if (inProcess) {
        try (Engine engine = Engine.create()) {
          for (Path script : scripts) {
            print(out, ScriptRunner.run(script, engine));
          }
        }
      } else {
        new ScriptProcess(childCommand(), scripts, timeoutSeconds).run(result -> print(out, result));
      }
    } catch (IOException e) {
      out.flush();
      return Failure.report("wast", e);
    }
    reasons.forEach((reason, count) -> out.println(count + " skipped: " + reason));
    out.println(passed + " passed, " + failed + " failed, " + skipped + " skipped");
    out.flush();
    return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  /** This JVM's own command line, as far as the scripts' files, for a child that serves. */
  private List<String> childCommand() {
    List<String> command = new ArrayList<>();
    // An emulated JVM can't start its own binary, and is told what can.
    command.add(System.getProperty("gatun.java", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String modules = System.getProperty("jdk.module.path");
    if (modules == null) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    } else {
      command.addAll(List.of("-p", modules, "-m", Main.class.getModule().getName() + "/" + Main.class.getName()));
    }
    command.add("wast");
    for (Path file : files) {
      command.add(file.toString());
    }
    command.add("--serve-from");
    return command;
  }

  private void print(PrintWriter out, ScriptResult result) {
    int failures = result.failures().size();
    passed += result.passed();
    failed += failures;
    skipped += result.skippedTotal();
    out.print(result.name() + ": " + result.passed() + " passed, " + failures + " failed, " + result.skippedTotal()
        + " skipped");
    if (!result.skipped().isEmpty()) {
      out.print(" " + new TreeMap<>(result.skipped()));
    }
    out.println();
    for (String failure : result.failures().subList(0, Math.min(failures, failuresShown))) {
      out.println("    " + failure);
    }
    if (failures > failuresShown) {
      out.println("    and " + (failures - failuresShown) + " more");
    }
    out.flush();
    result.skipped().forEach((reason, count) -> reasons.merge(reason, count, Integer::sum));
  }
}

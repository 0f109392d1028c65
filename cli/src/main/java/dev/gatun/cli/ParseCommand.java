package dev.gatun.cli;

import dev.gatun.text.TextFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the binary format of a module in the text format. */
@Command(
    name = "parse",
    description = {
      "Convert a module from the text format (.wat) to the binary format.",
      "",
      "Whether the module is valid is not looked at: 'gatun validate' tells that."
    },
    optionListHeading = "%n",
    sortOptions = false)
final class ParseCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "A module in the text format.")
  private String file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it. Default: beside the text, with the extension .wasm.")
  private @Nullable Path output;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() {
    try {
      Path from = ProgramFile.locate(file);
      byte[] wasm = TextFormat.parse(Files.readString(from));
      Path to = output;
      if (to == null) {
        String name = String.valueOf(from.getFileName());
        int extension = name.lastIndexOf('.');
        to = from.resolveSibling((extension > 0 ? name.substring(0, extension) : name) + ".wasm");
      }
      Files.write(to, wasm);
      return ExitCode.OK;
    } catch (Exception e) {
      return Failure.report(file, e);
    }
  }
}

package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compiles a module with all its functions to a file that runs without a compiler. */
@Command(
    name = "compile",
    description = {
      "Compile a module ahead of time, with all its functions, to a file that 'gatun run --allow-precompiled' runs.",
      "",
      "The file holds machine code, and the module as well. Its code is trusted, like that of any native program: with"
          + " --allow-precompiled it runs as it is, outside of the sandbox. Give that option only for files that you"
          + " have compiled yourself or would run as native programs. Without it, the module in the file is compiled"
          + " again and runs in the sandbox, as it does where the code does not fit: it is for this build of Gatun,"
          + " for an architecture, and for processors that can do what it makes use of.",
      "",
      "For programs that are run again on the same machine this is not needed: 'gatun run' keeps what it has compiled"
          + " (see 'gatun cache --help')."
    },
    optionListHeading = "%n",
    sortOptions = false)
final class CompileCommand implements Callable<Integer> {
  private static final String EXTENSION = ".cwasm";

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description = "A module in the binary or the text format, or npm:PACKAGE[@VERSION][/PATH-IN-PACKAGE].")
  private String file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it. Default: the module's name in this folder, with the extension .cwasm.")
  private @Nullable Path output;

  @Option(
      names = "--target",
      paramLabel = "ARCHITECTURE",
      description = "What it is for: x86_64 or aarch64, and any processor of that. Default: this machine, with all that"
          + " its processor can do.")
  private @Nullable String target;

  @Option(
      names = "--cpu",
      paramLabel = "FEATURES",
      description = "What the processor can do beyond the least, as /proc/cpuinfo names it: avx2,bmi2. With it, code is"
          + " for any processor that can do this. Default: without --target, what this one can do.")
  private @Nullable String cpu;

  @Option(names = "--fuel", description = "Let the code count fuel, for 'gatun run --fuel'.")
  private boolean fuel;

  @Option(
      names = "--explicit-bounds",
      description = "Let the code compare each address with the size of its memory, for where address space is limited"
          + " (ulimit -v). Slower.")
  private boolean explicitBounds;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() {
    Target to;
    try {
      to = target();
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Engine.Builder builder = Engine.builder().fuel(fuel).codeCache(null);
    if (explicitBounds) {
      builder.boundsChecks(Engine.BoundsChecks.EXPLICIT);
    }
    try (Engine engine = builder.build();
        Meter meter = new Meter()) {
      Path from = ProgramFile.locate(file);
      byte[] wasm = ProgramFile.binary(Files.readAllBytes(from));
      write(engine.precompile(wasm, to, meter), output == null ? defaultOutput(from) : output);
      return ExitCode.OK;
    } catch (Exception e) {
      return Failure.report(file, e);
    }
  }

  private Target target() {
    Target to = target != null ? Target.baseline(target)
        : cpu != null ? Target.baseline(Target.host().architecture())
        : Target.host();
    if (cpu != null) {
      for (String feature : cpu.split(",")) {
        to = to.with(feature.strip());
      }
    }
    return to;
  }

  private static Path defaultOutput(Path from) {
    String name = String.valueOf(from.getFileName());
    int extension = name.lastIndexOf('.');
    return Path.of((extension > 0 ? name.substring(0, extension) : name) + EXTENSION);
  }

  /** Writes a file that is complete when it appears. */
  private static void write(byte[] bytes, Path to) throws IOException {
    if (Files.exists(to) && !Files.isRegularFile(to)) {
      Files.write(to, bytes); // a pipe, or what can't be replaced
      return;
    }
    Path part = to.resolveSibling("." + to.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.write(part, bytes);
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Tells on a terminal how much is done, if it takes more than a second. */
  private static final class Meter implements DoubleConsumer, AutoCloseable {
    private static final long PATIENCE = 1_000_000_000;
    private static final long INTERVAL = 100_000_000;

    private final boolean isTerminal = Boolean.getBoolean("gatun.stderr.terminal");
    private long next = System.nanoTime() + PATIENCE;
    private boolean isShown;

    @Override
    public synchronized void accept(double done) {
      if (isTerminal && System.nanoTime() - next >= 0) {
        next += INTERVAL;
        isShown = true;
        System.err.print("\rcompiling: " + (int) (100 * done) + " %");
        System.err.flush();
      }
    }

    @Override
    public synchronized void close() {
      if (isShown) {
        System.err.print("\r                \r");
        System.err.flush();
      }
    }
  }
}

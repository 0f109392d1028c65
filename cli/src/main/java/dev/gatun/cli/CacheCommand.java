package dev.gatun.cli;

import dev.gatun.CodeCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows and changes the folder where compiled code is kept. */
@Command(
    name = "cache",
    description = {
      "Show the code cache, or clear or limit it.",
      "",
      "'gatun run' keeps the machine code of the functions that it has compiled, so that the next run of"
          + " the same module need neither validate nor compile them. Code is found again by the SHA-256 of the"
          + " module, the build of Gatun, the processor, and the options that change code; there is never a need"
          + " to clear it. It is in $$XDG_CACHE_HOME/gatun/code, or ~/.cache/gatun/code, which must belong to you"
          + " and be writable for nobody else: else it is not used, of which 'gatun run --verbose' tells. What was"
          + " not used for the longest time goes when there is more than the limit."
    },
    optionListHeading = "%n",
    parameterListHeading = "%n",
    sortOptions = false)
final class CacheCommand implements Callable<Integer> {
  private static final long MOST = 1L << 50;

  /** What to do. */
  enum Action {
    SHOW,
    PATH,
    CLEAR,
    LIMIT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ACTION",
      defaultValue = "show",
      description = "show, path (print the folder), clear (remove all), or limit. Default: show.")
  private Action action;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "SIZE",
      description = "With limit: how many bytes it may take, or KiB, MiB, GiB with the suffix K, M, G; 0 keeps nothing."
          + " Without SIZE, the limit is printed. At first it is 1G.")
  private @Nullable String size;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Override
  public Integer call() {
    CodeCache cache = CodeCache.ofUser();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      if (size != null && action != Action.LIMIT) {
        throw new UsageException(action + " takes no SIZE");
      }
      switch (action) {
        case SHOW -> show(cache, out);
        case PATH -> out.println(cache.folder());
        case CLEAR -> cache.clear();
        case LIMIT -> {
          if (size == null) {
            out.println(cache.limit());
          } else {
            cache.setLimit(RunArguments.size("limit", size, 0, MOST));
          }
        }
      }
      return ExitCode.OK;
    } catch (UsageException e) {
      err.println("gatun cache: " + e.getMessage());
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println("gatun cache: " + e.getMessage());
      return ExitCode.FAILED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static void show(CodeCache cache, PrintWriter out) throws IOException {
    out.println("folder:  " + cache.folder());
    out.println("modules: " + cache.modules());
    out.println("size:    " + megabytes(cache.size()));
    out.println("limit:   " + megabytes(cache.limit()));
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / (1 << 20));
  }
}

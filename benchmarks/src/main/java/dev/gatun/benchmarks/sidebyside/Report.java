package dev.gatun.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What people read: tables of the results, as Markdown, and pictures. */
final class Report {
  private static final ToDoubleFunction<Outcome.Finished> RUN = Outcome.Finished::run;

  /** Modules of at least so many bytes are told of by themselves when compilation is. */
  private static final long LARGE = 500_000;

  private final List<Contender> contenders;
  private final List<String> missing;
  private final Results results;
  private final Options options;
  private final Map<String, List<Program>> sets = new LinkedHashMap<>();

  /** What all are compared to: wasmtime, or else the first. */
  private final Contender base;

  /** The machine's load when the runs began. */
  private final String load;

  Report(
      Corpus corpus, List<Contender> contenders, List<String> missing, Results results, Options options, String load) {
    this.load = load;
    this.contenders = contenders;
    this.missing = new ArrayList<>(missing);
    corpus.missing().forEach(title -> this.missing.add(title + ": not built"));
    this.results = results;
    this.options = options;
    for (Program program : corpus.programs()) {
      sets.computeIfAbsent(program.set(), set -> new ArrayList<>()).add(program);
    }
    Contender found = contender(Contenders.CRANELIFT);
    base = found == null ? contenders.getFirst() : found;
  }

  private @Nullable Contender contender(String name) {
    for (Contender contender : contenders) {
      if (contender.name().equals(name)) {
        return contender;
      }
    }
    return null;
  }

  /** Writes report.md, report.svg and programs.svg into the folder that the options name, or else prints the text. */
  void write() throws IOException {
    Path folder = options.report();
    if (folder == null) {
      System.out.print(text());
      return;
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.md"), text());
    Files.writeString(folder.resolve("report.svg"), means().svg());
    Files.writeString(folder.resolve("programs.svg"), programs().svg());
    System.err.println("run: wrote " + folder.resolve("report.md"));
  }

  private String text() {
    StringBuilder text = new StringBuilder("# Gatun beside other engines\n\n");
    text.append("Written by `benchmarks/run` on ").append(LocalDate.now()).append("; medians of ");
    text.append(options.rounds()).append(options.rounds() == 1 ? " round.\n" : " rounds.\n");
    text.append(Host.description()).append("; load average at the beginning: ").append(load).append(".\n\n");
    if (options.report() != null) {
      text.append("![Times as multiples of ").append(base.label()).append("'s, by sets of programs](report.svg)\n\n");
    }
    text.append("## In the mean\n\nGeometric means of the times that programs take, as multiples of ");
    text.append(base.label()).append("'s.\n\n").append(meanTable());
    String goals = againstTable();
    if (!goals.isEmpty()) {
      text.append("\nGatun against:\n\n").append(goals);
    }
    if (options.report() != null) {
      text.append("\n![Times as multiples of ").append(base.label()).append("'s, by programs](programs.svg)\n");
    }
    sets.forEach(
        (set, programs) -> {
          if (set.equals(Program.START)) {
            text.append("\n## Start-up\n\nSeconds from the start of the process to its end.\n\n");
            text.append(timeTable(programs, null));
          } else {
            text.append("\n## ").append(heading(set)).append("\n\nSeconds, and multiples of ").append(base.label());
            text.append("'s.\n\n").append(timeTable(programs, RUN));
            if (!programs.getFirst().eager()) {
              text.append("\nFrom the start of the process to its end:\n\n").append(timeTable(programs, null));
            }
          }
        });
    text.append("\n## Compilation\n\nSeconds until the program can start.\n\n").append(compilationTable());
    text.append("\n## The engines\n\n");
    for (Contender contender : contenders) {
      text.append("- ").append(contender.label()).append(": ").append(contender.how()).append('\n');
    }
    text.append(METHOD);
    Set<String> failures = failures();
    if (!missing.isEmpty() || !failures.isEmpty()) {
      text.append("\n## What is missing\n\n");
      missing.forEach(line -> text.append("- ").append(line).append('\n'));
      failures.forEach(line -> text.append("- ").append(line).append('\n'));
    }
    return text.toString();
  }

  private static final String METHOD =
      """

      ## How it was measured

      Each run is a process of its own. A round runs a program once on each engine, and each round begins with
      another engine. What they print is compared.

      - Programs in C and Rust, and those of others, are compiled once, for WebAssembly without vectors, and natively at
        the same level of optimization, where clang may use the vectors of SSE2. Their time is that of `_start`, after
        the engine has compiled the module, as far as it does that before. V8 as it comes, and GraalWasm, compile while
        the program runs; so does the JVM under Chicory. The time of native code is that of its process.
      - Scripts time themselves, after a round that does not count. For them Gatun and V8's baseline compile functions
        when they are first called.
      - Where a whole process is timed, wasmtime's time begins when its library is called, since that is in a JVM which
        is no part of it.

      An engine that has taken 10 seconds for a program does not run it again. `>` is a limit at which a run was ended;
      a dash, that there is nothing to run. Means are of what has finished, and tell how much that is if not all.
      """;

  private static String heading(String set) {
    return switch (set) {
      case "c" -> "Programs in C";
      case "rust" -> "Programs in Rust";
      case "real" -> "Programs of others";
      case "python" -> "CPython";
      case Program.START -> "Start-up";
      default -> set;
    };
  }

  private List<String> header(String first) {
    List<String> header = new ArrayList<>(List.of(first));
    contenders.forEach(contender -> header.add(contender.label()));
    return header;
  }

  private MarkdownTable meanTable() {
    MarkdownTable table = new MarkdownTable(header(""));
    sets.forEach(
        (set, programs) -> {
          List<String> row = new ArrayList<>(List.of(heading(set)));
          for (Contender contender : contenders) {
            int count = 0;
            for (Program program : programs) {
              count += Double.isNaN(time(program, contender, set.equals(Program.START) ? null : RUN)) ? 0 : 1;
            }
            double mean = mean(set, contender);
            String some = count == programs.size() ? "" : " (" + count + " of " + programs.size() + ")";
            row.add(Double.isNaN(mean) ? "–" : format("%.2f", mean) + some);
          }
          table.row(row);
        });
    return table;
  }

  /** Of a set, to the base. */
  private double mean(String set, Contender contender) {
    List<Double> ratios = new ArrayList<>();
    ToDoubleFunction<Outcome.Finished> what = set.equals(Program.START) ? null : RUN;
    for (Program program : sets.getOrDefault(set, List.of())) {
      double ratio = time(program, contender, what) / time(program, base, what);
      if (!Double.isNaN(ratio)) {
        ratios.add(ratio);
      }
    }
    return Statistics.geometricMean(ratios);
  }

  /** What the project asks of itself: against Cranelift and against V8's baseline, over all that is compiled ahead. */
  private String againstTable() {
    Contender gatun = contender(Contenders.GATUN);
    List<Program> ahead = new ArrayList<>();
    sets.values().forEach(programs -> programs.stream().filter(Program::eager).forEach(ahead::add));
    if (gatun == null || ahead.isEmpty()) {
      return "";
    }
    MarkdownTable table = new MarkdownTable(List.of("programs in C, Rust and of others", "mean", "worst", ""));
    for (Contender other : contenders) {
      double worst = 0;
      String name = "";
      for (Program program : ahead) {
        double ratio = time(program, gatun, RUN) / time(program, other, RUN);
        if (ratio > worst) {
          worst = ratio;
          name = program.title();
        }
      }
      if (other != gatun && worst > 0) {
        double mean = results.meanRatio(ahead, gatun, other, RUN);
        table.row(List.of(other.label(), format("%.2f", mean), format("%.2f", worst), name));
      }
    }
    return table.toString();
  }

  /** A median: of a time, or if there is none, of all that a person waits for. */
  private double time(Program program, Contender contender, @Nullable ToDoubleFunction<Outcome.Finished> what) {
    return results.median(program, contender, what == null ? contender::total : what);
  }

  private MarkdownTable timeTable(List<Program> programs, @Nullable ToDoubleFunction<Outcome.Finished> what) {
    MarkdownTable table = new MarkdownTable(header(""));
    for (Program program : programs) {
      List<String> row = new ArrayList<>(List.of(program.name()));
      for (Contender contender : contenders) {
        row.add(cell(program, contender, what));
      }
      table.row(row);
    }
    return table;
  }

  private String cell(Program program, Contender contender, @Nullable ToDoubleFunction<Outcome.Finished> what) {
    return switch (results.failure(program, contender)) {
      case Outcome.Failed failed -> "failed";
      case Outcome.TimedOut timedOut -> format(">%.0f", timedOut.limit());
      case null, default -> {
        double time = time(program, contender, what);
        double ratio = time / time(program, base, what);
        String multiple = contender == base || Double.isNaN(ratio) ? "" : format(" (%.2f)", ratio);
        yield Double.isNaN(time) ? "–" : format("%.3f", time) + multiple;
      }
    };
  }

  /** Each large module by itself, and small ones by their sets. */
  private MarkdownTable compilationTable() {
    Map<String, List<Program>> groups = new LinkedHashMap<>();
    Set<Path> seen = new LinkedHashSet<>();
    sets.values()
        .forEach(
            programs -> {
              for (Program program : programs) {
                String small = heading(program.set()) + ", small modules";
                if (seen.add(program.module())) {
                  boolean large = program.module().toFile().length() >= LARGE;
                  String group = large ? program.module().getFileName().toString() : small;
                  groups.computeIfAbsent(group, name -> new ArrayList<>()).add(program);
                }
              }
            });
    MarkdownTable table = new MarkdownTable(header("modules"));
    groups.forEach(
        (group, programs) -> {
          long bytes = 0;
          for (Program program : programs) {
            bytes += program.module().toFile().length();
          }
          String count = programs.size() == 1 ? "" : programs.size() + " of them, ";
          List<String> row = new ArrayList<>(List.of(group + " (" + count + format("%.1f MB)", bytes / 1e6)));
          for (Contender contender : contenders) {
            double sum = 0;
            for (Program program : programs) {
              sum += results.median(program, contender, Outcome.Finished::compile);
            }
            row.add(Double.isNaN(sum) ? "–" : format("%.3f", sum));
          }
          table.row(row);
        });
    return table;
  }

  private Set<String> failures() {
    Set<String> lines = new LinkedHashSet<>();
    for (List<Program> programs : sets.values()) {
      for (Program program : programs) {
        for (Contender contender : contenders) {
          if (results.failure(program, contender) instanceof Outcome.Failed failed) {
            lines.add(program.title() + " on " + contender.label() + ": " + failed.why());
          }
        }
      }
    }
    return lines;
  }

  private List<Contender> others() {
    List<Contender> others = new ArrayList<>(contenders);
    others.remove(base);
    return others;
  }

  private RatioChart chart(String title, RatioChart.Style style, List<Contender> shown) {
    List<String> labels = shown.stream().map(Contender::label).toList();
    String axis = "time, as a multiple of " + base.label() + "'s (logarithmic; to the left is faster)";
    return new RatioChart(title, axis, labels, style, 0.25, style == RatioChart.Style.BARS ? 16 : 8);
  }

  private RatioChart means() {
    List<Contender> shown = others();
    RatioChart chart = chart("Running time by sets of programs, geometric means", RatioChart.Style.BARS, shown);
    for (String set : sets.keySet()) {
      if (!set.equals(Program.START)) {
        chart.row(heading(set), shown.stream().mapToDouble(contender -> mean(set, contender)).toArray());
      }
    }
    return chart;
  }

  private RatioChart programs() {
    List<Contender> shown = others();
    RatioChart chart = chart("Running time by programs", RatioChart.Style.DOTS, shown);
    sets.forEach(
        (set, programs) -> {
          if (!set.equals(Program.START)) {
            for (Program program : programs) {
              double[] ratios =
                  shown.stream()
                      .mapToDouble(contender -> time(program, contender, RUN) / time(program, base, RUN))
                      .toArray();
              chart.row(program.title(), ratios);
            }
          }
        });
    return chart;
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

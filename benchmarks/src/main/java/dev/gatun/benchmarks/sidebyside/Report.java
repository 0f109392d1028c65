package dev.gatun.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people read: tables. */
final class Report {
  private final Corpus corpus;
  private final List<Contender> contenders;
  private final List<String> missing;
  private final Results results;
  private final Options options;

  Report(Corpus corpus, List<Contender> contenders, List<String> missing, Results results, Options options) {
    this.corpus = corpus;
    this.contenders = contenders;
    this.missing = missing;
    this.results = results;
    this.options = options;
  }

  void write() {
    System.out.print(programs());
  }

  private String programs() {
    @Nullable Contender base = null;
    for (Contender contender : contenders) {
      if (contender.name().equals(Contenders.CRANELIFT)) {
        base = contender;
      }
    }
    List<String> header = new ArrayList<>(List.of("program"));
    contenders.forEach(contender -> header.add(contender.label()));
    MarkdownTable table = new MarkdownTable(header);
    Map<String, List<Program>> sets = new LinkedHashMap<>();
    corpus.programs().forEach(program -> sets.computeIfAbsent(program.set(), s -> new ArrayList<>()).add(program));
    for (List<Program> programs : sets.values()) {
      for (Program program : programs) {
        List<String> row = new ArrayList<>(List.of(program.title()));
        for (Contender contender : contenders) {
          double time = results.median(program, contender, Outcome.Finished::run);
          String cell = String.format(Locale.ROOT, "%.3f", time);
          if (base != null) {
            cell += String.format(Locale.ROOT, " (%.2f)", time / results.median(program, base, Outcome.Finished::run));
          }
          row.add(cell);
        }
        table.row(row);
      }
      List<String> row = new ArrayList<>(List.of("mean"));
      for (Contender contender : contenders) {
        double mean = base == null ? Double.NaN : results.meanRatio(programs, contender, base, Outcome.Finished::run);
        row.add(String.format(Locale.ROOT, "%.2f", mean));
      }
      table.row(row);
    }
    return table.toString();
  }
}

package dev.gatun.benchmarks.sidebyside;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command {@code benchmarks/run}, without its preparations. The system property {@code benchmarks.folder} names the
 * folder of the benchmarks, {@code benchmarks.programs} that of the compiled programs.
 */
public final class Main {
  private Main() {}

  /** Arguments: see {@code benchmarks/run --help}. Exits with 2 if they are wrong. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      run(Options.parse(List.of(arguments)));
    } catch (IllegalArgumentException e) {
      System.err.println("run: " + e.getMessage() + " (see --help)");
      System.exit(2);
    }
  }

  private static void run(Options options) throws IOException, InterruptedException {
    Path folder = Path.of(System.getProperty("benchmarks.folder", "."));
    Path built = Path.of(System.getProperty("benchmarks.programs", "programs"));
    Corpus corpus =
        Corpus.read(folder.resolve("corpus.txt"), built, title -> options.only().matcher(title).find());
    if (corpus.programs().isEmpty()) {
      throw new IllegalArgumentException("no program has a title that contains " + options.only());
    }
    for (String title : corpus.missing()) {
      System.err.println("run: " + title + " is not built");
    }
    Path scratch = Files.createTempDirectory("gatun-benchmarks");
    Execution execution = new Execution(scratch, options.limit());
    String classPath = System.getProperty("java.class.path");
    Contenders contenders = new Contenders(folder, classPath);
    if (!options.compare().isEmpty()) {
      compare(options, corpus.programs(), contenders, execution, classPath);
      return;
    }
    for (String engine : options.engines()) {
      contenders.find(engine);
    }
    for (String line : contenders.missing()) {
      System.err.println("run: " + line);
    }
    String load = Host.load();
    Results results = new Rounds(contenders.found(), execution, options.rounds()).run(corpus.programs());
    Report report = new Report(corpus, contenders.found(), contenders.missing(), results, options, load);
    report.write();
  }

  private static void compare(
      Options options, List<Program> programs, Contenders contenders, Execution execution, String classPath)
      throws IOException, InterruptedException {
    String own = File.pathSeparator + classPath;
    Contender old = contenders.gatun("old", "old", options.compare().getFirst() + own);
    Contender changed = contenders.gatun("new", "new", options.compare().getLast() + own);
    List<Contender> both = List.of(old, changed);
    Results results = new Rounds(both, execution, options.rounds()).run(programs);
    System.out.print(Comparison.table(programs, old, changed, results));
  }
}

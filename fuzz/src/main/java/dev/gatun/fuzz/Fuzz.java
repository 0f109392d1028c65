package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.Generator;
import dev.gatun.fuzz.generate.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The main class of {@code ci/fuzz}: lets workers try modules for some minutes, and prints what was covered and found.
 * Ends with 1 if something was found.
 */
public final class Fuzz {
  /** How JVMs are started, in turns: each must agree with V8. */
  private final List<List<String>> variants;

  /** How long a JVM is used at least before the next variant takes its turn: the longer, the warmer it gets. */
  private static final long LEAST_SLICE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** Batches that take longer are made smaller. */
  private static final long LONG_BATCH_NANOS = TimeUnit.SECONDS.toNanos(4);

  /** Findings that look the same of which each is shown: they may have different causes. */
  private static final int MOST_ALIKE = 4;

  private final Options options;
  private final long end;
  private final long sliceNanos;
  private long next;
  private final Tally tally = new Tally();
  private final Coverage coverage = new Coverage();
  private final Map<String, Integer> signatures = new HashMap<>();
  private int findings;

  private Fuzz(Options options) throws IOException {
    this.options = options;
    // Without the features of the processor that code can do without.
    String without = options.architecture().equals("aarch64") ? "-atomics" : "-avx,-bmi1,-bmi2,-lzcnt";
    variants =
        List.of(
            List.of(),
            List.of("-Dgatun.cpu=" + without),
            List.of("-Dgatun.gc.stress=true", "-Dgatun.paranoid=true", "-Dgatun.wasi.walk=true"));
    next = options.seed;
    long nanos = (long) (options.minutes * TimeUnit.MINUTES.toNanos(1));
    end = System.nanoTime() + nanos;
    sliceNanos = Math.max(LEAST_SLICE_NANOS, nanos / (2L * variants.size()));
  }

  /** Runs the fuzzer; see {@link Options#USAGE}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException wrong) {
      System.err.println("fuzz: " + wrong.getMessage() + "\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    Files.createDirectories(options.folder);
    if (options.oneCase != null || options.module != null) {
      System.exit(Replay.run(options) ? 1 : 0);
    }
    Fuzz fuzz = new Fuzz(options);
    fuzz.run();
    System.exit(fuzz.findings == 0 ? 0 : 1);
  }

  private void run() throws InterruptedException {
    System.out.println("fuzz: seed " + options.seed + ", " + options.minutes + " minutes, " + options.jobs
        + " jobs, generators " + String.join(",", options.generators)
        + (options.node == null ? ", without V8" : ""));
    List<Thread> jobs = new ArrayList<>();
    for (int job = 0; job < options.jobs; job++) {
      int number = job;
      Thread thread = new Thread(() -> work(number), "job " + job);
      thread.start();
      jobs.add(thread);
    }
    for (Thread job : jobs) {
      job.join();
    }
    summary();
  }

  private void summary() {
    List<String> missing = coverage.missing();
    System.out.println("fuzz: " + tally.modules + " modules, " + tally.executed + " executed, "
        + (Coverage.all() - missing.size()) + " of " + Coverage.all() + " instructions seen, " + tally.compared
        + " endings compared with V8, " + tally.skipped + " modules not compared, " + findings + " findings");
    if (!missing.isEmpty()) {
      System.out.println("fuzz: never seen: " + String.join(" ", missing));
    }
  }

  /** The seeds of a batch: no two batches have one in common. */
  private synchronized long take(int count) {
    long first = next;
    next += count;
    return first;
  }

  private void work(int job) {
    try {
      for (int slice = job; System.nanoTime() < end; slice++) {
        slice(job, slice);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("job " + job + " has failed", e);
    }
  }

  private void slice(int job, int slice) throws IOException, InterruptedException {
    List<String> variant = variants.get(slice % variants.size());
    Map<String, Generator> generators = Generators.all();
    long sliceEnd = Math.min(end, System.nanoTime() + sliceNanos);
    try (WorkerProcess worker =
        new WorkerProcess(options.java, options.folder.resolve("job" + job).toAbsolutePath(), variant, options.node)) {
      // A cold JVM is slow, and an emulated one stays so.
      int part = 8;
      for (int turn = slice; System.nanoTime() < sliceEnd; turn++) {
        String name = options.generators.get(turn % options.generators.size());
        int count = Math.max(1, Objects.requireNonNull(generators.get(name)).batch() / part);
        long start = System.nanoTime();
        WorkerProcess.Death death = worker.batch(name, take(count), count, line -> told(line, variant));
        if (death != null) {
          found(death.at().split(" ")[0], death.at() + ": " + death.how(), variant);
          return;
        }
        long nanos = System.nanoTime() - start;
        if (nanos > LONG_BATCH_NANOS) {
          part = Math.min(64, 2 * part);
        } else if (nanos < LONG_BATCH_NANOS / 4) {
          part = Math.max(1, part / 2);
        }
      }
    }
  }

  private synchronized void told(String line, List<String> variant) throws IOException {
    int blank = line.indexOf(' ');
    String rest = line.substring(blank + 1);
    switch (line.substring(0, Math.max(blank, 0))) {
      case "tally" -> tally.add(Tally.parse(rest));
      case "coverage" -> coverage.add(rest);
      case "finding" -> {
        String[] parts = rest.split(" ");
        found(parts[0], new String(Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8), variant);
      }
      default -> System.out.println(line);
    }
  }

  /** Prints what is not like much that was found before, and keeps it. */
  private synchronized void found(String name, String text, List<String> variant) throws IOException {
    findings++;
    if (signatures.merge(signature(text), 1, Integer::sum) > MOST_ALIKE) {
      return;
    }
    System.out.println("FOUND " + name + (variant.isEmpty() ? "" : " with " + String.join(" ", variant)) + "\n" + text);
    System.out.println("again: " + again(variant) + " --case " + name + " --reduce");
    Path folder = Files.createDirectories(options.folder.resolve("findings"));
    Path file = folder.resolve(name.replace(':', '-') + ".txt");
    Files.writeString(file, String.join(" ", variant) + "\n" + text + "\n");
    Subject subject = Replay.subject(name);
    if (subject != null) {
      SubjectFile.write(folder, name.replace(':', '-'), subject);
    }
  }

  /** What ci/fuzz is to be called with, so that the JVM has the same options. */
  static String again(List<String> variant) {
    return (variant.isEmpty() ? "" : "GATUN_JAVA_OPTIONS='" + String.join(" ", variant) + "' ") + "ci/fuzz";
  }

  /** The beginning of a finding without its numbers: the same cause has the same, mostly. */
  static String signature(String text) {
    String first = text.lines().limit(3).reduce("", (a, b) -> a + "\n" + b);
    String normal = first.replaceAll("[0-9]+", "#");
    return normal.substring(0, Math.min(200, normal.length()));
  }
}

package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.Generator;
import dev.gatun.fuzz.generate.Subject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a child JVM: {@code Worker FOLDER [NODE]}. Reads lines {@code GENERATOR FIRST COUNT} and tries as
 * many modules, or {@code file FILE} and tries that one; prints a line for each finding ({@code finding NAME TEXT}, the
 * text in Base64), and at the end of each batch {@code tally} and {@code coverage}. What is being tried stands in
 * FOLDER/journal.
 */
final class Worker {
  private static final int V8_BATCH = 100;

  private record Pending(String name, Subject subject, List<String> lines, List<String> commands) {}

  private final Map<String, Generator> generators = Generators.all();
  private final Path folder;
  private final @Nullable Path node;
  private final Journal journal;
  private final Trial trial;
  private @Nullable V8 v8;
  private Tally tally = new Tally();
  private Coverage coverage = new Coverage();
  private final List<Pending> pending = new ArrayList<>();

  private Worker(Path folder, @Nullable Path node) throws IOException {
    this.folder = folder;
    this.node = node;
    journal = new Journal(folder.resolve("journal"));
    trial = new Trial(folder, journal::note);
  }

  public static void main(String[] args) throws IOException {
    Worker worker = new Worker(Path.of(args[0]), args.length > 1 ? Path.of(args[1]) : null);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("file")) {
        worker.file(Path.of(line.substring("file ".length())));
      } else {
        worker.batch(words[0], Long.parseLong(words[1]), Integer.parseInt(words[2]));
      }
    }
    worker.close();
  }

  private void close() {
    if (v8 != null) {
      v8.close();
    }
    trial.close();
  }

  private void batch(String name, long first, int count) throws IOException {
    Generator generator = generators.get(name);
    if (generator == null) {
      throw new IllegalArgumentException("no generator is called " + name + "; there are " + generators.keySet());
    }
    for (long seed = first; seed < first + count; seed++) {
      one(name + ":" + seed, generator, seed);
      if (pending.size() == V8_BATCH) {
        compare();
      }
    }
    compare();
    System.out.println("coverage " + coverage);
    System.out.println("tally " + tally);
    tally = new Tally();
    coverage = new Coverage();
  }

  /** Tries the module of a file. */
  private void file(Path file) throws IOException {
    if (v8 == null && node != null) {
      v8 = new V8(node, folder);
    }
    String finding = trial.findings(file.toString(), SubjectFile.read(file), v8);
    if (finding != null) {
      report("file", finding);
    }
    System.out.println("tally " + tally);
  }

  /** The text of a line that {@link #report} has printed. */
  static String decoded(String line) {
    return new String(Base64.getDecoder().decode(line.split(" ")[2]), StandardCharsets.UTF_8);
  }

  private void one(String name, Generator generator, long seed) {
    journal.note(name + " generate");
    Subject subject = generator.generate(seed);
    tally.modules++;
    Trial.Ending ending = trial.run(name, subject);
    if (ending.finding() != null) {
      report(name, ending.finding());
      return;
    }
    boolean deterministic = subject.kind() == Subject.Kind.DETERMINISTIC;
    if (ending.lines().isEmpty() || deterministic || ending.lines().get(0).equals("valid")) {
      tally.executed++;
      coverage.add(subject.wasm());
    }
    if (deterministic && seed % 4 == 0) {
      String finding = trial.throughText(name, subject.wasm(), seed % 8 == 0);
      if (finding != null) {
        report(name, finding);
      }
    }
    List<String> commands = node == null ? List.of() : Trial.commands(subject);
    if (commands.isEmpty()) {
      tally.skipped++;
    } else {
      pending.add(new Pending(name, subject, ending.lines(), commands));
    }
  }

  private static void report(String name, String text) {
    System.out.println(
        "finding " + name + " " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Compares what is pending with V8. */
  private void compare() throws IOException {
    if (pending.isEmpty() || node == null) {
      return;
    }
    journal.note(pending.getFirst().name() + " to " + pending.getLast().name() + " in V8");
    List<String> commands = new ArrayList<>();
    for (Pending one : pending) {
      commands.addAll(one.commands());
    }
    if (v8 == null) {
      v8 = new V8(node, folder);
    }
    List<String> answers = v8.answers(commands);
    if (answers == null) {
      System.err.println("V8 has ended between " + pending.getFirst().name() + " and " + pending.getLast().name()
          + ": " + v8.errors());
      tally.skipped += pending.size();
      v8.close();
      v8 = null;
    } else {
      int from = 0;
      for (Pending one : pending) {
        int to = from + one.commands().size();
        Agreement.Result result = Trial.compare(one.subject(), one.lines(), answers.subList(from, to));
        tally.compared += result.compared();
        if (result.difference() != null) {
          report(one.name(), result.difference());
        }
        from = to;
      }
    }
    pending.clear();
  }
}

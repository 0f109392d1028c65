package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.Generator;
import dev.gatun.fuzz.generate.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tries a single module again, and makes it small: in this JVM, or, if it ends the JVM, in others. */
final class Replay {
  private static final int REDUCE_SECONDS = 120;

  private Replay() {}

  /** The module of a name {@code GENERATOR:SEED}, or null if it names none. */
  static @Nullable Subject subject(String name) {
    int colon = name.indexOf(':');
    Generator generator = colon < 0 ? null : Generators.all().get(name.substring(0, colon));
    return generator == null ? null : generator.generate(Long.parseLong(name.substring(colon + 1)));
  }

  /** Tries what the options name; whether something was found. */
  static boolean run(Options options) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(options.folder.resolve("replay").toAbsolutePath());
    String name = options.oneCase != null ? options.oneCase : Objects.requireNonNull(options.module).toString();
    Subject subject = options.oneCase != null ? subject(name) : SubjectFile.read(Path.of(name));
    if (subject == null) {
      throw new IllegalArgumentException("no case is called " + name + ": must be GENERATOR:SEED");
    }
    Files.write(folder.resolve("module.wasm"), subject.wasm());
    String finding = apart(options, folder, subject);
    System.out.println(finding == null ? "nothing found" : finding);
    System.out.println("the module is " + SubjectFile.write(folder, "module", subject));
    if (finding != null && options.reduce) {
      reduce(options, folder, subject, finding);
    }
    return finding != null;
  }

  private static void reduce(Options options, Path folder, Subject subject, String finding)
      throws IOException, InterruptedException {
    String wanted = Fuzz.signature(finding);
    Subject small;
    if (finding.startsWith("the JVM ended")) {
      small = new Reducer(subject, candidate -> {
        String found = apartUnchecked(options, folder, candidate);
        return found != null && Fuzz.signature(found).equals(wanted);
      }, REDUCE_SECONDS).reduce();
    } else {
      try (Trial trial = new Trial(folder, step -> { });
          V8 v8 = options.node == null ? null : new V8(options.node, folder)) {
        small = new Reducer(subject, candidate -> {
          String found = trial.findings("reduced", candidate, v8);
          return found != null && Fuzz.signature(found).equals(wanted);
        }, REDUCE_SECONDS).reduce();
      }
    }
    Path file = SubjectFile.write(folder, "reduced", small);
    System.out.println("reduced to " + small.wasm().length + " bytes: " + file);
    if (file.toString().endsWith(".wat")) {
      System.out.println(Files.readString(file));
    }
    System.out.println("again: ci/fuzz --module " + file);
  }

  private static @Nullable String apartUnchecked(Options options, Path folder, Subject subject) throws IOException {
    try {
      return apart(options, folder, subject);
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  /** What is found when a JVM of its own tries a module, with this one's options; null if nothing. */
  private static @Nullable String apart(Options options, Path folder, Subject subject)
      throws IOException, InterruptedException {
    Path file = SubjectFile.write(folder, "candidate", subject);
    StringBuilder found = new StringBuilder();
    try (WorkerProcess worker = new WorkerProcess(options.java, folder, jvmOptions(), options.node)) {
      WorkerProcess.Death death = worker.file(file, line -> {
        if (line.startsWith("finding ")) {
          found.append(Worker.decoded(line));
        }
      });
      return death != null ? death.how() : found.isEmpty() ? null : found.toString();
    }
  }

  /** The properties of this JVM that say how Gatun works. */
  private static List<String> jvmOptions() {
    return System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("gatun."))
        .map(name -> "-D" + name + "=" + System.getProperty(name))
        .toList();
  }
}

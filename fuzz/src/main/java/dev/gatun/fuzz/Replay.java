package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.Generator;
import dev.gatun.fuzz.generate.Subject;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tries a single module again, in this JVM. */
final class Replay {
  private Replay() {}

  /** The module of a name {@code GENERATOR:SEED}, or null if it names none. */
  static @Nullable Subject subject(String name) {
    int colon = name.indexOf(':');
    Generator generator = colon < 0 ? null : Generators.all().get(name.substring(0, colon));
    return generator == null ? null : generator.generate(Long.parseLong(name.substring(colon + 1)));
  }

  /** A module of a file; one that exports functions without parameters has them called. */
  static Subject read(Path file) throws IOException {
    byte[] wasm =
        file.toString().endsWith(".wat") ? TextFormat.parse(Files.readString(file)) : Files.readAllBytes(file);
    return new Subject(wasm, Set.of(), List.of(), Subject.Kind.ARBITRARY);
  }

  /** Tries what the options name; whether something was found. */
  static boolean run(Options options) throws IOException {
    Path folder = Files.createDirectories(options.folder.resolve("replay").toAbsolutePath());
    String name = options.oneCase != null ? options.oneCase : Objects.requireNonNull(options.module).toString();
    Subject subject = options.oneCase != null ? subject(name) : read(Path.of(name));
    if (subject == null) {
      throw new IllegalArgumentException("no case is called " + name + ": must be GENERATOR:SEED");
    }
    Files.write(folder.resolve("module.wasm"), subject.wasm());
    Journal journal = new Journal(folder.resolve("journal"));
    try (Trial trial = new Trial(folder, journal::note);
        V8 v8 = options.node == null ? null : new V8(options.node, folder)) {
      String finding = trial.findings(name, subject, v8);
      System.out.println(finding == null ? "nothing found" : finding);
      System.out.println("the module is " + folder.resolve("module.wasm"));
      return finding != null;
    }
  }
}

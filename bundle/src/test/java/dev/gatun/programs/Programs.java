package dev.gatun.programs;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the programs are: {@code -Dgatun.programs} names the folder of the C programs, {@code -Dgatun.python} CPython's
 * file; else they are looked for in the cache folder that the scripts fill. A test whose program is absent is skipped,
 * and says so.
 */
final class Programs {
  private Programs() {}

  /** The file of a compiled C program, e.g. {@code hello}. */
  static Path c(String name) {
    String folder = System.getProperty("gatun.programs");
    return present((folder == null ? cache() : Path.of(folder)).resolve(name + ".wasm"), "ci/build-test-programs");
  }

  /** CPython. */
  static Path python() {
    String file = System.getProperty("gatun.python");
    return present(file == null ? cache().resolve("python.wasm") : Path.of(file), "ci/fetch-python");
  }

  /** The folder of CPython's own tests. */
  static Path pythonTests() {
    return present(cache().resolveSibling("python-tests"), "ci/fetch-python-tests");
  }

  private static Path cache() {
    @Nullable String base = System.getenv("XDG_CACHE_HOME");
    Path folder = base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
    return folder.resolve("gatun").resolve("test-programs");
  }

  private static Path present(Path program, String script) {
    if (!Files.exists(program)) {
      String reason = program + " is absent: run " + script;
      System.out.println("SKIPPED: " + reason);
      abort(reason);
    }
    return program;
  }
}

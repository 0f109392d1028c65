package dev.gatun.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Programs and suites that are no part of the project: scripts in {@code ci} put them into a cache folder of the user.
 * A test whose file is absent is skipped, and says so.
 */
public final class CachedFiles {
  private CachedFiles() {}

  /** A file or folder in the cache, whether it is there or not. */
  public static Path path(String name) {
    String base = System.getenv("XDG_CACHE_HOME");
    Path cache = base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
    return cache.resolve("gatun").resolve(name);
  }

  /**
   * A file or folder that a system property names, or else one in the cache. Skips the test if it is not there.
   *
   * @param script what puts it there, e.g. {@code ci/fetch-python}
   */
  public static Path find(String property, String name, String script) {
    String named = System.getProperty(property);
    return require(named == null ? path(name) : Path.of(named), script);
  }

  /** A file or folder, if it is there; else skips the test. */
  public static Path require(Path file, String script) {
    if (!Files.exists(file)) {
      String reason = file + " is absent: run " + script;
      System.out.println("SKIPPED: " + reason);
      abort(reason);
    }
    return file;
  }
}

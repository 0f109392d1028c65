package dev.gatun.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The programs that some examples run: where the scripts in {@code ci/} put what they fetch. */
public final class Programs {
  private Programs() {}

  /** A program by its file name, e.g. {@code python.wasm}; empty if it has not been fetched. */
  public static Optional<Path> find(String name) {
    String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
    Path file = Path.of(cache, "gatun", "test-programs", name);
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  /**
   * CPython.
   *
   * @throws IllegalStateException if it has not been fetched
   */
  public static Path python() {
    return find("python.wasm").orElseThrow(() -> new IllegalStateException("no python.wasm: run ci/fetch-python"));
  }
}

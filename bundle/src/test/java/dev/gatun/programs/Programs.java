package dev.gatun.programs;

import dev.gatun.testing.CachedFiles;
import java.nio.file.Path;

/**
 * Where the programs are: {@code -Dgatun.programs} names the folder of the C programs, {@code -Dgatun.python} CPython's
 * file; else they are looked for in the cache folder that the scripts fill.
 */
final class Programs {
  private Programs() {}

  /** The file of a program that was compiled from C or another language, e.g. {@code hello}. */
  static Path c(String name) {
    String folder = System.getProperty("gatun.programs");
    Path programs = folder == null ? CachedFiles.path("test-programs") : Path.of(folder);
    return CachedFiles.require(programs.resolve(name + ".wasm"), "ci/build-test-programs");
  }

  /** CPython. */
  static Path python() {
    return CachedFiles.find("gatun.python", "test-programs/python.wasm", "ci/fetch-python");
  }

  /** The folder of CPython's own tests. */
  static Path pythonTests() {
    return CachedFiles.require(CachedFiles.path("python-tests"), "ci/fetch-python-tests");
  }
}

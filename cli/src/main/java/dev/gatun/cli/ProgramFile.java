package dev.gatun.cli;

import dev.gatun.cli.npm.NpmPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** FILE on the command line: a path, or something that is fetched first. */
final class ProgramFile {
  private static final String NPM = "npm:";

  private ProgramFile() {}

  /**
   * Finds a program.
   *
   * @throws IOException if it is not there and can't be fetched
   */
  static Path locate(String name) throws IOException {
    if (name.startsWith(NPM)) {
      return NpmPackages.ofUser().fetch(name.substring(NPM.length()));
    }
    Path path = Path.of(name);
    if (!Files.isRegularFile(path)) {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(name);
      }
      if (Files.isDirectory(path)) {
        throw new IOException("a directory; expected a WebAssembly module");
      }
    }
    return path;
  }
}

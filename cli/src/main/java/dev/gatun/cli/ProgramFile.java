package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.cli.npm.NpmPackages;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  /**
   * Compiles a program in the binary or the text format.
   *
   * @throws IOException if it can't be read
   * @throws dev.gatun.RejectedModuleException if it is no module
   */
  static Module compile(Engine engine, Path path) throws IOException {
    return engine.compile(path);
  }

  /** The binary format of a module in either: that starts with a zero byte, and a text never has one. */
  static byte[] binary(byte[] bytes) {
    boolean isText = bytes.length > 0 && (bytes[0] == '(' || bytes[0] == ';' || Character.isWhitespace(bytes[0]));
    return isText ? TextFormat.parse(new String(bytes, StandardCharsets.UTF_8)) : bytes;
  }
}

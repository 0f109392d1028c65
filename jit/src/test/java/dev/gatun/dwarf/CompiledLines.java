package dev.gatun.dwarf;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The program lines.c, compiled where it is needed: only a compiler knows how one writes DWARF. */
final class CompiledLines {
  private CompiledLines() {}

  /** Compiles it into a folder, with an optimization level and a version of DWARF. */
  static Path lines(Path folder, char level, int version) throws IOException, InterruptedException {
    Path file = folder.resolve("lines-" + level + "-" + version + ".wasm");
    // In two steps: asked to link with -O, clang runs wasm-opt if there is one, which empties the line tables.
    String object = folder.resolve("lines.o").toString();
    List<String> clang =
        List.of(
            "clang", "--target=wasm32", "-gdwarf-" + version, "-O" + level, "-c", "-o", object, "src/test/c/lines.c");
    List<String> linker = List.of("wasm-ld", "--no-entry", "--export-all", "-o", file.toString(), object);
    if (run(folder, clang) == null || run(folder, linker) == null) {
      return skip("clang or wasm-ld is missing (Debian's packages clang and lld)");
    }
    return file;
  }

  static Path skip(String reason) {
    System.out.println("SKIPPED: " + reason);
    return abort(reason);
  }

  /** What a command prints, by way of a file in a folder; null if it fails or is missing. */
  static @Nullable String run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Process process;
    try {
      process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectErrorStream(true).start();
    } catch (IOException missing) {
      return null;
    }
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), command.get(0) + " does not end");
    return process.exitValue() == 0 ? Files.readString(out) : null;
  }
}

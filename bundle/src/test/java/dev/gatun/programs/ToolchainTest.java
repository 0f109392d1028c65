package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that use what their languages' libraries make of WASI, function by function. */
class ToolchainTest {
  private static final Engine ENGINE = Engine.create();

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** With openat2, and with the walk that replaces it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void functionsAndErrorsAreThoseThatCExpects(boolean walk) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path fixed = Files.createDirectory(folder.resolve("fixed"));
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(fixed.resolve("kept"), "kept");
    System.setProperty("gatun.wasi.walk", String.valueOf(walk));
    try (Module module = ENGINE.compile(Programs.c("posix"))) {
      Run run =
          new Run("posix")
              .env("NAME", "value")
              .stdin("input")
              .directory(data, "/data", false)
              .directory(fixed, "/fixed", true)
              .directory(other, "/other", false);
      assertEquals(0, run.of(module), run.toString());
      assertTrue(run.out().endsWith(" checks, 0 failures\n"), run.out());
    } finally {
      System.clearProperty("gatun.wasi.walk");
    }
    assertEquals("kept", Files.readString(fixed.resolve("kept")));
    for (Path empty : List.of(data, other)) {
      try (var files = Files.list(empty)) {
        assertFalse(files.findAny().isPresent());
      }
    }
  }

  @Test
  void theLibraryOfRustWorks() throws IOException {
    try (Module module = ENGINE.compile(Programs.c("rust"))) {
      Run run =
          new Run("rust", "one", "zwei \u00e4").env("NAME", "value").stdin("1\n41\n").directory(folder, "/data", false);
      assertEquals(7, run.of(module), run.toString());
      assertEquals("42\n", run.out());
      assertEquals("done\n", run.err());
    }
  }

  @Test
  void theLibraryOfCPlusPlusWorks() throws IOException {
    Files.writeString(folder.resolve("in"), "b a b c\na b\n");
    try (Module module = ENGINE.compile(Programs.c("cpp"))) {
      Run run = new Run("words", "/data/in", "/data/out").directory(folder, "/data", false);
      assertEquals(0, run.of(module), run.toString());
      assertEquals("b=3 a=2 c=1 \n", run.out());
    }
    assertEquals("3", Files.readString(folder.resolve("out")));
  }
}

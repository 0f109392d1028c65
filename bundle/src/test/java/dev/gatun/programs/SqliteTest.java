package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's speedtest1, which adds up what it reads. */
class SqliteTest {
  private static final String HASH = "Verification Hash: ";

  private static String hash(Module module, Run run) throws IOException {
    assertEquals(0, run.of(module), run.toString());
    int at = run.out().indexOf(HASH);
    assertTrue(at >= 0, run::toString);
    return run.out().substring(at + HASH.length()).strip();
  }

  @Test
  void aFileHoldsWhatMemoryHolds(@TempDir Path folder) throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    try (Engine engine = Engine.create();
        Module module = engine.compile(Programs.c("sqlite"))) {
      String inMemory = hash(module, new Run("sqlite", "--size", "2", "--verify", "--memdb"));
      String inFile =
          hash(
              module,
              new Run("sqlite", "--size", "2", "--verify", "/data/test.db")
                  .directory(folder, "/data", false)
                  .directory(temporary, "/tmp", false));
      assertEquals(inMemory, inFile);
    }
    assertTrue(Files.size(folder.resolve("test.db")) > 10_000);
  }
}

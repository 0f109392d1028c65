package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir private Path folder;

  private Corpus read(String table, String only) throws IOException {
    Path file = Files.writeString(folder.resolve("corpus.txt"), table);
    return Corpus.read(file, folder, title -> title.contains(only));
  }

  @Test
  void aLineIsAProgram() throws IOException {
    Files.createFile(folder.resolve("lua.wasm"));
    Path script = Files.createFile(folder.resolve("mix.lua"));
    Corpus corpus = read("# a comment\n\nreal mix lua mix.lua -e 1\nc sieve sieve -\n", "");
    Program expected = new Program("real", "mix", folder.resolve("lua.wasm"), null, script, List.of("-e", "1"));
    assertEquals(List.of(expected), corpus.programs());
    assertEquals(List.of("c/sieve"), corpus.missing());
    assertTrue(expected.eager());
  }

  @Test
  void othersAreNotAskedFor() throws IOException {
    Files.createFile(folder.resolve("python.wasm"));
    Corpus corpus = read("python calls python -\nc sieve sieve -\n", "python/");
    assertEquals(List.of(), corpus.missing());
    assertFalse(corpus.programs().getFirst().eager());
  }

  @Test
  void aWrongLineIsNamed() {
    IOException wrong = assertThrows(IOException.class, () -> read("c sieve\n", ""));
    assertTrue(wrong.getMessage().contains("corpus.txt:1: "), wrong.getMessage());
    wrong = assertThrows(IOException.class, () -> read("c a b nothing.txt\n", ""));
    assertTrue(wrong.getMessage().contains("there is no file"), wrong.getMessage());
  }
}

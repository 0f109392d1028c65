package dev.gatun.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.fuzz.generate.Generator;
import dev.gatun.fuzz.generate.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What generators make is the same each time, is what they say it is, and reaches every instruction. */
final class GeneratorsTest {
  private static final int STRUCTURED = 150;

  @TempDir Path folder;

  private static Generator generator(String name) {
    return Objects.requireNonNull(Generators.all().get(name));
  }

  @Test
  void theSameSeedGivesTheSameModule() {
    for (Generator generator : Generators.all().values()) {
      for (long seed = 0; seed < 5; seed++) {
        Subject first = generator.generate(seed);
        Subject second = generator.generate(seed);
        assertArrayEquals(first.wasm(), second.wasm(), generator.name());
        assertEquals(first.calls(), second.calls(), generator.name());
      }
    }
  }

  @Test
  void everyGeneratorRunsWithoutFinding() throws IOException {
    try (Trial trial = new Trial(folder, step -> { })) {
      for (Generator generator : Generators.all().values()) {
        for (long seed = 0; seed < 10; seed++) {
          String name = generator.name() + ":" + seed;
          assertNull(trial.findings(name, generator.generate(seed), null), name);
        }
      }
    }
  }

  @Test
  void structuredModulesEndAndReachEverything() {
    Coverage coverage = new Coverage();
    int returned = 0;
    int trapped = 0;
    try (Trial trial = new Trial(folder, step -> { })) {
      for (long seed = 0; seed < STRUCTURED; seed++) {
        Subject subject = generator("structured").generate(seed);
        Trial.Ending ending = trial.run("structured:" + seed, subject);
        assertNull(ending.finding(), "structured:" + seed);
        coverage.add(subject.wasm());
        for (String line : ending.lines()) {
          returned += line.startsWith("returned") ? 1 : 0;
          trapped += line.startsWith("trap") ? 1 : 0;
        }
      }
    }
    // Were all to trap at once, nothing would be compared.
    assertTrue(returned > 2 * STRUCTURED && trapped > STRUCTURED / 2, returned + " returned, " + trapped + " traps");
    List<String> missing = coverage.missing();
    assertTrue(missing.size() < Coverage.all() / 20, () -> "not reached: " + missing);
  }
}

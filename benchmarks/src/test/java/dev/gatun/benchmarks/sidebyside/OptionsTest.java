package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void whatIsGivenCounts() {
    Options options = Options.parse(List.of("--rounds", "3", "--engines", "gatun,v8", "--only", "^c/", "--limit", "9"));
    assertEquals(3, options.rounds());
    assertEquals(9, options.limit());
    assertEquals(List.of("gatun", "v8"), options.engines());
    assertTrue(options.only().matcher("c/sieve").find());
    assertEquals(List.of("old", "new"), Options.parse(List.of("--compare", "old", "new")).compare());
  }

  @Test
  void whatIsWrongIsNamed() {
    for (List<String> wrong : List.of(List.of("--rounds", "0"), List.of("--rounds"), List.of("--fast"))) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Options.parse(wrong));
      assertTrue(e.getMessage().contains(wrong.getFirst()), e.getMessage());
    }
  }
}

package dev.gatun.benchmarks.sidebyside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {
  @Test
  void numbersStandAtTheRight() {
    MarkdownTable table = new MarkdownTable(List.of("program", "Gatun"));
    table.row(List.of("a|b", "1.5"));
    assertEquals("| program | Gatun |\n|---|---:|\n| a\\|b | 1.5 |\n", table.toString());
  }

  @Test
  void aRowHasAllColumns() {
    MarkdownTable table = new MarkdownTable(List.of("program", "Gatun"));
    assertThrows(IllegalArgumentException.class, () -> table.row(List.of("a")));
  }
}

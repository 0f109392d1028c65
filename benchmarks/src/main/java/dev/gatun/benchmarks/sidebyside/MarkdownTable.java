package dev.gatun.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown: texts in the first column, numbers in the others. */
public final class MarkdownTable {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with the columns' titles. */
  public MarkdownTable(List<String> header) {
    this.header = List.copyOf(header);
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not as many cells as the header
   */
  public void row(List<String> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException(cells.size() + " cells for " + header.size() + " columns: " + cells);
    }
    rows.add(List.copyOf(cells));
  }

  /** The text, with a line for each row. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    line(text, header);
    text.append("|---|").append("---:|".repeat(header.size() - 1)).append('\n');
    for (List<String> row : rows) {
      line(text, row);
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|")).append(' ');
    }
    text.append("|\n");
  }
}

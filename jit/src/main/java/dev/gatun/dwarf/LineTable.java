package dev.gatun.dwarf;

import org.jspecify.annotations.Nullable;

/** Which line the code comes from: the rows that a line program has made, by address. */
final class LineTable {
  private final LineHeader header;

  /** By sequence, sorted by address: the number of its first row in the arrays, and what comes after the last. */
  private final AddressRanges sequences;

  private final int[] firstRow;
  private final int[] rows;
  private final int[] address;
  private final int[] file;
  private final int[] line;
  private final char[] column;

  LineTable(
      LineHeader header,
      AddressRanges sequences,
      int[] firstRow,
      int[] rows,
      int[] address,
      int[] file,
      int[] line,
      char[] column) {
    this.header = header;
    this.sequences = sequences;
    this.firstRow = firstRow;
    this.rows = rows;
    this.address = address;
    this.file = file;
    this.line = line;
    this.column = column;
  }

  /** The row for an offset in the code, or -1. */
  int find(int offset) {
    int sequence = sequences.find(offset);
    if (sequence < 0) {
      return -1;
    }
    int from = firstRow[sequence];
    int to = from + rows[sequence];
    // The last of the rows that do not begin after the offset.
    while (from < to) {
      int middle = from + to >>> 1;
      if (address[middle] <= offset) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from - 1;
  }

  /** Number of a row's file. */
  int file(int row) {
    return file[row];
  }

  /** Line of a row, or 0. */
  int line(int row) {
    return line[row];
  }

  /** Column of a row, or 0. */
  int column(int row) {
    return column[row];
  }

  /** Path of a file by its number; null if there is no such file. */
  @Nullable String path(int number) {
    return header.path(number);
  }
}

package dev.gatun.dwarf;

import java.util.Arrays;

/** Runs a line program: a small machine that makes the rows of a {@link LineTable} (DWARF 5, section 6.2). */
final class LineProgram {
  private static final int EXTENDED = 0;
  private static final int COPY = 1;
  private static final int ADVANCE_PC = 2;
  private static final int ADVANCE_LINE = 3;
  private static final int SET_FILE = 4;
  private static final int SET_COLUMN = 5;
  private static final int NEGATE_STMT = 6;
  private static final int SET_BASIC_BLOCK = 7;
  private static final int CONST_ADD_PC = 8;
  private static final int FIXED_ADVANCE_PC = 9;
  private static final int SET_PROLOGUE_END = 10;
  private static final int SET_EPILOGUE_BEGIN = 11;
  private static final int SET_ISA = 12;

  private static final int END_SEQUENCE = 1;
  private static final int SET_ADDRESS = 2;
  private static final int DEFINE_FILE = 3;

  private final DataReader reader;
  private final LineHeader header;
  private final Allowance allowance;
  private final int codeSize;
  private final AddressRanges sequences;

  private int[] firstRow = new int[16];
  private int[] rowCount = new int[16];
  private int sequenceCount;

  private int[] addresses = new int[256];
  private int[] files = new int[256];
  private int[] lines = new int[256];
  private char[] columns = new char[256];
  private int rows;

  private long address;
  private int file;
  private int line;
  private int column;

  /** Where the sequence's rows begin, and whether they are in order so far. */
  private int start;

  private boolean isSound;

  private LineProgram(DataReader reader, Unit unit, int codeSize) {
    this.reader = reader;
    this.header = new LineHeader(reader, unit);
    this.allowance = unit.allowance();
    this.codeSize = codeSize;
    this.sequences = new AddressRanges(codeSize, allowance);
  }

  /** Runs the program that a reader is at. */
  static LineTable run(DataReader reader, Unit unit, int codeSize) {
    LineProgram program = new LineProgram(reader, unit, codeSize);
    program.begin();
    while (!reader.atEnd()) {
      program.instruction();
    }
    return program.table();
  }

  private LineTable table() {
    sequences.sort();
    allowance.keep(8L * sequenceCount);
    return new LineTable(
        header,
        sequences,
        Arrays.copyOf(firstRow, sequenceCount),
        Arrays.copyOf(rowCount, sequenceCount),
        Arrays.copyOf(addresses, rows),
        Arrays.copyOf(files, rows),
        Arrays.copyOf(lines, rows),
        Arrays.copyOf(columns, rows));
  }

  private void begin() {
    address = 0;
    file = 1;
    line = 1;
    column = 0;
    start = rows;
    isSound = true;
  }

  private void instruction() {
    allowance.step(1);
    int opcode = reader.u8();
    if (opcode >= header.opcodeBase) {
      int adjusted = opcode - header.opcodeBase;
      advance(adjusted / header.lineRange);
      line += header.lineBase + adjusted % header.lineRange;
      row();
      return;
    }
    switch (opcode) {
      case EXTENDED -> extended();
      case COPY -> row();
      case ADVANCE_PC -> advance(reader.uleb());
      case ADVANCE_LINE -> line += (int) reader.sleb();
      case SET_FILE -> file = Math.clamp(reader.uleb(), -1, Integer.MAX_VALUE);
      case SET_COLUMN -> column = Math.clamp(reader.uleb(), 0, Character.MAX_VALUE);
      case CONST_ADD_PC -> advance((255 - header.opcodeBase) / header.lineRange);
      case FIXED_ADVANCE_PC -> address += reader.u16();
      case NEGATE_STMT, SET_BASIC_BLOCK, SET_PROLOGUE_END, SET_EPILOGUE_BEGIN -> {
        // what rows are good for does not matter here
      }
      case SET_ISA -> reader.uleb();
      default -> {
        for (int i = 0; i < header.operands[opcode]; i++) {
          reader.uleb();
        }
      }
    }
  }

  private void extended() {
    long length = reader.uleb();
    int at = reader.offset();
    if (length <= 0 || length > reader.remaining()) {
      throw new MalformedDwarfException("instruction longer than its line program");
    }
    switch (reader.u8()) {
      case END_SEQUENCE -> endSequence();
      case SET_ADDRESS -> address = reader.unsigned((int) length - 1);
      case DEFINE_FILE -> {
        int name = reader.offset();
        reader.skipString();
        header.readFile(reader, name);
      }
      default -> {
        // discriminators and the like
      }
    }
    reader.seek(at + length);
  }

  private void advance(long operations) {
    address += operations * header.minInstructionLength;
  }

  private void row() {
    // Code that the linker has left out begins at the end of the address space, or at 0.
    if (address <= 0 || address > codeSize || rows > start && address < addresses[rows - 1]) {
      isSound = false;
    }
    if (!isSound) {
      return;
    }
    if (rows > start && addresses[rows - 1] == address) {
      rows--; // the last row for an address counts
    } else if (rows == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * rows);
      files = Arrays.copyOf(files, 2 * rows);
      lines = Arrays.copyOf(lines, 2 * rows);
      columns = Arrays.copyOf(columns, 2 * rows);
    }
    allowance.keep(14);
    addresses[rows] = (int) address;
    files[rows] = file;
    lines[rows] = Math.max(0, line);
    columns[rows++] = (char) column;
  }

  private void endSequence() {
    if (isSound && rows > start && address > addresses[rows - 1] && address <= codeSize) {
      if (sequenceCount == firstRow.length) {
        firstRow = Arrays.copyOf(firstRow, 2 * sequenceCount);
        rowCount = Arrays.copyOf(rowCount, 2 * sequenceCount);
      }
      firstRow[sequenceCount] = start;
      rowCount[sequenceCount] = rows - start;
      sequences.add(addresses[start], address, sequenceCount++);
    } else {
      rows = start;
    }
    begin();
  }
}

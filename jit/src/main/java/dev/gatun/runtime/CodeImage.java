package dev.gatun.runtime;

import dev.gatun.backend.HandlerTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The code of some functions of a module as it can be stored and run by another process: what belongs to it, in columns
 * with a row for each function, and apart from that one run of bytes that is position independent. Not to be changed
 * once it is built; then thread-safe.
 */
public final class CodeImage {
  /** The columns, in the order of {@link #words}. */
  private static final int FUNCTION = 0;

  private static final int CODE_OFFSET = 1;
  private static final int CODE_SIZE = 2;
  private static final int TABLE_END = 3;
  private static final int HANDLERS_END = 4;
  private static final int COLUMNS = 5;

  private final int count;
  private final int[] rows;
  private final int[] handlers;
  private final byte[] tables;
  private final int codeLength;

  /**
   * Reads an image.
   *
   * @param rows as {@link #rows}
   * @param handlers as {@link #handlerWords}
   * @param tables as {@link #tables}
   * @param codeLength bytes of all code
   */
  public CodeImage(int[] rows, int[] handlers, byte[] tables, int codeLength) {
    this.count = rows.length / COLUMNS;
    this.rows = rows;
    this.handlers = handlers;
    this.tables = tables;
    this.codeLength = codeLength;
  }

  /** Functions that it has. */
  public int count() {
    return count;
  }

  /** Words of the rows of so many functions. */
  public static int rowWords(int count) {
    return COLUMNS * count;
  }

  /** The rows as they are stored, column by column; not to be changed. */
  public int[] rows() {
    return rows;
  }

  /** The words of all {@link HandlerTable}s; not to be changed. */
  public int[] handlerWords() {
    return handlers;
  }

  /** All encoded {@link dev.gatun.backend.PcTable}s; not to be changed. */
  public byte[] tables() {
    return tables;
  }

  /** Bytes of all code, what fills it up between functions included. */
  public int codeLength() {
    return codeLength;
  }

  /** Index of the function of a row. */
  public int function(int row) {
    return rows[FUNCTION * count + row];
  }

  /** Where its code starts. */
  public int codeOffset(int row) {
    return rows[CODE_OFFSET * count + row];
  }

  /** Bytes of its code. */
  public int codeSize(int row) {
    return rows[CODE_SIZE * count + row];
  }

  private int begin(int column, int row) {
    return row == 0 ? 0 : rows[column * count + row - 1];
  }

  /** Its encoded {@link dev.gatun.backend.PcTable}. */
  public byte[] pcTable(int row) {
    return Arrays.copyOfRange(tables, begin(TABLE_END, row), rows[TABLE_END * count + row]);
  }

  /** Its handlers of exceptions. */
  public HandlerTable handlers(int row) {
    return HandlerTable.of(Arrays.copyOfRange(handlers, begin(HANDLERS_END, row), rows[HANDLERS_END * count + row]));
  }

  /** Whether all that it says is within its bounds, for a module with these defined functions. */
  public boolean isConsistent(int firstFunction, int endOfFunctions) {
    int code = 0;
    int table = 0;
    int handler = 0;
    for (int i = 0; i < count; i++) {
      int function = function(i);
      int offset = codeOffset(i);
      int size = codeSize(i);
      int tableEnd = rows[TABLE_END * count + i];
      int handlerEnd = rows[HANDLERS_END * count + i];
      if (function < firstFunction
          || function >= endOfFunctions
          || offset < code
          || size < 0
          || size > codeLength - offset
          || tableEnd < table
          || handlerEnd < handler) {
        return false;
      }
      code = offset + size;
      table = tableEnd;
      handler = handlerEnd;
    }
    return rows.length == COLUMNS * count && table == tables.length && handler == handlers.length;
  }

  /** Collects functions. Not thread-safe. */
  public static final class Builder {
    private final byte filler;
    private final int alignment;
    private int count;
    private int[][] columns = new int[COLUMNS][64];
    private int[] handlers = new int[64];
    private int handlersEnd;
    private byte[] tables = new byte[1 << 12];
    private int tablesEnd;
    private byte[] code = new byte[1 << 14];
    private int codeEnd;

    /**
     * An image without functions.
     *
     * @param filler what is between functions
     * @param alignment what the code of each starts at a multiple of, in bytes: a power of two
     */
    public Builder(byte filler, int alignment) {
      this.filler = filler;
      this.alignment = alignment;
    }

    /**
     * Adds a function.
     *
     * @throws OutOfMemoryError if there are more than 2 GiB of code or of tables
     */
    public void add(int function, MemorySegment itsCode, byte[] pcTable, HandlerTable itsHandlers) {
      int begin = (int) Math.min(CodeSpace.place(codeEnd, itsCode.byteSize(), alignment), Integer.MAX_VALUE);
      code = room(code, begin, itsCode.byteSize());
      Arrays.fill(code, codeEnd, begin, filler);
      MemorySegment.copy(itsCode, ValueLayout.JAVA_BYTE, 0, code, begin, (int) itsCode.byteSize());
      codeEnd = begin + (int) itsCode.byteSize();
      tables = room(tables, tablesEnd, pcTable.length);
      System.arraycopy(pcTable, 0, tables, tablesEnd, pcTable.length);
      tablesEnd += pcTable.length;
      int[] words = itsHandlers.words();
      if (words.length > handlers.length - handlersEnd) {
        handlers = Arrays.copyOf(handlers, Math.max(2 * handlersEnd, handlersEnd + words.length));
      }
      System.arraycopy(words, 0, handlers, handlersEnd, words.length);
      handlersEnd += words.length;
      if (count == columns[0].length) {
        for (int i = 0; i < COLUMNS; i++) {
          columns[i] = Arrays.copyOf(columns[i], 2 * count);
        }
      }
      columns[FUNCTION][count] = function;
      columns[CODE_OFFSET][count] = begin;
      columns[CODE_SIZE][count] = (int) itsCode.byteSize();
      columns[TABLE_END][count] = tablesEnd;
      columns[HANDLERS_END][count++] = handlersEnd;
    }

    private static byte[] room(byte[] array, int used, long more) {
      if (more <= array.length - used) {
        return array;
      }
      long wanted = Math.min(Math.max(2L * used, used + more), Integer.MAX_VALUE - 8);
      if (wanted < used + more) {
        throw new OutOfMemoryError("an image of more than 2 GiB of code");
      }
      return Arrays.copyOf(array, (int) wanted);
    }

    /** Functions so far. */
    public int count() {
      return count;
    }

    /** The code of the image that {@link #build} makes. */
    public MemorySegment code() {
      return MemorySegment.ofArray(code).asSlice(0, codeEnd);
    }

    /** The image. */
    public CodeImage build() {
      int[] rows = new int[COLUMNS * count];
      for (int i = 0; i < COLUMNS; i++) {
        System.arraycopy(columns[i], 0, rows, i * count, count);
      }
      return new CodeImage(
          rows, Arrays.copyOf(handlers, handlersEnd), Arrays.copyOf(tables, tablesEnd), codeEnd);
    }
  }
}

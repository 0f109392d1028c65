package dev.gatun;

/** A text that is no module in the text format (specification, chapter 6). */
public final class MalformedTextException extends RejectedModuleException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  /**
   * Creates an exception.
   *
   * @param reason what is wrong, in the words of the specification's tests where they have some
   * @param line from 1 on
   * @param column in characters, from 1 on
   */
  public MalformedTextException(String reason, int line, int column) {
    super(reason, reason + " at " + line + ":" + column);
    this.line = line;
    this.column = column;
  }

  /** The line, from 1 on. */
  public int line() {
    return line;
  }

  /** The column in the line, in characters from 1 on. */
  public int column() {
    return column;
  }
}

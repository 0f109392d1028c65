package dev.gatun;

/** The guest's tables were to get more elements than {@link Limits.Builder#tableElements}. */
public final class TableLimitException extends LimitException {
  private static final long serialVersionUID = 1L;

  TableLimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

package dev.gatun;

/** The guest has written more output than it was allowed. */
public final class OutputLimitException extends LimitException {
  private static final long serialVersionUID = 1L;

  OutputLimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

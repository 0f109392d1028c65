package dev.gatun;

/** The guest's structs, arrays and exceptions needed more than {@link Limits.Builder#heap}. */
public final class HeapLimitException extends LimitException {
  private static final long serialVersionUID = 1L;

  HeapLimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

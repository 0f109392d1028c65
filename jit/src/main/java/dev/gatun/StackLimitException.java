package dev.gatun;

/** The guest's calls were nested deeper than {@link Limits.Builder#stack} or the Java thread's stack has room for. */
public final class StackLimitException extends LimitException {
  private static final long serialVersionUID = 1L;

  StackLimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

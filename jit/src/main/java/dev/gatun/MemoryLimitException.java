package dev.gatun;

/** The guest's linear memories were to become larger than {@link Limits.Builder#memory}. */
public final class MemoryLimitException extends LimitException {
  private static final long serialVersionUID = 1L;

  MemoryLimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

package dev.gatun;

/**
 * A call took longer than {@link Limits.Builder#timeout}, or longer than until its {@link Store#deadline deadline}.
 */
public final class DeadlineException extends LimitException {
  private static final long serialVersionUID = 1L;

  DeadlineException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

package dev.gatun;

/** There were to be more instances in a store than {@link Limits.Builder#instances}. */
public final class InstanceLimitException extends LimitException {
  private static final long serialVersionUID = 1L;

  InstanceLimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

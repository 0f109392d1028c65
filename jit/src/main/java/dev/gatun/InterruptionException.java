package dev.gatun;

/**
 * A guest was ended by {@link Store#interrupt}, {@link Store#close}, or the interruption of the thread that ran it. In
 * the last case the thread's interrupt status stays set, as it does after a channel was closed by interruption.
 */
public final class InterruptionException extends Trap {
  private static final long serialVersionUID = 1L;

  InterruptionException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

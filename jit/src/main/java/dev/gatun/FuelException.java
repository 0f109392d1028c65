package dev.gatun;

/** The guest has consumed its fuel. */
public final class FuelException extends LimitException {
  private static final long serialVersionUID = 1L;

  FuelException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}

package dev.gatun;

import java.io.IOException;

/** Code that was compiled beforehand, and not for this Gatun, this processor or this engine's options. */
public final class IncompatibleCodeException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message what does not fit, and what to do
   */
  public IncompatibleCodeException(String message) {
    super(message);
  }
}

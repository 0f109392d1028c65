package dev.gatun;

import org.jspecify.annotations.Nullable;

/** All instances of a pool were leased for as long as the caller was going to wait, or until it was interrupted. */
public final class PoolExhaustedException extends WasmException {
  private static final long serialVersionUID = 1L;

  PoolExhaustedException(String message, @Nullable InterruptedException cause) {
    super(message);
    if (cause != null) {
      initCause(cause);
    }
  }
}

package dev.gatun.cli.npm;

import java.io.IOException;

/** A package, or a file of it, can't be had; the message says why and what to do. */
public final class PackageException extends IOException {
  private static final long serialVersionUID = 1L;

  /** An exception with a message. */
  public PackageException(String message) {
    super(message);
  }

  /** An exception with a cause. */
  public PackageException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.gatun;

/** A snapshot can't be taken of an instance as it is now; the message names what is in the way. */
public final class SnapshotException extends WasmException {
  private static final long serialVersionUID = 1L;

  /** An exception with a message that names what is in the way. */
  public SnapshotException(String message) {
    super(message);
  }
}

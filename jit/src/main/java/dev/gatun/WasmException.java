package dev.gatun;

/** What is wrong with a module or with the way it is used; the subclasses say which. */
public class WasmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An exception with a message that names the thing, the place and what was expected. */
  public WasmException(String message) {
    super(message);
  }

  /** An exception with a cause. */
  public WasmException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.gatun.wasi;

/** The guest has called {@code proc_exit}. Not an error: it is how a program ends. */
public final class WasiExit extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int code;

  WasiExit(int code) {
    super("the guest exited with code " + code, null, false, false);
    this.code = code;
  }

  /** The exit code, as the guest gave it. */
  public int code() {
    return code;
  }
}

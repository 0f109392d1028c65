package dev.gatun;

/** A module's imports can't be satisfied: one is missing, or is something else than the module expects. */
public final class LinkException extends WasmException {
  private static final long serialVersionUID = 1L;

  /** An exception that names the import, what is expected and what there is. */
  public LinkException(String message) {
    super(message);
  }
}

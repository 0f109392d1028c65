package dev.gatun;

/** The module is well-formed but not valid (spec, chapter 3). */
public final class InvalidModuleException extends WasmException {
  private static final long serialVersionUID = 1L;
  private final long offset;

  /**
   * Reports an invalid module.
   *
   * @param reason which rule is broken, in the spec's words where it has some
   * @param offset where, in bytes from the start of the module
   * @param place section or function, e.g. {@code " in function 7 'main'"}, or empty
   * @param detail what was expected and found, e.g. {@code ": expected i32, found i64"}, or empty
   */
  public InvalidModuleException(String reason, long offset, String place, String detail) {
    super(reason + " at offset 0x" + Long.toHexString(offset) + place + detail);
    this.offset = offset;
  }

  /** Where the rule is broken, from the start of the module. */
  public long offset() {
    return offset;
  }
}

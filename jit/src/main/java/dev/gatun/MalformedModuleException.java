package dev.gatun;

/** The bytes are no module in the binary format (spec, chapter 5). */
public final class MalformedModuleException extends WasmException {
  private static final long serialVersionUID = 1L;
  private final long offset;

  /**
   * Reports malformed bytes.
   *
   * @param reason what is wrong, in the spec's words where it has some
   * @param offset where, in bytes from the start of the module
   * @param place section or function, e.g. {@code " in function 7 'main'"}, or empty
   */
  public MalformedModuleException(String reason, long offset, String place) {
    super(reason + " at offset 0x" + Long.toHexString(offset) + place);
    this.offset = offset;
  }

  /** Where the bytes go wrong, from the start of the module. */
  public long offset() {
    return offset;
  }
}

package dev.gatun;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that cannot be read as a WebAssembly module: the binary format (chapter 5 of the specification) is broken, or
 * an implementation limit is exceeded.
 */
public final class MalformedModuleException extends RejectedModuleException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param reason what is wrong, in the words of the specification
   * @param detail what was expected and found, or null
   * @param offset in bytes from the start of the module
   * @param section name of the section, or null
   * @param functionIndex index of the function, or -1
   * @param functionName name of the function, or null
   */
  public MalformedModuleException(
      String reason,
      @Nullable String detail,
      long offset,
      @Nullable String section,
      int functionIndex,
      @Nullable String functionName) {
    super(reason, detail, offset, section, functionIndex, functionName);
  }
}

package dev.gatun;

import org.jspecify.annotations.Nullable;

/** A module that can be read but breaks a rule of validation (chapter 3 of the specification). */
public final class InvalidModuleException extends RejectedModuleException {
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
  public InvalidModuleException(
      String reason,
      @Nullable String detail,
      long offset,
      @Nullable String section,
      int functionIndex,
      @Nullable String functionName) {
    super(reason, detail, offset, section, functionIndex, functionName);
  }
}

package dev.gatun;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are not a module the engine may run: {@linkplain MalformedModuleException malformed}, so that they can't
 * be read as a module at all, or {@linkplain InvalidModuleException invalid}, so that they can be read but break a
 * rule.
 *
 * <p>The message has the form {@code type mismatch at offset 0x1a3 in function 7 'main': expected i32, found i64}. Its
 * first words, the {@link #reason}, are those of the specification's own tests where these name one.
 */
public abstract sealed class RejectedModuleException extends WasmException
    permits MalformedModuleException, MalformedTextException, InvalidModuleException, UnsupportedFeatureException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final long offset;
  private final @Nullable String section;
  private final int functionIndex;
  private final @Nullable String functionName;

  RejectedModuleException(
      String reason,
      @Nullable String detail,
      long offset,
      @Nullable String section,
      int functionIndex,
      @Nullable String functionName) {
    super(message(reason, detail, offset, section, functionIndex, functionName));
    this.reason = reason;
    this.offset = offset;
    this.section = section;
    this.functionIndex = functionIndex;
    this.functionName = functionName;
  }

  /** What is wrong with a text, which has no offsets of a module. */
  RejectedModuleException(String reason, String message) {
    super(message);
    this.reason = reason;
    this.offset = -1;
    this.section = null;
    this.functionIndex = -1;
    this.functionName = null;
  }

  private static String message(
      String reason,
      @Nullable String detail,
      long offset,
      @Nullable String section,
      int functionIndex,
      @Nullable String functionName) {
    StringBuilder text = new StringBuilder(reason);
    text.append(" at offset 0x").append(Long.toHexString(offset));
    if (functionIndex >= 0) {
      text.append(" in function ").append(functionIndex);
      if (functionName != null) {
        text.append(" '").append(functionName).append('\'');
      }
    } else if (section != null) {
      text.append(" in the ").append(section).append(" section");
    }
    if (detail != null) {
      text.append(": ").append(detail);
    }
    return text.toString();
  }

  /** What is wrong, in the words of the specification's tests where these have any, without place and detail. */
  public final String reason() {
    return reason;
  }

  /** Where it is wrong: the offset in bytes from the start of the module; -1 in a text. */
  public final long offset() {
    return offset;
  }

  /** Name of the section in which the offset lies, or null if it lies in none. */
  public final @Nullable String section() {
    return section;
  }

  /** Index of the function in whose body the offset lies, imported functions counted, or -1 if it lies in none. */
  public final int functionIndex() {
    return functionIndex;
  }

  /** Name of that function, from the module's name section or its exports, or null if it has none. */
  public final @Nullable String functionName() {
    return functionName;
  }
}

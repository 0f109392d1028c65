package dev.gatun;

import org.jspecify.annotations.Nullable;

/**
 * A frame of a wasm backtrace.
 *
 * @param module the module's name, if it has one
 * @param functionIndex the function's index in its module
 * @param functionName the function's name, if it has one
 * @param offset of the instruction in the module's bytes, or -1 if it is not known
 */
public record WasmFrame(@Nullable String module, int functionIndex, @Nullable String functionName, long offset) {
  /** One line, e.g. {@code main (python.wasm function 7, offset 0x1a3)}. */
  @Override
  public String toString() {
    return (functionName == null ? "function " + functionIndex : functionName)
        + " ("
        + (module == null ? "" : module + " ")
        + "function "
        + functionIndex
        + (offset < 0 ? "" : ", offset 0x" + Long.toHexString(offset))
        + ")";
  }
}

package dev.gatun.profile;

import org.jspecify.annotations.Nullable;

/**
 * A place in a function on a stack.
 *
 * @param function the function's name, or what it is called for want of one
 * @param module the module's name, if it has one
 * @param file path of the source file, if it is known
 * @param line from 1 on, or -1
 * @param column from 1 on, or -1
 * @param address of the instruction in the module's bytes, or -1
 * @param inlineDepth how many calls deep it was inlined into the function of the instruction; 0 is that function
 */
public record ProfileFrame(
    Kind kind,
    String function,
    @Nullable String module,
    @Nullable String file,
    int line,
    int column,
    long address,
    int inlineDepth) {
  /** Whose time it is. */
  public enum Kind {
    WASM("WebAssembly"),
    HOST("Host function"),
    ENGINE("Engine");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** The kind in words. */
    public String text() {
      return text;
    }
  }

  /** A frame of which only the function is known. */
  public ProfileFrame(Kind kind, String function) {
    this(kind, function, null, null, -1, -1, -1, 0);
  }
}

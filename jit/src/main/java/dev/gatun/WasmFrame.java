package dev.gatun;

import org.jspecify.annotations.Nullable;

/**
 * A frame of a wasm backtrace. Where the module carries debugging information (DWARF, as compilers write it with {@code
 * -g}), a frame says which line it comes from, and a call that was inlined has a frame of its own before that of the
 * function it was inlined into.
 *
 * @param module the module's name, if it has one
 * @param functionIndex the function's index in its module; of an inlined call that of the function it was inlined into
 * @param functionName the function's name, if it has one; that of a function of Rust as its path
 * @param offset of the instruction in the module's bytes, or -1 if it is not known
 * @param sourceFile path of the source file as the compiler knew it, if that is known
 * @param line in the source file, from 1 on, or -1 if it is not known
 * @param column in the line, from 1 on, or -1 if it is not known
 * @param inlined whether this is a call that was inlined into the function of a frame that follows
 */
public record WasmFrame(
    @Nullable String module,
    int functionIndex,
    @Nullable String functionName,
    long offset,
    @Nullable String sourceFile,
    int line,
    int column,
    boolean inlined) {

  /** A frame whose source is not known. */
  public WasmFrame(@Nullable String module, int functionIndex, @Nullable String functionName, long offset) {
    this(module, functionIndex, functionName, offset, null, -1, -1, false);
  }

  /** The last name of {@link #sourceFile}, if it is known. */
  @Nullable String sourceName() {
    String path = sourceFile;
    return path == null ? null : path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  /** One line, e.g. {@code main (src/hello.c:12:3, python.wasm function 7, offset 0x1a3)}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (functionName == null) {
      text.append("function ").append(functionIndex);
    } else {
      text.append(functionName);
    }
    text.append(" (");
    if (sourceFile != null) {
      text.append(sourceFile);
      if (line >= 0) {
        text.append(':').append(line);
        if (column >= 0) {
          text.append(':').append(column);
        }
      }
      text.append(", ");
    }
    if (inlined) {
      text.append("inlined into ");
    }
    if (module != null) {
      text.append(module).append(' ');
    }
    text.append("function ").append(functionIndex);
    if (offset >= 0) {
      text.append(", offset 0x").append(Long.toHexString(offset));
    }
    return text.append(')').toString();
  }
}

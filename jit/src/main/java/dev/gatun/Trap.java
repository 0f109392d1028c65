package dev.gatun;

import dev.gatun.runtime.CodeRegistry;
import dev.gatun.wasm.WasmModule;
import dev.gatun.backend.PcTable;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wasm came to an end that its code cannot handle (spec 4.2.1). The instance stays usable.
 *
 * <p>The stack trace begins with the wasm frames, innermost first; they are looked up when they are first asked for.
 */
public final class Trap extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why wasm trapped; the texts are those of the spec's tests. */
  public enum Kind {
    UNREACHABLE("unreachable"),
    MEMORY_OUT_OF_BOUNDS("out of bounds memory access"),
    TABLE_OUT_OF_BOUNDS("out of bounds table access"),
    UNDEFINED_ELEMENT("undefined element"),
    UNINITIALIZED_ELEMENT("uninitialized element"),
    INDIRECT_CALL_TYPE_MISMATCH("indirect call type mismatch"),
    NULL_FUNCTION_REFERENCE("null function reference"),
    NULL_REFERENCE("null reference"),
    INTEGER_DIVIDE_BY_ZERO("integer divide by zero"),
    INTEGER_OVERFLOW("integer overflow"),
    INVALID_CONVERSION_TO_INTEGER("invalid conversion to integer"),
    NULL_STRUCTURE("null structure reference"),
    NULL_ARRAY("null array reference"),
    NULL_I31("null i31 reference"),
    ARRAY_OUT_OF_BOUNDS("out of bounds array access"),
    CAST_FAILURE("cast failure"),
    OUT_OF_MEMORY("out of memory"),
    CALL_STACK_EXHAUSTED("call stack exhausted"),
    INTERRUPTED("interrupted");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** The kind in words. */
    public String text() {
      return text;
    }
  }

  private final Kind kind;
  private final transient CodeRegistry.Location @Nullable [] locations;
  private transient @Nullable List<WasmFrame> frames;
  private final boolean firstIsCall;
  private boolean spliced;

  /**
   * A trap at the given places, innermost first. The first is the instruction that trapped, or a return address like the
   * others if {@code firstIsCall}.
   */
  Trap(Kind kind, CodeRegistry.Location[] locations, boolean firstIsCall) {
    super(kind.text);
    this.firstIsCall = firstIsCall;
    this.kind = kind;
    this.locations = locations;
  }

  /** Why wasm trapped. */
  public Kind kind() {
    return kind;
  }

  /** The wasm frames, innermost first; the outermost of a very deep stack are left out. */
  public synchronized List<WasmFrame> backtrace() {
    List<WasmFrame> known = frames;
    if (known == null) {
      known = frames(locations, firstIsCall);
      frames = known;
    }
    return known;
  }

  private static List<WasmFrame> frames(CodeRegistry.Location @Nullable [] locations, boolean firstIsCall) {
    if (locations == null) {
      return List.of();
    }
    List<WasmFrame> found = new ArrayList<>(locations.length);
    for (int i = 0; i < locations.length; i++) {
      CodeRegistry.Location location = locations[i];
      WasmModule module = location.module().module();
      PcTable.Entry entry = location.module().describe(location.function(), location.offset(), i > 0 || firstIsCall);
      found.add(
          new WasmFrame(
              module.name(),
              location.function(),
              module.functionName(location.function()),
              entry == null ? -1 : entry.wasmOffset()));
    }
    return List.copyOf(found);
  }

  @Override
  public StackTraceElement[] getStackTrace() {
    splice();
    return super.getStackTrace();
  }

  @Override
  public void printStackTrace(PrintStream stream) {
    splice();
    super.printStackTrace(stream);
  }

  @Override
  public void printStackTrace(PrintWriter writer) {
    splice();
    super.printStackTrace(writer);
  }

  private synchronized void splice() {
    if (spliced) {
      return;
    }
    spliced = true;
    List<WasmFrame> wasm = backtrace();
    StackTraceElement[] java = super.getStackTrace();
    StackTraceElement[] both = new StackTraceElement[wasm.size() + java.length];
    for (int i = 0; i < wasm.size(); i++) {
      WasmFrame frame = wasm.get(i);
      String name = frame.functionName() == null ? "function-" + frame.functionIndex() : frame.functionName();
      String module = frame.module() == null ? "wasm" : frame.module();
      both[i] = new StackTraceElement(module, name, "offset 0x" + Long.toHexString(Math.max(0, frame.offset())), -1);
    }
    System.arraycopy(java, 0, both, wasm.size(), java.length);
    setStackTrace(both);
  }
}

package dev.gatun;

import dev.gatun.runtime.CodeRegistry;
import java.io.PrintStream;
import java.io.PrintWriter;
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
    UNALIGNED_ATOMIC("unaligned atomic"),
    EXPECTED_SHARED_MEMORY("expected shared memory"),
    NULL_EXCEPTION("null exception reference"),
    CAST_FAILURE("cast failure"),
    OUT_OF_MEMORY("out of memory"),
    CALL_STACK_EXHAUSTED("call stack exhausted"),
    INTERRUPTED("interrupted"),
    UNKNOWN_IMPORT("unknown import called");

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
  private final transient @Nullable Backtrace backtrace;
  private boolean spliced;

  /**
   * A trap at the given places, innermost first. The first is the instruction that trapped, or a return address like
   * the others if {@code firstIsCall}.
   */
  Trap(Kind kind, CodeRegistry.Location[] locations, boolean firstIsCall) {
    super(kind.text);
    this.kind = kind;
    this.backtrace = new Backtrace(locations, firstIsCall);
  }

  /** The same with a message that says more than the kind. */
  Trap(Kind kind, String message, CodeRegistry.Location[] locations) {
    super(message);
    this.kind = kind;
    this.backtrace = new Backtrace(locations, true);
  }

  /** Why wasm trapped. */
  public Kind kind() {
    return kind;
  }

  /** The wasm frames, innermost first; the outermost of a very deep stack are left out. */
  public List<WasmFrame> backtrace() {
    Backtrace known = backtrace;
    return known == null ? List.of() : known.frames();
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
    Backtrace known = backtrace;
    if (!spliced && known != null) {
      spliced = true;
      setStackTrace(known.before(super.getStackTrace()));
    }
  }
}

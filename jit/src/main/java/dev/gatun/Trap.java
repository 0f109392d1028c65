package dev.gatun;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wasm came to an end that its code cannot handle (spec 4.2.1). The instance stays usable.
 *
 * <p>The stack trace begins with the wasm frames, innermost first; they are looked up when they are first asked for.
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="trap"}
 */
public sealed class Trap extends RuntimeException permits InterruptionException, LimitException {
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
    DEADLINE_EXCEEDED("deadline exceeded"),
    OUT_OF_FUEL("all fuel consumed"),
    MEMORY_LIMIT("memory limit exceeded"),
    TABLE_LIMIT("table limit exceeded"),
    INSTANCE_LIMIT("instance limit exceeded"),
    OUTPUT_LIMIT("output limit exceeded"),
    UNKNOWN_IMPORT("unknown import called"),
    /** Raised by a host function: {@link HostCall#trap}. */
    HOST("trap of the host");

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

  Trap(Kind kind, String message, Backtrace backtrace) {
    super(message);
    this.kind = kind;
    this.backtrace = backtrace;
  }

  /**
   * A trap of the class of its kind.
   *
   * @param detail what there is to say beyond the kind, or null
   */
  static Trap of(Kind kind, @Nullable String detail, Backtrace backtrace) {
    String message = detail == null ? kind.text : kind.text + ": " + detail;
    return switch (kind) {
      case CALL_STACK_EXHAUSTED -> new StackLimitException(kind, message, backtrace);
      case OUT_OF_MEMORY -> new HeapLimitException(kind, message, backtrace);
      case DEADLINE_EXCEEDED -> new DeadlineException(kind, message, backtrace);
      case OUT_OF_FUEL -> new FuelException(kind, message, backtrace);
      case MEMORY_LIMIT -> new MemoryLimitException(kind, message, backtrace);
      case TABLE_LIMIT -> new TableLimitException(kind, message, backtrace);
      case INSTANCE_LIMIT -> new InstanceLimitException(kind, message, backtrace);
      case OUTPUT_LIMIT -> new OutputLimitException(kind, message, backtrace);
      case INTERRUPTED -> new InterruptionException(kind, message, backtrace);
      default -> new Trap(kind, message, backtrace);
    };
  }

  /** Why wasm trapped. */
  public Kind kind() {
    return kind;
  }

  /** The innermost frame without its source, found without delay; null if there is none. */
  @Nullable WasmFrame innermost() {
    Backtrace known = backtrace;
    return known == null ? null : known.innermost();
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

package dev.gatun;

import dev.gatun.runtime.CodeRegistry;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An exception of wasm as one of Java: what wasm has thrown and not caught arrives as this, and a host function that
 * throws it throws it into wasm, whose handlers for its tag, or for any, may catch it. Anything else that a host
 * function throws passes through wasm unseen, as traps do.
 *
 * <p>One that wasm has thrown keeps its identity when it passes through host functions back into wasm. The stack trace
 * begins with the wasm frames at the throw, or where it was thrown again.
 */
public final class ThrownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Tag tag;
  private final transient @Nullable Object[] values;
  private final transient @Nullable ExceptionReference reference;
  private final transient @Nullable Backtrace backtrace;
  private boolean spliced;

  /**
   * An exception for a host function to throw.
   *
   * @param values by the types of the tag, as for {@link Func#call}
   * @throws IllegalArgumentException if their number is wrong
   */
  public ThrownException(Tag tag, @Nullable Object... values) {
    super(message(tag, values));
    int expected = tag.functionType().paramCount();
    if (values.length != expected) {
      throw new IllegalArgumentException(expected + " values expected by " + tag.type() + ", found " + values.length);
    }
    this.tag = tag;
    this.values = values.clone();
    this.reference = null;
    this.backtrace = null;
  }

  ThrownException(
      Tag tag, @Nullable Object[] values, ExceptionReference reference, CodeRegistry.Location[] locations) {
    super(message(tag, values));
    this.tag = tag;
    this.values = values;
    this.reference = reference;
    this.backtrace = new Backtrace(locations, true);
  }

  private static String message(Tag tag, @Nullable Object[] values) {
    return "uncaught exception of wasm with " + tag.type() + ": " + Arrays.toString(values);
  }

  /** Its tag. */
  public Tag tag() {
    return tag;
  }

  /** How many values it carries. */
  public int size() {
    return values.length;
  }

  /**
   * A value that it carries.
   *
   * @throws IndexOutOfBoundsException if there is no such value
   */
  public @Nullable Object value(int index) {
    return values[Objects.checkIndex(index, values.length)];
  }

  /** The wasm frames at the throw, innermost first; none if a host function has thrown it. */
  public List<WasmFrame> backtrace() {
    Backtrace known = backtrace;
    return known == null ? List.of() : known.frames();
  }

  /** The exception of wasm that this one is of, or null if it has not been one. */
  @Nullable ExceptionReference reference() {
    return reference;
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

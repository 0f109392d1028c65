package dev.gatun.bindings;

import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls through libc's {@code syscall}.
 *
 * <p>Every distinct signature costs milliseconds when the JVM is cold, so all calls share one: a number and six words.
 * Numbers are in the generated package of the architecture. Thread-safe; may block the calling thread as the call does.
 */
public final class SystemCall {
  private SystemCall() {}

  private static final MethodHandle SYSCALL =
      Linker.nativeLinker()
          .downcallHandle(
              LibC.syscall.address(),
              FunctionDescriptor.of(
                  LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG),
              Linker.Option.firstVariadicArg(1),
              Linker.Option.captureCallState("errno"));

  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private static final ThreadLocal<MemorySegment> STATE = new CallState();

  /** Where a thread finds the error number of its last call. */
  private static final class CallState extends ThreadLocal<MemorySegment> {
    @Override
    protected MemorySegment initialValue() {
      return java.lang.foreign.Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    }
  }

  /**
   * Makes a system call.
   *
   * @return what the call returned, or the negated error number if it failed
   */
  public static long call(long number, long a, long b, long c, long d, long e, long f) {
    MemorySegment state = STATE.get();
    long result;
    try {
      result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
    } catch (Error | RuntimeException thrown) {
      throw thrown;
    } catch (Throwable impossible) {
      throw new AssertionError("a downcall threw a checked exception", impossible);
    }
    return result == -1 ? -(long) state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET) : result;
  }

  /** {@link #call(long, long, long, long, long, long, long)} with three arguments. */
  public static long call(long number, long a, long b, long c) {
    return call(number, a, b, c, 0, 0, 0);
  }

  /** {@link #call(long, long, long, long, long, long, long)} with four arguments. */
  public static long call(long number, long a, long b, long c, long d) {
    return call(number, a, b, c, d, 0, 0);
  }

  /** The name of an error number, e.g. {@code ENOMEM}, or the number itself if it is none that Gatun meets. */
  public static String errorName(long error) {
    int number = (int) error;
    if (number == LibC.ENOMEM()) {
      return "ENOMEM";
    } else if (number == LibC.EPERM()) {
      return "EPERM";
    } else if (number == LibC.EACCES()) {
      return "EACCES";
    } else if (number == LibC.EINVAL()) {
      return "EINVAL";
    } else if (number == LibC.EMFILE()) {
      return "EMFILE";
    } else if (number == LibC.ENFILE()) {
      return "ENFILE";
    } else if (number == LibC.ENOSYS()) {
      return "ENOSYS";
    } else if (number == LibC.ENOSPC()) {
      return "ENOSPC";
    }
    return "error " + number;
  }
}

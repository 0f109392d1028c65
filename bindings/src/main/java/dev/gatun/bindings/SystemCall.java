package dev.gatun.bindings;

import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * System calls by an instruction of our own, which returns the kernel's error number as C's functions do not.
 *
 * <p>Every distinct signature costs milliseconds when the JVM is cold, so all calls share one: a number and six words.
 * That the JVM captures {@code errno}, which it otherwise may overwrite, would cost 10 ms more. Numbers are in the
 * generated package of the architecture. Thread-safe; may block the calling thread as the call does.
 */
public final class SystemCall {
  private SystemCall() {}

  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(
          LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG, LibC.C_LONG);

  /** The number of the call and its arguments, from where C passes them to where the kernel expects them. */
  private static final int[] X86_64_CODE = {
    0x48, 0x89, 0xF8, //             mov rax, rdi
    0x48, 0x89, 0xF7, //             mov rdi, rsi
    0x48, 0x89, 0xD6, //             mov rsi, rdx
    0x48, 0x89, 0xCA, //             mov rdx, rcx
    0x4D, 0x89, 0xC2, //             mov r10, r8
    0x4D, 0x89, 0xC8, //             mov r8, r9
    0x4C, 0x8B, 0x4C, 0x24, 0x08, // mov r9, [rsp + 8]
    0x0F, 0x05, //                   syscall
    0xC3, //                         ret
  };

  private static final int[] AARCH64_CODE = {
    0xE8, 0x03, 0x00, 0xAA, // mov x8, x0
    0xE0, 0x03, 0x01, 0xAA, // mov x0, x1
    0xE1, 0x03, 0x02, 0xAA, // mov x1, x2
    0xE2, 0x03, 0x03, 0xAA, // mov x2, x3
    0xE3, 0x03, 0x04, 0xAA, // mov x3, x4
    0xE4, 0x03, 0x05, 0xAA, // mov x4, x5
    0xE5, 0x03, 0x06, 0xAA, // mov x5, x6
    0x01, 0x00, 0x00, 0xD4, // svc #0
    0xC0, 0x03, 0x5F, 0xD6, // ret
  };

  private static final long PAGE = Machine.LARGEST_PAGE;

  /** Set by {@link #link}. */
  private static long codeAddress;

  private static final MethodHandle SYSCALL = link();

  private static MethodHandle link() {
    if (!Machine.SUPPORTED) {
      return MethodHandles.empty(SIGNATURE.toMethodType()); // what is not there is not looked for, and never called
    }
    MethodHandle linked = Linker.nativeLinker().downcallHandle(SIGNATURE);
    try {
      return linked.bindTo(code(linked));
    } catch (Error | RuntimeException thrown) {
      throw thrown;
    } catch (Throwable impossible) {
      throw new AssertionError("a downcall threw a checked exception", impossible);
    }
  }

  /** Puts the code into memory that C's own {@code syscall} gets. It stays there as long as the process. */
  private static MemorySegment code(MethodHandle linked) throws Throwable {
    MemorySegment ofLibrary = LibC.syscall.address();
    long writable = LibC.PROT_READ() | LibC.PROT_WRITE();
    long shared = LibC.MAP_PRIVATE() | LibC.MAP_ANONYMOUS();
    long page = (long) linked.invokeExact(ofLibrary, (long) Machine.SYS_mmap(), 0L, PAGE, writable, shared, -1L, 0L);
    if (page == -1) {
      throw new IllegalStateException("the system gives no memory for the code of system calls");
    }
    int[] code = Machine.ARM ? AARCH64_CODE : X86_64_CODE;
    MemorySegment bytes = MemorySegment.ofAddress(page).reinterpret(PAGE);
    for (int i = 0; i < code.length; i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) code[i]);
    }
    // A page that has never been executed is brought into the instruction cache by the kernel.
    long executable = LibC.PROT_READ() | LibC.PROT_EXEC();
    long result =
        (long) linked.invokeExact(ofLibrary, (long) Machine.SYS_mprotect(), page, PAGE, executable, 0L, 0L, 0L);
    if (result != 0) {
      throw new IllegalStateException("the system does not let memory become executable");
    }
    codeAddress = page;
    return bytes;
  }

  /**
   * Makes a system call.
   *
   * @return what the call returned, or the negated error number if it failed
   * @throws UnsupportedOperationException if this is not a system whose calls are known
   */
  public static long call(long number, long a, long b, long c, long d, long e, long f) {
    if (!Machine.SUPPORTED) {
      throw Machine.unsupported();
    }
    try {
      return (long) SYSCALL.invokeExact(number, a, b, c, d, e, f);
    } catch (Error | RuntimeException thrown) {
      throw thrown;
    } catch (Throwable impossible) {
      throw new AssertionError("a downcall threw a checked exception", impossible);
    }
  }

  /**
   * The address of the code that makes all calls, which takes less than 64 bytes: for filters that are to tell these
   * calls from those of the JVM and of libraries. 0 if this is not a system whose calls are known.
   */
  public static long codeAddress() {
    return codeAddress;
  }

  /** {@link #call(long, long, long, long, long, long, long)} with three arguments. */
  public static long call(long number, long a, long b, long c) {
    return call(number, a, b, c, 0, 0, 0);
  }

  /** {@link #call(long, long, long, long, long, long, long)} with four arguments. */
  public static long call(long number, long a, long b, long c, long d) {
    return call(number, a, b, c, d, 0, 0);
  }

  /** The name of an error number, e.g. {@code ENOMEM}, or {@code error 999} if it is none that Gatun knows. */
  public static String errorName(long error) {
    String name = error >= 0 && error < ErrorNames.BY_NUMBER.length ? ErrorNames.BY_NUMBER[(int) error] : null;
    return name == null ? "error " + error : name;
  }

  /** Made when the first error is named, not when the JVM starts. */
  private static final class ErrorNames {
    static final @Nullable String[] BY_NUMBER = new String[134]; // Linux has no number above 133

    static {
      BY_NUMBER[LibC.EPERM()] = "EPERM";
      BY_NUMBER[LibC.ENOENT()] = "ENOENT";
      BY_NUMBER[LibC.ESRCH()] = "ESRCH";
      BY_NUMBER[LibC.EINTR()] = "EINTR";
      BY_NUMBER[LibC.EIO()] = "EIO";
      BY_NUMBER[LibC.ENXIO()] = "ENXIO";
      BY_NUMBER[LibC.E2BIG()] = "E2BIG";
      BY_NUMBER[LibC.EBADF()] = "EBADF";
      BY_NUMBER[LibC.ECHILD()] = "ECHILD";
      BY_NUMBER[LibC.EAGAIN()] = "EAGAIN";
      BY_NUMBER[LibC.ENOMEM()] = "ENOMEM";
      BY_NUMBER[LibC.EACCES()] = "EACCES";
      BY_NUMBER[LibC.EFAULT()] = "EFAULT";
      BY_NUMBER[LibC.EBUSY()] = "EBUSY";
      BY_NUMBER[LibC.EEXIST()] = "EEXIST";
      BY_NUMBER[LibC.EXDEV()] = "EXDEV";
      BY_NUMBER[LibC.ENODEV()] = "ENODEV";
      BY_NUMBER[LibC.ENOTDIR()] = "ENOTDIR";
      BY_NUMBER[LibC.EISDIR()] = "EISDIR";
      BY_NUMBER[LibC.EINVAL()] = "EINVAL";
      BY_NUMBER[LibC.ENFILE()] = "ENFILE";
      BY_NUMBER[LibC.EMFILE()] = "EMFILE";
      BY_NUMBER[LibC.ENOTTY()] = "ENOTTY";
      BY_NUMBER[LibC.ETXTBSY()] = "ETXTBSY";
      BY_NUMBER[LibC.EFBIG()] = "EFBIG";
      BY_NUMBER[LibC.ENOSPC()] = "ENOSPC";
      BY_NUMBER[LibC.ESPIPE()] = "ESPIPE";
      BY_NUMBER[LibC.EROFS()] = "EROFS";
      BY_NUMBER[LibC.EMLINK()] = "EMLINK";
      BY_NUMBER[LibC.EPIPE()] = "EPIPE";
      BY_NUMBER[LibC.EDOM()] = "EDOM";
      BY_NUMBER[LibC.ERANGE()] = "ERANGE";
      BY_NUMBER[LibC.EDEADLK()] = "EDEADLK";
      BY_NUMBER[LibC.ENAMETOOLONG()] = "ENAMETOOLONG";
      BY_NUMBER[LibC.ENOSYS()] = "ENOSYS";
      BY_NUMBER[LibC.ENOTEMPTY()] = "ENOTEMPTY";
      BY_NUMBER[LibC.ELOOP()] = "ELOOP";
      BY_NUMBER[LibC.EILSEQ()] = "EILSEQ";
      BY_NUMBER[LibC.EOVERFLOW()] = "EOVERFLOW";
      BY_NUMBER[LibC.EOPNOTSUPP()] = "EOPNOTSUPP";
      BY_NUMBER[LibC.EADDRINUSE()] = "EADDRINUSE";
      BY_NUMBER[LibC.EADDRNOTAVAIL()] = "EADDRNOTAVAIL";
      BY_NUMBER[LibC.EAFNOSUPPORT()] = "EAFNOSUPPORT";
      BY_NUMBER[LibC.EALREADY()] = "EALREADY";
      BY_NUMBER[LibC.EBADMSG()] = "EBADMSG";
      BY_NUMBER[LibC.ECANCELED()] = "ECANCELED";
      BY_NUMBER[LibC.ECONNABORTED()] = "ECONNABORTED";
      BY_NUMBER[LibC.ECONNREFUSED()] = "ECONNREFUSED";
      BY_NUMBER[LibC.ECONNRESET()] = "ECONNRESET";
      BY_NUMBER[LibC.EDESTADDRREQ()] = "EDESTADDRREQ";
      BY_NUMBER[LibC.EDQUOT()] = "EDQUOT";
      BY_NUMBER[LibC.EHOSTUNREACH()] = "EHOSTUNREACH";
      BY_NUMBER[LibC.EIDRM()] = "EIDRM";
      BY_NUMBER[LibC.EINPROGRESS()] = "EINPROGRESS";
      BY_NUMBER[LibC.EISCONN()] = "EISCONN";
      BY_NUMBER[LibC.EMSGSIZE()] = "EMSGSIZE";
      BY_NUMBER[LibC.EMULTIHOP()] = "EMULTIHOP";
      BY_NUMBER[LibC.ENETDOWN()] = "ENETDOWN";
      BY_NUMBER[LibC.ENETRESET()] = "ENETRESET";
      BY_NUMBER[LibC.ENETUNREACH()] = "ENETUNREACH";
      BY_NUMBER[LibC.ENOBUFS()] = "ENOBUFS";
      BY_NUMBER[LibC.ENOEXEC()] = "ENOEXEC";
      BY_NUMBER[LibC.ENOLCK()] = "ENOLCK";
      BY_NUMBER[LibC.ENOLINK()] = "ENOLINK";
      BY_NUMBER[LibC.ENOMSG()] = "ENOMSG";
      BY_NUMBER[LibC.ENOPROTOOPT()] = "ENOPROTOOPT";
      BY_NUMBER[LibC.ENOTCONN()] = "ENOTCONN";
      BY_NUMBER[LibC.ENOTRECOVERABLE()] = "ENOTRECOVERABLE";
      BY_NUMBER[LibC.ENOTSOCK()] = "ENOTSOCK";
      BY_NUMBER[LibC.EOWNERDEAD()] = "EOWNERDEAD";
      BY_NUMBER[LibC.EPROTO()] = "EPROTO";
      BY_NUMBER[LibC.EPROTONOSUPPORT()] = "EPROTONOSUPPORT";
      BY_NUMBER[LibC.EPROTOTYPE()] = "EPROTOTYPE";
      BY_NUMBER[LibC.ESTALE()] = "ESTALE";
      BY_NUMBER[LibC.ETIMEDOUT()] = "ETIMEDOUT";
    }
  }
}

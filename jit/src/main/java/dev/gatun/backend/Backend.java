package dev.gatun.backend;

import org.jspecify.annotations.Nullable;

/**
 * One architecture, found through {@link java.util.ServiceLoader}. Immutable after {@link #detect}; thread-safe.
 *
 * <p>Thunks and stubs are returned as bytes that run at any address. The runtime places them in the code arena: those
 * that may fault on purpose ({@link #hostThunk}) among the functions, all others in the stub region, where a fault is
 * never ours.
 */
public interface Backend {
  /** The architecture as {@code os.arch} names it on Linux, e.g. {@code amd64} or {@code aarch64}. */
  String architecture();

  /**
   * Asks the processor what it can do. Called once, before anything is compiled.
   *
   * @param runner runs a leaf routine of this backend on this machine
   * @throws UnsupportedOperationException if the processor lacks something the backend can't do without; says what
   */
  void detect(CodeRunner runner);

  /**
   * What this processor can do beyond the base architecture, of what code makes use: the names that /proc/cpuinfo has,
   * between blanks, always in the same order. Known after {@link #detect}.
   */
  String features();

  /**
   * What every processor can do that the backend has code for, named as by {@link #features}.
   */
  String baselineFeatures();

  /** A new macro-assembler, to be used by one thread at a time. */
  MacroAssembler newMacroAssembler();

  /**
   * A macro-assembler for a processor of which is known what it can do beyond the base architecture; for code that is
   * looked at on any machine.
   *
   * @param features the names that /proc/cpuinfo has, between blanks
   * @throws IllegalArgumentException if a name is not known; lists those that are
   */
  MacroAssembler newMacroAssembler(String features);

  /** How arguments and results travel between functions. */
  CallingConvention callingConvention();

  /** The byte that free code memory is filled with: an instruction that traps, or part of one. */
  byte filler();

  /**
   * The C function {@code int trampoline(a, b, c, target)}: jumps to the target, which finds the first three arguments
   * in place. It lets Java reach every thunk through one constant address.
   */
  byte[] trampoline();

  /**
   * The C function {@code int flush(start, end)}, which makes instructions that have been written to a range of
   * addresses visible to all processors' fetches; null where processors see to that themselves.
   */
  byte @Nullable [] flush();

  /**
   * The C function {@code int enter(context, code, cells)}: switches to the wasm stack, loads the arguments from the
   * 8-byte cells, calls the code, stores the results into the cells. Returns {@link #RETURNED}, or what {@link
   * #trapExit} or the host thunk left with.
   */
  byte[] entryThunk(Signature signature);

  /**
   * A function of the wasm convention that calls out to the host: stores its arguments into cells on the wasm stack,
   * makes sure that the Java thread's stack has room (or faults: "stack exhausted"), switches to it and calls {@code
   * int upcall(caller's context, host function number, cells)}; loads the results from the cells, or leaves wasm with
   * {@link #PENDING} when the upcall returns nonzero.
   */
  byte[] hostThunk(Signature signature, long upcall);

  /**
   * The C function {@code int resume(context of a host function, stack pointer, cells)}: an entry into wasm that has
   * called the host function, on a copy of the stack that it had, in which the frames point to where they are now.
   * Below the stack's top are 16 bytes that the entry of the outermost frame has used. {@link
   * dev.gatun.layout.StoreLayout#EXIT_FP} and {@link dev.gatun.layout.StoreLayout#RESUME_CONTEXT} are set. Goes on as
   * {@link #hostThunk} does when it has stored the arguments: makes the call. The outermost frame returns its results
   * to the cells, and the entry returns as that of {@link #entryThunk} does.
   */
  byte[] resumeThunk(Signature signature, long upcall);

  /**
   * The stub behind {@link dev.gatun.layout.VmContextLayout#BUILTIN_STUB}; {@code upcall} as for {@link #hostThunk}.
   */
  byte[] builtinStub(long upcall);

  /**
   * The stub behind {@link dev.gatun.layout.VmContextLayout#ALLOCATION_STUB}: keeps all registers on the wasm stack.
   */
  byte[] allocationStub(long upcall);

  /** The stub behind {@link dev.gatun.layout.StoreLayout#POLL_STUB}: keeps all registers on the wasm stack. */
  byte[] pollStub(long upcall);

  /**
   * Where the stub of {@link #pollStub} keeps a register of the function that has called it, as a displacement from the
   * stub's own frame pointer.
   *
   * @throws IllegalArgumentException if it does not keep it
   */
  int keptRegister(int register);

  /** The routine behind {@link dev.gatun.layout.VmContextLayout#MEMORY_COPY_STUB}: a leaf. */
  byte[] memoryCopyStub();

  /** The routine behind {@link dev.gatun.layout.VmContextLayout#MEMORY_FILL_STUB}: a leaf. */
  byte[] memoryFillStub();

  /**
   * The stub that lazy thunks jump to: keeps all argument registers, asks for
   * {@link dev.gatun.layout.Builtin#COMPILE}, jumps to the code.
   */
  byte[] compileStub(long upcall);

  /** Size in bytes of each thunk that {@link #lazyThunks} makes. */
  int lazyThunkSize();

  /** Thunks for the function indices {@code first} to {@code first + count - 1}, the same for every module. */
  byte[] lazyThunks(int first, int count, long compileStub);

  /** Where the signal handler sends a thread that trapped: leaves the innermost entry with {@link #TRAPPED}. */
  byte[] trapExit();

  /**
   * The signal handler, a C function {@code void handler(int, siginfo_t*, ucontext_t*)}: with the PC within [codeStart,
   * codeEnd) it fills the trap record of {@link dev.gatun.layout.StoreLayout} and continues at {@code trapExit},
   * otherwise it jumps to the handler that was installed before.
   *
   * @param previous by signal: SIGSEGV, SIGBUS, SIGFPE
   */
  byte[] signalHandler(long codeStart, long codeEnd, long trapExit, PreviousHandlers previous);

  /** The handlers that were installed before ours; never 0. */
  record PreviousHandlers(long segv, long bus, long fpe) {}

  /** Runs a leaf routine {@code void routine(long, long, address of long cells)}. */
  interface CodeRunner {
    /** Runs the code once with two numbers and returns the four cells that it filled. */
    long[] run(byte[] code, long first, long second);
  }

  /** What an upcall returns for the call out of wasm to return as well. */
  int GO_ON = 0;

  /** What an upcall returns to leave wasm with {@link #PENDING}. */
  int LEAVE = 1;

  /** What an upcall returns to go on in a handler, which {@link dev.gatun.layout.StoreLayout#RESUME_PC} names. */
  int RESUME = 2;

  /** Status of an entry: the function returned. */
  int RETURNED = 0;

  /** Status of an entry: a fault became a trap; the trap record says where. */
  int TRAPPED = 1;

  /** Status of an entry: an upcall left a throwable behind. */
  int PENDING = 2;
}

package dev.gatun.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Machine code that faults, the way into it and the handler that leaves it: the contract which the engine's backends
 * fulfil, in as few instructions as it takes, for one architecture.
 */
interface FaultingCode {
  /** The record's fields, in bytes from its start. */
  int STACK_POINTER = 0;

  int RESULT = 8;
  int TRAP_PC = 16;
  int TRAP_ADDRESS = 24;
  int TRAP_SIGNAL = 32;
  int TRAP_STACK_POINTER = 40;
  int RECORD_SIZE = 48;

  int SIGBUS = 7;
  int SIGFPE = 8;
  int SIGSEGV = 11;

  /** The entry's results. */
  int RETURNED = 0;

  int TRAPPED = 1;

  /**
   * A function that always faults when it is given an address that can't be accessed.
   *
   * @param offset where in the code, in bytes
   * @param atArgument whether the signal's address is the function's argument
   */
  record Fault(byte[] code, int signal, int offset, boolean atArgument) {}

  /** That of the machine that runs the tests. */
  static FaultingCode ofThisMachine() {
    String architecture = System.getProperty("os.arch");
    return switch (architecture) {
      case "amd64" -> new X86FaultingCode();
      case "aarch64" -> new A64FaultingCode();
      default -> throw new AssertionError("no machine code has been written for the tests on " + architecture);
    };
  }

  /** What freed code is filled with. */
  byte filler();

  /** {@code int flush(start, end)}, or null where caches need none. */
  byte @Nullable [] flush();

  /** {@code int enter(record, code, argument)}: calls a function on the same stack, with the record in a register. */
  byte[] entry();

  /** Where the handler continues. */
  byte[] trapExit();

  /**
   * {@code void handler(int signal, siginfo_t*, ucontext_t*)}.
   *
   * @param start where function code starts
   * @param end where it ends
   * @param passedOn the address of a counter of signals for HotSpot's handlers
   */
  byte[] handler(long start, long end, long trapExit, long passedOn, long segv, long bus, long fpe);

  /**
   * The handler of a library that came later: passes all on.
   *
   * @param passedOn the address of a counter
   * @param previous the handler that was there before
   */
  byte[] chainedHandler(long passedOn, long previous);

  /** Loads from its argument and returns that. */
  byte[] load();

  /** Stores to its argument, and returns. */
  byte[] store();

  /** Returns a constant. */
  byte[] constant(int value);

  /** Faults with SIGSEGV whatever its argument is. */
  byte[] halt();

  /** Clears all registers that belong to its caller, but for the record's, and then faults. */
  Fault clobber();

  /** Writes downwards from the address that its argument points to as far as the one behind it, and faults there. */
  byte[] descend();

  /** One of each kind; the first two load and store. */
  List<Fault> faults();
}

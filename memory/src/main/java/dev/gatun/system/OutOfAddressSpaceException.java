package dev.gatun.system;

import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;

/**
 * There is no memory or address space for what was asked; the message says for what, how much, what the system
 * answered, and what may help. Nothing is left of what was begun, and it can be tried again.
 *
 * <p>Whatever makes something may throw it: an engine, a store, an instance, a lease of a pool, and a call that
 * compiles a function or needs the heap for the first time. Wasm that grows its memory gets -1 instead.
 */
public final class OutOfAddressSpaceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Something else than the system has no room: the message says what. */
  public OutOfAddressSpaceException(String message) {
    super(message);
  }

  /**
   * A refusal of the operating system.
   *
   * @param what what could not be done, as a verb with its object
   * @param bytes for how much
   * @param error the error number
   */
  public OutOfAddressSpaceException(String what, long bytes, long error) {
    super("cannot " + what + " (" + bytes + " bytes): " + SystemCall.errorName(error) + advice(error));
  }

  private static String advice(long error) {
    if (error == LibC.ENOMEM()) {
      return "; check the limit of address space (ulimit -v), the number of mappings (sysctl vm.max_map_count), the"
          + " policy of overcommit (sysctl vm.overcommit_memory) and free memory";
    } else if (error == LibC.EACCES() || error == LibC.EPERM()) {
      return "; check what security policies (SELinux, seccomp, a container's profile) forbid";
    } else if (error == LibC.EMFILE() || error == LibC.ENFILE()) {
      return "; check the limit of open files (ulimit -n)";
    }
    return "";
  }
}

package dev.gatun.memory;

import dev.gatun.bindings.SystemCall;

/** The operating system refused memory or address space; the message says what was asked for and what may help. */
public final class OutOfAddressSpaceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutOfAddressSpaceException(String what, long bytes, long error) {
    super(
        "cannot " + what + " (" + bytes + " bytes): " + SystemCall.errorName(error)
            + "; check the limit of address space (ulimit -v), the number of mappings (vm.max_map_count) and free memory");
  }
}

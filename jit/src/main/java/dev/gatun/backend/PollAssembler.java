package dev.gatun.backend;

/**
 * Emits what asks now and then whether wasm may go on. Where it may not, the stub of {@link
 * dev.gatun.layout.StoreLayout#POLL_STUB} is called, which keeps all registers; that stands behind the function.
 */
public interface PollAssembler {
  /**
   * Compares the stack pointer with the limit in the context, which is at its end or such that every check fails; one
   * per loop iteration.
   */
  void checkStack();
}

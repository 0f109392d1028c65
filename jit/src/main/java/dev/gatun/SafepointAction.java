package dev.gatun;

/** What is done while wasm stands still, by the thread that runs it: see {@link Store#requestSafepoint}. */
@FunctionalInterface
interface SafepointAction {
  /**
   * Called in the middle of wasm, as a host function is: the store is held, {@link Store#backtrace} says where wasm is,
   * and functions of the store may be called. What this throws ends the wasm, and arrives at its caller.
   */
  void run(Store store);
}

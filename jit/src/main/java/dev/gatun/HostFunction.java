package dev.gatun;

/** A function in Java that wasm can call. */
@FunctionalInterface
public interface HostFunction {
  /**
   * Called on the thread that runs the wasm. A {@link ThrownException} with a tag of the store is thrown into the wasm
   * that called, whose handlers may catch it. Anything else that is thrown, traps of inner calls included, no handler
   * sees, not even one for any exception: it leaves the wasm and arrives, as the same object, at the Java code that
   * called the wasm.
   *
   * @param call arguments, results and caller; valid until the method returns
   */
  void call(HostCall call);
}

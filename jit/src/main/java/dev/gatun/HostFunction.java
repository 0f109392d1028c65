package dev.gatun;

/** A function in Java that wasm can call. */
@FunctionalInterface
public interface HostFunction {
  /**
   * Called on the thread that runs the wasm. What it throws leaves the wasm and arrives, as the same object, at the
   * Java code that called the wasm.
   *
   * @param call arguments, results and caller; valid until the method returns
   */
  void call(HostCall call);
}

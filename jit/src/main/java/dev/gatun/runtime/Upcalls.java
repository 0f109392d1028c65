package dev.gatun.runtime;

/** What emitted code calls: implemented by a store, for its own instances. */
public interface Upcalls {
  /**
   * Serves a call out of wasm. Must not throw: an exception that leaves an upcall ends the JVM.
   *
   * @param context the {@link dev.gatun.layout.VmContextLayout} record of the caller, or 0 if Java called the host
   *     function
   * @param function a host function's number, or that of a {@link dev.gatun.layout.Builtin}
   * @param cells address of the arguments and results, 8 bytes each
   * @return 0, or 1 to leave wasm
   */
  int call(long context, int function, long cells);
}

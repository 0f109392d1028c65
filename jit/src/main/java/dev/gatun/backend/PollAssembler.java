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

  /** The most units of one charge. */
  int MAX_FUEL = (1 << 24) - 1;

  /**
   * Subtracts from {@link dev.gatun.layout.StoreLayout#FUEL}, and looks whether that is below 0 then. Keeps all
   * registers.
   *
   * @return a number by which {@link #setFuel} says how much
   */
  int chargeFuel();

  /**
   * Says how much is subtracted.
   *
   * @param charge what {@link #chargeFuel()} has returned
   * @param units 0 to {@link #MAX_FUEL}
   */
  void setFuel(int charge, int units);

  /** Subtracts an i64 from {@link dev.gatun.layout.StoreLayout#FUEL}, and looks whether that is below 0 then. */
  void chargeFuel(int register);
}

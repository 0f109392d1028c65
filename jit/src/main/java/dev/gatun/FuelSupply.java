package dev.gatun;

/**
 * Decides what happens when the fuel of a store is consumed: see {@link Store#onFuelExhausted}.
 *
 * <pre>{@code
 * store.onFuelExhausted(of -> account.take(10_000) ? 10_000 : 0);
 * }</pre>
 */
@FunctionalInterface
public interface FuelSupply {
  /**
   * Called by the thread that runs wasm, in the middle of it, as a host function is; the wasm of the store must not be
   * called from here. What this throws ends the wasm, and arrives at its caller.
   *
   * @return how many units there are more, with which wasm goes on; 0 or less if it is to end with a
   *     {@link FuelException}
   */
  long refill(Store store);
}

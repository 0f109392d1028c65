package dev.gatun;

import dev.gatun.layout.StoreLayout;
import dev.gatun.runtime.NativeMemory;
import org.jspecify.annotations.Nullable;

/** The fuel of a store, which emitted code takes from its record. For the thread that uses the store. */
final class Fuel {
  private final Store store;
  private final boolean counted;
  private final long address;
  private @Nullable FuelSupply supply;

  Fuel(Store store, boolean counted, long units) {
    this.store = store;
    this.counted = counted;
    this.address = store.record() + StoreLayout.FUEL;
    put(units);
  }

  // What embedders call: see Store.

  long left() {
    Tenancy.Tenure tenure = begin(0);
    try {
      return get();
    } finally {
      store.release(tenure);
    }
  }

  void add(long units) {
    Tenancy.Tenure tenure = begin(units);
    try {
      put(sum(get(), units));
    } finally {
      store.release(tenure);
    }
  }

  void consume(long units) {
    Tenancy.Tenure tenure = begin(units);
    try {
      put(get() - units);
      if (isExhausted()) {
        refill();
      }
    } finally {
      store.release(tenure);
    }
  }

  void supply(@Nullable FuelSupply by) {
    Tenancy.Tenure tenure = begin(0);
    supply = by;
    store.release(tenure);
  }

  private Tenancy.Tenure begin(long units) {
    if (units < 0) {
      throw new IllegalArgumentException("fuel of " + units + " units: must be 0 or more");
    }
    if (!counted) {
      throw new IllegalStateException("the engine of the store does not count fuel: see Engine.Builder.fuel");
    }
    return store.acquire();
  }

  private long get() {
    return NativeMemory.getLong(address);
  }

  private void put(long units) {
    NativeMemory.putLong(address, units);
  }

  /** The sum of anything and what is not below 0, or what comes next to it. */
  private static long sum(long left, long units) {
    return left > Long.MAX_VALUE - units ? Long.MAX_VALUE : left + units;
  }

  // While wasm runs.

  /** Whether more has been taken than there was, which has not been dealt with yet. */
  boolean isExhausted() {
    return get() < 0;
  }

  /** What has been taken too much is not owed: wasm ends, and what it was for has not run. */
  void forgive() {
    put(0);
  }

  /**
   * Asks for more until what has been taken is there.
   *
   * @throws FuelException if there is no more
   */
  void refill() {
    boolean done = false;
    try {
      while (isExhausted()) {
        FuelSupply from = supply;
        long more = from == null ? 0 : from.refill(store);
        if (more <= 0) {
          throw store.trap(Trap.Kind.OUT_OF_FUEL);
        }
        put(sum(get(), more));
      }
      done = true;
    } finally {
      if (!done) {
        forgive();
      }
    }
  }
}

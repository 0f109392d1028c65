package dev.gatun;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a store that Java has met, by the addresses of their records. These lie at equal distances, so that
 * a map of boxed numbers would put most of them into one place. Not thread-safe.
 */
final class FunctionsByAddress {
  private static final int FIRST_CAPACITY_LOG2 = 3;

  private long[] addresses;
  private @Nullable Func[] functions;
  private int capacityLog2;
  private int count;

  FunctionsByAddress() {
    setCapacity(FIRST_CAPACITY_LOG2);
  }

  private void setCapacity(int log2) {
    capacityLog2 = log2;
    addresses = new long[1 << log2];
    functions = new Func[1 << log2];
  }

  /** Where an address is, or would be. */
  private int place(long address) {
    int mask = addresses.length - 1;
    int place = (int) (address * 0x9e37_79b9_7f4a_7c15L >>> Long.SIZE - capacityLog2);
    while (functions[place] != null && addresses[place] != address) {
      place = place + 1 & mask;
    }
    return place;
  }

  /** The function whose record is at an address, or null. */
  @Nullable Func get(long address) {
    return functions[place(address)];
  }

  /** Adds a function whose address is not known yet. */
  void put(long address, Func function) {
    if (2 * ++count > addresses.length) {
      grow();
    }
    int place = place(address);
    addresses[place] = address;
    functions[place] = function;
  }

  private void grow() {
    long[] oldAddresses = addresses;
    @Nullable Func[] oldFunctions = functions;
    setCapacity(capacityLog2 + 1);
    for (int i = 0; i < oldAddresses.length; i++) {
      Func function = oldFunctions[i];
      if (function != null) {
        int place = place(oldAddresses[i]);
        addresses[place] = oldAddresses[i];
        functions[place] = function;
      }
    }
  }

  /** Forgets all. */
  void clear() {
    Arrays.fill(functions, null);
    count = 0;
  }
}

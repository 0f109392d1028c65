package dev.gatun.runtime.heap;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Java objects that wasm of a store holds, each with the object of the heap that stands for it. For one thread. */
final class HostObjects {
  private @Nullable Object[] objects = new Object[16];
  private long[] addresses = new long[16];
  private int[] free = new int[16];
  private int freeCount;
  private int end;
  private int added;
  private final Map<Object, Long> known = new IdentityHashMap<>();

  /** The address of what stands for an object; 0 if nothing does. */
  long find(Object object) {
    Long address = known.get(object);
    return address == null ? 0 : address;
  }

  /** Adds an object and returns its index. */
  int add(Object object, long address) {
    int index;
    if (freeCount > 0) {
      index = free[--freeCount];
    } else {
      if (end == objects.length) {
        objects = Arrays.copyOf(objects, 2 * end);
        addresses = Arrays.copyOf(addresses, 2 * end);
        free = Arrays.copyOf(free, 2 * end);
      }
      index = end++;
    }
    objects[index] = object;
    addresses[index] = address;
    known.put(object, address);
    added++;
    return index;
  }

  @Nullable Object get(int index) {
    return objects[index];
  }

  int size() {
    return known.size();
  }

  /** Objects added since the last sweep. */
  int added() {
    return added;
  }

  /** Lets go of what has not been marked. */
  void sweep(BlockTable blocks) {
    added = 0;
    for (int i = 0; i < end; i++) {
      Object object = objects[i];
      if (object != null && !blocks.isMarked(addresses[i])) {
        known.remove(object);
        objects[i] = null;
        free[freeCount++] = i;
      }
    }
  }
}

package dev.gatun;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that wasm of a store holds as externref, by handle. A handle is never 0, which is null. An object keeps its
 * handle for the life of the store.
 */
final class ExternTable {
  private final List<Object> objects = new ArrayList<>();
  private final Map<Object, Long> handles = new IdentityHashMap<>();

  long put(@Nullable Object object) {
    if (object == null) {
      return 0;
    }
    Long known = handles.get(object);
    if (known == null) {
      objects.add(object);
      known = (long) objects.size();
      handles.put(object, known);
    }
    return known;
  }

  @Nullable Object get(long handle) {
    return handle == 0 ? null : objects.get((int) handle - 1);
  }
}

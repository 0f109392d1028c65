package dev.gatun;

import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.FunctionType;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a typed call of one function needs, the first argument of the code that {@link CallCode} makes. A record,
 * because the JIT compiler takes the fields of a constant record for constants: those of {@link Func} and {@link Store}
 * would be loaded at every call.
 *
 * @param thunk address of the thunk through which functions of the type are entered
 * @param context address of the context in which the function runs
 * @param code address of where the address of its code is
 * @param cells address of the cells for arguments and results
 * @param takesReferences whether an argument may be a reference into the heap
 * @param host the function itself if it was made from Java, else null
 */
record TypedCall(
    Store store,
    FunctionType type,
    long thunk,
    long context,
    long code,
    long cells,
    boolean takesReferences,
    @Nullable Func host) {
  /** The call as a handle of the function's own type, which is {@link FuncType#methodType}. */
  MethodHandle handle() {
    return CallCode.of(CallShape.plain(type)).bindTo(this);
  }

  // What the code of a shape does: begins, puts each argument into its cell, finishes. What fails before the end has
  // released the store.

  Tenancy.Tenure begin() {
    Tenancy.Tenure tenure = store.acquire();
    if (takesReferences) {
      boolean done = false;
      try {
        // Before any argument is in its cell, where the collector does not look.
        store.safepoint();
        done = true;
      } finally {
        if (!done) {
          store.release(tenure);
        }
      }
    }
    return tenure;
  }

  void put(int cell, int value) {
    NativeMemory.putInt(cells + 8L * cell, value);
  }

  void put(int cell, long value) {
    NativeMemory.putLong(cells + 8L * cell, value);
  }

  void put(int cell, float value) {
    NativeMemory.putFloat(cells + 8L * cell, value);
  }

  void put(int cell, double value) {
    NativeMemory.putDouble(cells + 8L * cell, value);
  }

  /** Puts a reference or a vector, by the index of its parameter. */
  void put(int index, @Nullable Object value) {
    boolean done = false;
    try {
      store.putCell(cells + 8L * type.signature().paramCell(index), type.param(index), value);
      done = true;
    } finally {
      if (!done) {
        store.release();
      }
    }
  }

  private void invoke(Tenancy.Tenure tenure) {
    if (host != null) {
      store.callHost(host, cells);
    } else {
      store.enter(tenure.isNested(), thunk, context, NativeMemory.getLong(code), cells);
    }
  }

  void finishVoid(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
    } finally {
      store.release(tenure);
    }
  }

  int finishInt(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getInt(cells);
    } finally {
      store.release(tenure);
    }
  }

  long finishLong(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getLong(cells);
    } finally {
      store.release(tenure);
    }
  }

  float finishFloat(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getFloat(cells);
    } finally {
      store.release(tenure);
    }
  }

  double finishDouble(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getDouble(cells);
    } finally {
      store.release(tenure);
    }
  }

  V128 finishVector(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return new V128(NativeMemory.getLong(cells), NativeMemory.getLong(cells + 8));
    } finally {
      store.release(tenure);
    }
  }

  @Nullable Object finishReference(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return store.getCell(cells, type.result(0));
    } finally {
      store.release(tenure);
    }
  }

  @Nullable Object[] finishSeveral(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      @Nullable Object[] results = new Object[type.resultCount()];
      for (int i = 0; i < results.length; i++) {
        results[i] = store.getCell(cells + 8L * type.signature().resultCell(i), type.result(i));
      }
      return results;
    } finally {
      store.release(tenure);
    }
  }
}

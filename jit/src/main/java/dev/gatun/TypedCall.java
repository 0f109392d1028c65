package dev.gatun;

import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * What a call of one function by its method handle needs. A record, because the JIT compiler takes the fields of a
 * constant record for constants: those of {@link Func} and {@link Store} would be loaded at every call.
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
  /**
   * The call as a handle of the function's own type. The store is acquired, then arguments go to their cells one by
   * one, then the function is called: each step is a filter in front of the next, and all are constants of the handle.
   */
  MethodHandle handle() {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      MethodType wanted = FuncType.of(type).methodType();
      String finish =
          switch (type.resultCount()) {
            case 0 -> "finishVoid";
            case 1 ->
                switch (type.result(0)) {
                  case ValueType.I32 -> "finishInt";
                  case ValueType.I64 -> "finishLong";
                  case ValueType.F32 -> "finishFloat";
                  case ValueType.F64 -> "finishDouble";
                  default -> "finishReference";
                };
            default -> "finishSeveral";
          };
      Class<?> returned = finish.equals("finishReference") ? Object.class : wanted.returnType();
      MethodHandle call =
          lookup.findVirtual(TypedCall.class, finish, MethodType.methodType(returned, Tenancy.Tenure.class))
              .bindTo(this);
      for (int i = type.paramCount() - 1; i >= 0; i--) {
        Class<?> param =
            switch (type.param(i)) {
              case ValueType.I32 -> int.class;
              case ValueType.I64 -> long.class;
              case ValueType.F32 -> float.class;
              case ValueType.F64 -> double.class;
              default -> Object.class;
            };
        MethodType put = MethodType.methodType(void.class, int.class, param);
        call =
            MethodHandles.collectArguments(
                call,
                1,
                MethodHandles.insertArguments(
                    lookup.findVirtual(TypedCall.class, "put", put),
                    0,
                    this,
                    param == Object.class ? i : type.signature().paramCell(i)));
      }
      MethodHandle begin =
          lookup.findVirtual(TypedCall.class, "begin", MethodType.methodType(Tenancy.Tenure.class)).bindTo(this);
      return MethodHandles.foldArguments(call, begin).asType(wanted);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private Tenancy.Tenure begin() {
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

  private void put(int cell, int value) {
    NativeMemory.putInt(cells + 8L * cell, value);
  }

  private void put(int cell, long value) {
    NativeMemory.putLong(cells + 8L * cell, value);
  }

  private void put(int cell, float value) {
    NativeMemory.putFloat(cells + 8L * cell, value);
  }

  private void put(int cell, double value) {
    NativeMemory.putDouble(cells + 8L * cell, value);
  }

  private void put(int index, @Nullable Object value) {
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

  private void finishVoid(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
    } finally {
      store.release(tenure);
    }
  }

  private int finishInt(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getInt(cells);
    } finally {
      store.release(tenure);
    }
  }

  private long finishLong(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getLong(cells);
    } finally {
      store.release(tenure);
    }
  }

  private float finishFloat(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getFloat(cells);
    } finally {
      store.release(tenure);
    }
  }

  private double finishDouble(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return NativeMemory.getDouble(cells);
    } finally {
      store.release(tenure);
    }
  }

  private @Nullable Object finishReference(Tenancy.Tenure tenure) {
    try {
      invoke(tenure);
      return store.getCell(cells, type.result(0));
    } finally {
      store.release(tenure);
    }
  }

  private @Nullable Object[] finishSeveral(Tenancy.Tenure tenure) {
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

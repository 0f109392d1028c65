package dev.gatun;

import dev.gatun.backend.Signature;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.FunctionType;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.ValueType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** A function of a store: exported by an instance, or made from Java. To be called by one thread at a time in its store. */
public final class Func implements Extern {
  private final Store store;
  private final DefinedType definedType;
  private final FunctionType type;
  private final long record;
  private final @Nullable HostFunction host;
  private final long thunk;
  private final boolean takesReferences;
  private @Nullable MethodHandle handle;

  Func(Store store, DefinedType definedType, long record, @Nullable HostFunction host) {
    this.store = store;
    this.definedType = definedType;
    this.type = (FunctionType) definedType.composite();
    this.record = record;
    this.host = host;
    this.takesReferences = takesReferences(type);
    this.thunk = host == null ? store.machine().entryThunk(type.signature()) : 0;
  }

  private static boolean takesReferences(FunctionType type) {
    for (int i = 0; i < type.paramCount(); i++) {
      if (Rtt.isInHeap(type.param(i))) {
        return true;
      }
    }
    return false;
  }

  /** Makes a function from Java. */
  public static Func of(Store store, FuncType type, HostFunction body) {
    return store.addHost(type.internal().alone(), body);
  }

  /** Makes a typed function from Java; see {@link Imports.Builder#function(String, String, MethodHandle)}. */
  public static Func of(Store store, MethodHandle body) {
    TypedHostFunction typed = TypedHostFunction.of(body);
    return of(store, typed.type(), typed);
  }

  @Override
  public FuncType type() {
    return FuncType.of(type);
  }

  /**
   * Calls the function.
   *
   * @param arguments Integer, Long, Float, Double, a {@link Func} of the same store, or any object, by the parameters' types
   * @return null if there is no result, the result, or an Object[] of several
   * @throws Trap if wasm traps
   * @throws IllegalArgumentException if the number of arguments is wrong
   * @throws ClassCastException if an argument is none of its parameter's type
   * @throws IllegalStateException if another thread runs in the store, or it is closed
   */
  public @Nullable Object call(@Nullable Object... arguments) {
    int count = type.paramCount();
    if (arguments.length != count) {
      throw new IllegalArgumentException(count + " arguments expected by " + type + ", found " + arguments.length);
    }
    store.acquire();
    try {
      long cells = store.cells();
      safepoint();
      for (int i = 0; i < count; i++) {
        store.putCell(cells + 8L * type.signature().paramCell(i), type.param(i), arguments[i]);
      }
      invoke(cells);
      return switch (type.resultCount()) {
        case 0 -> null;
        case 1 -> store.getCell(cells, type.result(0));
        default -> results(cells);
      };
    } finally {
      store.release();
    }
  }

  /** Before any argument is in its cell, where the collector does not look. */
  private void safepoint() {
    if (takesReferences) {
      store.safepoint();
    }
  }

  private @Nullable Object[] results(long cells) {
    @Nullable Object[] results = new Object[type.resultCount()];
    for (int i = 0; i < results.length; i++) {
      results[i] = store.getCell(cells + 8L * type.signature().resultCell(i), type.result(i));
    }
    return results;
  }

  /**
   * Calls the function with bits: i32 and f32 in the low half, references as the store's handles.
   *
   * @return the results' bits
   */
  long[] callBits(long... arguments) {
    store.acquire();
    try {
      long cells = store.cells();
      for (int i = 0; i < arguments.length; i++) {
        int param = type.param(i);
        boolean narrow = param == ValueType.I32 || param == ValueType.F32;
        NativeMemory.putLong(cells + 8L * i, narrow ? arguments[i] & 0xffff_ffffL : arguments[i]);
      }
      invoke(cells);
      long[] results = new long[type.resultCount()];
      for (int i = 0; i < results.length; i++) {
        long bits = NativeMemory.getLong(cells + 8L * i);
        boolean narrow = type.result(i) == ValueType.I32 || type.result(i) == ValueType.F32;
        results[i] = narrow ? bits & 0xffff_ffffL : bits;
      }
      return results;
    } finally {
      store.release();
    }
  }

  /** Runs the function on arguments in the cells, which receive the results. The store is acquired. */
  private void invoke(long cells) {
    if (host != null) {
      store.callHost(this, cells);
      return;
    }
    store.enter(
        thunk, NativeMemory.getLong(record + FuncRefLayout.CONTEXT), NativeMemory.getLong(record + FuncRefLayout.CODE), cells);
  }

  /**
   * The function as a method handle of its own type ({@link FuncType#methodType}), for calls that the JIT compiler is to see
   * through: keep it in a {@code static final} field. Throws what {@link #call} throws.
   */
  public synchronized MethodHandle methodHandle() {
    MethodHandle known = handle;
    if (known == null) {
      known = makeHandle();
      handle = known;
    }
    return known;
  }

  private MethodHandle makeHandle() {
    // Arguments go to their cells one by one, after the store is acquired and before the call: each step is a filter in
    // front of the next, and all are constants of the handle.
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
      Class<?> returned =
          switch (finish) {
            case "finishReference" -> Object.class;
            default -> wanted.returnType();
          };
      MethodHandle call =
          lookup.findVirtual(Func.class, finish, MethodType.methodType(returned)).bindTo(this);
      for (int i = type.paramCount() - 1; i >= 0; i--) {
        Class<?> param =
            switch (type.param(i)) {
              case ValueType.I32 -> int.class;
              case ValueType.I64 -> long.class;
              case ValueType.F32 -> float.class;
              case ValueType.F64 -> double.class;
              default -> Object.class;
            };
        MethodHandle put =
            MethodHandles.insertArguments(
                lookup.findVirtual(Func.class, "put", MethodType.methodType(void.class, int.class, param)),
                0,
                this,
                param == Object.class ? i : type.signature().paramCell(i));
        call = MethodHandles.collectArguments(call, 0, put);
      }
      MethodHandle begin = lookup.findVirtual(Func.class, "begin", MethodType.methodType(void.class)).bindTo(this);
      return MethodHandles.collectArguments(call, 0, begin).asType(wanted);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private void begin() {
    store.acquire();
    boolean done = false;
    try {
      safepoint();
      done = true;
    } finally {
      if (!done) {
        store.release();
      }
    }
  }

  private long cell(int index) {
    return store.cells() + 8L * index;
  }

  private void put(int index, int value) {
    NativeMemory.putInt(cell(index), value);
  }

  private void put(int index, long value) {
    NativeMemory.putLong(cell(index), value);
  }

  private void put(int index, float value) {
    NativeMemory.putFloat(cell(index), value);
  }

  private void put(int index, double value) {
    NativeMemory.putDouble(cell(index), value);
  }

  private void put(int index, @Nullable Object value) {
    boolean done = false;
    try {
      store.putCell(cell(type.signature().paramCell(index)), type.param(index), value);
      done = true;
    } finally {
      if (!done) {
        store.release();
      }
    }
  }

  private void finishVoid() {
    try {
      invoke(store.cells());
    } finally {
      store.release();
    }
  }

  private int finishInt() {
    try {
      invoke(store.cells());
      return NativeMemory.getInt(store.cells());
    } finally {
      store.release();
    }
  }

  private long finishLong() {
    try {
      invoke(store.cells());
      return NativeMemory.getLong(store.cells());
    } finally {
      store.release();
    }
  }

  private float finishFloat() {
    try {
      invoke(store.cells());
      return NativeMemory.getFloat(store.cells());
    } finally {
      store.release();
    }
  }

  private double finishDouble() {
    try {
      invoke(store.cells());
      return NativeMemory.getDouble(store.cells());
    } finally {
      store.release();
    }
  }

  private @Nullable Object finishReference() {
    try {
      invoke(store.cells());
      return store.getCell(store.cells(), type.result(0));
    } finally {
      store.release();
    }
  }

  private @Nullable Object[] finishSeveral() {
    try {
      invoke(store.cells());
      return results(store.cells());
    } finally {
      store.release();
    }
  }

  /** The body of a function made from Java. */
  HostFunction host() {
    if (host == null) {
      throw new AssertionError("not a host function");
    }
    return host;
  }

  /** Its type as the machine sees it. */
  Signature signature() {
    return type.signature();
  }

  /** How many cells a call uses for arguments and results. */
  int cellCount() {
    Signature signature = signature();
    return Math.max(
        signature.paramCell(signature.paramCount()), signature.resultCell(signature.resultCount()));
  }

  /** Its type with its supertypes. */
  DefinedType definedType() {
    return definedType;
  }

  /** Address of the function's record: its value as a funcref. */
  long record() {
    return record;
  }

  Store store() {
    return store;
  }
}

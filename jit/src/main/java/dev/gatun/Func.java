package dev.gatun;

import dev.gatun.backend.Signature;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.profile.ProfileFrame;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A function of a store: exported by an instance, or made from Java. To be called by one thread at a time in its store.
 */
public final class Func implements Extern {
  private final Store store;
  private final DefinedType definedType;
  private final FunctionType type;
  private final long record;
  private final @Nullable HostFunction host;
  private final long thunk;
  private final boolean takesReferences;
  private final boolean returnsReferences;
  private final int plainParams;
  private final int plainResults;
  private @Nullable HostCall hostCall;
  private @Nullable TypedCall typedCall;
  private @Nullable MethodHandle handle;
  private WasmModule.@Nullable Import importedBy;
  private @Nullable ProfileFrame profileFrame;

  Func(Store store, DefinedType definedType, long record, @Nullable HostFunction host) {
    this.store = store;
    this.definedType = definedType;
    this.type = (FunctionType) definedType.composite();
    this.record = record;
    this.host = host;
    this.takesReferences = takesReferences(type);
    this.returnsReferences = returnsReferences(type);
    int plain = 0;
    while (plain < type.paramCount() && type.param(plain) != ValueType.V128) {
      plain++;
    }
    this.plainParams = plain;
    plain = 0;
    while (plain < type.resultCount() && type.result(plain) != ValueType.V128) {
      plain++;
    }
    this.plainResults = plain;
    this.thunk = host == null ? store.resources().thunks().entry(type.signature()) : 0;
  }

  private static boolean takesReferences(FunctionType type) {
    for (int i = 0; i < type.paramCount(); i++) {
      if (Rtt.isInHeap(type.param(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean returnsReferences(FunctionType type) {
    for (int i = 0; i < type.resultCount(); i++) {
      if (ValueType.isReference(type.result(i))) {
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
    return of(store, typed.type(), typed.function());
  }

  @Override
  public FuncType type() {
    return FuncType.of(type);
  }

  /**
   * Calls the function.
   *
   * @param arguments Integer, Long, Float, Double, a {@link Func} of the same store, or any object, by the parameters'
   *     types
   * @return null if there is no result, the result, or an Object[] of several
   * @throws Trap if wasm traps
   * @throws IllegalArgumentException if the number of arguments is wrong
   * @throws ClassCastException if an argument is none of its parameter's type
   * @throws NullPointerException if an argument is null and its parameter's type a number
   * @throws IllegalStateException if another thread runs in the store, or it is closed
   */
  public @Nullable Object call(@Nullable Object... arguments) {
    int count = type.paramCount();
    if (arguments.length != count) {
      throw new IllegalArgumentException(count + " arguments expected by " + type + ", found " + arguments.length);
    }
    Tenancy.Tenure tenure = store.acquire();
    try {
      long cells = store.cells();
      safepoint();
      for (int i = 0; i < count; i++) {
        store.putCell(cells + 8L * type.signature().paramCell(i), type.param(i), arguments[i]);
      }
      invoke(tenure, cells);
      return results(store, type, cells);
    } finally {
      store.release(tenure);
    }
  }

  /** What is in the cells after a call: null, the result, or an Object[] of several. */
  static @Nullable Object results(Store store, FunctionType type, long cells) {
    int count = type.resultCount();
    if (count == 0) {
      return null;
    }
    if (count == 1) {
      return store.getCell(cells, type.result(0));
    }
    @Nullable Object[] results = new Object[count];
    for (int i = 0; i < count; i++) {
      results[i] = store.getCell(cells + 8L * type.signature().resultCell(i), type.result(i));
    }
    return results;
  }

  /** Before any argument is in its cell, where the collector does not look. */
  private void safepoint() {
    if (takesReferences) {
      store.safepoint();
    }
  }

  /**
   * Calls the function with bits: i32 and f32 in the low half, references as the store's handles.
   *
   * @return the results' bits
   */
  long[] callBits(long... arguments) {
    Tenancy.Tenure tenure = store.acquire();
    try {
      long cells = store.cells();
      for (int i = 0; i < arguments.length; i++) {
        int param = type.param(i);
        boolean narrow = param == ValueType.I32 || param == ValueType.F32;
        NativeMemory.putLong(cells + 8L * i, narrow ? arguments[i] & 0xffff_ffffL : arguments[i]);
      }
      invoke(tenure, cells);
      long[] results = new long[type.resultCount()];
      for (int i = 0; i < results.length; i++) {
        long bits = NativeMemory.getLong(cells + 8L * i);
        boolean narrow = type.result(i) == ValueType.I32 || type.result(i) == ValueType.F32;
        results[i] = narrow ? bits & 0xffff_ffffL : bits;
      }
      return results;
    } finally {
      store.release(tenure);
    }
  }

  /** Runs the function on arguments in the cells, which receive the results. The store is acquired. */
  private void invoke(Tenancy.Tenure tenure, long cells) {
    if (host != null) {
      store.callHost(this, cells);
      return;
    }
    store.enter(
        tenure.isNested(),
        thunk,
        NativeMemory.getLong(record + FuncRefLayout.CONTEXT),
        NativeMemory.getLong(record + FuncRefLayout.CODE),
        cells);
  }

  /**
   * The function as a method handle of its own type ({@link FuncType#methodType}), for calls that the JIT compiler is
   * to see through: keep it in a {@code static final} field. Throws what {@link #call} throws.
   *
   * {@snippet class="dev.gatun.snippets.EngineSnippets" region="handle"}
   */
  public synchronized MethodHandle methodHandle() {
    MethodHandle known = handle;
    if (known == null) {
      known = typedCall().handle();
      handle = known;
    }
    return known;
  }

  /** What a typed call of the function needs. */
  synchronized TypedCall typedCall() {
    TypedCall known = typedCall;
    if (known == null) {
      known =
          new TypedCall(
              store,
              type,
              thunk,
              NativeMemory.getLong(record + FuncRefLayout.CONTEXT),
              record + FuncRefLayout.CODE,
              store.cells(),
              takesReferences,
              host == null ? null : this);
      typedCall = known;
    }
    return known;
  }

  /** Tells a function made from Java by what name it was imported. */
  void importedAs(WasmModule.Import by) {
    importedBy = by;
  }

  /** What a profile calls a function made from Java. */
  ProfileFrame profileFrame() {
    ProfileFrame known = profileFrame;
    if (known == null) {
      WasmModule.Import by = importedBy;
      String name = by == null ? host().getClass().getName() : by.module() + "." + by.name();
      int lambda = by == null ? name.indexOf("$$") : -1;
      known = new ProfileFrame(ProfileFrame.Kind.HOST, lambda < 0 ? name : name.substring(0, lambda));
      profileFrame = known;
    }
    return known;
  }

  /** Whether it was made from Java. */
  boolean isHost() {
    return host != null;
  }

  /** The body of a function made from Java. */
  HostFunction host() {
    if (host == null) {
      throw new AssertionError("not a host function");
    }
    return host;
  }

  /** What its calls from wasm are made with. */
  HostCall hostCall() {
    HostCall known = hostCall;
    if (known == null) {
      known = new HostCall(this);
      hostCall = known;
    }
    return known;
  }

  /** Its type as the machine sees it. */
  Signature signature() {
    return type.signature();
  }

  FunctionType functionType() {
    return type;
  }

  /** Whether some of its results are references. */
  boolean returnsReferences() {
    return returnsReferences;
  }

  /** How many of its first parameters take one cell each. */
  int plainParams() {
    return plainParams;
  }

  /** How many of its first results take one cell each. */
  int plainResults() {
    return plainResults;
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

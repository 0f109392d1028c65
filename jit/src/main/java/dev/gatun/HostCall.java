package dev.gatun;

import dev.gatun.layout.VmContextLayout;
import dev.gatun.runtime.CallerMemory;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A call of a host function from wasm: its arguments, its results and its caller. Valid until the host function
 * returns; must not be kept.
 *
 * <p>Arguments are read by the type that the function declares; reading one as another type gives its bits.
 */
public final class HostCall {
  /** Nothing is ever set in it. */
  private static final BitSet UNUSED = new BitSet(0);

  static {
    CallerMemory.provide(new Bytes());
  }

  /** For WASI. */
  private static final class Bytes extends CallerMemory {
    @Override
    protected MemorySegment bytes(Object call) {
      return ((HostCall) call).memory().bytes();
    }
  }

  private final Store store;
  private final Func func;
  private final HostFunction host;

  /** How many of the first arguments and results take one cell each; none while the function does not run. */
  private final int plainParams;

  private final int plainResults;
  private final boolean returnsReferences;

  /** Where arguments and results are; 0 while the function does not run. */
  private long cells;

  /** The context of the instance that called, or 0. */
  private long context;

  /** For a call while this one has not returned. */
  private @Nullable HostCall deeper;

  /** The results that are references and have been set; unused if none is one. */
  private final BitSet given;

  /** Made once for a function: a call stores no reference, for which collectors would want to be told. */
  HostCall(Func func) {
    this.store = func.store();
    this.func = func;
    this.host = func.host();
    this.plainParams = func.plainParams();
    this.plainResults = func.plainResults();
    this.returnsReferences = func.returnsReferences();
    this.given = returnsReferences ? new BitSet() : UNUSED;
  }

  Func function() {
    return func;
  }

  HostFunction host() {
    return host;
  }

  boolean isActive() {
    return cells != 0;
  }

  HostCall deeper() {
    HostCall known = deeper;
    if (known == null) {
      known = new HostCall(func);
      deeper = known;
    }
    return known;
  }

  void begin(long cellAddress, long callerContext) {
    cells = cellAddress;
    context = callerContext;
  }

  /**
   * After the function has returned: results that are references and have not been set are null, whatever is in their
   * cells.
   *
   * @throws IllegalStateException if one may not be null
   */
  void complete() {
    if (returnsReferences) {
      completeReferences(func.functionType());
    }
  }

  private void completeReferences(FunctionType type) {
    for (int i = 0; i < type.resultCount(); i++) {
      if (ValueType.isReference(type.result(i)) && !given.get(i)) {
        if (!ValueType.isNullable(type.result(i))) {
          throw new IllegalStateException(
              "the host function set no result " + i + ", which is a " + ValueType.name(type.result(i)));
        }
        NativeMemory.putLong(resultCell(i), 0);
      }
    }
  }

  /** After this the call can't be used any more, lest it reads what is not there. */
  void end() {
    cells = 0;
    if (returnsReferences) {
      given.clear();
    }
  }

  /** Whether the function runs now because an instance has called it. */
  boolean isCalledBy(Instance caller) {
    return isActive() && context == caller.context();
  }

  private long argumentCell(int index) {
    if (cells != 0 && index >= 0 && index < plainParams) {
      return cells + 8L * index;
    }
    int count = cells != 0 ? func.signature().paramCount() : 0;
    if (index < 0 || index >= count) {
      throw none("argument", index, count);
    }
    return cells + 8L * func.signature().paramCell(index);
  }

  private long resultCell(int index) {
    if (cells != 0 && index >= 0 && index < plainResults) {
      return cells + 8L * index;
    }
    int count = cells != 0 ? func.signature().resultCount() : 0;
    if (index < 0 || index >= count) {
      throw none("result", index, count);
    }
    return cells + 8L * func.signature().resultCell(index);
  }

  private static IndexOutOfBoundsException none(String what, int index, int count) {
    return new IndexOutOfBoundsException(
        count == 0 ? "the host function has no " + what + ", or has returned" : what + " " + index + " of " + count);
  }

  // For the code of typed host functions, which knows the types.

  /** Address of the arguments' cells, which are the results' afterwards. */
  long cells() {
    return cells;
  }

  /** An argument by its declared type. */
  @Nullable Object argument(int index) {
    return store.getCell(argumentCell(index), func.functionType().param(index));
  }

  /** Sets the only result, which is a vector or a reference. */
  void resultObject(@Nullable Object value) {
    result(0, ValType.of(func.functionType().result(0)), value);
  }

  /** Sets all results, boxed. */
  void results(@Nullable Object[] values) {
    FunctionType type = func.functionType();
    if (values.length != type.resultCount()) {
      throw new IllegalStateException(
          "the host function returned " + values.length + " results; " + type + " has " + type.resultCount());
    }
    for (int i = 0; i < values.length; i++) {
      result(i, ValType.of(type.result(i)), values[i]);
    }
  }

  /** For strings and bytes in the caller's memory. */
  Transfer transfer(@Nullable Object allocator) {
    return new Transfer(instance().guestMemory((GuestAllocator) allocator));
  }

  /** Argument {@code index}, an i32. */
  public int i32(int index) {
    return NativeMemory.getInt(argumentCell(index));
  }

  /** Argument {@code index}, an i64. */
  public long i64(int index) {
    return NativeMemory.getLong(argumentCell(index));
  }

  /** Argument {@code index}, an f32. */
  public float f32(int index) {
    return NativeMemory.getFloat(argumentCell(index));
  }

  /** Argument {@code index}, an f64. */
  public double f64(int index) {
    return NativeMemory.getDouble(argumentCell(index));
  }

  /** Argument {@code index}, a v128. */
  public V128 v128(int index) {
    long cell = argumentCell(index);
    return new V128(NativeMemory.getLong(cell), NativeMemory.getLong(cell + 8));
  }

  /** Argument {@code index}, a funcref: a {@link Func} or null. */
  public @Nullable Func funcRef(int index) {
    return store.func(NativeMemory.getLong(argumentCell(index)));
  }

  /** Argument {@code index}, an externref: any object or null. */
  public @Nullable Object externRef(int index) {
    return store.references().toJava(ValueType.EXTERNREF, NativeMemory.getLong(argumentCell(index)));
  }

  /** Argument {@code index} by its type, boxed. */
  public @Nullable Object argument(int index, ValType type) {
    return store.getCell(argumentCell(index), FuncType.code(type));
  }

  /** Sets the only result, an i32. */
  public void result(int value) {
    NativeMemory.putInt(resultCell(0), value);
  }

  /** Sets the only result, an i64. */
  public void result(long value) {
    NativeMemory.putLong(resultCell(0), value);
  }

  /** Sets the only result, an f32. */
  public void result(float value) {
    NativeMemory.putFloat(resultCell(0), value);
  }

  /** Sets the only result, an f64. */
  public void result(double value) {
    NativeMemory.putDouble(resultCell(0), value);
  }

  /** Sets the only result, a v128. */
  public void result(V128 value) {
    long cell = resultCell(0);
    NativeMemory.putLong(cell, value.low());
    NativeMemory.putLong(cell + 8, value.high());
  }

  /**
   * Sets result {@code index} of a type. All arguments must have been read: results take their place. A reference that
   * is not set is null.
   *
   * @throws ClassCastException if the value is none of the type, or none of the type of the function's result
   */
  public void result(int index, ValType type, @Nullable Object value) {
    int code = FuncType.code(type);
    if (cells != 0 && returnsReferences && index >= 0 && index < func.functionType().resultCount()) {
      int declared = func.functionType().result(index);
      if (ValueType.isReference(declared)) {
        code = declared;
        given.set(index);
      }
    }
    if (value != null && Rtt.isInHeap(code)) {
      store.safepoint();
    }
    store.putCell(resultCell(index), code, value);
  }

  /**
   * A trap at this call, to be thrown by the host function. Its class follows from the kind.
   *
   * @param detail what there is to say beyond the kind
   */
  public Trap trap(Trap.Kind kind, String detail) {
    return store.trap(kind, detail);
  }

  /**
   * To be called now and then by a host function that takes long or waits.
   *
   * @throws InterruptionException if the store or this thread was interrupted
   * @throws DeadlineException if the guest's time is over
   */
  public void checkInterrupt() {
    store.checkInterrupt();
  }

  /** The instance that called. */
  public Instance instance() {
    long known = cells == 0 ? 0 : context;
    Instance caller =
        known == 0 ? null : store.instance(NativeMemory.getInt(known + VmContextLayout.INSTANCE));
    if (caller == null) {
      throw new IllegalStateException("the host function was not called by an instance");
    }
    return caller;
  }

  /**
   * The memory of the caller: what it exports as "memory", else its memory 0.
   *
   * @throws IllegalStateException if it has none
   */
  public Memory memory() {
    Memory memory = instance().mainMemory();
    if (memory == null) {
      throw new IllegalStateException("the calling instance has no memory");
    }
    return memory;
  }
}

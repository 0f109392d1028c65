package dev.gatun;

import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * A call of a host function from wasm: its arguments, its results and its caller. Valid until the host function returns; must
 * not be kept.
 *
 * <p>Arguments are read by the type that the function declares; reading one as another type gives its bits.
 */
public final class HostCall {
  private final Store store;
  private long cells;
  private int count;
  private int instance;

  HostCall(Store store) {
    this.store = store;
  }

  void begin(long cellAddress, int cellCount, int callerInstance) {
    cells = cellAddress;
    count = cellCount;
    instance = callerInstance;
  }

  /** After this the call can't be used any more, lest it reads what is not there. */
  void end() {
    count = 0;
  }

  private long cell(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException(
          count == 0
              ? "the host function has no arguments and results, or has returned"
              : "argument or result " + index + " of " + count);
    }
    return cells + 8L * index;
  }

  /** Argument {@code index}, an i32. */
  public int i32(int index) {
    return NativeMemory.getInt(cell(index));
  }

  /** Argument {@code index}, an i64. */
  public long i64(int index) {
    return NativeMemory.getLong(cell(index));
  }

  /** Argument {@code index}, an f32. */
  public float f32(int index) {
    return NativeMemory.getFloat(cell(index));
  }

  /** Argument {@code index}, an f64. */
  public double f64(int index) {
    return NativeMemory.getDouble(cell(index));
  }

  /** Argument {@code index}, a funcref: a {@link Func} or null. */
  public @Nullable Func funcRef(int index) {
    return store.func(NativeMemory.getLong(cell(index)));
  }

  /** Argument {@code index}, an externref: any object or null. */
  public @Nullable Object externRef(int index) {
    return store.references().toJava(ValueType.EXTERNREF, NativeMemory.getLong(cell(index)));
  }

  /** Argument {@code index} by its type, boxed. */
  public @Nullable Object argument(int index, ValType type) {
    return store.getCell(cell(index), FuncType.code(type));
  }

  /** Sets the only result, an i32. */
  public void result(int value) {
    NativeMemory.putInt(cell(0), value);
  }

  /** Sets the only result, an i64. */
  public void result(long value) {
    NativeMemory.putLong(cell(0), value);
  }

  /** Sets the only result, an f32. */
  public void result(float value) {
    NativeMemory.putFloat(cell(0), value);
  }

  /** Sets the only result, an f64. */
  public void result(double value) {
    NativeMemory.putDouble(cell(0), value);
  }

  /** Sets result {@code index} of a type. All arguments must have been read: results take their place. */
  public void result(int index, ValType type, @Nullable Object value) {
    int code = FuncType.code(type);
    if (value != null && Rtt.isInHeap(code)) {
      store.safepoint();
    }
    store.putCell(cell(index), code, value);
  }

  /** The instance that called. */
  public Instance instance() {
    Instance caller = instance < 0 ? null : store.instance(instance);
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

package dev.gatun;

import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.ValueType;
import org.jspecify.annotations.Nullable;

/** A global of a store. To be used by the thread that uses the store. */
public final class Global implements Extern {
  private final Store store;
  private final GlobalType type;
  private final long address;

  Global(Store store, GlobalType type, long address) {
    this.store = store;
    this.type = type;
    this.address = address;
    store.roots().add(this);
  }

  /**
   * Creates a global.
   *
   * @param value its value: Integer, Long, Float, Double, a {@link Func} of the store, or any object, by the type
   */
  public static Global create(Store store, GlobalType type, @Nullable Object value) {
    Global global = new Global(store, type, store.allocate(type.type() == ValType.V128 ? 16 : 8));
    global.safepoint();
    store.putCell(global.address, FuncType.code(type.type()), value);
    return global;
  }

  @Override
  public GlobalType type() {
    return type;
  }

  /** The value: Integer, Long, Float, Double, {@link Func}, any object, or null. */
  public @Nullable Object get() {
    store.access();
    try {
      return store.getCell(address, FuncType.code(type.type()));
    } finally {
      store.release();
    }
  }

  /**
   * Sets the value.
   *
   * @throws IllegalStateException if the global is immutable
   * @throws ClassCastException if the value is none of the global's type
   * @throws NullPointerException if it is null and the type is a number
   */
  public void set(@Nullable Object value) {
    if (!type.mutable()) {
      throw new IllegalStateException("the global is immutable");
    }
    store.access();
    try {
      safepoint();
      store.putCell(address, FuncType.code(type.type()), value);
    } finally {
      store.release();
    }
  }

  private void safepoint() {
    if (isReference()) {
      store.safepoint();
    }
  }

  /** Whether the value is a reference into the heap, or may be. */
  boolean isReference() {
    return Rtt.isInHeap(FuncType.code(type.type()));
  }

  /** The value's bits; references as the store's handles. */
  long bits() {
    int code = FuncType.code(type.type());
    return code == ValueType.I32 || code == ValueType.F32
        ? NativeMemory.getInt(address) & 0xffff_ffffL
        : NativeMemory.getLong(address);
  }

  /** The upper half of a vector; 0 of anything else. */
  long highBits() {
    return type.type() == ValType.V128 ? NativeMemory.getLong(address + 8) : 0;
  }

  long address() {
    return address;
  }

  Store store() {
    return store;
  }
}

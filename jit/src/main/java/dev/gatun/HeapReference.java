package dev.gatun;

import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.ValueType;

/**
 * A reference to an object that wasm has made, on the heap of a store. As long as Java holds it, the object is kept;
 * there is one Java object for each object of wasm, so references are compared with {@code ==}. To be used by the
 * thread that uses the store.
 */
public abstract sealed class HeapReference permits StructReference, ArrayReference, ExceptionReference {
  private final Store store;
  private final long address;

  HeapReference(Store store, long address) {
    this.store = store;
    this.address = address;
  }

  /** The object's own type, which may be below the one it was passed as. */
  public ValType type() {
    return ValType.of(ValueType.nonNull(ValueType.reference(definedType().id())));
  }

  /** The store in which the object lives. */
  Store store() {
    return store;
  }

  /** Where it lies: the bits of the reference. */
  long address() {
    store.checkOpen();
    return address;
  }

  DefinedType definedType() {
    return Rtt.typeOf(address());
  }
}

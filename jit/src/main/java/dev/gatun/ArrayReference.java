package dev.gatun;

import dev.gatun.layout.ObjectLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.ArrayType;
import dev.gatun.wasm.FieldType;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An array of wasm. */
public final class ArrayReference extends HeapReference {
  ArrayReference(Store store, long address) {
    super(store, address);
  }

  private FieldType element() {
    return ((ArrayType) definedType().composite()).element();
  }

  /** How many elements it has. */
  public int length() {
    try {
      return NativeMemory.getInt(address() + ObjectLayout.ARRAY_LENGTH);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private long cell(int index, FieldType element) {
    return address() + ObjectLayout.ELEMENTS + (long) Objects.checkIndex(index, length()) * element.size();
  }

  /**
   * An element: as {@link Func#call} returns results; a packed one as a number from 0.
   *
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public @Nullable Object get(int index) {
    FieldType element = element();
    try {
      return store().references().load(cell(index, element), element.storage());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Sets an element.
   *
   * @throws IndexOutOfBoundsException if there is no such element
   * @throws IllegalStateException if the elements are immutable
   * @throws ClassCastException if the value is none of the elements' type
   */
  public void set(int index, @Nullable Object value) {
    FieldType element = element();
    if (!element.mutable()) {
      throw new IllegalStateException("the elements are immutable");
    }
    try {
      store().safepoint();
      store().references().store(cell(index, element), element.storage(), value);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}

package dev.gatun;

import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Rtt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A table of references. To be used by the thread that uses the store. */
public final class Table implements Extern {
  /** No table grows beyond this many elements. */
  static final long MAX_SIZE = 10_000_000;

  private final Store store;
  private final ValType element;
  private final int elementCode;
  private final OptionalLong declaredMax;
  private final ValType indexType;
  private final long max;
  private final TableElements elements;

  Table(Store store, TableType type, TableElements elements) {
    this.store = store;
    this.element = type.element();
    this.elementCode = FuncType.code(element);
    this.declaredMax = type.max();
    this.indexType = type.indexType();
    long limit = type.max().orElse(MAX_SIZE);
    this.max = Long.compareUnsigned(limit, MAX_SIZE) < 0 ? limit : MAX_SIZE;
    this.elements = elements;
  }

  /**
   * Creates a table of nulls.
   *
   * @throws IllegalArgumentException if the limits contradict each other, or exceed what a table may have
   * @throws TableLimitException if the store's {@link Limits} do not allow it
   */
  public static Table create(Store store, TableType type) {
    if (Long.compareUnsigned(type.min(), type.max().orElse(MAX_SIZE)) > 0
        || Long.compareUnsigned(type.min(), MAX_SIZE) > 0) {
      throw new IllegalArgumentException("no such table: " + type);
    }
    store.quota().claimElements(type.min());
    return store.addTable(type);
  }

  @Override
  public TableType type() {
    return new TableType(element, size(), declaredMax, indexType);
  }

  /** Current size in elements. */
  public long size() {
    store.checkOpen();
    return elements.length();
  }

  /**
   * The element at an index: a {@link Func}, any object, or null.
   *
   * @throws IndexOutOfBoundsException if there is no such element
   */
  public @Nullable Object get(long index) {
    store.access();
    try {
      return store.getCell(cell(index), elementCode);
    } finally {
      store.release();
    }
  }

  /** Sets the element at an index. */
  public void set(long index, @Nullable Object value) {
    store.access();
    try {
      safepoint();
      store.putCell(cell(index), elementCode, value);
    } finally {
      store.release();
    }
  }

  private void safepoint() {
    if (isReference()) {
      store.safepoint();
    }
  }

  /** Whether the elements are references into the heap, or may be. */
  boolean isReference() {
    return Rtt.isInHeap(elementCode);
  }

  private long cell(long index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException("index " + index + " of a table of " + size() + " elements");
    }
    return base() + 8 * index;
  }

  /**
   * Grows the table.
   *
   * @param delta elements to add
   * @param value what they are
   * @return the old size, or -1 if the maximum does not allow it
   * @throws TableLimitException if the store's {@link Limits} do not allow it, unless they say that it is refused
   */
  public long grow(long delta, @Nullable Object value) {
    store.access();
    try {
      safepoint();
      return growBits(delta, store.toBits(elementCode, value));
    } finally {
      store.release();
    }
  }

  long growBits(long delta, long bits) {
    long old = elements.length();
    if (Long.compareUnsigned(delta, max - old) > 0 || !store.quota().grantsElements(delta)) {
      return -1;
    }
    elements.grow(old + delta, MAX_SIZE, bits);
    return old;
  }

  /** Whether a range lies within the table; arguments are unsigned. */
  boolean contains(long start, long length) {
    long size = elements.length();
    return Long.compareUnsigned(start, size) <= 0 && Long.compareUnsigned(length, size - start) <= 0;
  }

  /** Whether indices have 64 bits. */
  boolean isWide() {
    return indexType == ValType.I64;
  }

  /** The bits of all elements. */
  long[] copyBits() {
    return NativeMemory.getLongs(base(), elements.length());
  }

  long base() {
    return elements.base();
  }

  long descriptor() {
    return elements.descriptor();
  }

  Store store() {
    return store;
  }

  /** What the table consists of in native memory. */
  TableElements elements() {
    return elements;
  }
}

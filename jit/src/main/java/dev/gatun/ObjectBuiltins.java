package dev.gatun;

import dev.gatun.layout.Builtin;
import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.layout.StructLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Heap;
import dev.gatun.wasm.ArrayType;
import dev.gatun.wasm.FieldType;
import dev.gatun.wasm.StructType;
import dev.gatun.wasm.WasmModule;

/**
 * The built-ins that make and change objects of the heap (spec 4.6.6). Their references are in cells on the wasm stack,
 * where the collector finds them; a new object is in none, but nothing collects before it is in its cell.
 */
final class ObjectBuiltins {
  private final Instance instance;
  private final Store store;

  ObjectBuiltins(Instance instance) {
    this.instance = instance;
    this.store = instance.store();
  }

  void call(Builtin builtin, long cells) {
    switch (builtin) {
      case ALLOCATE ->
          NativeMemory.putLong(cells, allocate(NativeMemory.getLong(cells), NativeMemory.getInt(cells + 8)));
      case STRUCT_NEW_DEFAULT -> NativeMemory.putLong(cells, allocate(rtt(cells), 0));
      case ARRAY_NEW -> {
        FieldType element = element(cells);
        int length = 1 + valueCells(element);
        long array = allocate(rtt(cells), NativeMemory.getInt(cells + 8L * length));
        fill(array, element, 0, unsigned(cells, length), cells + 8);
        NativeMemory.putLong(cells, array);
      }
      case ARRAY_NEW_DEFAULT -> NativeMemory.putLong(cells, allocate(rtt(cells), NativeMemory.getInt(cells + 8)));
      case ARRAY_NEW_DATA ->
          NativeMemory.putLong(
              cells,
              newFromData(type(cells), NativeMemory.getInt(cells + 8), unsigned(cells, 2),
                  NativeMemory.getInt(cells + 24)));
      case ARRAY_NEW_ELEM ->
          NativeMemory.putLong(
              cells,
              newFromElements(
                  type(cells), NativeMemory.getInt(cells + 8), unsigned(cells, 2), NativeMemory.getInt(cells + 24)));
      case ARRAY_FILL -> {
        long array = array(cells, 1);
        long start = unsigned(cells, 2);
        FieldType element = element(cells);
        long length = unsigned(cells, 3 + valueCells(element));
        arrayBounds(array, start, length);
        fill(array, element, start, length, cells + 24);
      }
      case ARRAY_COPY -> {
        long to = array(cells, 1);
        long from = array(cells, 3);
        long destination = unsigned(cells, 2);
        long source = unsigned(cells, 4);
        long length = unsigned(cells, 5);
        arrayBounds(to, destination, length);
        arrayBounds(from, source, length);
        int size = element(cells).size();
        NativeMemory.copy(address(from, source, size), address(to, destination, size), length * size);
      }
      case ARRAY_INIT_DATA -> {
        long array = array(cells, 2);
        long length = unsigned(cells, 5);
        arrayBounds(array, unsigned(cells, 3), length);
        copyData(
            NativeMemory.getInt(cells + 8), unsigned(cells, 4), array, unsigned(cells, 3), length, element(cells)
                .size());
      }
      case ARRAY_INIT_ELEM -> {
        long array = array(cells, 2);
        long length = unsigned(cells, 5);
        arrayBounds(array, unsigned(cells, 3), length);
        copyElements(NativeMemory.getInt(cells + 8), unsigned(cells, 4), array, unsigned(cells, 3), length);
      }
      default -> throw new AssertionError(builtin);
    }
  }

  // Cells.

  private static long unsigned(long cells, int index) {
    return NativeMemory.getInt(cells + 8L * index) & 0xffff_ffffL;
  }

  /** The array in a cell, which may not be null. */
  private long array(long cells, int index) {
    long array = NativeMemory.getLong(cells + 8L * index);
    if (array == 0) {
      throw store.trap(Trap.Kind.NULL_ARRAY);
    }
    return array;
  }

  private static int type(long cells) {
    return NativeMemory.getInt(cells);
  }

  private long rtt(long cells) {
    return instance.module().compiled().rtt(type(cells)).address();
  }

  private FieldType element(long cells) {
    return element(type(cells));
  }

  private FieldType element(int type) {
    return ((ArrayType) instance.module().wasm().definedType(type).composite()).element();
  }

  private void arrayBounds(long array, long start, long length) {
    if (start + length > (NativeMemory.getInt(array + ObjectLayout.ARRAY_LENGTH) & 0xffff_ffffL)) {
      throw store.trap(Trap.Kind.ARRAY_OUT_OF_BOUNDS);
    }
  }

  private static long address(long array, long index, int size) {
    return array + ObjectLayout.ELEMENTS + index * size;
  }

  // Objects.

  /** Allocates an object of a type given by the address of its record; its fields are zero. */
  private long allocate(long rtt, int length) {
    Heap heap = store.heap();
    return NativeMemory.getInt(rtt + RttLayout.KIND) == RttLayout.ARRAY
        ? heap.allocateArray(rtt, length)
        : heap.collectAndAllocate(rtt, NativeMemory.getInt(rtt + RttLayout.SIZE));
  }

  /** How many cells a value of an element takes. */
  private static int valueCells(FieldType element) {
    return element.size() == 16 ? 2 : 1;
  }

  /** Sets elements to the value in a cell, or in two for a vector. */
  private static void fill(long array, FieldType element, long start, long length, long cell) {
    long bits = NativeMemory.getLong(cell);
    int size = element.size();
    long at = address(array, start, size);
    if (size == 8) {
      NativeMemory.fill(at, length, bits);
      return;
    }
    for (long i = 0; i < length; i++) {
      if (size == 16) {
        NativeMemory.copy(cell, at + i * size, size);
        continue;
      }
      References.storeBits(at + i * size, element.storage(), bits);
    }
  }

  /** {@code array.new_data}. May collect. */
  long newFromData(int type, int segment, long offset, int length) {
    long count = length & 0xffff_ffffL;
    int size = element(type).size();
    checkData(segment, offset, count * size);
    long array = allocate(instance.module().compiled().rtt(type).address(), length);
    copyData(segment, offset, array, 0, count, size);
    return array;
  }

  /** {@code array.new_elem}. May collect. */
  long newFromElements(int type, int segment, long offset, int length) {
    checkElements(segment, offset, length & 0xffff_ffffL);
    long array = allocate(instance.module().compiled().rtt(type).address(), length);
    copyElements(segment, offset, array, 0, length & 0xffff_ffffL);
    return array;
  }

  private void checkData(int segment, long offset, long bytes) {
    WasmModule.DataSegment data = instance.data[segment];
    if (offset + bytes > (data == null ? 0 : data.length())) {
      throw store.trap(Trap.Kind.MEMORY_OUT_OF_BOUNDS);
    }
  }

  private void copyData(int segment, long offset, long array, long start, long length, int size) {
    checkData(segment, offset, length * size);
    WasmModule.DataSegment data = instance.data[segment];
    if (data != null && length > 0) {
      NativeMemory.copy(
          instance.module().wasm().bytes(),
          (int) (data.start() + offset),
          address(array, start, size),
          (int) (length * size));
    }
  }

  private void checkElements(int segment, long offset, long length) {
    long[] values = instance.elements[segment];
    if (offset + length > (values == null ? 0 : values.length)) {
      throw store.trap(Trap.Kind.TABLE_OUT_OF_BOUNDS);
    }
  }

  private void copyElements(int segment, long offset, long array, long start, long length) {
    checkElements(segment, offset, length);
    long[] values = instance.elements[segment];
    for (long i = 0; i < length && values != null; i++) {
      NativeMemory.putLong(address(array, start + i, 8), values[(int) (offset + i)]);
    }
  }

  // Constant expressions, whose operands are on a stack that the collector looks at.

  /** {@code struct.new}: takes the values of its fields from a stack. */
  long newStruct(int type, long[] stack, long[] high, int first) {
    long struct = newDefaultStruct(type);
    StructType fields = (StructType) instance.module().wasm().definedType(type).composite();
    int[] offsets = StructLayout.offsets(fields);
    for (int i = 0; i < offsets.length - 1; i++) {
      store(struct + offsets[i], fields.fields().get(i), stack[first + i], high[first + i]);
    }
    return struct;
  }

  /** {@code struct.new_default}. */
  long newDefaultStruct(int type) {
    return allocate(instance.module().compiled().rtt(type).address(), 0);
  }

  /** {@code array.new}; {@code array.new_default}, if the bits are zero. */
  long newArray(int type, long bits, long high, int length) {
    long array = allocate(instance.module().compiled().rtt(type).address(), length);
    FieldType element = element(type);
    if (bits != 0 || high != 0) {
      for (long i = 0; i < (length & 0xffff_ffffL); i++) {
        store(address(array, i, element.size()), element, bits, high);
      }
    }
    return array;
  }

  /** {@code array.new_fixed}: takes the elements from a stack. */
  long newFixedArray(int type, long[] stack, long[] high, int first, int length) {
    long array = allocate(instance.module().compiled().rtt(type).address(), length);
    FieldType element = element(type);
    for (int i = 0; i < length; i++) {
      store(address(array, i, element.size()), element, stack[first + i], high[first + i]);
    }
    return array;
  }

  private static void store(long address, FieldType field, long bits, long high) {
    References.storeBits(address, field.storage(), bits);
    if (field.size() == 16) {
      NativeMemory.putLong(address + 8, high);
    }
  }
}

package dev.gatun;

import dev.gatun.layout.RttLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Marker;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.ValueType;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Java objects that stand for references of a store: {@link Func}, {@link I31}, {@link HeapReference}, and for what
 * is the host's the Java object itself. Nothing here collects.
 */
final class References {
  private final Store store;

  /** By address: the object that was handed out, as long as Java holds it. */
  private final Map<Long, WeakReference<HeapReference>> handedOut = new HashMap<>();

  References(Store store) {
    this.store = store;
  }

  // From wasm to Java.

  /** The object for the bits of a reference of a type. */
  @Nullable Object toJava(int type, long bits) {
    if (bits == 0) {
      return null;
    }
    if (ValueType.top(type) == ValueType.FUNCREF) {
      return store.func(bits);
    }
    if ((bits & 1) != 0) {
      return I31.ofBits(bits);
    }
    return switch (Rtt.kindOf(bits)) {
      case RttLayout.HOST -> store.heap().host(bits);
      default -> handOut(bits);
    };
  }

  /** The object for a reference to an exception. */
  ExceptionReference toException(long address) {
    return (ExceptionReference) handOut(address);
  }

  private HeapReference handOut(long address) {
    WeakReference<HeapReference> known = handedOut.get(address);
    HeapReference reference = known == null ? null : known.get();
    if (reference == null) {
      reference =
          switch (Rtt.kindOf(address)) {
            case RttLayout.STRUCT -> new StructReference(store, address);
            case RttLayout.ARRAY -> new ArrayReference(store, address);
            case RttLayout.EXCEPTION -> new ExceptionReference(store, address);
            default -> throw new AssertionError(Rtt.kindOf(address));
          };
      handedOut.put(address, new WeakReference<>(reference));
    }
    return reference;
  }

  /** Marks what Java holds, and forgets the rest. */
  void mark(Marker marker) {
    for (Iterator<Map.Entry<Long, WeakReference<HeapReference>>> i = handedOut.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Long, WeakReference<HeapReference>> entry = i.next();
      if (entry.getValue().refersTo(null)) {
        i.remove();
      } else {
        marker.mark(entry.getKey());
      }
    }
  }

  /** Whether no object has been handed out that Java may still hold. */
  boolean isEmpty() {
    return handedOut.isEmpty();
  }

  // From Java to wasm.

  /**
   * The bits of a reference of a type.
   *
   * @throws ClassCastException if the object is none of the type
   * @throws NullPointerException if it is null and the type is not nullable
   * @throws IllegalArgumentException if it is of another store
   */
  long toBits(int type, @Nullable Object object) {
    if (object == null) {
      if (!ValueType.isNullable(type)) {
        throw new NullPointerException("null is no " + ValueType.name(type));
      }
      return 0;
    }
    int top = ValueType.top(type);
    if (top == ValueType.FUNCREF) {
      Func func = (Func) object;
      checkStore(func.store(), "the function");
      check(type, ValueType.reference(func.definedType().id()), object);
      return func.record();
    }
    if (object instanceof I31 number) {
      check(type, top == ValueType.EXTERNREF ? top : ValueType.I31REF, object);
      return number.bits();
    }
    if (object instanceof HeapReference reference) {
      checkStore(reference.store(), "the object");
      check(type, top == ValueType.EXTERNREF ? top : typeOf(reference), object);
      return reference.address();
    }
    check(type, top == ValueType.EXNREF ? ValueType.ANYREF : top, object);
    return store.heap().handle(object);
  }

  private static int typeOf(HeapReference reference) {
    return reference instanceof ExceptionReference
        ? ValueType.EXNREF
        : ValueType.reference(reference.definedType().id());
  }

  private static void check(int wanted, int found, Object object) {
    if (!ValueType.matches(found, ValueType.heap(wanted))) {
      throw new ClassCastException(object + " is no " + ValueType.name(wanted));
    }
  }

  private void checkStore(Store other, String what) {
    if (other != store) {
      throw new IllegalArgumentException(what + " belongs to another store");
    }
  }

  // Fields of objects.

  /** Reads a field or an element. */
  @Nullable Object load(long address, int storage) {
    return switch (storage) {
      case ValueType.I8 -> NativeMemory.getByte(address) & 0xff;
      case ValueType.I16 -> NativeMemory.getShort(address) & 0xffff;
      default -> store.getCell(address, storage);
    };
  }

  /** Writes a field or an element. */
  void store(long address, int storage, @Nullable Object value) {
    switch (storage) {
      case ValueType.I8, ValueType.I16 -> storeBits(address, storage, store.toBits(ValueType.I32, value));
      case ValueType.I32, ValueType.F32 -> storeBits(address, storage, store.toBits(storage, value));
      default -> store.putCell(address, storage, value);
    }
  }

  /** Writes a field or an element of up to 8 bytes. */
  static void storeBits(long address, int storage, long bits) {
    switch (storage) {
      case ValueType.I8 -> NativeMemory.putByte(address, (byte) bits);
      case ValueType.I16 -> NativeMemory.putShort(address, (short) bits);
      case ValueType.I32, ValueType.F32 -> NativeMemory.putHalf(address, (int) bits);
      default -> NativeMemory.putLong(address, bits);
    }
  }
}

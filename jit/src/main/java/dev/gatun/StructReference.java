package dev.gatun;

import dev.gatun.layout.StructLayout;
import dev.gatun.wasm.FieldType;
import dev.gatun.wasm.StructType;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** A struct of wasm. */
public final class StructReference extends HeapReference {
  StructReference(Store store, long address) {
    super(store, address);
  }

  private StructType struct() {
    return (StructType) definedType().composite();
  }

  /** How many fields it has. */
  public int fieldCount() {
    return struct().fields().size();
  }

  /**
   * The value of a field: as {@link Func#call} returns results; a packed one as a number from 0.
   *
   * @throws IndexOutOfBoundsException if there is no such field
   */
  public @Nullable Object get(int field) {
    StructType struct = struct();
    FieldType type = struct.fields().get(field);
    try {
      return store().references().load(address() + StructLayout.offset(struct, field), type.storage());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Sets a field.
   *
   * @throws IndexOutOfBoundsException if there is no such field
   * @throws IllegalStateException if the field is immutable
   * @throws ClassCastException if the value is none of the field's type
   */
  public void set(int field, @Nullable Object value) {
    StructType struct = struct();
    FieldType type = struct.fields().get(field);
    if (!type.mutable()) {
      throw new IllegalStateException("field " + field + " is immutable");
    }
    try {
      store().safepoint();
      store().references().store(address() + StructLayout.offset(struct, field), type.storage(), value);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}

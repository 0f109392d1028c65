package dev.gatun.wasm;

/**
 * The type of a field of a structure or of an array's elements (specification, 2.3.8).
 *
 * @param storage a value type, or {@link ValueType#I8} or {@link ValueType#I16}
 * @param mutable whether it can be set
 */
public record FieldType(int storage, boolean mutable) {
  /** The type of the values that it gives and takes: i32 for the packed ones. */
  public int unpacked() {
    return isPacked() ? ValueType.I32 : storage;
  }

  /** Whether it is stored in fewer bits than a value has. */
  public boolean isPacked() {
    return storage == ValueType.I8 || storage == ValueType.I16;
  }

  /** Whether there is a value for it when none is given: zero or null. */
  public boolean isDefaultable() {
    return isPacked() || ValueType.isDefaultable(storage);
  }

  /** Bytes that it takes in memory: 1, 2, 4, 8 or 16. */
  public int size() {
    return switch (storage) {
      case ValueType.I8 -> 1;
      case ValueType.I16 -> 2;
      case ValueType.I32, ValueType.F32 -> 4;
      case ValueType.V128 -> 16;
      default -> 8;
    };
  }

  /** Whether a field of this type may stand where one of another is expected (specification, 3.3.9). */
  boolean matches(FieldType expected) {
    if (mutable != expected.mutable) {
      return false;
    }
    if (storage == expected.storage) {
      return true;
    }
    return !mutable && !isPacked() && !expected.isPacked() && ValueType.matches(storage, expected.storage);
  }

  /** In the text format's notation: {@code (mut i8)}. */
  @Override
  public String toString() {
    return mutable ? "(mut " + ValueType.name(storage) + ")" : ValueType.name(storage);
  }
}

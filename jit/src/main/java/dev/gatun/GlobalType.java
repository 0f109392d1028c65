package dev.gatun;

import dev.gatun.wasm.ValueType;

/**
 * The type of a global.
 *
 * @param type of its value
 * @param mutable whether it can be set
 */
public record GlobalType(ValType type, boolean mutable) implements ExternType {
  /**
   * Whether a global of this type may be imported as one of another (spec 3.3.5): what can be set has one type only.
   */
  boolean matches(GlobalType expected) {
    return mutable == expected.mutable
        && (mutable ? type.equals(expected.type)
            : ValueType.matches(FuncType.code(type), FuncType.code(expected.type)));
  }

  @Override
  public String kind() {
    return "global";
  }

  @Override
  public String toString() {
    return mutable ? "(global (mut " + type + "))" : "(global " + type + ")";
  }
}

package dev.gatun;

/**
 * The type of a global.
 *
 * @param type of its value
 * @param mutable whether it can be set
 */
public record GlobalType(ValType type, boolean mutable) implements ExternType {
  @Override
  public String kind() {
    return "global";
  }

  @Override
  public String toString() {
    return mutable ? "(global (mut " + type + "))" : "(global " + type + ")";
  }
}

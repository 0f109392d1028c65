package dev.gatun.compiler;

/**
 * What code does besides what the wasm says.
 *
 * @param fuel whether it is charged for
 * @param polls whether loops can be interrupted; only to measure what that costs they are not
 */
public record CodeOptions(boolean fuel, boolean polls) {
  /** Code that can be interrupted, and costs no fuel. */
  public static final CodeOptions DEFAULT = new CodeOptions(false, true);
}

package dev.gatun.backend;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function type as the machine sees it: kinds of parameters and results ({@link Kind}). References are {@link
 * Kind#I64}.
 *
 * <p>Types of equal signature share entry and host thunks. Immutable.
 */
public final class Signature {
  private final byte[] params;
  private final byte[] results;
  private final int hash;

  /** Takes the arrays, which nobody may change from now on. */
  public Signature(byte[] params, byte[] results) {
    this.params = params;
    this.results = results;
    this.hash = 31 * Arrays.hashCode(params) + Arrays.hashCode(results);
  }

  /**
   * The cell of a parameter where Java passes it on: of arguments in a row, each in one cell, or two for a vector. For
   * the index {@link #paramCount} the number of cells.
   */
  public int paramCell(int index) {
    return cell(params, index);
  }

  /** The cell of a result where Java receives it, as {@link #paramCell}. */
  public int resultCell(int index) {
    return cell(results, index);
  }

  private static int cell(byte[] kinds, int index) {
    int cell = index;
    for (int i = 0; i < index; i++) {
      if (kinds[i] == Kind.V128) {
        cell++;
      }
    }
    return cell;
  }

  public int paramCount() {
    return params.length;
  }

  /** The {@link Kind} of a parameter. */
  public int param(int index) {
    return params[index];
  }

  public int resultCount() {
    return results.length;
  }

  /** The {@link Kind} of a result. */
  public int result(int index) {
    return results[index];
  }

  /** The kinds of the parameters, not to be written to. */
  public byte[] params() {
    return params;
  }

  /** The kinds of the results, not to be written to. */
  public byte[] results() {
    return results;
  }

  /** The kinds of parameters and results, as in {@code i32,f64->i64}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text, params);
    text.append("->");
    append(text, results);
    return text.toString();
  }

  private static void append(StringBuilder text, byte[] kinds) {
    for (int i = 0; i < kinds.length; i++) {
      text.append(i == 0 ? "" : ",").append(Kind.name(kinds[i]));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Signature signature
        && Arrays.equals(params, signature.params)
        && Arrays.equals(results, signature.results);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}

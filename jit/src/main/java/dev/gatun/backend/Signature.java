package dev.gatun.backend;

/**
 * A function type as the machine sees it: kinds of parameters and results ({@link Kind}). References are {@link
 * Kind#I64}.
 *
 * <p>Types of equal signature share entry and host thunks; compared with {@link #key}.
 */
public final class Signature {
  private final byte[] params;
  private final byte[] results;

  public Signature(byte[] params, byte[] results) {
    this.params = params;
    this.results = results;
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

  /** Equal for equal signatures, and only for them. */
  public String key() {
    byte[] key = new byte[params.length + 1 + results.length];
    System.arraycopy(params, 0, key, 0, params.length);
    key[params.length] = '>';
    System.arraycopy(results, 0, key, params.length + 1, results.length);
    return new String(key, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}

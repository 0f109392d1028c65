package dev.gatun.backend;

/**
 * A function type as the machine sees it: kinds of parameters and results ({@link Kind}). References are {@link Kind#I64}.
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

  /** Equal for equal signatures, and only for them. */
  public String key() {
    byte[] key = new byte[params.length + 1 + results.length];
    System.arraycopy(params, 0, key, 0, params.length);
    key[params.length] = '>';
    System.arraycopy(results, 0, key, params.length + 1, results.length);
    return new String(key, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}

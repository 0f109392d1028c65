package dev.gatun.wasm;

import dev.gatun.backend.Signature;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A function type: {@link ValueType} numbers of parameters and results. Immutable. */
public final class FunctionType {
  /**
   * All function types the process has seen, so that equal types of different modules have the same number. It is never
   * emptied: numbers are compared by code whose end we do not track, and types are few and small.
   */
  private static final ConcurrentHashMap<FunctionType, Integer> CANONICAL = new ConcurrentHashMap<>();

  private final int[] params;
  private final int[] results;
  private final int hash;
  private int canonicalId = -1;
  private @Nullable Signature signature;

  /** A type that takes over the arrays. */
  public FunctionType(int[] params, int[] results) {
    this.params = params;
    this.results = results;
    this.hash = 31 * Arrays.hashCode(params) + Arrays.hashCode(results);
  }

  public int paramCount() {
    return params.length;
  }

  public int param(int index) {
    return params[index];
  }

  public int resultCount() {
    return results.length;
  }

  public int result(int index) {
    return results[index];
  }

  /** The number that equal types share within the process, from 0 up. Thread-safe. */
  public int canonicalId() {
    int id = canonicalId;
    if (id < 0) {
      Integer known = CANONICAL.get(this);
      if (known == null) {
        synchronized (CANONICAL) {
          known = CANONICAL.get(this);
          if (known == null) {
            known = CANONICAL.size();
            CANONICAL.put(this, known);
          }
        }
      }
      id = known;
      canonicalId = id;
    }
    return id;
  }

  /** The type as the machine sees it. */
  public Signature signature() {
    Signature known = signature;
    if (known == null) {
      known = new Signature(kinds(params), kinds(results));
      signature = known;
    }
    return known;
  }

  private static byte[] kinds(int[] types) {
    byte[] kinds = new byte[types.length];
    for (int i = 0; i < types.length; i++) {
      kinds[i] = (byte) ValueType.kind(types[i]);
    }
    return kinds;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FunctionType that
        && Arrays.equals(params, that.params)
        && Arrays.equals(results, that.results);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The type in the text format's notation. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(func");
    append(text, " (param", params);
    append(text, " (result", results);
    return text.append(')').toString();
  }

  private static void append(StringBuilder text, String head, int[] types) {
    if (types.length > 0) {
      text.append(head);
      for (int type : types) {
        text.append(' ').append(ValueType.name(type));
      }
      text.append(')');
    }
  }
}

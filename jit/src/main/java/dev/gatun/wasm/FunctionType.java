package dev.gatun.wasm;

import dev.gatun.backend.Signature;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function type: what it takes and what it returns, as codes of {@link ValueType}. Immutable; equal if structurally
 * equal.
 */
public final class FunctionType implements CompositeType {
  private static final int[] NONE = {};

  private final int[] params;
  private final int[] results;
  private final int hash;

  /** The type when it stands alone; null until asked for. Races are benign: all find the same one. */
  private volatile @Nullable DefinedType alone;

  /** Made when asked for; two threads may make two equal ones. */
  private @Nullable Signature signature;

  /** Creates a type that takes over the arrays: nobody may write to them afterwards. */
  public FunctionType(int[] params, int[] results) {
    this.params = params.length == 0 ? NONE : params;
    this.results = results.length == 0 ? NONE : results;
    this.hash = 31 * Arrays.hashCode(params) + Arrays.hashCode(results);
  }

  /** Number of parameters. */
  public int paramCount() {
    return params.length;
  }

  /** Type of a parameter. */
  public int param(int index) {
    return params[index];
  }

  /** Number of results. */
  public int resultCount() {
    return results.length;
  }

  /** Type of a result. */
  public int result(int index) {
    return results[index];
  }

  /** The parameters' types themselves, not to be written to. */
  int[] params() {
    return params;
  }

  /** The results' types themselves, not to be written to. */
  int[] results() {
    return results;
  }

  /** The type that it is alone in its recursive group, final and without a supertype. Safe for several threads. */
  public DefinedType alone() {
    DefinedType known = alone;
    if (known == null) {
      known = DefinedType.of(this);
      alone = known;
    }
    return known;
  }

  @Override
  public int abstractType() {
    return ValueType.FUNCREF;
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
    return other == this
        || other instanceof FunctionType that
            && hash == that.hash
            && Arrays.equals(params, that.params)
            && Arrays.equals(results, that.results);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** In the text format's notation: {@code (func (param i32 i64) (result f32))}. */
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

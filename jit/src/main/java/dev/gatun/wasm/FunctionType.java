package dev.gatun.wasm;

import dev.gatun.backend.Signature;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A function type: what it takes and what it returns, as codes of {@link ValueType}. Immutable; equal if structurally
 * equal.
 *
 * <p>{@link #canonicalId} numbers the structurally distinct types of the process, so that the type check of an indirect
 * call compares two integers even between modules.
 */
public final class FunctionType {
  private static final int[] NONE = {};

  /**
   * One instance, the one that owns the number, for each structure. Process-wide because functions of one module are
   * called through tables of another. Both sides are weak, so a type goes when the last module that has it goes: every
   * equal instance that knows its number keeps the owner alive through {@link #canonical}. Guarded by itself.
   */
  private static final WeakHashMap<FunctionType, WeakReference<FunctionType>> CANONICAL = new WeakHashMap<>();

  /**
   * The next number; never reused, since a number may outlive its type in a table's entries. Guarded by {@link
   * #CANONICAL}.
   */
  private static int nextId = 1;

  private final int[] params;
  private final int[] results;
  private final int hash;

  /**
   * The instance that owns the number of this structure; null until asked for. Races are benign: all find the same one.
   */
  private volatile @Nullable FunctionType canonical;

  /** The number, in the instance that owns it; written before it is published in the map. */
  private int id;

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

  /**
   * A positive number that two types have in common if and only if they are structurally equal, in any modules of this
   * process. It stands as long as some equal type that was asked for it is reachable, and no other type ever gets it:
   * whoever stores the number where code finds it keeps the type as well. Safe for use by several threads.
   *
   * @throws IllegalStateException if 2,147,483,647 distinct types have come and gone
   */
  public int canonicalId() {
    FunctionType owner = canonical;
    if (owner == null) {
      owner = canonicalize();
      canonical = owner;
    }
    return owner.id;
  }

  private FunctionType canonicalize() {
    synchronized (CANONICAL) {
      WeakReference<FunctionType> known = CANONICAL.get(this);
      FunctionType owner = known == null ? null : known.get();
      if (owner == null) {
        if (nextId < 0) {
          throw new IllegalStateException("too many distinct function types in one process");
        }
        id = nextId++;
        owner = this;
        CANONICAL.put(this, new WeakReference<>(this));
      }
      return owner;
    }
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

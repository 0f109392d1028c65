package dev.gatun.wasm;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A type definition, rolled up with its recursive group (specification, 2.3.10 to 2.3.12). There is one object for all
 * equal definitions of the process: two types are equal if and only if they are the same object, whatever modules they
 * are of.
 *
 * <p>{@link #id} numbers the types; a reference type names its type by this number. It stands as long as the object is
 * reachable, and no other type ever gets it: whoever keeps a number keeps the type as well. A type keeps all that it
 * mentions. Immutable, and safe for use by several threads.
 */
public final class DefinedType {
  /** In the number of a type: the rest is an index within the group, which is still being read. */
  private static final int WITHIN_GROUP = 1 << 29;

  /**
   * One group for each structure. Process-wide because references pass from module to module. Both sides are weak: a
   * group, which keeps its key, goes with the last of its types. Guarded by itself.
   */
  private static final WeakHashMap<Key, WeakReference<Group>> GROUPS = new WeakHashMap<>();

  /** The types by number. */
  private static final ConcurrentHashMap<Integer, Entry> BY_ID = new ConcurrentHashMap<>();

  /** Entries whose types are gone. */
  private static final ReferenceQueue<DefinedType> GONE = new ReferenceQueue<>();

  /** The next number. Guarded by {@link #GROUPS}. */
  private static int nextId = 1;

  private final int id;
  private final CompositeType composite;
  private final boolean isFinal;
  private final @Nullable DefinedType supertype;
  private final int depth;
  private final Group group;

  private DefinedType(
      int id, CompositeType composite, boolean isFinal, @Nullable DefinedType supertype, Group group) {
    this.id = id;
    this.composite = composite;
    this.isFinal = isFinal;
    this.supertype = supertype;
    this.depth = supertype == null ? 0 : supertype.depth + 1;
    this.group = group;
  }

  /**
   * A definition as it is read, before its group is complete.
   *
   * @param supertype number of the declared supertype, which may be {@link #withinGroup}; or -1
   */
  record Draft(CompositeType composite, boolean isFinal, int supertype) {}

  private static final class Key {
    private final int[] words;
    private final int hash;

    Key(int[] words) {
      this.words = words;
      this.hash = Arrays.hashCode(words);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && hash == that.hash && Arrays.equals(words, that.words);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** A recursive group; keeps the key under which it is found, and the types outside of it that it mentions. */
  private static final class Group {
    private final Key key;
    private final DefinedType[] types;

    // Never read: what is reachable keeps its number.
    @SuppressWarnings({"unused", "FieldCanBeLocal", "UnusedVariable"})
    private final List<DefinedType> mentioned;

    Group(Key key, int size, List<DefinedType> mentioned) {
      this.key = key;
      this.types = new DefinedType[size];
      this.mentioned = mentioned;
    }
  }

  private static final class Entry extends WeakReference<DefinedType> {
    private final int id;

    Entry(DefinedType type) {
      super(type, GONE);
      this.id = type.id;
    }
  }

  /** Number of a type of the group that is being read. */
  static int withinGroup(int index) {
    return WITHIN_GROUP | index;
  }

  /**
   * The types of a recursive group.
   *
   * @throws IllegalStateException if 536,870,911 distinct types have come and gone
   */
  static DefinedType[] group(Draft[] drafts) {
    Words words = new Words();
    for (Draft draft : drafts) {
      words.add(draft);
    }
    Key key = new Key(words.toArray());
    synchronized (GROUPS) {
      WeakReference<Group> known = GROUPS.get(key);
      Group group = known == null ? null : known.get();
      if (group == null) {
        group = create(key, drafts, words.mentioned);
        GROUPS.remove(key);
        GROUPS.put(group.key, new WeakReference<>(group));
      }
      return group.types;
    }
  }

  /** The type of a function that is final, has no supertype and is alone in its group. */
  public static DefinedType of(FunctionType function) {
    return group(new Draft[] {new Draft(function, true, -1)})[0];
  }

  /**
   * The type with a number.
   *
   * @throws IllegalArgumentException if there is none, or no more
   */
  public static DefinedType of(int id) {
    Entry entry = BY_ID.get(id);
    DefinedType type = entry == null ? null : entry.get();
    if (type == null) {
      throw new IllegalArgumentException("no type has the number " + id);
    }
    return type;
  }

  private static Group create(Key key, Draft[] drafts, List<DefinedType> mentioned) {
    for (Entry gone = (Entry) GONE.poll(); gone != null; gone = (Entry) GONE.poll()) {
      BY_ID.remove(gone.id, gone);
    }
    if (nextId > WITHIN_GROUP - drafts.length) {
      throw new IllegalStateException("too many distinct types in one process");
    }
    int first = nextId;
    nextId += drafts.length;
    Group group = new Group(key, drafts.length, mentioned);
    for (int i = 0; i < drafts.length; i++) {
      Draft draft = drafts[i];
      DefinedType supertype = null;
      if (draft.supertype >= 0) {
        supertype = (draft.supertype & WITHIN_GROUP) != 0
            ? group.types[draft.supertype & ~WITHIN_GROUP]
            : of(draft.supertype);
      }
      DefinedType type = new DefinedType(first + i, settle(draft.composite, first), draft.isFinal, supertype, group);
      group.types[i] = type;
      BY_ID.put(type.id, new Entry(type));
    }
    return group;
  }

  /** The same with the numbers that the types of the group have got. */
  private static CompositeType settle(CompositeType composite, int first) {
    return switch (composite) {
      case FunctionType function -> settle(function, first);
      case ArrayType array -> new ArrayType(settle(array.element(), first));
      case StructType struct -> {
        List<FieldType> fields = new ArrayList<>(struct.fields().size());
        for (FieldType field : struct.fields()) {
          fields.add(settle(field, first));
        }
        yield new StructType(fields);
      }
    };
  }

  private static FunctionType settle(FunctionType function, int first) {
    int[] params = settle(function.params(), first);
    int[] results = settle(function.results(), first);
    return params == function.params() && results == function.results() ? function : new FunctionType(params, results);
  }

  private static int[] settle(int[] types, int first) {
    int[] settled = types;
    for (int i = 0; i < types.length; i++) {
      int type = settle(types[i], first);
      if (type != types[i]) {
        if (settled == types) {
          settled = types.clone();
        }
        settled[i] = type;
      }
    }
    return settled;
  }

  private static FieldType settle(FieldType field, int first) {
    return new FieldType(settle(field.storage(), first), field.mutable());
  }

  private static int settle(int type, int first) {
    if (!ValueType.isIndexed(type) || (ValueType.typeId(type) & WITHIN_GROUP) == 0) {
      return type;
    }
    int settled = ValueType.reference(first + (ValueType.typeId(type) & ~WITHIN_GROUP));
    return ValueType.isNullable(type) ? settled : ValueType.nonNull(settled);
  }

  /** The structure of a group as a sequence of integers, equal for equal groups and only for them. */
  private static final class Words {
    private int[] words = new int[16];
    private int count;
    private final List<DefinedType> mentioned = new ArrayList<>(0);

    void add(Draft draft) {
      add(draft.isFinal ? 1 : 0);
      add(draft.supertype);
      if (draft.supertype >= 0) {
        mention(draft.supertype);
      }
      switch (draft.composite) {
        case FunctionType function -> {
          add(ValueType.FUNCREF);
          add(function.params());
          add(function.results());
        }
        case ArrayType array -> {
          add(ValueType.ARRAYREF);
          add(array.element());
        }
        case StructType struct -> {
          add(ValueType.STRUCTREF);
          add(struct.fields().size());
          for (FieldType field : struct.fields()) {
            add(field);
          }
        }
      }
    }

    private void add(FieldType field) {
      addType(field.storage());
      add(field.mutable() ? 1 : 0);
    }

    private void add(int[] types) {
      add(types.length);
      for (int type : types) {
        addType(type);
      }
    }

    private void addType(int type) {
      add(type);
      if (ValueType.isIndexed(type)) {
        mention(ValueType.typeId(type));
      }
    }

    private void mention(int id) {
      if ((id & WITHIN_GROUP) == 0) {
        mentioned.add(DefinedType.of(id));
      }
    }

    private void add(int word) {
      if (count == words.length) {
        words = Arrays.copyOf(words, 2 * count);
      }
      words[count++] = word;
    }

    int[] toArray() {
      return Arrays.copyOf(words, count);
    }
  }

  /** A positive number that no other type of this process has or ever gets. */
  public int id() {
    return id;
  }

  /** What it describes. */
  public CompositeType composite() {
    return composite;
  }

  /** Whether no type may name it as its supertype. */
  public boolean isFinal() {
    return isFinal;
  }

  /** The declared supertype, or null. */
  public @Nullable DefinedType supertype() {
    return supertype;
  }

  /** How many supertypes it has: those of its supertype and one more, or 0. */
  public int depth() {
    return depth;
  }

  /** The types of its recursive group, in order. */
  public List<DefinedType> groupTypes() {
    return List.of(group.types);
  }

  /** Whether it is a type or has it as a supertype. */
  public boolean isSubtypeOf(DefinedType other) {
    DefinedType type = this;
    while (type != null && type.depth > other.depth) {
      type = type.supertype;
    }
    return type == other;
  }

  /** Whether the structure is one that the declared supertype permits (specification, 3.2.10). */
  boolean matchesSupertype() {
    DefinedType above = supertype;
    return above == null || !above.isFinal && matches(composite, above.composite);
  }

  private static boolean matches(CompositeType composite, CompositeType expected) {
    return switch (composite) {
      case FunctionType function -> expected instanceof FunctionType other
          && matchAll(other.params(), function.params())
          && matchAll(function.results(), other.results());
      case ArrayType array -> expected instanceof ArrayType other && array.element().matches(other.element());
      case StructType struct -> expected instanceof StructType other && matchFields(struct.fields(), other.fields());
    };
  }

  private static boolean matchAll(int[] types, int[] expected) {
    if (types.length != expected.length) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      if (!ValueType.matches(types[i], expected[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchFields(List<FieldType> fields, List<FieldType> expected) {
    if (fields.size() < expected.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!fields.get(i).matches(expected.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** In the text format's notation. */
  @Override
  public String toString() {
    return composite.toString();
  }
}

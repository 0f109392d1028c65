package dev.gatun.runtime.heap;

import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.layout.StructLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.ArrayType;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.FieldType;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.StructType;
import dev.gatun.wasm.ValueType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A run-time type: the native record ({@link RttLayout}) that objects of the type point to. Immutable and thread-safe.
 *
 * <p>The record is freed when its Rtt is no longer reachable: who allocates objects of a type must keep its Rtt
 * reachable for as long as the heap lives.
 */
public final class Rtt {
  /**
   * The run-time types of the defined types. Process-wide as those are; an Rtt knows no defined type but by number, so
   * that it goes with its type. Guarded by itself.
   */
  private static final WeakHashMap<DefinedType, Rtt> DEFINED = new WeakHashMap<>();

  /** Records are carved from chunks, since memory that is freed by itself is dear to allocate. */
  private static final int CHUNK = 16 * 1024;

  private static final int[] NONE = {};

  /** Guarded by the class. */
  private static MemorySegment chunk = MemorySegment.NULL;

  /** Bytes of the chunk that are taken. Guarded by the class. */
  private static long taken;

  /** The type of the objects that stand for Java objects. */
  static final Rtt HOST = new Rtt(RttLayout.HOST, null, 16, NONE);

  /** The record; it keeps its chunk. */
  private final MemorySegment record;

  private final @Nullable Rtt supertype;
  private final int kind;
  private final int depth;
  private final int size;

  /**
   * A type.
   *
   * @param kind one of the kinds of {@link RttLayout}
   * @param supertype its declared supertype, or null
   * @param size bytes of an object with its header, or of an element of an array
   * @param references offsets of the fields that refer to objects of the heap; one element, whatever it is, for an
   *     array whose elements do
   */
  public Rtt(int kind, @Nullable Rtt supertype, int size, int[] references) {
    this(kind, supertype, size, references, 0);
  }

  private Rtt(int kind, @Nullable Rtt supertype, int size, int[] references, int typeId) {
    this.kind = kind;
    this.supertype = supertype;
    this.size = size;
    this.depth = supertype == null ? 0 : supertype.depth + 1;
    int display = Math.max(depth + 1, RttLayout.MIN_DISPLAY);
    int offsets = RttLayout.DISPLAY + 8 * display;
    record = allocate(offsets + 4L * references.length);
    long address = record.address();
    NativeMemory.putHalf(address + RttLayout.KIND, kind);
    NativeMemory.putHalf(address + RttLayout.DEPTH, depth);
    NativeMemory.putHalf(address + RttLayout.SIZE, size);
    NativeMemory.putHalf(address + RttLayout.TYPE_ID, typeId);
    NativeMemory.putHalf(address + RttLayout.REFERENCES, references.length);
    NativeMemory.putLong(address + RttLayout.REFERENCE_OFFSETS, address + offsets);
    for (int i = 0; i < references.length; i++) {
      NativeMemory.putHalf(address + offsets + 4L * i, references[i]);
    }
    for (Rtt type = this; type != null; type = type.supertype) {
      NativeMemory.putLong(address + RttLayout.DISPLAY + 8L * type.depth, type.address());
    }
  }

  private static synchronized MemorySegment allocate(long bytes) {
    long size = bytes + 7 & -8;
    if (size > chunk.byteSize() - taken) {
      chunk = Arena.ofAuto().allocate(Math.max(size, CHUNK), 8);
      taken = 0;
    }
    taken += size;
    return chunk.asSlice(taken - size, size);
  }

  /**
   * A type of objects of 8-byte fields, the k-th at {@link ObjectLayout#FIELDS} + 8k.
   *
   * @param kind one of the kinds of {@link RttLayout}, no array
   * @param references for each field whether it holds a reference of the any, extern or exn family
   */
  public static Rtt ofWords(int kind, boolean... references) {
    int count = 0;
    for (boolean reference : references) {
      count += reference ? 1 : 0;
    }
    int[] offsets = new int[count];
    int at = 0;
    for (int i = 0; i < references.length; i++) {
      if (references[i]) {
        offsets[at++] = ObjectLayout.FIELDS + 8 * i;
      }
    }
    return new Rtt(kind, null, Math.max(16, ObjectLayout.FIELDS + 8 * references.length), offsets);
  }

  /** The run-time type of a defined type; lives at least as long as that. */
  public static Rtt of(DefinedType type) {
    synchronized (DEFINED) {
      Rtt known = DEFINED.get(type);
      if (known == null) {
        DefinedType above = type.supertype();
        known = create(type, above == null ? null : of(above));
        DEFINED.put(type, known);
      }
      return known;
    }
  }

  private static Rtt create(DefinedType type, @Nullable Rtt supertype) {
    // No switch on patterns: its first use takes longer than the types of most modules.
    if (type.composite() instanceof FunctionType) {
      return new Rtt(RttLayout.FUNCTION, supertype, 0, NONE, type.id());
    }
    if (type.composite() instanceof ArrayType array) {
      FieldType element = array.element();
      int[] references = isInHeap(element) ? new int[] {ObjectLayout.ELEMENTS} : NONE;
      return new Rtt(RttLayout.ARRAY, supertype, element.size(), references, type.id());
    }
    StructType struct = (StructType) type.composite();
    int[] offsets = StructLayout.offsets(struct);
    int fields = struct.fields().size();
    int[] references = new int[fields];
    int count = 0;
    for (int i = 0; i < fields; i++) {
      if (isInHeap(struct.fields().get(i))) {
        references[count++] = offsets[i];
      }
    }
    return new Rtt(RttLayout.STRUCT, supertype, offsets[fields], Arrays.copyOf(references, count), type.id());
  }

  private static boolean isInHeap(FieldType field) {
    return !field.isPacked() && isInHeap(field.storage());
  }

  /** Whether values of a type may be references into a heap; those to functions are not. */
  public static boolean isInHeap(int type) {
    return ValueType.isReference(type) && ValueType.top(type) != ValueType.FUNCREF;
  }

  /**
   * The defined type of an object of the heap or of a function's record.
   *
   * @param object its address
   */
  public static DefinedType typeOf(long object) {
    return DefinedType.of(NativeMemory.getInt(NativeMemory.getLong(object + ObjectLayout.RTT) + RttLayout.TYPE_ID));
  }

  /** The kind of an object of the heap, one of {@link RttLayout}. */
  public static int kindOf(long object) {
    return NativeMemory.getInt(NativeMemory.getLong(object + ObjectLayout.RTT) + RttLayout.KIND);
  }

  /** Address of the record: the first word of the type's objects. */
  public long address() {
    return record.address();
  }

  /** One of the kinds of {@link RttLayout}. */
  public int kind() {
    return kind;
  }

  /** Supertypes above it. */
  public int depth() {
    return depth;
  }

  /** The declared supertype, or null. */
  public @Nullable Rtt supertype() {
    return supertype;
  }

  /** Bytes of an object with its header, or of an element of an array. */
  public int size() {
    return size;
  }

  /** Whether a type is this one or one of its supertypes. */
  public boolean isSubtypeOf(Rtt other) {
    Rtt type = this;
    while (type != null && type != other) {
      type = type.supertype;
    }
    return type != null;
  }
}

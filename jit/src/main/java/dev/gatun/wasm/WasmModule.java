package dev.gatun.wasm;

import dev.gatun.dwarf.DebugInfo;
import dev.gatun.dwarf.DebugSections;
import java.lang.ref.SoftReference;
import org.jspecify.annotations.Nullable;

/**
 * A decoded module: an index over its bytes, which nobody may write to. Function bodies and data are not copied; custom
 * sections are not read until someone asks. The indices are those of the specification's index spaces: imports first.
 *
 * <p>The decoder fills it and the validator adds the facts; from then on it is immutable, and safe for any number of
 * threads if it was handed to them safely. The arrays it returns are its own, not to be written to.
 */
public final class WasmModule {
  /** Limits of a table or memory; the maximum is {@link #UNBOUNDED} if there is none. */
  public record Limits(long min, long max) {
    /** In place of a maximum. */
    public static final long UNBOUNDED = -1;
  }

  /**
   * A table: {@link ValueType} of its elements, size in elements, the type of its indices (i32 or i64), and the value
   * of its elements at first, if it is not null.
   */
  public record TableDescription(int type, Limits limits, int indexType, @Nullable ConstantExpression value) {}

  /**
   * A memory: size in pages, the type of its addresses (i32 or i64), whether threads may share it, and log2 of the
   * bytes of a page: 16, or 0.
   */
  public record MemoryDescription(Limits limits, int addressType, boolean shared, int pageSizeLog2) {
    /** Bytes of a page. */
    public int pageSize() {
      return 1 << pageSizeLog2;
    }
  }

  /** A global: {@link ValueType}, mutability, and its value at first, which an imported one does not have. */
  public record GlobalDescription(int type, boolean mutable, @Nullable ConstantExpression value) {}

  /** An import; the index is that of its kind's index space. */
  public record Import(String module, String name, ExternKind kind, int index) {}

  /** An export, and the offset in the module at which it stands. */
  public record Export(String name, ExternKind kind, int index, int at) {}

  /**
   * The instructions of a constant expression, as a range of the module's bytes that ends with their {@code end}:
   * constants, {@code global.get}, {@code ref.null}, {@code ref.func}, the additions, subtractions and multiplications
   * of integers, and what makes structures, arrays and i31.
   */
  public record ConstantExpression(int start, int end) {}

  /** How a segment is used. */
  public enum SegmentMode {
    ACTIVE,
    PASSIVE,
    DECLARATIVE
  }

  /**
   * An element segment, and the offset in the module at which it stands. One of {@code functions} (function indices)
   * and {@code items} is null.
   */
  public record ElementSegment(
      SegmentMode mode,
      int table,
      @Nullable ConstantExpression offset,
      int type,
      int @Nullable [] functions,
      ConstantExpression @Nullable [] items,
      int at) {
    /** How many elements it has. */
    public int length() {
      return functions != null ? functions.length : items != null ? items.length : 0;
    }
  }

  /** A data segment: a range of the module's bytes; and the offset in the module at which it stands. */
  public record DataSegment(
      SegmentMode mode, int memory, @Nullable ConstantExpression offset, int start, int length, int at) {}

  /** A custom section: its content is a range of the module's bytes. */
  public record CustomSection(String name, int start, int end) {}

  final byte[] bytes;
  DefinedType[] types = {};

  /** Index of the first type of the group that is being read; types from there on are known by their place in it. */
  int groupStart;

  /** Index just past the last type that may be named: there is none yet beyond. */
  int typeLimit;

  Import[] imports = {};
  Export[] exports = {};

  /** Type index of each function, imported ones first. */
  int[] functionTypes = {};

  TableDescription[] tables = {};
  MemoryDescription[] memories = {};

  /** Type index of each tag, imported ones first. */
  int[] tags = {};

  int importedTags;
  GlobalDescription[] globals = {};
  int importedFunctions;
  int importedTables;
  int importedMemories;
  int importedGlobals;
  int start = -1;

  /** Offset at which the start function is named. */
  int startAt;

  ElementSegment[] elements = {};
  DataSegment[] data = {};
  CustomSection[] customSections = {};

  /** Start of each defined function's local declarations, and end of its body. */
  int[] bodyStart = {};

  int[] bodyEnd = {};

  /** Where the contents of the code section start and end; both 0 if there is none. */
  int codeStart;

  int codeEnd;

  /** What the data count section says; -1 if there is none. */
  int dataCount = -1;

  /**
   * By defined function: what validation has learnt of it. Null where that takes much more room than the body, as a
   * body of a few bytes with thousands of locals could have it: it is learnt again when asked for.
   */
  @Nullable FunctionFacts[] facts = {};

  /** By function: whether {@code ref.func} may name it in a body, since it occurs outside of the bodies. */
  boolean[] declared = {};

  /** By function: its place among the functions that can be referenced, or -1. */
  int[] referenceIndex = {};

  int referenceCount;

  /** Threads that validate functions only ever set it. */
  boolean tailCallsOut;

  /** Read when asked for; two threads may both read it, and read the same. */
  private volatile @Nullable NameSection names;

  /** Read when asked for, and again when memory was short meanwhile. */
  private volatile @Nullable SoftReference<DebugInfo> debugInfo;

  WasmModule(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The module's bytes; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public int typeCount() {
    return types.length;
  }

  /** The function type with an index; it is one, as validation has seen. */
  public FunctionType type(int index) {
    return (FunctionType) types[index].composite();
  }

  /** The type with an index. */
  public DefinedType definedType(int index) {
    return types[index];
  }

  /** The nullable reference to a type by its index, as it was read at an offset. */
  int reference(BinaryReader reader, long index, int at) {
    if (index >= typeLimit) {
      throw reader.invalid("unknown type " + index, null, at);
    }
    int known = (int) index;
    return ValueType.reference(known >= groupStart ? DefinedType.withinGroup(known - groupStart) : types[known].id());
  }

  /** Name of a value type in the text format, defined types by their index in this module. */
  public String typeName(int type) {
    int heap = ValueType.heap(type);
    if (ValueType.isIndexed(heap)) {
      for (int i = 0; i < types.length; i++) {
        if (types[i] != null && types[i].id() == ValueType.typeId(heap)) {
          return (ValueType.isNullable(type) ? "(ref null " : "(ref ") + i + ")";
        }
      }
    }
    return ValueType.name(type);
  }

  public Import[] imports() {
    return imports;
  }

  public Export[] exports() {
    return exports;
  }

  /** All functions, imported ones first. */
  public int functionCount() {
    return functionTypes.length;
  }

  public int importedFunctions() {
    return importedFunctions;
  }

  /** The type of a function, imported or not. */
  public FunctionType functionType(int function) {
    return type(functionTypes[function]);
  }

  /** Index of the type of a function, imported or not. */
  public int functionTypeIndex(int function) {
    return functionTypes[function];
  }

  /** The type of a function, imported or not, with its supertypes. */
  public DefinedType definedFunctionType(int function) {
    return types[functionTypes[function]];
  }

  /** The type of a tag, imported or not: what an exception with it carries are the parameters. */
  public FunctionType tagType(int tag) {
    return type(tags[tag]);
  }

  /** The type of a tag, imported or not, as it is defined. */
  public DefinedType definedTagType(int tag) {
    return types[tags[tag]];
  }

  /** All tags, imported ones first. */
  public int tagCount() {
    return tags.length;
  }

  public int importedTags() {
    return importedTags;
  }

  public TableDescription[] tables() {
    return tables;
  }

  public int importedTables() {
    return importedTables;
  }

  public MemoryDescription[] memories() {
    return memories;
  }

  public int importedMemories() {
    return importedMemories;
  }

  public GlobalDescription[] globals() {
    return globals;
  }

  public int importedGlobals() {
    return importedGlobals;
  }

  /** The start function, or -1. */
  public int start() {
    return start;
  }

  public ElementSegment[] elements() {
    return elements;
  }

  public DataSegment[] data() {
    return data;
  }

  public CustomSection[] customSections() {
    return customSections;
  }

  /** Offset of a defined function's local declarations. */
  public int bodyStart(int function) {
    return bodyStart[function - importedFunctions];
  }

  /** Offset of the end of a defined function's body. */
  public int bodyEnd(int function) {
    return bodyEnd[function - importedFunctions];
  }

  /** What validation has learnt of a defined function. */
  public FunctionFacts facts(int function) {
    FunctionFacts known = facts[function - importedFunctions];
    if (known != null) {
      return known;
    }
    Validator validator = new Validator(this);
    validator.validate(function);
    return validator.facts().copy();
  }

  /**
   * Whether some function ends in a tail call of a function that another instance may have defined: an imported one, or
   * one that is called through a table or by reference.
   */
  public boolean tailCallsOut() {
    return tailCallsOut;
  }

  /** By function: its place among the defined functions that can be referenced, or -1. */
  public int[] referenceIndex() {
    return referenceIndex;
  }

  /** How many defined functions can be referenced: exported, in an element segment or global, or declared. */
  public int referenceCount() {
    return referenceCount;
  }

  /** The module's name from its name section, or null. */
  public @Nullable String name() {
    return names().moduleName();
  }

  /** A function's name from the name section, else from its import or export, or null. */
  public @Nullable String functionName(int function) {
    String name = names().functionName(function);
    if (name != null) {
      return name;
    }
    for (Import i : imports) {
      if (i.kind() == ExternKind.FUNCTION && i.index() == function) {
        return i.module() + "." + i.name();
      }
    }
    for (Export e : exports) {
      if (e.kind() == ExternKind.FUNCTION && e.index() == function) {
        return e.name();
      }
    }
    return null;
  }

  /** Where the contents of the code section start: what debugging information counts offsets from. */
  public int codeStart() {
    return codeStart;
  }

  /** The debugging information that the module carries, which may be none. */
  public DebugInfo debugInfo() {
    SoftReference<DebugInfo> reference = debugInfo;
    DebugInfo known = reference == null ? null : reference.get();
    if (known == null) {
      DebugSections sections = new DebugSections(bytes);
      for (CustomSection section : customSections) {
        sections.add(section.name(), section.start(), section.end());
      }
      known = new DebugInfo(sections, codeEnd - codeStart);
      debugInfo = new SoftReference<>(known);
    }
    return known;
  }

  private NameSection names() {
    NameSection read = names;
    if (read == null) {
      read = new NameSection(this);
      names = read;
    }
    return read;
  }
}

package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.UnsupportedFeatureException;
import dev.gatun.wasm.WasmModule.ConstantExpression;
import dev.gatun.wasm.WasmModule.CustomSection;
import dev.gatun.wasm.WasmModule.DataSegment;
import dev.gatun.wasm.WasmModule.ElementSegment;
import dev.gatun.wasm.WasmModule.Export;
import dev.gatun.wasm.WasmModule.GlobalDescription;
import dev.gatun.wasm.WasmModule.Import;
import dev.gatun.wasm.WasmModule.Limits;
import dev.gatun.wasm.WasmModule.MemoryDescription;
import dev.gatun.wasm.WasmModule.SegmentMode;
import dev.gatun.wasm.WasmModule.TableDescription;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the binary format into a {@link WasmModule} (specification, 5.5). Function bodies are only delimited: their
 * instructions are decoded when they are validated.
 *
 * <p>An object decodes one module.
 */
public final class ModuleDecoder {
  private static final int CUSTOM = 0;
  private static final int TYPE = 1;
  private static final int IMPORT = 2;
  private static final int FUNCTION = 3;
  private static final int TABLE = 4;
  private static final int MEMORY = 5;
  private static final int GLOBAL = 6;
  private static final int EXPORT = 7;
  private static final int START = 8;
  private static final int ELEMENT = 9;
  private static final int CODE = 10;
  private static final int DATA = 11;
  private static final int DATA_COUNT = 12;
  private static final int TAG = 13;

  /** Where a section must stand relative to the others, by its number. */
  private static final int[] ORDER = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

  private static final String[] NAMES = {
    "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
    "data count", "tag"
  };

  private static final int RECURSIVE_GROUP = 0x4E;
  private static final int FINAL_SUBTYPE = 0x4F;
  private static final int SUBTYPE = 0x50;

  // Bits of the byte before limits.
  private static final int HAS_MAXIMUM = 1;
  private static final int SHARED = 2;
  private static final int WIDE_INDEX = 4;
  private static final int CUSTOM_PAGE_SIZE = 8;

  private static final long MAX_TABLE_SIZE = 0xFFFF_FFFFL;
  private static final int DEFAULT_PAGE_SIZE_LOG2 = 16;

  private final byte[] bytes;
  private final BinaryReader reader;
  private final WasmModule module;
  private final List<CustomSection> customSections = new ArrayList<>();

  private ModuleDecoder(byte[] bytes) {
    this.bytes = bytes;
    reader = new BinaryReader(bytes);
    module = new WasmModule(bytes);
    reader.module = module;
  }

  /**
   * Decodes a module. The bytes become part of it: nobody may write to them afterwards.
   *
   * @throws MalformedModuleException if the bytes are no module, or one that exceeds an implementation limit
   * @throws InvalidModuleException if a type is named that there is not, or limits contradict themselves
   * @throws UnsupportedFeatureException if the module declares something of a feature which is not supported
   */
  public static WasmModule decode(byte[] bytes) {
    ModuleDecoder decoder = new ModuleDecoder(bytes);
    decoder.readModule();
    return decoder.module;
  }

  private void readModule() {
    if (bytes.length > ImplementationLimits.MODULE_BYTES) {
      throw reader.malformed("module too large", bytes.length + " bytes, the limit is "
          + ImplementationLimits.MODULE_BYTES, 0);
    }
    readPreamble();
    int last = 0;
    while (!reader.atEnd()) {
      int at = reader.position;
      int id = reader.readByte();
      int length = reader.readLength();
      int end = reader.position + length;
      if (id == TAG) {
        reader.require(Feature.EXCEPTIONS, at);
      } else if (id > TAG) {
        throw reader.malformed("malformed section id", Integer.toString(id), at);
      }
      if (id != CUSTOM) {
        if (ORDER[id] <= last) {
          throw reader.malformed("unexpected content after last section",
              "the " + NAMES[id] + " section is out of order or comes twice", at);
        }
        last = ORDER[id];
      }
      reader.section = NAMES[id];
      reader.limit = end;
      readSection(id);
      if (reader.position != end) {
        throw reader.malformed("section size mismatch",
            end - reader.position + " bytes are left at the end of the section", reader.position);
      }
      reader.section = null;
      reader.limit = bytes.length;
    }
    module.customSections = customSections.toArray(module.customSections);
    if (module.bodyStart.length != definedFunctions()) {
      throw inconsistentCode(module.bodyStart.length, reader.position);
    }
    if (module.dataCount >= 0 && module.dataCount != module.data.length) {
      throw inconsistentData(module.data.length, reader.position);
    }
  }

  private void readPreamble() {
    if (bytes.length < 4) {
      throw reader.malformed("unexpected end", "a module starts with 00 61 73 6d", bytes.length);
    }
    if (bytes[0] != 0 || bytes[1] != 'a' || bytes[2] != 's' || bytes[3] != 'm') {
      throw reader.malformed("magic header not detected", "a module starts with 00 61 73 6d", 0);
    }
    if (bytes.length < 8) {
      throw reader.malformed("unexpected end", "the version is expected", bytes.length);
    }
    if (bytes[4] != 1 || bytes[5] != 0 || bytes[6] != 0 || bytes[7] != 0) {
      boolean component = bytes[4] == 0x0D && bytes[6] == 1;
      throw reader.malformed("unknown binary version",
          component ? "this is a component, not a module" : "version 1 is expected", 4);
    }
    reader.position = 8;
  }

  private void readSection(int id) {
    switch (id) {
      case CUSTOM -> {
        String name = reader.readName();
        customSections.add(new CustomSection(name, reader.position, reader.limit));
        reader.position = reader.limit;
      }
      case TYPE -> readTypes();
      case IMPORT -> readImports();
      case FUNCTION -> readFunctions();
      case TABLE -> readTables();
      case MEMORY -> readMemories();
      case GLOBAL -> readGlobals();
      case EXPORT -> readExports();
      case START -> {
        module.startAt = reader.position;
        module.start = readFunctionIndex();
      }
      case ELEMENT -> readElementSegments();
      case CODE -> readBodies();
      case DATA -> readDataSegments();
      case TAG -> readTags();
      case DATA_COUNT -> module.dataCount = readDataCount();
      default -> throw new AssertionError(id);
    }
  }

  private void readTypes() {
    int count = reader.readCount("types", ImplementationLimits.TYPES);
    DefinedType[] types = new DefinedType[count];
    int defined = 0;
    for (int i = 0; i < count; i++) {
      int at = reader.position;
      int size = 1;
      if (reader.peekByte() == RECURSIVE_GROUP) {
        reader.require(Feature.GC, at);
        reader.position++;
        size = reader.readCount("types of a group", ImplementationLimits.TYPES);
      }
      if (defined + size > ImplementationLimits.TYPES) {
        throw reader.malformed("too many types", "the limit is " + ImplementationLimits.TYPES, at);
      }
      if (defined + size > types.length) {
        types = Arrays.copyOf(types, Math.max(defined + size, 2 * types.length));
      }
      module.types = types;
      module.groupStart = defined;
      module.typeLimit = defined + size;
      DefinedType.Draft[] drafts = new DefinedType.Draft[size];
      for (int j = 0; j < size; j++) {
        drafts[j] = readSubtype(j);
      }
      DefinedType[] group = DefinedType.group(drafts);
      for (int j = 0; j < size; j++) {
        if (!group[j].matchesSupertype()) {
          throw reader.invalid("sub type " + (defined + j) + " does not match super type", null, at);
        }
        types[defined + j] = group[j];
      }
      defined += size;
      module.groupStart = defined;
    }
    module.types = Arrays.copyOf(types, defined);
  }

  /** Reads a type definition: the one at a place in its group. */
  private DefinedType.Draft readSubtype(int place) {
    int at = reader.position;
    int form = reader.peekByte();
    int supertype = -1;
    boolean isFinal = true;
    if (form == SUBTYPE || form == FINAL_SUBTYPE) {
      reader.require(Feature.GC, at);
      reader.position++;
      isFinal = form == FINAL_SUBTYPE;
      int count = reader.readCount("supertypes", 1);
      if (count == 1) {
        int indexAt = reader.position;
        long index = reader.readU32() & 0xFFFF_FFFFL;
        if (index >= module.groupStart + place) {
          throw reader.invalid("unknown type " + index, "a supertype stands before its subtypes", indexAt);
        }
        supertype = ValueType.typeId(module.reference(reader, index, indexAt));
      }
    }
    return new DefinedType.Draft(readComposite(), isFinal, supertype);
  }

  private CompositeType readComposite() {
    int at = reader.position;
    int form = reader.readByte();
    switch (form) {
      case 0x60 -> {
        int[] params = readTypeList("parameters", ImplementationLimits.PARAMS);
        return new FunctionType(params, readTypeList("results", ImplementationLimits.RESULTS));
      }
      case 0x5F -> {
        reader.require(Feature.GC, at);
        int count = reader.readCount("fields", ImplementationLimits.FIELDS);
        List<FieldType> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          fields.add(readField());
        }
        return new StructType(fields);
      }
      case 0x5E -> {
        reader.require(Feature.GC, at);
        return new ArrayType(readField());
      }
      default -> throw reader.malformed(
          "malformed type", "a function type starts with 60, a structure with 5f, an array with 5e", at);
    }
  }

  private FieldType readField() {
    int storage = reader.readStorageType();
    return new FieldType(storage, readMutability());
  }

  private int[] readTypeList(String what, int maximum) {
    int[] list = new int[reader.readCount(what, maximum)];
    for (int i = 0; i < list.length; i++) {
      list[i] = reader.readValueType();
    }
    return list;
  }

  private int readFunctionTypeIndex() {
    int at = reader.position;
    int index = reader.readU32();
    if (Integer.compareUnsigned(index, module.types.length) >= 0) {
      throw reader.invalid("unknown type " + Integer.toUnsignedString(index), null, at);
    }
    if (!(module.types[index].composite() instanceof FunctionType)) {
      throw reader.invalid("type mismatch", "type " + index + " is not a function type", at);
    }
    return index;
  }

  private void readImports() {
    int count = reader.readCount("imports", ImplementationLimits.IMPORTS);
    Import[] imports = new Import[count];
    int[] functions = new int[16];
    int functionCount = 0;
    int[] tags = {};
    int tagCount = 0;
    List<TableDescription> tables = new ArrayList<>();
    List<MemoryDescription> memories = new ArrayList<>();
    List<GlobalDescription> globals = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String from = reader.readName();
      String name = reader.readName();
      ExternKind kind = readKind("malformed import kind");
      int index;
      switch (kind) {
        case FUNCTION -> {
          if (functionCount == functions.length) {
            functions = Arrays.copyOf(functions, 2 * functionCount);
          }
          functions[functionCount] = readFunctionTypeIndex();
          index = functionCount++;
        }
        case TABLE -> {
          index = tables.size();
          tables.add(readTable());
        }
        case MEMORY -> {
          index = memories.size();
          memories.add(readMemory(index));
        }
        case TAG -> {
          if (tagCount == tags.length) {
            tags = Arrays.copyOf(tags, 2 * tagCount + 4);
          }
          tags[tagCount] = readTag();
          index = tagCount++;
        }
        default -> throw new AssertionError(kind);
        case GLOBAL -> {
          index = globals.size();
          int type = reader.readValueType();
          globals.add(new GlobalDescription(type, readMutability(), null));
        }
      }
      imports[i] = new Import(from, name, kind, index);
    }
    module.imports = imports;
    module.functionTypes = Arrays.copyOf(functions, functionCount);
    module.importedFunctions = functionCount;
    module.tables = tables.toArray(module.tables);
    module.importedTables = tables.size();
    module.tags = Arrays.copyOf(tags, tagCount);
    module.importedTags = tagCount;
    module.memories = memories.toArray(module.memories);
    module.importedMemories = memories.size();
    module.globals = globals.toArray(module.globals);
    module.importedGlobals = globals.size();
  }

  /** Reads what an import or export is of. */
  private ExternKind readKind(String error) {
    int at = reader.position;
    int code = reader.readByte();
    if (code == 4) {
      reader.require(Feature.EXCEPTIONS, at);
    } else if (code > 4) {
      throw reader.malformed(error, Integer.toString(code), at);
    }
    return ExternKind.of(code);
  }

  /** Reads a table that is not imported, which may come with a value for its elements. */
  private TableDescription readDefinedTable() {
    int at = reader.position;
    if (reader.peekByte() != 0x40) {
      return readTable();
    }
    reader.require(Feature.FUNCTION_REFERENCES, at);
    reader.position++;
    int reserved = reader.readByte();
    if (reserved != 0) {
      throw reader.malformed("malformed table", "40 00 is expected", at);
    }
    TableDescription table = readTable();
    return new TableDescription(table.type(), table.limits(), table.indexType(), readConstantExpression());
  }

  private TableDescription readTable() {
    int type = reader.readReferenceType();
    int flags = readLimitsFlags(HAS_MAXIMUM | WIDE_INDEX);
    boolean wide = (flags & WIDE_INDEX) != 0;
    Limits limits = readLimits(flags, wide ? -1 : MAX_TABLE_SIZE, "table size must be at most 2^32-1");
    return new TableDescription(type, limits, wide ? ValueType.I64 : ValueType.I32, null);
  }

  private MemoryDescription readMemory(int index) {
    if (index > 0) {
      reader.require(Feature.MULTI_MEMORY, reader.position);
    }
    int at = reader.position;
    int flags = readLimitsFlags(HAS_MAXIMUM | SHARED | WIDE_INDEX | CUSTOM_PAGE_SIZE);
    boolean shared = (flags & SHARED) != 0;
    boolean wide = (flags & WIDE_INDEX) != 0;
    int start = reader.position;
    int pageSizeLog2 = DEFAULT_PAGE_SIZE_LOG2;
    if ((flags & CUSTOM_PAGE_SIZE) != 0) {
      // The page size stands behind the limits, but says how large they may be.
      reader.readU64();
      if ((flags & HAS_MAXIMUM) != 0) {
        reader.readU64();
      }
      pageSizeLog2 = readPageSize();
    }
    int end = reader.position;
    reader.position = start;
    // In pages of one byte, the size must fit the type of addresses itself.
    long addressable = wide ? -1 : 0xFFFF_FFFFL;
    long largest = pageSizeLog2 == 0 ? addressable : (addressable >>> pageSizeLog2) + 1;
    Limits limits = readLimits(flags, largest,
        "memory size must be at most " + Long.toUnsignedString(largest) + " pages" + (wide ? "" : " (4 GiB)"));
    if ((flags & CUSTOM_PAGE_SIZE) != 0) {
      reader.position = end;
    }
    if (shared && (flags & HAS_MAXIMUM) == 0) {
      throw reader.invalid("shared memory must have maximum", null, at);
    }
    return new MemoryDescription(limits, wide ? ValueType.I64 : ValueType.I32, shared, pageSizeLog2);
  }

  private int readPageSize() {
    int at = reader.position;
    int log2 = reader.readU32();
    if (Integer.compareUnsigned(log2, 64) >= 0) {
      throw reader.malformed("invalid custom page size", "2^" + Integer.toUnsignedString(log2), at);
    }
    if (log2 != 0 && log2 != DEFAULT_PAGE_SIZE_LOG2) {
      throw reader.invalid("invalid custom page size", "1 and 65536 bytes are possible, found 2^" + log2, at);
    }
    return log2;
  }

  private int readLimitsFlags(int possible) {
    int at = reader.position;
    int flags = reader.readByte();
    if ((flags & ~possible) != 0) {
      throw reader.malformed("malformed limits flags", "0x" + Integer.toHexString(flags), at);
    }
    if ((flags & SHARED) != 0) {
      reader.require(Feature.THREADS, at);
    }
    if ((flags & WIDE_INDEX) != 0) {
      reader.require(Feature.MEMORY64, at);
    }
    if ((flags & CUSTOM_PAGE_SIZE) != 0) {
      reader.require(Feature.CUSTOM_PAGE_SIZES, at);
    }
    return flags;
  }

  private Limits readLimits(int flags, long largest, String error) {
    long min = readSize(largest, error);
    if ((flags & HAS_MAXIMUM) == 0) {
      return new Limits(min, Limits.UNBOUNDED);
    }
    int maxAt = reader.position;
    long max = readSize(largest, error);
    if (Long.compareUnsigned(min, max) > 0) {
      throw reader.invalid("size minimum must not be greater than maximum",
          Long.toUnsignedString(min) + " > " + Long.toUnsignedString(max), maxAt);
    }
    return new Limits(min, max);
  }

  private void readTags() {
    int count = reader.readCount("tags", ImplementationLimits.TAGS);
    int imported = module.importedTags;
    int[] tags = Arrays.copyOf(module.tags, imported + count);
    for (int i = imported; i < tags.length; i++) {
      tags[i] = readTag();
    }
    module.tags = tags;
  }

  /** Reads a tag, and returns the index of its type. */
  private int readTag() {
    int at = reader.position;
    int attribute = reader.readByte();
    if (attribute != 0) {
      throw reader.malformed("malformed tag attribute", Integer.toString(attribute), at);
    }
    int type = readFunctionTypeIndex();
    if (module.type(type).resultCount() != 0) {
      throw reader.invalid("non-empty tag result type", "type " + type, at);
    }
    return type;
  }

  private long readSize(long largest, String error) {
    int at = reader.position;
    long size = reader.readU64();
    if (Long.compareUnsigned(size, largest) > 0) {
      throw reader.invalid(error, "found " + Long.toUnsignedString(size), at);
    }
    return size;
  }

  private boolean readMutability() {
    int at = reader.position;
    int flag = reader.readByte();
    if (flag > 1) {
      throw reader.malformed("malformed mutability", Integer.toString(flag), at);
    }
    return flag == 1;
  }

  private void readFunctions() {
    int count = reader.readCount("functions", ImplementationLimits.FUNCTIONS);
    int imported = module.importedFunctions;
    int[] types = Arrays.copyOf(module.functionTypes, imported + count);
    for (int i = imported; i < types.length; i++) {
      types[i] = readFunctionTypeIndex();
    }
    module.functionTypes = types;
  }

  private void readTables() {
    int count = reader.readCount("tables", ImplementationLimits.TABLES);
    int imported = module.importedTables;
    TableDescription[] tables = Arrays.copyOf(module.tables, imported + count);
    for (int i = imported; i < tables.length; i++) {
      tables[i] = readDefinedTable();
    }
    module.tables = tables;
  }

  private void readMemories() {
    int count = reader.readCount("memories", ImplementationLimits.MEMORIES);
    int imported = module.importedMemories;
    MemoryDescription[] memories = Arrays.copyOf(module.memories, imported + count);
    for (int i = imported; i < memories.length; i++) {
      memories[i] = readMemory(i);
    }
    module.memories = memories;
  }

  private void readGlobals() {
    int count = reader.readCount("globals", ImplementationLimits.GLOBALS);
    int imported = module.importedGlobals;
    GlobalDescription[] globals = Arrays.copyOf(module.globals, imported + count);
    for (int i = imported; i < globals.length; i++) {
      int type = reader.readValueType();
      boolean mutable = readMutability();
      globals[i] = new GlobalDescription(type, mutable, readConstantExpression());
    }
    module.globals = globals;
  }

  private void readExports() {
    int count = reader.readCount("exports", ImplementationLimits.EXPORTS);
    Export[] exports = new Export[count];
    for (int i = 0; i < count; i++) {
      int at = reader.position;
      String name = reader.readName();
      ExternKind kind = readKind("malformed export kind");
      exports[i] = new Export(name, kind, reader.readU32(), at);
    }
    module.exports = exports;
  }

  /** Finds the end of a constant expression; whether its instructions may stand there is for validation to say. */
  private ConstantExpression readConstantExpression() {
    int start = reader.position;
    if (Instructions.skipConstantI32(reader)) {
      return new ConstantExpression(start, reader.position);
    }
    int depth = 0;
    while (true) {
      Opcode opcode = Instructions.read(reader);
      if (opcode == Opcode.END) {
        if (depth-- == 0) {
          return new ConstantExpression(start, reader.position);
        }
      } else if (opcode.immediates() == Immediates.BLOCK_TYPE || opcode == Opcode.TRY_TABLE) {
        depth++;
      }
      Instructions.skipImmediates(reader, opcode);
    }
  }

  private void readElementSegments() {
    int count = reader.readCount("element segments", ImplementationLimits.ELEMENT_SEGMENTS);
    ElementSegment[] segments = new ElementSegment[count];
    for (int i = 0; i < count; i++) {
      segments[i] = readElementSegment();
    }
    module.elements = segments;
  }

  /** The bits of the leading number: not active; explicit table, or declarative if not active; expressions. */
  private ElementSegment readElementSegment() {
    int at = reader.position;
    int flags = reader.readU32();
    if (flags < 0 || flags > 7) {
      throw reader.malformed("malformed elements segment kind", Integer.toUnsignedString(flags), at);
    }
    boolean active = (flags & 1) == 0;
    boolean expressions = (flags & 4) != 0;
    int table = active && (flags & 2) != 0 ? reader.readU32() : 0;
    ConstantExpression offset = active ? readConstantExpression() : null;
    SegmentMode mode =
        active ? SegmentMode.ACTIVE : (flags & 2) != 0 ? SegmentMode.DECLARATIVE : SegmentMode.PASSIVE;
    int type = expressions ? ValueType.FUNCREF : ValueType.nonNull(ValueType.FUNCREF);
    if ((flags & 3) != 0) {
      if (expressions) {
        type = reader.readReferenceType();
      } else {
        int kindAt = reader.position;
        int kind = reader.readByte();
        if (kind != 0) {
          throw reader.malformed("malformed element kind", Integer.toString(kind), kindAt);
        }
      }
    }
    int count = reader.readCount("elements", ImplementationLimits.ELEMENTS);
    if (!expressions) {
      return new ElementSegment(mode, table, offset, type, readFunctionIndices(count), null, at);
    }
    int start = reader.position;
    int[] functions = type == ValueType.FUNCREF ? readFunctionExpressions(count) : null;
    if (functions != null) {
      return new ElementSegment(mode, table, offset, type, functions, null, at);
    }
    reader.position = start;
    ConstantExpression[] elements = new ConstantExpression[count];
    for (int i = 0; i < count; i++) {
      elements[i] = readConstantExpression();
    }
    return new ElementSegment(mode, table, offset, type, null, elements, at);
  }

  private int[] readFunctionIndices(int count) {
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = readFunctionIndex();
    }
    return indices;
  }

  /** Reads a function index; one of 2^31 or more is unknown, whatever there is. */
  private int readFunctionIndex() {
    int at = reader.position;
    int index = reader.readU32();
    if (index < 0) {
      throw reader.invalid("unknown function " + Integer.toUnsignedString(index), null, at);
    }
    return index;
  }

  /**
   * Reads as many expressions that are a reference to a function, or returns null at the first that is anything else.
   */
  private int @Nullable [] readFunctionExpressions(int count) {
    int[] functions = new int[count];
    for (int i = 0; i < count; i++) {
      if (reader.readByte() != Opcode.REF_FUNC.code()) {
        return null;
      }
      functions[i] = readFunctionIndex();
      if (reader.readByte() != Opcode.END.code()) {
        return null;
      }
    }
    return functions;
  }

  private void readBodies() {
    int at = reader.position;
    int count = reader.readCount("function bodies", ImplementationLimits.FUNCTIONS);
    if (count != definedFunctions()) {
      throw inconsistentCode(count, at);
    }
    int[] starts = new int[count];
    int[] ends = new int[count];
    for (int i = 0; i < count; i++) {
      int sizeAt = reader.position;
      int size = reader.readLength();
      if (size > ImplementationLimits.BODY_BYTES) {
        throw reader.malformed("function body too large",
            size + " bytes in function " + (module.importedFunctions + i) + ", the limit is "
                + ImplementationLimits.BODY_BYTES,
            sizeAt);
      }
      starts[i] = reader.skip(size);
      ends[i] = reader.position;
    }
    module.codeStart = at;
    module.codeEnd = reader.position;
    module.bodyStart = starts;
    module.bodyEnd = ends;
  }

  private void readDataSegments() {
    int countAt = reader.position;
    int count = reader.readCount("data segments", ImplementationLimits.DATA_SEGMENTS);
    if (module.dataCount >= 0 && module.dataCount != count) {
      throw inconsistentData(count, countAt);
    }
    DataSegment[] segments = new DataSegment[count];
    for (int i = 0; i < count; i++) {
      int at = reader.position;
      int flags = reader.readU32();
      if (flags < 0 || flags > 2) {
        throw reader.malformed("malformed data segment kind", Integer.toUnsignedString(flags), at);
      }
      int memory = flags == 2 ? reader.readU32() : 0;
      ConstantExpression offset = flags != 1 ? readConstantExpression() : null;
      int length = reader.readLength();
      SegmentMode mode = flags == 1 ? SegmentMode.PASSIVE : SegmentMode.ACTIVE;
      segments[i] = new DataSegment(mode, memory, offset, reader.skip(length), length, at);
    }
    module.data = segments;
  }

  /** Reads the number of data segments, of which the section has none: no bytes to compare it with. */
  private int readDataCount() {
    int at = reader.position;
    int count = reader.readU32();
    if (Integer.compareUnsigned(count, ImplementationLimits.DATA_SEGMENTS) > 0) {
      throw reader.malformed("too many data segments", Integer.toUnsignedString(count) + ", the limit is "
          + ImplementationLimits.DATA_SEGMENTS, at);
    }
    return count;
  }

  private int definedFunctions() {
    return module.functionTypes.length - module.importedFunctions;
  }

  private MalformedModuleException inconsistentCode(int found, int at) {
    return reader.malformed("function and code section have inconsistent lengths",
        definedFunctions() + " functions, but " + found + " bodies", at);
  }

  private MalformedModuleException inconsistentData(int found, int at) {
    return reader.malformed("data count and data section have inconsistent lengths",
        module.dataCount + " announced, but " + found + " found", at);
  }
}

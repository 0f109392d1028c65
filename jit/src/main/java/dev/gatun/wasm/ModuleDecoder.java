package dev.gatun.wasm;

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

/**
 * Decodes the binary format (spec, chapter 5) into a {@link WasmModule}. What it refuses is malformed; whether the rest is
 * valid is for {@link ModuleValidator} to say.
 */
public final class ModuleDecoder {
  private static final int MAGIC = 0x6d736100;
  private static final int VERSION = 1;

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

  /** The order in which sections must come, by section number. */
  private static final int[] ORDER = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

  private static final String[] NAMES = {
    "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
    "data count", "tag"
  };

  private static final int MAX_PARAMETERS = 1000;

  private final BinaryReader reader;
  private final WasmModule module;
  private final List<CustomSection> customSections = new ArrayList<>();
  private int definedFunctions;
  private int dataCount = -1;
  private String place = "";

  private ModuleDecoder(byte[] bytes) {
    reader = new BinaryReader(bytes, 0, bytes.length);
    module = new WasmModule(bytes);
  }

  /**
   * Decodes a module, which keeps the bytes.
   *
   * @throws MalformedModuleException if they are no module
   * @throws UnsupportedFeatureException if the module declares something that needs an unsupported feature
   */
  public static WasmModule decode(byte[] bytes) {
    ModuleDecoder decoder = new ModuleDecoder(bytes);
    try {
      decoder.readModule();
    } catch (MalformedModuleException e) {
      if (decoder.place.isEmpty()) {
        throw e;
      }
      String message = e.getMessage();
      throw new MalformedModuleException(
          message.substring(0, message.indexOf(" at offset 0x")), e.offset(), decoder.place);
    }
    return decoder.module;
  }

  private void readModule() {
    if (reader.limit < 4 || reader.readInt() != MAGIC) {
      throw BinaryReader.malformed(reader.limit < 4 ? "unexpected end" : "magic header not detected", 0);
    }
    if (reader.limit < 8 || reader.readInt() != VERSION) {
      throw BinaryReader.malformed(reader.limit < 8 ? "unexpected end" : "unknown binary version", 4);
    }
    int last = 0;
    while (!reader.atEnd()) {
      int at = reader.position;
      place = "";
      int id = reader.readByte();
      if (id >= ORDER.length) {
        throw BinaryReader.malformed("malformed section id " + id, at);
      }
      place = " in the " + NAMES[id] + " section";
      int size = reader.readU32();
      if (Integer.compareUnsigned(size, reader.limit - reader.position) > 0) {
        throw BinaryReader.malformed("length out of bounds", at + 1);
      }
      int end = reader.position + size;
      if (id != CUSTOM) {
        if (ORDER[id] <= last) {
          throw BinaryReader.malformed("unexpected content after last section: " + NAMES[id] + " section out of order", at);
        }
        last = ORDER[id];
      }
      int outer = reader.limit;
      reader.limit = end;
      readSection(id, end);
      if (reader.position != end) {
        throw BinaryReader.malformed("section size mismatch", reader.position);
      }
      reader.limit = outer;
    }
    place = "";
    module.customSections = customSections.toArray(new CustomSection[0]);
    if (module.bodyStart.length != definedFunctions) {
      throw BinaryReader.malformed("function and code section have inconsistent lengths", reader.position);
    }
    if (dataCount >= 0 && dataCount != module.data.length) {
      throw BinaryReader.malformed("data count and data section have inconsistent lengths", reader.position);
    }
  }

  private void readSection(int id, int end) {
    switch (id) {
      case CUSTOM -> {
        String name = reader.readName();
        customSections.add(new CustomSection(name, reader.position, end));
        reader.position = end;
      }
      case TYPE -> readTypes();
      case IMPORT -> readImports();
      case FUNCTION -> readFunctions();
      case TABLE -> readTables();
      case MEMORY -> readMemories();
      case GLOBAL -> readGlobals();
      case EXPORT -> readExports();
      case START -> module.start = reader.readU32();
      case ELEMENT -> readElements();
      case CODE -> readCode();
      case DATA -> readData();
      case DATA_COUNT -> dataCount = reader.readU32();
      case TAG -> throw new UnsupportedFeatureException("exceptions", reader.position);
      default -> throw new AssertionError(id);
    }
  }

  /** Whether there is a data count section; memory.init and data.drop need one. */
  private boolean hasDataCount() {
    return dataCount >= 0;
  }

  private int readValueType() {
    int at = reader.position;
    int type = reader.readByte();
    if (ValueType.isNumber(type) || ValueType.isReference(type)) {
      return type;
    }
    throw unknownType(type, at, "malformed value type");
  }

  private int readReferenceType() {
    int at = reader.position;
    int type = reader.readByte();
    if (ValueType.isReference(type)) {
      return type;
    }
    throw unknownType(type, at, "malformed reference type");
  }

  private static RuntimeException unknownType(int type, int at, String reason) {
    if (type == ValueType.V128) {
      return new UnsupportedFeatureException("SIMD", at);
    } else if (type == 0x63 || type == 0x64) {
      return new UnsupportedFeatureException("typed function references", at);
    } else if (type == 0x69 || type == 0x74) {
      return new UnsupportedFeatureException("exceptions", at);
    } else if (type >= 0x6A && type <= 0x73) {
      return new UnsupportedFeatureException("garbage collection", at);
    }
    return BinaryReader.malformed(reason, at);
  }

  private void readTypes() {
    FunctionType[] types = new FunctionType[reader.readCount()];
    for (int i = 0; i < types.length; i++) {
      int at = reader.position;
      int form = reader.readByte();
      if (form >= 0x4D && form <= 0x5F && form != 0x40) {
        throw new UnsupportedFeatureException("garbage collection", at);
      } else if (form != 0x60) {
        throw BinaryReader.malformed("malformed type form", at);
      }
      types[i] = new FunctionType(readValueTypes(), readValueTypes());
    }
    module.types = types;
  }

  private int[] readValueTypes() {
    int at = reader.position;
    int[] types = new int[reader.readCount()];
    if (types.length > MAX_PARAMETERS) {
      throw BinaryReader.malformed("more than " + MAX_PARAMETERS + " parameters or results", at);
    }
    for (int i = 0; i < types.length; i++) {
      types[i] = readValueType();
    }
    return types;
  }

  private void readImports() {
    Import[] imports = new Import[reader.readCount()];
    List<TableDescription> tables = new ArrayList<>();
    List<MemoryDescription> memories = new ArrayList<>();
    List<GlobalDescription> globals = new ArrayList<>();
    int[] functions = new int[16];
    int functionCount = 0;
    for (int i = 0; i < imports.length; i++) {
      String from = reader.readName();
      String name = reader.readName();
      int at = reader.position;
      int kind = reader.readByte();
      switch (kind) {
        case 0 -> {
          if (functionCount == functions.length) {
            functions = Arrays.copyOf(functions, 2 * functionCount);
          }
          functions[functionCount] = reader.readU32();
          imports[i] = new Import(from, name, ExternKind.FUNCTION, functionCount++);
        }
        case 1 -> {
          imports[i] = new Import(from, name, ExternKind.TABLE, tables.size());
          tables.add(readTable());
        }
        case 2 -> {
          imports[i] = new Import(from, name, ExternKind.MEMORY, memories.size());
          memories.add(readMemory());
        }
        case 3 -> {
          imports[i] = new Import(from, name, ExternKind.GLOBAL, globals.size());
          globals.add(new GlobalDescription(readValueType(), readMutability(), null));
        }
        case 4 -> throw new UnsupportedFeatureException("exceptions", at);
        default -> throw BinaryReader.malformed("malformed import kind", at);
      }
    }
    module.imports = imports;
    module.functionTypes = Arrays.copyOf(functions, functionCount);
    module.importedFunctions = functionCount;
    module.tables = tables.toArray(new TableDescription[0]);
    module.importedTables = tables.size();
    module.memories = memories.toArray(new MemoryDescription[0]);
    module.importedMemories = memories.size();
    module.globals = globals.toArray(new GlobalDescription[0]);
    module.importedGlobals = globals.size();
  }

  private void readFunctions() {
    definedFunctions = reader.readCount();
    int imported = module.importedFunctions;
    int[] types = Arrays.copyOf(module.functionTypes, imported + definedFunctions);
    for (int i = 0; i < definedFunctions; i++) {
      types[imported + i] = reader.readU32();
    }
    module.functionTypes = types;
  }

  private void readTables() {
    int count = reader.readCount();
    int imported = module.importedTables;
    TableDescription[] tables = Arrays.copyOf(module.tables, imported + count);
    for (int i = 0; i < count; i++) {
      tables[imported + i] = readTable();
    }
    module.tables = tables;
  }

  private TableDescription readTable() {
    if (reader.position < reader.limit && reader.bytes[reader.position] == 0x40) {
      throw new UnsupportedFeatureException("typed function references", reader.position);
    }
    int type = readReferenceType();
    return new TableDescription(type, readLimits(false));
  }

  private void readMemories() {
    int count = reader.readCount();
    int imported = module.importedMemories;
    MemoryDescription[] memories = Arrays.copyOf(module.memories, imported + count);
    for (int i = 0; i < count; i++) {
      memories[imported + i] = readMemory();
    }
    module.memories = memories;
  }

  private MemoryDescription readMemory() {
    return new MemoryDescription(readLimits(true));
  }

  private Limits readLimits(boolean ofMemory) {
    int at = reader.position;
    int flags = reader.readByte();
    if (flags > 1) {
      if (ofMemory && (flags == 2 || flags == 3)) {
        throw new UnsupportedFeatureException("threads", at);
      } else if (flags >= 4 && flags <= 7) {
        throw new UnsupportedFeatureException("memory64", at);
      } else if (ofMemory && flags >= 8 && flags <= 15) {
        throw new UnsupportedFeatureException("custom page sizes", at);
      }
      throw BinaryReader.malformed("malformed limits flags", at);
    }
    long min = reader.readU32() & 0xffff_ffffL;
    long max = flags == 1 ? reader.readU32() & 0xffff_ffffL : -1;
    return new Limits(min, max);
  }

  private boolean readMutability() {
    int at = reader.position;
    int flag = reader.readByte();
    if (flag > 1) {
      throw BinaryReader.malformed("malformed mutability", at);
    }
    return flag == 1;
  }

  private void readGlobals() {
    int count = reader.readCount();
    int imported = module.importedGlobals;
    GlobalDescription[] globals = Arrays.copyOf(module.globals, imported + count);
    for (int i = 0; i < count; i++) {
      int type = readValueType();
      boolean mutable = readMutability();
      globals[imported + i] = new GlobalDescription(type, mutable, readConstantExpression());
    }
    module.globals = globals;
  }

  private ConstantExpression readConstantExpression() {
    int start = reader.position;
    int depth = 0;
    while (true) {
      Opcode opcode = Instructions.read(reader);
      if (opcode == Opcode.END) {
        if (depth-- == 0) {
          return new ConstantExpression(start, reader.position);
        }
      } else if (opcode == Opcode.BLOCK || opcode == Opcode.LOOP || opcode == Opcode.IF) {
        depth++;
      }
      Instructions.skipImmediates(reader, opcode);
    }
  }

  private void readExports() {
    Export[] exports = new Export[reader.readCount()];
    for (int i = 0; i < exports.length; i++) {
      String name = reader.readName();
      int at = reader.position;
      int kind = reader.readByte();
      if (kind == 4) {
        throw new UnsupportedFeatureException("exceptions", at);
      } else if (kind > 4) {
        throw BinaryReader.malformed("malformed export kind", at);
      }
      exports[i] = new Export(name, ExternKind.of(kind), reader.readU32());
    }
    module.exports = exports;
  }

  private void readElements() {
    ElementSegment[] segments = new ElementSegment[reader.readCount()];
    for (int i = 0; i < segments.length; i++) {
      int at = reader.position;
      int flags = reader.readU32();
      if (flags < 0 || flags > 7) {
        throw BinaryReader.malformed("malformed elements segment kind", at);
      }
      boolean active = (flags & 1) == 0;
      boolean explicit = (flags & 2) != 0;
      SegmentMode mode = active ? SegmentMode.ACTIVE : explicit ? SegmentMode.DECLARATIVE : SegmentMode.PASSIVE;
      int table = active && explicit ? reader.readU32() : 0;
      ConstantExpression offset = active ? readConstantExpression() : null;
      boolean expressions = (flags & 4) != 0;
      int type = ValueType.FUNCREF;
      if ((flags & 3) != 0) {
        if (expressions) {
          type = readReferenceType();
        } else if (reader.readByte() != 0) {
          throw BinaryReader.malformed("malformed element kind", reader.position - 1);
        }
      }
      int count = reader.readCount();
      if (expressions) {
        ConstantExpression[] items = new ConstantExpression[count];
        for (int j = 0; j < count; j++) {
          items[j] = readConstantExpression();
        }
        segments[i] = new ElementSegment(mode, table, offset, type, null, items);
      } else {
        int[] functions = new int[count];
        for (int j = 0; j < count; j++) {
          functions[j] = reader.readU32();
        }
        segments[i] = new ElementSegment(mode, table, offset, type, functions, null);
      }
    }
    module.elements = segments;
  }

  private void readCode() {
    int count = reader.readCount();
    if (count != definedFunctions) {
      throw BinaryReader.malformed("function and code section have inconsistent lengths", reader.position);
    }
    int[] starts = new int[count];
    int[] ends = new int[count];
    for (int i = 0; i < count; i++) {
      int at = reader.position;
      int size = reader.readU32();
      if (Integer.compareUnsigned(size, reader.limit - reader.position) > 0) {
        throw BinaryReader.malformed("unexpected end", at);
      }
      starts[i] = reader.position;
      reader.position += size;
      ends[i] = reader.position;
    }
    module.bodyStart = starts;
    module.bodyEnd = ends;
    module.hasDataCount = hasDataCount();
    module.dataCount = Math.max(dataCount, 0);
  }

  private void readData() {
    DataSegment[] segments = new DataSegment[reader.readCount()];
    for (int i = 0; i < segments.length; i++) {
      int at = reader.position;
      int flags = reader.readU32();
      if (flags < 0 || flags > 2) {
        throw BinaryReader.malformed("malformed data segment kind", at);
      }
      int memory = flags == 2 ? reader.readU32() : 0;
      ConstantExpression offset = flags == 1 ? null : readConstantExpression();
      int length = reader.readCount();
      segments[i] =
          new DataSegment(flags == 1 ? SegmentMode.PASSIVE : SegmentMode.ACTIVE, memory, offset, reader.position, length);
      reader.skip(length);
    }
    module.data = segments;
  }
}

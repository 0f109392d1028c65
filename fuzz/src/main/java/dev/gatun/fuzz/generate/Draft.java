package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A module that is being made: its index spaces, in the order of the binary format. Nothing is checked. All functions
 * are declared before the first body is written, since bodies name functions.
 */
final class Draft {
  /** What an export is of. */
  static final int FUNCTION = 0;

  static final int TABLE = 1;
  static final int MEMORY = 2;
  static final int GLOBAL = 3;
  static final int TAG = 4;

  /** An imported function and the index of its type. */
  record Import(String name, int type) {}

  record Table(int element, boolean wide, int min, int max) {}

  record Memory(boolean wide, boolean shared, boolean smallPages, int min, int max) {
    /** How large it is at first. */
    int bytes() {
      return smallPages ? min : min << 16;
    }
  }

  record Global(int type, boolean mutable, byte[] value) {}

  record Export(String name, int kind, int index) {}

  /** A data segment; passive if it has no memory. */
  record Data(OptionalInt memory, int offset, byte[] bytes) {}

  /** How a segment of elements is used, as its flags in the binary format say. */
  enum Mode {
    ACTIVE,
    PASSIVE,
    DECLARED
  }

  /** A segment of elements, which are constant expressions without their end. */
  record Elements(Mode mode, int table, int offset, int type, List<byte[]> items) {}

  /** The module that all functions are imported from. */
  String importModule = "host";

  final Types types = new Types();
  final List<Import> imports = new ArrayList<>();

  /** Index of the type of each function, imported ones first. */
  final List<Integer> functions = new ArrayList<>();

  /** The functions below this index may be referred to in bodies. */
  int referable;

  final List<Table> tables = new ArrayList<>();
  final List<Memory> memories = new ArrayList<>();

  /** Index of the type of each tag. */
  final List<Integer> tags = new ArrayList<>();

  final List<Global> globals = new ArrayList<>();
  final List<Export> exports = new ArrayList<>();
  final List<Data> data = new ArrayList<>();
  final List<Elements> elements = new ArrayList<>();
  final List<byte[]> bodies = new ArrayList<>();
  OptionalInt start = OptionalInt.empty();

  /** The type of a function. */
  Types.Function function(int index) {
    return types.functionType(functions.get(index));
  }

  /** Imports a function of the host; returns its index. */
  int addImport(String name, List<Integer> params, List<Integer> results) {
    int type = types.function(params, results);
    imports.add(new Import(name, type));
    functions.add(type);
    return functions.size() - 1;
  }

  /** Declares a function, whose body is to be written in the order of declaration; returns its index. */
  int addFunction(int type) {
    functions.add(type);
    return functions.size() - 1;
  }

  int addGlobal(int type, boolean mutable, byte[] value) {
    globals.add(new Global(type, mutable, value));
    return globals.size() - 1;
  }

  void export(String name, int kind, int index) {
    exports.add(new Export(name, kind, index));
  }

  private static void section(BinaryWriter out, int id, BinaryWriter contents, boolean present) {
    if (present) {
      out.write(id);
      out.sized(contents.toByteArray());
    }
  }

  private static void limits(BinaryWriter out, int flags, int min, int max) {
    out.write(flags | 1);
    out.unsigned(min);
    out.unsigned(max);
  }

  private static void offset(BinaryWriter out, boolean wide, int offset) {
    out.write(wide ? 0x42 : 0x41);
    out.signed(offset);
    out.write(0x0B);
  }

  /** The module in the binary format. */
  byte[] build() {
    BinaryWriter out = new BinaryWriter();
    out.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
    BinaryWriter section = new BinaryWriter();
    types.write(section);
    section(out, 1, section, types.count() > 0);
    section = new BinaryWriter();
    section.unsigned(imports.size());
    for (Import i : imports) {
      section.name(importModule);
      section.name(i.name());
      section.write(FUNCTION);
      section.unsigned(i.type());
    }
    section(out, 2, section, !imports.isEmpty());
    section = new BinaryWriter();
    section.unsigned(functions.size() - imports.size());
    for (int type : functions.subList(imports.size(), functions.size())) {
      section.unsigned(type);
    }
    section(out, 3, section, functions.size() > imports.size());
    writeTables(out);
    writeMemories(out);
    section = new BinaryWriter();
    section.unsigned(tags.size());
    for (int type : tags) {
      section.write(0);
      section.unsigned(type);
    }
    section(out, 13, section, !tags.isEmpty());
    section = new BinaryWriter();
    section.unsigned(globals.size());
    for (Global global : globals) {
      Types.writeType(section, global.type());
      section.write(global.mutable() ? 1 : 0);
      section.writeBytes(global.value());
      section.write(0x0B);
    }
    section(out, 6, section, !globals.isEmpty());
    section = new BinaryWriter();
    section.unsigned(exports.size());
    for (Export export : exports) {
      section.name(export.name());
      section.write(export.kind());
      section.unsigned(export.index());
    }
    section(out, 7, section, !exports.isEmpty());
    section = new BinaryWriter();
    section.unsigned(start.orElse(0));
    section(out, 8, section, start.isPresent());
    writeElements(out);
    section = new BinaryWriter();
    section.unsigned(data.size());
    section(out, 12, section, !data.isEmpty());
    section = new BinaryWriter();
    section.unsigned(bodies.size());
    for (byte[] body : bodies) {
      section.sized(body);
    }
    section(out, 10, section, !bodies.isEmpty());
    writeData(out);
    return out.toByteArray();
  }

  private void writeTables(BinaryWriter out) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(tables.size());
    for (Table table : tables) {
      Types.writeType(section, table.element());
      limits(section, table.wide() ? 4 : 0, table.min(), table.max());
    }
    section(out, 4, section, !tables.isEmpty());
  }

  private void writeMemories(BinaryWriter out) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(memories.size());
    for (Memory memory : memories) {
      limits(section, (memory.wide() ? 4 : 0) | (memory.shared() ? 2 : 0) | (memory.smallPages() ? 8 : 0), memory.min(),
          memory.max());
      if (memory.smallPages()) {
        section.unsigned(0);
      }
    }
    section(out, 5, section, !memories.isEmpty());
  }

  private void writeElements(BinaryWriter out) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(elements.size());
    for (Elements segment : elements) {
      // Elements are expressions (4); the table is named (2) in active segments, else 1 is passive and 3 declared.
      switch (segment.mode()) {
        case ACTIVE -> {
          section.unsigned(6);
          section.unsigned(segment.table());
          offset(section, tables.get(segment.table()).wide(), segment.offset());
        }
        case PASSIVE -> section.unsigned(5);
        case DECLARED -> section.unsigned(7);
      }
      Types.writeType(section, segment.type());
      section.unsigned(segment.items().size());
      for (byte[] item : segment.items()) {
        section.writeBytes(item);
        section.write(0x0B);
      }
    }
    section(out, 9, section, !elements.isEmpty());
  }

  private void writeData(BinaryWriter out) {
    BinaryWriter section = new BinaryWriter();
    section.unsigned(data.size());
    for (Data segment : data) {
      if (segment.memory().isPresent()) {
        int memory = segment.memory().getAsInt();
        section.unsigned(2);
        section.unsigned(memory);
        offset(section, memories.get(memory).wide(), segment.offset());
      } else {
        section.unsigned(1);
      }
      section.sized(segment.bytes());
    }
    section(out, 11, section, !data.isEmpty());
  }
}

package dev.gatun.wasm;

import dev.gatun.MalformedModuleException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of a module and of its functions (spec 7.4.1). What is malformed is ignored: names have no meaning to wasm. */
record NameSection(@Nullable String moduleName, Map<Integer, String> functionNames) {
  private static final int MODULE = 0;
  private static final int FUNCTIONS = 1;

  @Nullable String functionName(int function) {
    return functionNames.get(function);
  }

  /** Reads the first name section of a module. */
  static NameSection read(WasmModule module) {
    for (WasmModule.CustomSection section : module.customSections()) {
      if (section.name().equals("name")) {
        return read(module.bytes(), section.start(), section.end());
      }
    }
    return new NameSection(null, Map.of());
  }

  private static NameSection read(byte[] bytes, int start, int end) {
    String moduleName = null;
    Map<Integer, String> functions = new HashMap<>();
    try {
      BinaryReader reader = new BinaryReader(bytes, start, end);
      while (!reader.atEnd()) {
        int id = reader.readByte();
        int size = reader.readU32();
        int next = reader.position + size;
        if (size < 0 || next > end || next < 0) {
          break;
        }
        if (id == MODULE) {
          moduleName = reader.readName();
        } else if (id == FUNCTIONS) {
          for (int count = reader.readCount(); count > 0; count--) {
            int function = reader.readU32();
            functions.put(function, reader.readName());
          }
        }
        reader.position = next;
      }
    } catch (MalformedModuleException e) {
      // What was read before the bad bytes still helps.
    }
    return new NameSection(moduleName, functions);
  }
}

package dev.gatun.wasm;

import dev.gatun.MalformedModuleException;
import dev.gatun.wasm.WasmModule.CustomSection;
import org.jspecify.annotations.Nullable;

/**
 * The names of the module and its functions from the custom section "name" (specification, appendix "Custom Sections").
 * What can't be read is left out: a broken name section is no error. Strings are made when asked for.
 */
final class NameSection {
  private static final int MODULE = 0;
  private static final int FUNCTIONS = 1;

  private final byte[] bytes;
  private @Nullable String moduleName;

  /** Offset of the length of each function's name, or 0. */
  private final int[] functionNames;

  NameSection(WasmModule module) {
    bytes = module.bytes();
    CustomSection section = find(module);
    functionNames = new int[section == null ? 0 : module.functionCount()];
    if (section == null) {
      return;
    }
    try {
      readSubsections(new BinaryReader(bytes, section.start(), section.end()), section.end());
    } catch (MalformedModuleException broken) {
      // Names are only for messages: those read so far are kept.
      return;
    }
  }

  private static @Nullable CustomSection find(WasmModule module) {
    for (CustomSection section : module.customSections()) {
      if (section.name().equals("name")) {
        return section;
      }
    }
    return null;
  }

  private void readSubsections(BinaryReader reader, int end) {
    while (!reader.atEnd()) {
      int id = reader.readByte();
      int length = reader.readLength();
      int next = reader.position + length;
      reader.limit = next;
      if (id == MODULE) {
        moduleName = reader.readName();
      } else if (id == FUNCTIONS) {
        readFunctionNames(reader);
      }
      reader.range(next, end);
    }
  }

  private void readFunctionNames(BinaryReader reader) {
    int count = reader.readCount("names", Integer.MAX_VALUE);
    for (int i = 0; i < count; i++) {
      int index = reader.readU32();
      int at = reader.position;
      reader.skip(reader.readLength());
      if (index >= 0 && index < functionNames.length) {
        functionNames[index] = at;
      }
    }
  }

  @Nullable String moduleName() {
    return moduleName;
  }

  @Nullable String functionName(int index) {
    if (index < 0 || index >= functionNames.length || functionNames[index] == 0) {
      return null;
    }
    try {
      return new BinaryReader(bytes, functionNames[index], bytes.length).readName();
    } catch (MalformedModuleException broken) {
      return null;
    }
  }
}

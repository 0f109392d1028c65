package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.RejectedModuleException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which branches are likely to be taken, from the custom section "metadata.code.branch_hint" (specification, appendix
 * "Custom Sections"). A hint changes nothing that a program computes.
 */
public final class BranchHints {
  private static final String SECTION = "metadata.code.branch_hint";

  private final WasmModule module;

  /** By function, then by offset in the module. */
  private final Map<Integer, Map<Integer, Boolean>> hints = new HashMap<>();

  private BranchHints(WasmModule module) {
    this.module = module;
  }

  /** The hints of a module; what can't be read is left out. */
  public static BranchHints of(WasmModule module) {
    BranchHints hints = new BranchHints(module);
    try {
      hints.read(false);
    } catch (RejectedModuleException broken) {
      // Those read so far are good.
    }
    return hints;
  }

  /**
   * Checks the section, if there is one.
   *
   * @throws MalformedModuleException if it can't be read
   * @throws InvalidModuleException if a hint is not for a branch of a function that the module defines
   */
  public static void check(WasmModule module) {
    new BranchHints(module).read(true);
  }

  /** Whether the branch at an offset in the module is likely, or null if nothing is said. */
  public @Nullable Boolean likely(int function, int offset) {
    Map<Integer, Boolean> ofFunction = hints.get(function);
    return ofFunction == null ? null : ofFunction.get(offset);
  }

  private void read(boolean strict) {
    for (WasmModule.CustomSection section : module.customSections()) {
      if (section.name().equals(SECTION)) {
        BinaryReader reader = new BinaryReader(module.bytes(), section.start(), section.end());
        int functions = reader.readCount("functions with hints", ImplementationLimits.FUNCTIONS);
        for (int i = 0; i < functions; i++) {
          readFunction(reader, strict);
        }
        if (!reader.atEnd()) {
          throw reader.malformed("section size mismatch", reader.position);
        }
      }
    }
  }

  private void readFunction(BinaryReader reader, boolean strict) {
    int at = reader.position;
    int function = reader.readU32();
    if (function < module.importedFunctions() || function >= module.functionCount()) {
      throw reader.invalid("invalid target", "function " + Integer.toUnsignedString(function), at);
    }
    Map<Integer, Boolean> read = new HashMap<>();
    int count = reader.readCount("hints", ImplementationLimits.BODY_BYTES);
    for (int i = 0; i < count; i++) {
      at = reader.position;
      int offset = module.bodyStart(function) + reader.readU32();
      int size = reader.readU32();
      int value = reader.readByte();
      if (size != 1 || value > 1) {
        throw reader.malformed("malformed branch hint", at);
      }
      if (read.put(offset, value == 1) != null) {
        throw reader.invalid("duplicate branch hint", "offset 0x" + Integer.toHexString(offset), at);
      }
    }
    if (strict && read.size() != branchesAt(function, read)) {
      throw reader.invalid("invalid target", "a hint in function " + function + " is for no if or br_if", at);
    }
    hints.put(function, read);
  }

  /** How many of the offsets are those of branches. */
  private int branchesAt(int function, Map<Integer, Boolean> offsets) {
    BinaryReader reader = new BinaryReader(module.bytes(), module.bodyStart(function), module.bodyEnd(function));
    int groups = reader.readU32();
    for (int i = 0; i < groups; i++) {
      reader.readU32();
      reader.readValueType();
    }
    int found = 0;
    while (!reader.atEnd()) {
      int at = reader.position;
      Opcode opcode = Instructions.read(reader);
      Instructions.skipImmediates(reader, opcode);
      if ((opcode == Opcode.IF || opcode == Opcode.BR_IF) && offsets.containsKey(at)) {
        found++;
      }
    }
    return found;
  }
}

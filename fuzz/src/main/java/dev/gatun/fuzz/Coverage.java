package dev.gatun.fuzz;

import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.WasmModule;
import java.util.ArrayList;
import java.util.List;

/** How often each instruction stood in a module that was executed. For one thread. */
final class Coverage {
  private final long[] seen = new long[Opcode.values().length];

  /** Counts the instructions of the bodies of a valid module. */
  void add(byte[] wasm) {
    WasmModule module = ModuleDecoder.decode(wasm);
    BinaryReader reader = new BinaryReader(wasm);
    for (int function = module.importedFunctions(); function < module.functionCount(); function++) {
      reader.range(module.bodyStart(function), module.bodyEnd(function));
      for (int groups = reader.readU32(); groups > 0; groups--) {
        reader.readU32();
        skipValueType(reader);
      }
      while (!reader.atEnd()) {
        Opcode opcode = Instructions.read(reader);
        Instructions.skipImmediates(reader, opcode);
        seen[opcode.ordinal()]++;
      }
    }
  }

  private static void skipValueType(BinaryReader reader) {
    int first = reader.readByte();
    if (first == 0x63 || first == 0x64) {
      reader.readS33();
    }
  }

  /** Adds what {@link #toString} of another gave. */
  void add(String counts) {
    String[] numbers = counts.split(" ");
    for (int i = 0; i < seen.length; i++) {
      seen[i] += Long.parseLong(numbers[i]);
    }
  }

  /** How many instructions there are in all. */
  static int all() {
    return Opcode.values().length;
  }

  /** The instructions that were never seen. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Opcode opcode : Opcode.values()) {
      if (seen[opcode.ordinal()] == 0) {
        missing.add(opcode.text());
      }
    }
    return missing;
  }

  /** All counts, in the order of the table, between blanks. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (long count : seen) {
      text.append(text.isEmpty() ? "" : " ").append(count);
    }
    return text.toString();
  }
}

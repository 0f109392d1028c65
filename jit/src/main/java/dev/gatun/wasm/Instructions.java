package dev.gatun.wasm;

import dev.gatun.UnsupportedFeatureException;
import org.jspecify.annotations.Nullable;

/** Reading of opcodes and skipping of immediates, for whoever walks instructions without looking at each. */
public final class Instructions {
  private Instructions() {}

  private static final int PREFIX_GC = 0xFB;
  private static final int PREFIX_MISC = 0xFC;
  private static final int PREFIX_SIMD = 0xFD;
  private static final int PREFIX_ATOMIC = 0xFE;

  /**
   * Reads an opcode.
   *
   * @throws UnsupportedFeatureException if it belongs to a feature that is not supported
   * @throws dev.gatun.MalformedModuleException if there is no such opcode
   */
  public static Opcode read(BinaryReader reader) {
    int at = reader.position;
    int first = reader.readByte();
    Opcode opcode = Opcode.of(first);
    return opcode != null ? opcode : readOther(reader, first, at);
  }

  private static Opcode readOther(BinaryReader reader, int first, int at) {
    if (first == PREFIX_MISC) {
      int number = reader.readU32();
      Opcode opcode = Opcode.ofMisc(number);
      if (opcode != null) {
        return opcode;
      }
      if (number >= 19 && number <= 22) {
        throw new UnsupportedFeatureException("wide arithmetic", at);
      }
    }
    String feature = feature(first);
    if (feature != null) {
      throw new UnsupportedFeatureException(feature, at);
    }
    throw BinaryReader.malformed("illegal opcode 0x" + Integer.toHexString(first), at);
  }

  private static @Nullable String feature(int first) {
    return switch (first) {
      case 0x06, 0x07, 0x09, 0x18, 0x19 -> "legacy exceptions";
      case 0x08, 0x0A, 0x1F -> "exceptions";
      case 0x12, 0x13 -> "tail calls";
      case 0x14, 0x15, 0xD3, 0xD4, 0xD5, 0xD6 -> "typed function references";
      case PREFIX_GC -> "garbage collection";
      case PREFIX_SIMD -> "SIMD";
      case PREFIX_ATOMIC -> "threads";
      default -> null;
    };
  }

  /** Skips the immediates of an opcode that has just been read. */
  public static void skipImmediates(BinaryReader reader, Opcode opcode) {
    switch (opcode.immediates()) {
      case NONE -> {}
      case BLOCK_TYPE -> reader.readS33();
      case LABEL, FUNCTION, LOCAL, GLOBAL, TABLE, DATA, ELEMENT, MEMORY -> reader.readU32();
      case TYPE_TABLE, DATA_MEMORY, ELEMENT_TABLE, TABLE_TABLE, MEMORY_MEMORY, MEMORY_ARGUMENT -> {
        reader.readU32();
        reader.readU32();
      }
      case LABEL_TABLE -> {
        for (int count = reader.readCount(); count >= 0; count--) {
          reader.readU32();
        }
      }
      case I32 -> reader.readS32();
      case I64 -> reader.readS64();
      case F32 -> reader.readInt();
      case F64 -> reader.readLong();
      case HEAP_TYPE -> reader.readS33();
      case VALUE_TYPES -> {
        for (int count = reader.readCount(); count > 0; count--) {
          reader.readByte();
        }
      }
    }
  }
}

package dev.gatun.wasm;

/** Reading of opcodes and skipping of immediates, for whoever walks instructions without looking at each. */
public final class Instructions {
  private Instructions() {}

  /**
   * Reads an opcode.
   *
   * @throws dev.gatun.UnsupportedFeatureException if it belongs to a feature that is not supported
   * @throws dev.gatun.MalformedModuleException if there is no such opcode
   */
  public static Opcode read(BinaryReader reader) {
    int at = reader.position;
    int first = reader.readByte();
    Opcode opcode = Opcode.of(first);
    return opcode != null ? opcode : readMisc(reader, first, at);
  }

  private static Opcode readMisc(BinaryReader reader, int first, int at) {
    int number = -1;
    if (first == Opcode.MISC) {
      number = reader.readU32();
      Opcode opcode = Opcode.ofMisc(number);
      if (opcode != null) {
        return opcode;
      }
    }
    throw illegal(reader, first, number, at);
  }

  /** The exception for an opcode that there is not; the number is what follows a prefix, or -1. */
  static RuntimeException illegal(BinaryReader reader, int first, int number, int at) {
    Feature feature = Feature.ofUnsupportedOpcode(first, number);
    if (feature != null) {
      return reader.unsupported(feature, at);
    }
    StringBuilder reason = new StringBuilder("illegal opcode ");
    reason.append(Character.forDigit(first >> 4, 16)).append(Character.forDigit(first & 15, 16));
    if (number != -1) {
      reason.append(' ').append(Integer.toHexString(number));
    }
    return reader.malformed(reason.toString(), at);
  }

  /** Skips the immediates of an opcode that has just been read. Their encoding is checked, their meaning not. */
  public static void skipImmediates(BinaryReader reader, Opcode opcode) {
    switch (opcode.immediates()) {
      case NONE -> {}
      case BLOCK_TYPE, HEAP_TYPE -> reader.readS33();
      case LABEL, FUNCTION, LOCAL, GLOBAL, TABLE, DATA, ELEMENT, MEMORY -> reader.readU32();
      case TYPE_TABLE, DATA_MEMORY, ELEMENT_TABLE, TABLE_TABLE, MEMORY_MEMORY -> {
        reader.readU32();
        reader.readU32();
      }
      case MEMORY_ARGUMENT -> {
        reader.readU32();
        reader.readMemoryOffset();
      }
      case LABEL_TABLE -> {
        for (int count = reader.readCount("labels", ImplementationLimits.BRANCH_TABLE_LABELS); count >= 0; count--) {
          reader.readU32();
        }
      }
      case VALUE_TYPES -> {
        for (int count = reader.readCount("types", ImplementationLimits.RESULTS); count > 0; count--) {
          reader.readByte();
        }
      }
      case I32 -> reader.readS32();
      case I64 -> reader.readS64();
      case F32 -> reader.skip(4);
      case F64 -> reader.skip(8);
    }
  }
}

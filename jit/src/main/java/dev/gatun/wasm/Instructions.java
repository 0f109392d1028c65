package dev.gatun.wasm;

/** Reading of opcodes and skipping of immediates, for whoever walks instructions without looking at each. */
public final class Instructions {
  private Instructions() {}

  /** The bit in the alignment of a memory argument that says that the index of the memory follows. */
  public static final int MEMORY_INDEX_FOLLOWS = 0x40;

  /**
   * The kinds of handlers of try_table; the first two name a tag, the odd ones pass the exception on as a reference.
   */
  public static final int CATCH = 0;

  public static final int CATCH_REF = 1;
  public static final int CATCH_ALL = 2;
  public static final int CATCH_ALL_REF = 3;

  private static final byte I32_CONST = (byte) Opcode.I32_CONST.code();
  private static final byte END = (byte) Opcode.END.code();

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
    if (opcode == null) {
      opcode = readPrefixed(reader, first, at);
    }
    if (!opcode.isSupported()) {
      throw reader.unsupported(opcode.feature(), at);
    }
    return opcode;
  }

  private static Opcode readPrefixed(BinaryReader reader, int prefix, int at) {
    int number = -1;
    Opcode opcode = null;
    if (Opcode.isPrefix(prefix)) {
      number = reader.readU32();
      opcode = Opcode.of(prefix, number);
    }
    if (opcode == null) {
      throw illegal(reader, prefix, number, at);
    }
    return opcode;
  }

  private static RuntimeException illegal(BinaryReader reader, int first, int number, int at) {
    StringBuilder reason = new StringBuilder("illegal opcode ");
    reason.append(Character.forDigit(first >> 4, 16)).append(Character.forDigit(first & 15, 16));
    if (number != -1) {
      reason.append(' ').append(Integer.toHexString(number));
    }
    return reader.malformed(reason.toString(), at);
  }

  /**
   * Moves past an expression that is one {@code i32.const} and the {@code end}, and stays where it is before any other:
   * a large program has tens of thousands of such offsets of segments.
   *
   * @return whether it has moved
   */
  static boolean skipConstantI32(BinaryReader reader) {
    int start = reader.position;
    if (start < reader.limit && reader.bytes[start] == I32_CONST) {
      reader.position = start + 1;
      reader.readS32();
      if (reader.position < reader.limit && reader.bytes[reader.position] == END) {
        reader.position++;
        return true;
      }
      reader.position = start;
    }
    return false;
  }

  /** Skips the immediates of an opcode that has just been read. Their encoding is checked, their meaning not. */
  public static void skipImmediates(BinaryReader reader, Opcode opcode) {
    switch (opcode.immediates()) {
      case NONE -> {}
      case BLOCK_TYPE -> reader.skipBlockType();
      case HEAP_TYPE -> reader.readS33();
      case LABEL, FUNCTION, LOCAL, GLOBAL, TABLE, DATA, ELEMENT, MEMORY, TYPE, TAG -> reader.readU32();
      case TYPE_TABLE, DATA_MEMORY, ELEMENT_TABLE, TABLE_TABLE, MEMORY_MEMORY, TYPE_FIELD, TYPE_COUNT, TYPE_DATA,
          TYPE_ELEMENT, TYPE_TYPE -> {
        reader.readU32();
        reader.readU32();
      }
      case MEMORY_ARGUMENT -> skipMemoryArgument(reader);
      case MEMORY_LANE -> {
        skipMemoryArgument(reader);
        reader.readByte();
      }
      case LABEL_TABLE -> {
        for (int count = reader.readCount("labels", ImplementationLimits.BRANCH_TABLE_LABELS); count >= 0; count--) {
          reader.readU32();
        }
      }
      case VALUE_TYPES -> {
        for (int count = reader.readCount("types", ImplementationLimits.RESULTS); count > 0; count--) {
          reader.skipValueType();
        }
      }
      case CAST -> {
        reader.readByte();
        reader.readU32();
        reader.readS33();
        reader.readS33();
      }
      case TRY_TABLE -> {
        reader.skipBlockType();
        for (int count = reader.readCount("handlers", ImplementationLimits.HANDLERS); count > 0; count--) {
          int kind = reader.readByte();
          if (kind <= CATCH_REF) {
            reader.readU32();
          }
          reader.readU32();
        }
      }
      case LANE, ORDER -> reader.readByte();
      case SHUFFLE, V128 -> reader.skip(16);
      case I32 -> reader.readS32();
      case I64 -> reader.readS64();
      case F32 -> reader.skip(4);
      case F64 -> reader.skip(8);
    }
  }

  private static void skipMemoryArgument(BinaryReader reader) {
    if ((reader.readU32() & MEMORY_INDEX_FOLLOWS) != 0) {
      reader.readU32();
    }
    reader.readMemoryOffset();
  }
}

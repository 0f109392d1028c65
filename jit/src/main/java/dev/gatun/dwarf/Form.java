package dev.gatun.dwarf;

/** The forms of attributes (DWARF 5, section 7.5.6, and extensions of GNU) and how each is read. */
final class Form {
  private Form() {}

  static final int ADDR = 0x01;
  static final int BLOCK2 = 0x03;
  static final int BLOCK4 = 0x04;
  static final int DATA2 = 0x05;
  static final int DATA4 = 0x06;
  static final int DATA8 = 0x07;
  static final int STRING = 0x08;
  static final int BLOCK = 0x09;
  static final int BLOCK1 = 0x0a;
  static final int DATA1 = 0x0b;
  static final int FLAG = 0x0c;
  static final int SDATA = 0x0d;
  static final int STRP = 0x0e;
  static final int UDATA = 0x0f;
  static final int REF_ADDR = 0x10;
  static final int REF1 = 0x11;
  static final int REF2 = 0x12;
  static final int REF4 = 0x13;
  static final int REF8 = 0x14;
  static final int REF_UDATA = 0x15;
  static final int INDIRECT = 0x16;
  static final int SEC_OFFSET = 0x17;
  static final int EXPRLOC = 0x18;
  static final int FLAG_PRESENT = 0x19;
  static final int STRX = 0x1a;
  static final int ADDRX = 0x1b;
  static final int REF_SUP4 = 0x1c;
  static final int STRP_SUP = 0x1d;
  static final int DATA16 = 0x1e;
  static final int LINE_STRP = 0x1f;
  static final int REF_SIG8 = 0x20;
  static final int IMPLICIT_CONST = 0x21;
  static final int LOCLISTX = 0x22;
  static final int RNGLISTX = 0x23;
  static final int REF_SUP8 = 0x24;
  static final int STRX1 = 0x25;
  static final int STRX2 = 0x26;
  static final int STRX3 = 0x27;
  static final int STRX4 = 0x28;
  static final int ADDRX1 = 0x29;
  static final int ADDRX2 = 0x2a;
  static final int ADDRX3 = 0x2b;
  static final int ADDRX4 = 0x2c;
  static final int GNU_ADDR_INDEX = 0x1f01;
  static final int GNU_STR_INDEX = 0x1f02;
  static final int GNU_REF_ALT = 0x1f20;
  static final int GNU_STRP_ALT = 0x1f21;

  /**
   * Reads a value: a number, an index, an offset; of a string in place its offset; of a block nothing that counts. The
   * forms {@link #INDIRECT} and {@link #IMPLICIT_CONST} are the business of the caller.
   */
  static long read(int form, DataReader reader, Format format) {
    switch (form) {
      case ADDR -> {
        return format.address(reader);
      }
      case DATA1, REF1, FLAG, STRX1, ADDRX1 -> {
        return reader.u8();
      }
      case DATA2, REF2, STRX2, ADDRX2 -> {
        return reader.u16();
      }
      case STRX3, ADDRX3 -> {
        return reader.u24();
      }
      case DATA4, REF4, STRX4, ADDRX4, REF_SUP4 -> {
        return reader.u32();
      }
      case DATA8, REF8, REF_SIG8, REF_SUP8 -> {
        return reader.u64();
      }
      case SDATA -> {
        return reader.sleb();
      }
      case UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX, GNU_ADDR_INDEX, GNU_STR_INDEX -> {
        return reader.uleb();
      }
      case STRP, LINE_STRP, SEC_OFFSET, STRP_SUP, GNU_REF_ALT, GNU_STRP_ALT -> {
        return format.offset(reader);
      }
      case REF_ADDR -> {
        return format.version() <= 2 ? format.address(reader) : format.offset(reader);
      }
      case FLAG_PRESENT -> {
        return 1;
      }
      case STRING -> {
        int at = reader.offset();
        reader.skipString();
        return at;
      }
      case BLOCK1 -> reader.skip(reader.u8());
      case BLOCK2 -> reader.skip(reader.u16());
      case BLOCK4 -> reader.skip(reader.u32());
      case BLOCK, EXPRLOC -> reader.skip(reader.uleb());
      case DATA16 -> reader.skip(16);
      default -> throw new MalformedDwarfException("unknown form of an attribute");
    }
    return 0;
  }

  /** Whether an attribute of the form is an index into the table of addresses. */
  static boolean isAddressIndex(int form) {
    return form == ADDRX || form >= ADDRX1 && form <= ADDRX4 || form == GNU_ADDR_INDEX;
  }

  /** Whether an attribute of the form is an index into the table of strings. */
  static boolean isStringIndex(int form) {
    return form == STRX || form >= STRX1 && form <= STRX4 || form == GNU_STR_INDEX;
  }
}

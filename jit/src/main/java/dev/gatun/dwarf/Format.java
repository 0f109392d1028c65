package dev.gatun.dwarf;

/**
 * How the numbers of a unit are stored.
 *
 * @param version of the unit
 * @param addressSize in bytes
 * @param offsetSize 4, or 8 in DWARF64
 */
record Format(int version, int addressSize, int offsetSize) {
  /** Reads the length of a unit, and lets the reader end where the unit does; returns the size of offsets. */
  static int readLength(DataReader reader) {
    long length = reader.u32();
    int offsetSize = 4;
    if (length == 0xffff_ffffL) {
      length = reader.u64();
      offsetSize = 8;
    }
    if (length < 0 || length > reader.remaining()) {
      throw new MalformedDwarfException("unit longer than its section");
    }
    reader.limit(reader.offset() + length);
    return offsetSize;
  }

  long address(DataReader reader) {
    return reader.unsigned(addressSize);
  }

  long offset(DataReader reader) {
    return reader.unsigned(offsetSize);
  }

  /** The largest address: linkers put it, or one less, where a function is no longer. */
  long lastAddress() {
    return addressSize == 8 ? -1 : (1L << 8 * addressSize) - 1;
  }
}

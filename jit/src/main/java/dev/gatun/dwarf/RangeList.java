package dev.gatun.dwarf;

/** Reads lists of address ranges: of .debug_ranges until DWARF 4, of .debug_rnglists from 5 on (section 2.17.3). */
final class RangeList {
  private static final int END_OF_LIST = 0;
  private static final int BASE_ADDRESSX = 1;
  private static final int STARTX_ENDX = 2;
  private static final int STARTX_LENGTH = 3;
  private static final int OFFSET_PAIR = 4;
  private static final int BASE_ADDRESS = 5;
  private static final int START_END = 6;
  private static final int START_LENGTH = 7;

  private RangeList() {}

  /** Adds the ranges of the code that an entry is about, with a number. */
  static void add(Entry entry, Unit unit, AddressRanges ranges, int number) {
    if (entry.rangesForm != 0) {
      if (unit.format().version() >= 5) {
        addNew(rangesOffset(entry, unit), unit, ranges, number);
      } else {
        addOld(entry.ranges, unit, ranges, number);
      }
    } else if (entry.lowForm != 0 && entry.highForm != 0) {
      long low = unit.address(entry.lowForm, entry.low);
      boolean isAddress = entry.highForm == Form.ADDR || Form.isAddressIndex(entry.highForm);
      ranges.add(low, isAddress ? unit.address(entry.highForm, entry.high) : low + entry.high, number);
    }
  }

  private static long rangesOffset(Entry entry, Unit unit) {
    if (entry.rangesForm != Form.RNGLISTX) {
      return entry.ranges;
    }
    int size = unit.format().offsetSize();
    long base = unit.rangeListsBase();
    return base + unit.reader(".debug_rnglists", base + Unit.scaled(entry.ranges, size)).unsigned(size);
  }

  private static void addOld(long offset, Unit unit, AddressRanges ranges, int number) {
    DataReader reader = unit.reader(".debug_ranges", offset);
    Format format = unit.format();
    long base = unit.baseAddress();
    while (true) {
      unit.allowance().step(1);
      long from = format.address(reader);
      long to = format.address(reader);
      if (from == 0 && to == 0) {
        return;
      }
      if (from == format.lastAddress()) {
        base = to;
      } else if (from != format.lastAddress() - 1) {
        ranges.add(base + from, base + to, number);
      }
    }
  }

  private static void addNew(long offset, Unit unit, AddressRanges ranges, int number) {
    DataReader reader = unit.reader(".debug_rnglists", offset);
    Format format = unit.format();
    long base = unit.baseAddress();
    while (true) {
      unit.allowance().step(1);
      switch (reader.u8()) {
        case END_OF_LIST -> {
          return;
        }
        case BASE_ADDRESSX -> base = unit.addressAt(reader.uleb());
        case STARTX_ENDX -> {
          long from = unit.addressAt(reader.uleb());
          ranges.add(from, unit.addressAt(reader.uleb()), number);
        }
        case STARTX_LENGTH -> {
          long from = unit.addressAt(reader.uleb());
          ranges.add(from, from + reader.uleb(), number);
        }
        case OFFSET_PAIR -> {
          long from = base + reader.uleb();
          ranges.add(from, base + reader.uleb(), number);
        }
        case BASE_ADDRESS -> base = format.address(reader);
        case START_END -> {
          long from = format.address(reader);
          ranges.add(from, format.address(reader), number);
        }
        case START_LENGTH -> {
          long from = format.address(reader);
          ranges.add(from, from + reader.uleb(), number);
        }
        default -> throw new MalformedDwarfException("unknown entry of a range list");
      }
    }
  }
}

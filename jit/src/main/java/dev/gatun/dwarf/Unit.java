package dev.gatun.dwarf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A unit of .debug_info: a source file with what it includes. What it has is read when it is asked for. */
final class Unit {
  private static final int TYPE = 2;
  private static final int SKELETON = 4;
  private static final int SPLIT_COMPILE = 5;
  private static final int SPLIT_TYPE = 6;

  private final DebugInfo info;
  private final int start;
  private final int end;
  private final Format format;
  private final long abbreviationsOffset;

  /** Offset of the first entry, which is about the unit as a whole. */
  private final int root;

  private long baseAddress;
  private long addressBase;
  private long stringOffsetsBase;
  private long rangeListsBase;
  private int directoryForm;
  private long directory;
  private int nameForm;
  private long name;
  private long linesOffset = -1;

  private @Nullable Abbreviations abbreviations;
  private @Nullable LineTable lines;
  private boolean linesRead;
  private @Nullable Functions functions;
  private boolean functionsRead;

  private Unit(DebugInfo info, int start, int end, int root, Format format, long abbreviationsOffset) {
    this.info = info;
    this.start = start;
    this.end = end;
    this.root = root;
    this.format = format;
    this.abbreviationsOffset = abbreviationsOffset;
  }

  /** Reads the header at the start of a reader that ends with the unit. */
  static Unit readHeader(DebugInfo info, DataReader reader, int start, int offsetSize) {
    int version = reader.u16();
    if (version < 2 || version > 5) {
      throw new MalformedDwarfException("unknown version of a unit");
    }
    int addressSize;
    long abbreviations;
    if (version == 5) {
      int type = reader.u8();
      addressSize = reader.u8();
      abbreviations = reader.unsigned(offsetSize);
      switch (type) {
        case SKELETON, SPLIT_COMPILE -> reader.skip(8);
        case TYPE, SPLIT_TYPE -> reader.skip(8 + offsetSize);
        default -> {
          // no more in the header
        }
      }
    } else {
      abbreviations = reader.unsigned(offsetSize);
      addressSize = reader.u8();
    }
    if (addressSize != 4 && addressSize != 8) {
      throw new MalformedDwarfException("unknown size of addresses");
    }
    int end = reader.offset() + reader.remaining();
    Format format = new Format(version, addressSize, offsetSize);
    return new Unit(info, start, end, reader.offset(), format, abbreviations);
  }

  /** Reads the entry about the unit, and adds the ranges of its code with a number. */
  void readRoot(Entry entry, AddressRanges ranges, int number) {
    DataReader reader = entries(root);
    long code = reader.uleb();
    Abbreviations.Abbreviation abbreviation =
        Abbreviations.readOne(info.sections(), abbreviationsOffset, code, allowance());
    if (abbreviation == null) {
      return;
    }
    entry.read(root, reader, format, abbreviation, allowance());
    addressBase = entry.addressBase;
    stringOffsetsBase = entry.stringOffsetsBase;
    rangeListsBase = entry.rangeListsBase;
    directoryForm = entry.directoryForm;
    directory = entry.directory;
    nameForm = entry.nameForm;
    name = entry.name;
    linesOffset = entry.linesForm == 0 ? -1 : entry.lines;
    baseAddress = entry.lowForm == 0 ? 0 : address(entry.lowForm, entry.low);
    RangeList.add(entry, this, ranges, number);
  }

  int start() {
    return start;
  }

  /** Offset just behind the unit. */
  int end() {
    return end;
  }

  /** Offset of the first entry. */
  int root() {
    return root;
  }

  Format format() {
    return format;
  }

  Allowance allowance() {
    return info.allowance();
  }

  DebugInfo info() {
    return info;
  }

  long baseAddress() {
    return baseAddress;
  }

  long rangeListsBase() {
    return rangeListsBase;
  }

  /** Reads another section from an offset on. */
  DataReader reader(String section, long offset) {
    return new DataReader(info.sections().bytes(), info.sections().get(section), offset);
  }

  /** Reads the unit's entries from the one at an offset in .debug_info on. */
  DataReader entries(long offset) {
    if (offset < root || offset >= end) {
      throw new MalformedDwarfException("reference to an entry outside of its unit");
    }
    DataReader reader = reader(".debug_info", offset);
    reader.limit(end);
    return reader;
  }

  Abbreviations abbreviations() {
    Abbreviations known = abbreviations;
    if (known == null) {
      known = info.abbreviations(abbreviationsOffset);
      abbreviations = known;
    }
    return known;
  }

  /** An index times the size of what it counts. */
  static long scaled(long index, int size) {
    if (index < 0 || index > Integer.MAX_VALUE) {
      throw new MalformedDwarfException("index too large");
    }
    return index * size;
  }

  /** An address of the unit's table. */
  long addressAt(long index) {
    return format.address(reader(".debug_addr", addressBase + scaled(index, format.addressSize())));
  }

  /** The address that an attribute says. */
  long address(int form, long value) {
    return Form.isAddressIndex(form) ? addressAt(value) : value;
  }

  /** The string that an attribute of the unit's entries says; null if it is not in this file. */
  @Nullable String string(int form, long value) {
    if (Form.isStringIndex(form)) {
      int size = format.offsetSize();
      long at = reader(".debug_str_offsets", stringOffsetsBase + scaled(value, size)).unsigned(size);
      return reader(".debug_str", at).string();
    }
    return switch (form) {
      case Form.STRING -> reader(".debug_info", value).string();
      case Form.STRP -> reader(".debug_str", value).string();
      case Form.LINE_STRP -> reader(".debug_line_str", value).string();
      default -> null;
    };
  }

  @Nullable String directory() {
    return string(directoryForm, directory);
  }

  @Nullable String name() {
    return string(nameForm, name);
  }

  private @Nullable LineTable lines() {
    if (!linesRead) {
      linesRead = true;
      if (linesOffset >= 0) {
        lines = info.lines(linesOffset, this);
      }
    }
    return lines;
  }

  /** The unit's functions; null if they make no sense. */
  @Nullable Functions functions() {
    if (!functionsRead) {
      functionsRead = true;
      try {
        functions = Functions.read(this, info.codeSize());
      } catch (MalformedDwarfException e) {
        // Lines may still be known.
        functions = null;
      }
    }
    return functions;
  }

  /** Where an instruction at an offset in the code comes from, innermost first. */
  List<SourceFrame> find(int offset) {
    LineTable table = lines();
    int row = table == null ? -1 : table.find(offset);
    @Nullable String file = table == null || row < 0 ? null : table.path(table.file(row));
    int line = table == null || row < 0 ? -1 : positive(table.line(row));
    int column = table == null || row < 0 ? -1 : positive(table.column(row));
    Functions known = functions();
    List<SourceFrame> frames = new ArrayList<>();
    int function = known == null ? -1 : known.find(offset);
    if (known == null || function < 0) {
      if (row >= 0) {
        frames.add(new SourceFrame(null, file, line, column, false));
      }
      return frames;
    }
    try {
      InlinedCalls calls = known.inlinedCalls(function);
      for (int i = calls.find(offset); i >= 0; i = calls.parent(i)) {
        frames.add(new SourceFrame(known.name(calls.entry(i)), file, line, column, true));
        file = table == null ? null : table.path(calls.callFile(i));
        line = positive(calls.callLine(i));
        column = positive(calls.callColumn(i));
      }
    } catch (MalformedDwarfException e) {
      // Without what was inlined, the place in the source is still right, if not the function.
      SourceFrame place = frames.isEmpty() ? new SourceFrame(null, file, line, column, false) : frames.getFirst();
      return List.of(new SourceFrame(null, place.file(), place.line(), place.column(), false));
    }
    frames.add(new SourceFrame(known.name(known.entry(function)), file, line, column, false));
    return frames;
  }

  /** A line or a column; -1 for 0, which stands for none. */
  private static int positive(int number) {
    return number == 0 ? -1 : number;
  }
}

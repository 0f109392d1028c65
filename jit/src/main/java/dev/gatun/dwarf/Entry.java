package dev.gatun.dwarf;

import dev.gatun.dwarf.Abbreviations.Abbreviation;
import org.jspecify.annotations.Nullable;

/**
 * A debugging information entry (DIE), as far as it matters here. One object is filled over and over, since a unit has
 * thousands. Attributes are kept as they are stored, with their form; the form is 0 if there is no such attribute.
 */
final class Entry {
  static final int COMPILE_UNIT = 0x11;
  static final int STRUCTURE_TYPE = 0x13;
  static final int CLASS_TYPE = 0x02;
  static final int UNION_TYPE = 0x17;
  static final int INTERFACE_TYPE = 0x38;
  static final int MODULE = 0x1e;
  static final int NAMESPACE = 0x39;
  static final int INLINED_SUBROUTINE = 0x1d;
  static final int SUBPROGRAM = 0x2e;

  private static final int NAME = 0x03;
  private static final int STMT_LIST = 0x10;
  private static final int LOW_PC = 0x11;
  private static final int HIGH_PC = 0x12;
  private static final int COMP_DIR = 0x1b;
  private static final int ABSTRACT_ORIGIN = 0x31;
  private static final int SPECIFICATION = 0x47;
  private static final int RANGES = 0x55;
  private static final int CALL_COLUMN = 0x57;
  private static final int CALL_FILE = 0x58;
  private static final int CALL_LINE = 0x59;
  private static final int LINKAGE_NAME = 0x6e;
  private static final int STR_OFFSETS_BASE = 0x72;
  private static final int ADDR_BASE = 0x73;
  private static final int RNGLISTS_BASE = 0x74;

  int offset;
  int tag;
  boolean hasChildren;

  int nameForm;
  long name;
  int linkageNameForm;
  long linkageName;
  int directoryForm;
  long directory;
  int lowForm;
  long low;
  int highForm;
  long high;
  int rangesForm;
  long ranges;
  int originForm;
  long origin;
  int linesForm;
  long lines;
  long stringOffsetsBase;
  long addressBase;
  long rangeListsBase;
  int callFile;
  int callLine;
  int callColumn;

  /** Reads the entry at the reader's position; returns false if it is none, but the end of a list of children. */
  boolean read(DataReader reader, Format format, Abbreviations abbreviations, Allowance allowance) {
    int at = reader.offset();
    allowance.step(1);
    long code = reader.uleb();
    if (code == 0) {
      return false;
    }
    read(at, reader, format, abbreviations.get(code), allowance);
    return true;
  }

  /** Reads an entry that begins at an offset, from its attributes on. */
  void read(int at, DataReader reader, Format format, Abbreviation abbreviation, Allowance allowance) {
    clear();
    offset = at;
    tag = abbreviation.tag();
    hasChildren = abbreviation.hasChildren();
    int[] attributes = abbreviation.attributes();
    allowance.step(attributes.length / 2);
    for (int i = 0; i < attributes.length; i += 2) {
      int form = attributes[i + 1];
      if (form == Form.INDIRECT) {
        form = reader.ulebUpTo(0xffff);
      }
      long value =
          form == Form.IMPLICIT_CONST
              ? constant(abbreviation.constants(), i / 2)
              : Form.read(form, reader, format);
      set(attributes[i], form, value);
    }
  }

  private static long constant(long @Nullable [] constants, int index) {
    if (constants == null || index >= constants.length) {
      throw new MalformedDwarfException("a constant of the abbreviation that is not there");
    }
    return constants[index];
  }

  private void clear() {
    nameForm = 0;
    linkageNameForm = 0;
    directoryForm = 0;
    lowForm = 0;
    highForm = 0;
    rangesForm = 0;
    originForm = 0;
    linesForm = 0;
    stringOffsetsBase = 0;
    addressBase = 0;
    rangeListsBase = 0;
    callFile = 0;
    callLine = 0;
    callColumn = 0;
  }

  private void set(int attribute, int form, long value) {
    switch (attribute) {
      case NAME -> {
        nameForm = form;
        name = value;
      }
      case LINKAGE_NAME -> {
        linkageNameForm = form;
        linkageName = value;
      }
      case COMP_DIR -> {
        directoryForm = form;
        directory = value;
      }
      case LOW_PC -> {
        lowForm = form;
        low = value;
      }
      case HIGH_PC -> {
        highForm = form;
        high = value;
      }
      case RANGES -> {
        rangesForm = form;
        ranges = value;
      }
      case ABSTRACT_ORIGIN, SPECIFICATION -> {
        originForm = form;
        origin = value;
      }
      case STMT_LIST -> {
        linesForm = form;
        lines = value;
      }
      case STR_OFFSETS_BASE -> stringOffsetsBase = value;
      case ADDR_BASE -> addressBase = value;
      case RNGLISTS_BASE -> rangeListsBase = value;
      case CALL_FILE -> callFile = number(value);
      case CALL_LINE -> callLine = number(value);
      case CALL_COLUMN -> callColumn = number(value);
      default -> {
        // of no interest here
      }
    }
  }

  private static int number(long value) {
    return value < 0 || value > Integer.MAX_VALUE ? 0 : (int) value;
  }

  /** Whether the names of what is inside of the entry are qualified by its own. */
  boolean isScope() {
    return switch (tag) {
      case NAMESPACE, STRUCTURE_TYPE, CLASS_TYPE, UNION_TYPE, INTERFACE_TYPE, MODULE -> true;
      default -> false;
    };
  }

  /** Whether it says which code it is about. */
  boolean hasCode() {
    return rangesForm != 0 || lowForm != 0 && highForm != 0;
  }
}

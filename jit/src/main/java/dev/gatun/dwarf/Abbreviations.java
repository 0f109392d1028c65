package dev.gatun.dwarf;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table of abbreviations: which attributes in which forms the entries of a unit have (DWARF 5, section 7.5.3). */
final class Abbreviations {
  /**
   * What entries with one code have in common.
   *
   * @param attributes names and forms in turn
   * @param constants of attributes of the form {@link Form#IMPLICIT_CONST}, at the place of the attribute; null if
   *     there are none
   */
  record Abbreviation(int tag, boolean hasChildren, int[] attributes, long @Nullable [] constants) {
    int count() {
      return attributes.length / 2;
    }
  }

  /** By code, which compilers count from 1 on; the others are in the map. */
  private @Nullable Abbreviation[] dense = new Abbreviation[32];

  private final Map<Long, Abbreviation> sparse = new HashMap<>();

  /** Reads the table at an offset. */
  static Abbreviations read(DebugSections sections, long offset, Allowance allowance) {
    Abbreviations table = new Abbreviations();
    DataReader reader = new DataReader(sections.bytes(), sections.get(".debug_abbrev"), offset);
    while (true) {
      long code = reader.atEnd() ? 0 : reader.uleb();
      if (code == 0) {
        return table;
      }
      table.put(code, declaration(reader, allowance));
    }
  }

  /** Reads from the table at an offset no more than one code needs; null if it is not there. */
  static @Nullable Abbreviation readOne(DebugSections sections, long offset, long wanted, Allowance allowance) {
    DataReader reader = new DataReader(sections.bytes(), sections.get(".debug_abbrev"), offset);
    while (true) {
      long code = reader.atEnd() ? 0 : reader.uleb();
      if (code == 0) {
        return null;
      }
      Abbreviation read = declaration(reader, allowance);
      if (code == wanted) {
        return read;
      }
    }
  }

  private static Abbreviation declaration(DataReader reader, Allowance allowance) {
    int tag = reader.ulebUpTo(0xffff);
    boolean hasChildren = reader.u8() != 0;
    int[] attributes = new int[16];
    long @Nullable [] constants = null;
    int count = 0;
    while (true) {
      allowance.step(1);
      int name = reader.ulebUpTo(0xffff);
      int form = reader.ulebUpTo(0xffff);
      if (name == 0 && form == 0) {
        allowance.keep(32 + 4L * count + (constants == null ? 0 : 8L * constants.length));
        return new Abbreviation(tag, hasChildren, Arrays.copyOf(attributes, count), constants);
      }
      if (count == attributes.length) {
        attributes = Arrays.copyOf(attributes, 2 * count);
      }
      if (form == Form.IMPLICIT_CONST) {
        if (constants == null || constants.length <= count / 2) {
          constants = constants == null ? new long[attributes.length] : Arrays.copyOf(constants, attributes.length);
        }
        constants[count / 2] = reader.sleb();
      }
      attributes[count++] = name;
      attributes[count++] = form;
    }
  }

  private void put(long code, Abbreviation abbreviation) {
    if (code < 0 || code > 1 << 16) {
      sparse.put(code, abbreviation);
      return;
    }
    if (code >= dense.length) {
      dense = Arrays.copyOf(dense, (int) Math.max(code + 1, 2L * dense.length));
    }
    dense[(int) code] = abbreviation;
  }

  /** What entries with a code have; malformed if there is no such code. */
  Abbreviation get(long code) {
    Abbreviation known = code > 0 && code < dense.length ? dense[(int) code] : sparse.get(code);
    if (known == null) {
      throw new MalformedDwarfException("unknown abbreviation");
    }
    return known;
  }
}

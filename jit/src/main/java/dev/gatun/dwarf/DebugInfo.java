package dev.gatun.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The debugging information of one module. Nothing is read before the first question, and then only what it needs: the
 * head of each unit, and of the unit in question its lines and functions, which are kept. Thread-safe.
 */
public final class DebugInfo {
  /** Steps that a question may take when all that it needs has been read, which is many times what it takes. */
  private static final int STEPS_PER_QUESTION = 50_000;

  private final DebugSections sections;
  private final int codeSize;
  private final Allowance allowance;
  private final List<Unit> units = new ArrayList<>();
  private final Map<Long, Abbreviations> abbreviations = new HashMap<>();

  /** Line programs that make no sense are kept as null. */
  private final Map<Long, @Nullable LineTable> lines = new HashMap<>();

  private @Nullable AddressRanges index;

  /**
   * The information in sections.
   *
   * @param codeSize length of the contents of the code section in bytes
   */
  public DebugInfo(DebugSections sections, int codeSize) {
    this.sections = sections;
    this.codeSize = codeSize;
    this.allowance = new Allowance(sections.size());
  }

  /**
   * Where an instruction comes from: the frame of the innermost function that was inlined there, its caller, and so on
   * to the function itself. Empty if the information says nothing, or makes no sense.
   *
   * @param offset of the instruction in the contents of the code section
   */
  public synchronized List<SourceFrame> find(int offset) {
    if (allowance.isSpent() || sections.size() == 0) {
      return List.of();
    }
    try {
      allowance.grant(STEPS_PER_QUESTION);
      int unit = index().find(offset);
      return unit < 0 ? List.of() : List.copyOf(units.get(unit).find(offset));
    } catch (MalformedDwarfException e) {
      return List.of();
    }
  }

  private AddressRanges index() {
    AddressRanges known = index;
    if (known == null) {
      known = new AddressRanges(codeSize, allowance);
      index = known;
      try {
        readUnits(known);
      } catch (MalformedDwarfException e) {
        // What comes behind a unit without a length can't be found; those before it can.
      }
      known.sort();
    }
    return known;
  }

  private void readUnits(AddressRanges ranges) {
    Section info = sections.get(".debug_info");
    Entry entry = new Entry();
    long next = 0;
    while (next < info.length() && !allowance.isSpent()) {
      allowance.step(1);
      DataReader reader = new DataReader(sections.bytes(), info, next);
      int start = (int) next;
      int offsetSize = Format.readLength(reader);
      next = reader.offset() + (long) reader.remaining();
      try {
        Unit unit = Unit.readHeader(this, reader, start, offsetSize);
        allowance.keep(128);
        units.add(unit);
        unit.readRoot(entry, ranges, units.size() - 1);
      } catch (MalformedDwarfException e) {
        // The others may be sound.
      }
    }
  }

  DebugSections sections() {
    return sections;
  }

  Allowance allowance() {
    return allowance;
  }

  int codeSize() {
    return codeSize;
  }

  /** The unit that has the entry at an offset in .debug_info; null if there is none. */
  @Nullable Unit unitWithEntry(long offset) {
    int from = 0;
    int to = units.size();
    while (from < to) {
      int middle = from + to >>> 1;
      if (units.get(middle).start() <= offset) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from > 0 && offset < units.get(from - 1).end() ? units.get(from - 1) : null;
  }

  /** The table of abbreviations at an offset, which units may share. */
  Abbreviations abbreviations(long offset) {
    Abbreviations known = abbreviations.get(offset);
    if (known == null) {
      known = Abbreviations.read(sections, offset, allowance);
      abbreviations.put(offset, known);
    }
    return known;
  }

  /** The lines of the program at an offset, which units may share; null if it makes no sense. */
  @Nullable LineTable lines(long offset, Unit unit) {
    if (lines.containsKey(offset)) {
      return lines.get(offset);
    }
    @Nullable LineTable read = null;
    try {
      DataReader reader = new DataReader(sections.bytes(), sections.get(".debug_line"), offset);
      read = LineProgram.run(reader, unit, codeSize);
    } catch (MalformedDwarfException e) {
      // no lines for this unit
    }
    lines.put(offset, read);
    return read;
  }
}

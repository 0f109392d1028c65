package dev.gatun.dwarf;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions of a unit: where their code is, where their entries are, and what they are called. */
final class Functions {
  /** Declarations may refer to declarations; compilers need two steps. */
  private static final int MAX_REFERENCES = 8;

  /** What is qualified by more scopes than this many, or is longer than that, is cut. */
  private static final int MAX_NESTING = 64;

  private static final int MAX_NAME = 4096;

  private final Unit unit;
  private final int codeSize;
  private final AddressRanges ranges;
  private final Map<Integer, InlinedCalls> inlined = new HashMap<>();

  /** Offsets of the entries of functions and declarations, ascending; the scope of each, or -1. */
  private int[] entry = new int[32];

  private int[] scope = new int[32];
  private int count;

  /** Offset of the entry of each scope; the scope that it is in, or -1. */
  private int[] scopeEntry = new int[8];

  private int[] scopeParent = new int[8];
  private int scopes;

  private Functions(Unit unit, int codeSize) {
    this.unit = unit;
    this.codeSize = codeSize;
    this.ranges = new AddressRanges(codeSize, unit.allowance());
  }

  static Functions read(Unit unit, int codeSize) {
    Functions functions = new Functions(unit, codeSize);
    functions.read();
    functions.ranges.sort();
    return functions;
  }

  private void read() {
    DataReader reader = unit.entries(unit.root());
    Entry read = new Entry();
    int[] enclosing = new int[16];
    enclosing[0] = -1;
    int depth = 0;
    while (!reader.atEnd()) {
      if (!read.read(reader, unit.format(), unit.abbreviations(), unit.allowance())) {
        depth--;
        if (depth <= 0) {
          return;
        }
        continue;
      }
      int inside = enclosing[depth];
      if (read.tag == Entry.SUBPROGRAM) {
        add(read.offset, inside);
        if (read.hasCode()) {
          RangeList.add(read, unit, ranges, count - 1);
        }
      } else if (read.hasChildren && read.isScope()) {
        inside = addScope(read.offset, inside);
      }
      if (read.hasChildren) {
        depth++;
        if (depth == enclosing.length) {
          unit.allowance().keep(8L * depth);
          enclosing = Arrays.copyOf(enclosing, 2 * depth);
        }
        enclosing[depth] = inside;
      } else if (depth == 0) {
        return;
      }
    }
  }

  private void add(int at, int inside) {
    if (count == entry.length) {
      entry = Arrays.copyOf(entry, 2 * count);
      scope = Arrays.copyOf(scope, 2 * count);
    }
    unit.allowance().keep(8);
    entry[count] = at;
    scope[count++] = inside;
  }

  private int addScope(int at, int inside) {
    if (scopes == scopeEntry.length) {
      scopeEntry = Arrays.copyOf(scopeEntry, 2 * scopes);
      scopeParent = Arrays.copyOf(scopeParent, 2 * scopes);
    }
    unit.allowance().keep(8);
    scopeEntry[scopes] = at;
    scopeParent[scopes] = inside;
    return scopes++;
  }

  /** The function with an offset of the code, or -1. */
  int find(int offset) {
    return ranges.find(offset);
  }

  /** Offset of a function's entry. */
  int entry(int function) {
    return entry[function];
  }

  /** The calls that were inlined into a function. */
  InlinedCalls inlinedCalls(int function) {
    InlinedCalls known = inlined.get(function);
    if (known == null) {
      known = InlinedCalls.read(unit, entry[function], codeSize);
      inlined.put(function, known);
    }
    return known;
  }

  /**
   * The name of the function that the entry at an offset is about, or that it refers to, with those of its scopes; null
   * if it has none or makes no sense.
   */
  @Nullable String name(int offset) {
    try {
      Entry read = new Entry();
      Unit at = unit;
      long next = offset;
      for (int i = 0; i < MAX_REFERENCES; i++) {
        DataReader reader = at.entries(next);
        if (!read.read(reader, at.format(), at.abbreviations(), at.allowance())) {
          return null;
        }
        if (read.originForm == 0) {
          break;
        }
        switch (read.originForm) {
          case Form.REF_ADDR -> {
            next = read.origin;
            Unit other = at.info().unitWithEntry(next);
            if (other == null) {
              return null;
            }
            at = other;
          }
          case Form.REF1, Form.REF2, Form.REF4, Form.REF8, Form.REF_UDATA -> next = at.start() + read.origin;
          default -> {
            return null;
          }
        }
      }
      return qualified(at, read);
    } catch (MalformedDwarfException e) {
      return null;
    }
  }

  private static @Nullable String qualified(Unit at, Entry read) {
    String name = at.string(read.nameForm, read.name);
    if (name == null) {
      return at.string(read.linkageNameForm, read.linkageName);
    }
    Functions functions = at.functions();
    return functions == null ? name : functions.withScopes(read.offset, name);
  }

  private String withScopes(int offset, String name) {
    int index = Arrays.binarySearch(entry, 0, count, offset);
    if (index < 0 || scope[index] < 0) {
      return name;
    }
    StringBuilder text = new StringBuilder(name);
    Entry read = new Entry();
    int nesting = 0;
    for (int i = scope[index]; i >= 0 && nesting < MAX_NESTING && text.length() < MAX_NAME; i = scopeParent[i]) {
      nesting++;
      read.read(unit.entries(scopeEntry[i]), unit.format(), unit.abbreviations(), unit.allowance());
      String of = unit.string(read.nameForm, read.name);
      text.insert(0, (of == null ? "(anonymous)" : of) + "::");
    }
    return text.toString();
  }
}

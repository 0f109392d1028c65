package dev.gatun.dwarf;

import java.util.HashMap;
import java.util.Map;

/** The sections with debugging information of a module: ranges of its bytes, which nobody may write to. */
public final class DebugSections {
  private final byte[] bytes;
  private final Map<String, Section> sections = new HashMap<>();
  private long size;

  /** None yet, in the bytes of a module. */
  public DebugSections(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Adds a section, if it is one with debugging information; of two with one name the first counts. */
  public void add(String name, int start, int end) {
    if (name.startsWith(".debug_") && sections.putIfAbsent(name, new Section(start, end)) == null) {
      size += end - start;
    }
  }

  byte[] bytes() {
    return bytes;
  }

  Section get(String name) {
    return sections.getOrDefault(name, Section.ABSENT);
  }

  /** Bytes of all sections. */
  long size() {
    return size;
  }
}

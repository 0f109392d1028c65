package dev.gatun.dwarf;

/** A section as a range of the module's bytes; empty if the module has none of its name. */
record Section(int start, int end) {
  static final Section ABSENT = new Section(0, 0);

  int length() {
    return end - start;
  }
}

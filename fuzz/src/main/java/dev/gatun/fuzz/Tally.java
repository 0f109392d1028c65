package dev.gatun.fuzz;

/** What was done. For one thread. */
final class Tally {
  /** Modules that were made, valid or not. */
  long modules;

  /** Modules that were instantiated and called. */
  long executed;

  /** Lines that were compared with V8: instantiations, calls, states, and whether a module is valid. */
  long compared;

  /** Modules that V8 could not run. */
  long skipped;

  void add(Tally other) {
    modules += other.modules;
    executed += other.executed;
    compared += other.compared;
    skipped += other.skipped;
  }

  /** Reads what {@link #toString} gave. */
  static Tally parse(String text) {
    String[] numbers = text.split(" ");
    Tally tally = new Tally();
    tally.modules = Long.parseLong(numbers[0]);
    tally.executed = Long.parseLong(numbers[1]);
    tally.compared = Long.parseLong(numbers[2]);
    tally.skipped = Long.parseLong(numbers[3]);
    return tally;
  }

  @Override
  public String toString() {
    return modules + " " + executed + " " + compared + " " + skipped;
  }
}

package dev.gatun.fuzz.generate;

/** Makes modules. Immutable, and safe for several threads. */
public interface Generator {
  /** What it is called on the command line. */
  String name();

  /** The module of a seed, which is the same each time. */
  Subject generate(long seed);
}

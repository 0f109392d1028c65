package dev.gatun.fuzz.generate;

/** Makes modules. Immutable, and safe for several threads. */
public interface Generator {
  /** What it is called on the command line. */
  String name();

  /** How many seeds make a batch, after which the next generator takes its turn: a second or so. */
  int batch();

  /** The module of a seed, which is the same each time. */
  Subject generate(long seed);
}

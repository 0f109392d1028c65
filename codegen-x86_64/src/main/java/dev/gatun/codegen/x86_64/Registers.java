package dev.gatun.codegen.x86_64;

/** Register numbers as the encodings have them, and condition codes. */
final class Registers {
  private Registers() {}

  /** No register. */
  static final int NONE = -1;

  /** As a base: the address is relative to the next instruction. */
  static final int RIP = -2;

  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;
  static final int R15 = 15;

  // Condition codes: the low bit negates.
  static final int O = 0;
  static final int NO = 1;
  static final int B = 2;
  static final int AE = 3;
  static final int E = 4;
  static final int NE = 5;
  static final int BE = 6;
  static final int A = 7;
  static final int S = 8;
  static final int NS = 9;
  static final int P = 10;
  static final int NP = 11;
  static final int L = 12;
  static final int GE = 13;
  static final int LE = 14;
  static final int G = 15;
}

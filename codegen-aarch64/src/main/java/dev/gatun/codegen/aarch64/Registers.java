package dev.gatun.codegen.aarch64;

/** Registers and conditions by their numbers. */
final class Registers {
  /** The zero register, and in other places the stack pointer. */
  static final int ZERO = 31;

  static final int SP = 31;
  static final int FP = 29;
  static final int LR = 30;

  static final int EQ = 0;
  static final int NE = 1;
  static final int HS = 2;
  static final int LO = 3;
  static final int MI = 4;
  static final int PL = 5;
  static final int VS = 6;
  static final int VC = 7;
  static final int HI = 8;
  static final int LS = 9;
  static final int GE = 10;
  static final int LT = 11;
  static final int GT = 12;
  static final int LE = 13;

  private Registers() {}
}

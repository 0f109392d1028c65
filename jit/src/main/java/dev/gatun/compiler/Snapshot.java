package dev.gatun.compiler;

import java.util.Arrays;

/**
 * The abstract state at a point where paths of control meet, or to which the compiler returns: what is known of each local,
 * and where each operand is. Reused for one function after another; see {@link FrameState} for the encoding.
 */
final class Snapshot {
  byte[] localFacts = {};
  int[] localRegister = {};
  long[] localConstant = {};
  int operands;
  byte[] operandPlace = {};
  byte[] operandKind = {};
  int[] operandRegister = {};
  long[] operandValue = {};

  /** Makes room for this many locals and operands; what was recorded is lost. */
  void prepare(int locals, int operandCount) {
    if (localFacts.length < locals) {
      int capacity = Math.max(16, 2 * locals);
      localFacts = new byte[capacity];
      localRegister = new int[capacity];
      localConstant = new long[capacity];
    }
    operands = operandCount;
    if (operandPlace.length < operandCount) {
      int capacity = Math.max(16, 2 * operandCount);
      operandPlace = Arrays.copyOf(operandPlace, capacity);
      operandKind = Arrays.copyOf(operandKind, capacity);
      operandRegister = Arrays.copyOf(operandRegister, capacity);
      operandValue = Arrays.copyOf(operandValue, capacity);
    }
  }
}

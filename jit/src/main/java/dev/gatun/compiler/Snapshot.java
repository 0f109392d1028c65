package dev.gatun.compiler;

import dev.gatun.backend.MacroAssembler;
import java.util.Arrays;

/**
 * The abstract state at a point where paths of control meet, or to which the compiler returns: what is known of each
 * local, and where each operand is. Reused for one function after another; see {@link FrameState} for the encoding.
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

  /** Records a state exactly as it is, up to a depth of the operand stack, with room for more operands. */
  void record(FrameState state, int depth, int more) {
    prepare(state.locals, depth + more);
    System.arraycopy(state.localFacts, 0, localFacts, 0, state.locals);
    System.arraycopy(state.localRegister, 0, localRegister, 0, state.locals);
    System.arraycopy(state.localConstant, 0, localConstant, 0, state.locals);
    System.arraycopy(state.place, 0, operandPlace, 0, depth);
    System.arraycopy(state.kind, 0, operandKind, 0, depth);
    System.arraycopy(state.register, 0, operandRegister, 0, depth);
    System.arraycopy(state.value, 0, operandValue, 0, depth);
  }

  /** Makes what was recorded the current state. */
  void restore(FrameState state) {
    state.clearRegisters();
    state.unlock();
    int locals = state.locals;
    System.arraycopy(localFacts, 0, state.localFacts, 0, locals);
    System.arraycopy(localConstant, 0, state.localConstant, 0, locals);
    for (int local = 0; local < locals; local++) {
      state.aliases[local] = 0;
      int register = (localFacts[local] & FrameState.IN_REGISTER) != 0 ? localRegister[local] : MacroAssembler.NONE;
      state.localRegister[local] = register;
      if (register != MacroAssembler.NONE) {
        state.registerLocal[register] = local;
      }
    }
    state.depth = operands;
    System.arraycopy(operandPlace, 0, state.place, 0, operands);
    System.arraycopy(operandKind, 0, state.kind, 0, operands);
    System.arraycopy(operandRegister, 0, state.register, 0, operands);
    System.arraycopy(operandValue, 0, state.value, 0, operands);
    for (int i = 0; i < operands; i++) {
      if (operandPlace[i] == FrameState.REGISTER) {
        state.registerUses[operandRegister[i]]++;
      } else if (operandPlace[i] == FrameState.LOCAL) {
        state.aliases[(int) operandValue[i]]++;
      }
    }
  }

  /** Makes room for this many locals and operands; what was recorded is lost. */
  private void prepare(int locals, int operandCount) {
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

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOATS;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOAT_EQ;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOAT_NE;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOAT_SCRATCH;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.SCRATCH;

import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;
import java.util.Arrays;

/**
 * Floating-point operations. Vector registers are numbered from 0 here; r11 and xmm15 are scratch.
 *
 * <p>NaNs: arithmetic instructions return a quiet NaN when given one, which is all the spec asks; minimum, maximum,
 * sign operations, comparisons and conversions are spelt out.
 */
final class X86Floats extends VectorForms {
  private static final long SIGN_32 = 0x8000_0000_8000_0000L;
  private static final long SIGN_64 = 0x8000_0000_0000_0000L;
  private static final long TWO_TO_63_AS_32 = 0x5F00_0000L;
  private static final long TWO_TO_63_AS_64 = 0x43E0_0000_0000_0000L;
  private static final long MINUS_TWO_TO_63_AS_32 = 0xDF00_0000L;
  private static final long MINUS_TWO_TO_63_AS_64 = 0xC3E0_0000_0000_0000L;

  // Slow paths of trapping conversions: where they start, where they go back to if the value is fine after all, the
  // operand.
  private int[] slowLabel = new int[8];
  private int[] slowReturn = new int[8];
  private int[] slowSource = new int[8];
  private boolean[] slowDouble = new boolean[8];
  private int[] slowAt = new int[8];
  private int slows;

  X86Floats(X86MacroAssembler masm) {
    super(masm);
  }

  void begin() {
    slows = 0;
  }

  private static boolean isDouble(int type) {
    return type == ValueType.F64;
  }

  // Binary operations.

  void binary(Opcode opcode, int destination, int left, int right) {
    switch (opcode) {
      case F32_ADD -> arithmetic(ADDSS, true, destination, left, right);
      case F32_SUB -> arithmetic(SUBSS, false, destination, left, right);
      case F32_MUL -> arithmetic(MULSS, true, destination, left, right);
      case F32_DIV -> arithmetic(DIVSS, false, destination, left, right);
      case F64_ADD -> arithmetic(ADDSD, true, destination, left, right);
      case F64_SUB -> arithmetic(SUBSD, false, destination, left, right);
      case F64_MUL -> arithmetic(MULSD, true, destination, left, right);
      case F64_DIV -> arithmetic(DIVSD, false, destination, left, right);
      case F32_MIN -> extremum(UCOMISS, ADDSS, ORPS, MINSS, destination, left, right);
      case F32_MAX -> extremum(UCOMISS, ADDSS, ANDPS, MAXSS, destination, left, right);
      case F64_MIN -> extremum(UCOMISD, ADDSD, ORPS, MINSD, destination, left, right);
      case F64_MAX -> extremum(UCOMISD, ADDSD, ANDPS, MAXSD, destination, left, right);
      case F32_COPYSIGN -> copysign(SIGN_32, destination, left, right);
      case F64_COPYSIGN -> copysign(SIGN_64, destination, left, right);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void arithmetic(Instruction i, boolean commutes, int destination, int left, int right) {
    if (commutes) {
      commuting(i, destination, left, right);
    } else {
      two(i, destination, left, right);
    }
  }

  /** Minimum or maximum: NaN if either is, -0 below +0. */
  private void extremum(
      Instruction compare, Instruction add, Instruction equal, Instruction differ, int destination, int left,
      int right) {
    int first = left;
    int second = right;
    if (!asm.hasThreeOperands()) {
      if (destination == right && destination != left) {
        move(FLOAT_SCRATCH, right);
        second = FLOAT_SCRATCH;
      }
      move(destination, left);
      first = destination;
    }
    int different = asm.newLabel();
    int nan = asm.newLabel();
    int done = asm.newLabel();
    emit(compare, first, second); //                   ucomis first, second
    asm.jccShort(P, nan); //                           jp nan
    asm.jccShort(NE, different); //                    jne different
    two(equal, destination, first, second); //         orps / andps: the sign of zeros
    asm.jmpShort(done); //                             jmp done
    asm.bind(nan);
    two(add, destination, first, second); //           adds: a quiet NaN
    asm.jmpShort(done); //                             jmp done
    asm.bind(different);
    two(differ, destination, first, second); //        mins / maxs
    asm.bind(done);
  }

  private void copysign(long sign, int destination, int left, int right) {
    pool(ANDPS, FLOAT_SCRATCH, right, sign, sign); //     xmm15 = sign of right
    pool(ANDPS, destination, left, ~sign, ~sign); //      destination = magnitude of left
    asm.emit(ORPS, false, destination, FLOAT_SCRATCH);
  }

  // Comparisons. ucomis sets the carry flag when unordered: with operands the right way round, "above" is false for
  // NaN.

  int compare(Opcode opcode, int left, int right) {
    Instruction i = isDouble(opcode.operand(0)) ? UCOMISD : UCOMISS;
    if (isReversed(opcode)) {
      asm.emit(i, false, right, left);
    } else {
      asm.emit(i, false, left, right);
    }
    return condition(opcode);
  }

  int compareSlot(Opcode opcode, int left, int displacement) {
    boolean isDouble = isDouble(opcode.operand(0));
    Instruction i = isDouble ? UCOMISD : UCOMISS;
    if (isReversed(opcode)) {
      asm.emitMemory(isDouble ? MOVSD_RM : MOVSS_RM, false, FLOAT_SCRATCH, RBP, NONE, 0, displacement);
      asm.emit(i, false, FLOAT_SCRATCH, left);
    } else {
      asm.emitMemory(i, false, left, RBP, NONE, 0, displacement);
    }
    return condition(opcode);
  }

  int compareMemory(Opcode opcode, int left, int index, long offset) {
    boolean isDouble = isDouble(opcode.operand(0));
    Instruction i = isDouble ? UCOMISD : UCOMISS;
    if (isReversed(opcode)) {
      masm.emitAccess(isDouble ? MOVSD_RM : MOVSS_RM, false, FLOAT_SCRATCH, index, offset);
      asm.emit(i, false, FLOAT_SCRATCH, left);
    } else {
      masm.emitAccess(i, false, left, index, offset);
    }
    return condition(opcode);
  }

  private static boolean isReversed(Opcode opcode) {
    return switch (opcode) {
      case F32_LT, F32_LE, F64_LT, F64_LE -> true;
      default -> false;
    };
  }

  private static int condition(Opcode opcode) {
    return switch (opcode) {
      case F32_EQ, F64_EQ -> FLOAT_EQ;
      case F32_NE, F64_NE -> FLOAT_NE;
      case F32_LT, F32_GT, F64_LT, F64_GT -> A;
      case F32_LE, F32_GE, F64_LE, F64_GE -> AE;
      default -> throw new IllegalArgumentException(opcode.text());
    };
  }

  // Unary operations and conversions. Registers come as the macro-assembler numbers them.

  void unary(Opcode opcode, int to, int from) {
    int destination = to >= FLOATS ? to - FLOATS : to;
    int source = from >= FLOATS ? from - FLOATS : from;
    switch (opcode) {
      case F32_ABS -> mask(ANDPS, ~SIGN_32, destination, source);
      case F64_ABS -> mask(ANDPS, ~SIGN_64, destination, source);
      case F32_NEG -> mask(XORPS, SIGN_32, destination, source);
      case F64_NEG -> mask(XORPS, SIGN_64, destination, source);
      case F32_NEAREST -> round(ROUNDSS, 8, destination, source);
      case F32_FLOOR -> round(ROUNDSS, 9, destination, source);
      case F32_CEIL -> round(ROUNDSS, 10, destination, source);
      case F32_TRUNC -> round(ROUNDSS, 11, destination, source);
      case F64_NEAREST -> round(ROUNDSD, 8, destination, source);
      case F64_FLOOR -> round(ROUNDSD, 9, destination, source);
      case F64_CEIL -> round(ROUNDSD, 10, destination, source);
      case F64_TRUNC -> round(ROUNDSD, 11, destination, source);
      case F32_SQRT -> convert(SQRTSS, destination, source);
      case F64_SQRT -> convert(SQRTSD, destination, source);
      case F32_DEMOTE_F64 -> convert(CVTSD2SS, destination, source);
      case F64_PROMOTE_F32 -> convert(CVTSS2SD, destination, source);
      case I32_REINTERPRET_F32 -> asm.emit(MOV_GP_XMM, false, source, destination);
      case I64_REINTERPRET_F64 -> asm.emit(MOV_GP_XMM, true, source, destination);
      case F32_REINTERPRET_I32 -> asm.emit(MOV_XMM_GP, false, destination, source);
      case F64_REINTERPRET_I64 -> asm.emit(MOV_XMM_GP, true, destination, source);
      case F32_CONVERT_I32_S -> fromInteger(CVTSI2SS, false, destination, source);
      case F32_CONVERT_I32_U, F32_CONVERT_I64_S -> fromInteger(CVTSI2SS, true, destination, source);
      case F64_CONVERT_I32_S -> fromInteger(CVTSI2SD, false, destination, source);
      case F64_CONVERT_I32_U, F64_CONVERT_I64_S -> fromInteger(CVTSI2SD, true, destination, source);
      case F32_CONVERT_I64_U -> fromUnsigned(CVTSI2SS, ADDSS, destination, source);
      case F64_CONVERT_I64_U -> fromUnsigned(CVTSI2SD, ADDSD, destination, source);
      case I32_TRUNC_F32_S, I32_TRUNC_F64_S, I32_TRUNC_F32_U, I32_TRUNC_F64_U ->
          truncate32(opcode, destination, source);
      case I64_TRUNC_F32_S, I64_TRUNC_F64_S -> truncate64(isDouble(opcode.operand(0)), destination, source);
      case I64_TRUNC_F32_U, I64_TRUNC_F64_U -> truncate64Unsigned(isDouble(opcode.operand(0)), destination, source);
      case I32_TRUNC_SAT_F32_S, I32_TRUNC_SAT_F64_S ->
          saturate32(isDouble(opcode.operand(0)), true, destination, source);
      case I32_TRUNC_SAT_F32_U, I32_TRUNC_SAT_F64_U ->
          saturate32(isDouble(opcode.operand(0)), false, destination, source);
      case I64_TRUNC_SAT_F32_S, I64_TRUNC_SAT_F64_S -> saturate64(isDouble(opcode.operand(0)), destination, source);
      case I64_TRUNC_SAT_F32_U, I64_TRUNC_SAT_F64_U ->
          saturate64Unsigned(isDouble(opcode.operand(0)), destination, source);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void mask(Instruction i, long mask, int destination, int source) {
    pool(i, destination, source, mask, mask);
  }

  private void round(Instruction i, int mode, int destination, int source) {
    convert(i, destination, source);
    asm.immediate(i, mode);
  }

  /**
   * An instruction that takes the upper part of its destination from elsewhere and so waits for that: from the source
   * itself, or, without AVX, from the destination, unless that is cleared.
   */
  private void convert(Instruction i, int destination, int source) {
    if (asm.hasThreeOperands()) {
      asm.emit3(i, false, destination, source, source);
      return;
    }
    if (destination != source) {
      zero(destination);
    }
    emit(i, destination, source);
  }

  private void fromInteger(Instruction i, boolean wide, int destination, int source) {
    asm.emit(XORPS, false, destination, destination);
    asm.emit(i, wide, destination, source);
  }

  /** Halves what does not fit a signed integer, keeping its lowest bit for the rounding, and doubles the result. */
  private void fromUnsigned(Instruction i, Instruction add, int destination, int source) {
    int big = asm.newLabel();
    int even = asm.newLabel();
    int done = asm.newLabel();
    asm.emit(XORPS, false, destination, destination);
    asm.emit(TEST_MR, true, source, source); //              test source, source
    asm.jccShort(S, big); //                                 js big
    asm.emit(i, true, destination, source); //               cvtsi2s destination, source
    asm.jmpShort(done); //                                   jmp done
    asm.bind(big);
    asm.emit(MOV_RM, true, SCRATCH, source); //              mov r11, source
    asm.emit(SHR_MI, true, SCRATCH); //                      shr r11, 1
    asm.immediate(SHR_MI, 1);
    asm.jccShort(AE, even); //                               jnc even
    asm.emit(OR_MI8, true, SCRATCH); //                      or r11, 1
    asm.immediate(OR_MI8, 1);
    asm.bind(even);
    asm.emit(i, true, destination, SCRATCH); //              cvtsi2s destination, r11
    asm.emit(add, false, destination, destination); //       adds destination, destination
    asm.bind(done);
  }

  private static Instruction truncation(boolean isDouble) {
    return isDouble ? CVTTSD2SI : CVTTSS2SI;
  }

  /** Truncates to 64 bits and checks that the value survives in 32. */
  private void truncate32(Opcode opcode, int destination, int source) {
    boolean signed = opcode == Opcode.I32_TRUNC_F32_S || opcode == Opcode.I32_TRUNC_F64_S;
    boolean isDouble = isDouble(opcode.operand(0));
    asm.emit(truncation(isDouble), true, destination, source); //     cvtt destination, source
    if (signed) {
      asm.emit(MOVSXD, true, SCRATCH, destination); //                movsxd r11, destination
    } else {
      asm.emit(MOV_RM, false, SCRATCH, destination); //               mov r11d, destination
    }
    asm.emit(CMP_RM, true, SCRATCH, destination); //                  cmp r11, destination
    asm.jcc(NE, slowPath(isDouble, source, -1)); //                   jne slow
    if (signed) {
      asm.emit(MOV_RM, false, destination, destination); //           mov destination, destination: upper half zero
    }
  }

  private void truncate64(boolean isDouble, int destination, int source) {
    int back = asm.newLabel();
    asm.emit(truncation(isDouble), true, destination, source); //     cvtt destination, source
    asm.emit(CMP_MI8, true, destination); //                          cmp destination, 1: overflows for MIN alone
    asm.immediate(CMP_MI8, 1);
    asm.jcc(O, slowPath(isDouble, source, back)); //                  jo slow
    asm.bind(back);
  }

  private void compareWithPool(boolean isDouble, int source, long asFloat, long asDouble) {
    asm.emitPool(isDouble ? UCOMISD : UCOMISS, false, source, isDouble ? asDouble : asFloat, 0);
  }

  /** Subtracts 2^63 and truncates; a good result is then offset by 2^63. */
  private void truncateBig(boolean isDouble, int destination, int source) {
    pool(isDouble ? SUBSD : SUBSS, FLOAT_SCRATCH, source, isDouble ? TWO_TO_63_AS_64 : TWO_TO_63_AS_32, 0);
    asm.emit(truncation(isDouble), true, destination, FLOAT_SCRATCH);
    asm.emit(TEST_MR, true, destination, destination);
  }

  private void addTwoTo63(int destination) {
    asm.movConstant(SCRATCH, Long.MIN_VALUE);
    asm.emit(XOR_RM, true, destination, SCRATCH);
  }

  private void truncate64Unsigned(boolean isDouble, int destination, int source) {
    int big = asm.newLabel();
    int done = asm.newLabel();
    int slow = slowPath(isDouble, source, -1);
    compareWithPool(isDouble, source, TWO_TO_63_AS_32, TWO_TO_63_AS_64); // ucomis source, 2^63; below if NaN
    asm.jccShort(AE, big); //                                           jae big
    asm.emit(truncation(isDouble), true, destination, source); //       cvtt destination, source
    asm.emit(TEST_MR, true, destination, destination); //               test destination, destination
    asm.jcc(S, slow); //                                                js slow
    asm.jmpShort(done); //                                              jmp done
    asm.bind(big);
    truncateBig(isDouble, destination, source);
    asm.jcc(S, slow); //                                                js slow
    addTwoTo63(destination);
    asm.bind(done);
  }

  private int slowPath(boolean isDouble, int source, int back) {
    if (slows == slowLabel.length) {
      int capacity = 2 * slows;
      slowLabel = Arrays.copyOf(slowLabel, capacity);
      slowReturn = Arrays.copyOf(slowReturn, capacity);
      slowSource = Arrays.copyOf(slowSource, capacity);
      slowDouble = Arrays.copyOf(slowDouble, capacity);
      slowAt = Arrays.copyOf(slowAt, capacity);
    }
    slowLabel[slows] = asm.newLabel();
    slowReturn[slows] = back;
    slowSource[slows] = source;
    slowDouble[slows] = isDouble;
    slowAt[slows] = masm.wasmOffset();
    return slowLabel[slows++];
  }

  /** Emits the slow paths: not a number, or out of range, unless it is -2^63 and that is in range. */
  void end() {
    for (int i = 0; i < slows; i++) {
      masm.at(slowAt[i]);
      int source = slowSource[i];
      asm.bind(slowLabel[i]);
      asm.emit(slowDouble[i] ? UCOMISD : UCOMISS, false, source, source); //                ucomis source, source
      asm.jcc(P, masm.trapLabel(TrapCode.INVALID_CONVERSION_TO_INTEGER)); //                jp trap
      if (slowReturn[i] >= 0) {
        compareWithPool(slowDouble[i], source, MINUS_TWO_TO_63_AS_32, MINUS_TWO_TO_63_AS_64);
        asm.jcc(E, slowReturn[i]); //                                                       je back
      }
      asm.jmp(masm.trapLabel(TrapCode.INTEGER_OVERFLOW)); //                                jmp trap
    }
  }

  private void compareWithZero(boolean isDouble, int source) {
    asm.emit(XORPS, false, FLOAT_SCRATCH, FLOAT_SCRATCH);
    asm.emit(isDouble ? UCOMISD : UCOMISS, false, source, FLOAT_SCRATCH);
  }

  private void saturate32(boolean isDouble, boolean signed, int destination, int source) {
    int done = asm.newLabel();
    int store = asm.newLabel();
    asm.emit(truncation(isDouble), true, destination, source); //     cvtt destination, source
    if (signed) {
      asm.emit(MOVSXD, true, SCRATCH, destination); //                movsxd r11, destination
    } else {
      asm.emit(MOV_RM, false, SCRATCH, destination); //               mov r11d, destination
    }
    asm.emit(CMP_RM, true, SCRATCH, destination); //                  cmp r11, destination
    asm.jccShort(E, done); //                                         je done
    compareWithZero(isDouble, source); //                             ucomis source, 0
    asm.movConstant(SCRATCH, 0); //                                   mov r11d, 0
    asm.jccShort(P, store); //                                        jp store
    if (signed) {
      asm.movConstant(SCRATCH, 0x8000_0000L); //                      mov r11d, MIN
      asm.jccShort(B, store); //                                      jb store
      asm.movConstant(SCRATCH, 0x7fff_ffffL); //                      mov r11d, MAX
    } else {
      asm.jccShort(B, store); //                                      jb store
      asm.movConstant(SCRATCH, 0xffff_ffffL); //                      mov r11d, MAX
    }
    asm.bind(store);
    asm.emit(MOV_RM, false, destination, SCRATCH); //                 mov destination, r11d
    asm.bind(done);
    if (signed) {
      asm.emit(MOV_RM, false, destination, destination); //           mov destination, destination: upper half zero
    }
  }

  private void saturate64(boolean isDouble, int destination, int source) {
    int done = asm.newLabel();
    int store = asm.newLabel();
    asm.emit(truncation(isDouble), true, destination, source); //     cvtt destination, source
    asm.emit(CMP_MI8, true, destination); //                          cmp destination, 1
    asm.immediate(CMP_MI8, 1);
    asm.jccShort(NO, done); //                                        jno done
    compareWithZero(isDouble, source); //                             ucomis source, 0
    asm.movConstant(SCRATCH, 0); //                                   mov r11d, 0
    asm.jccShort(P, store); //                                        jp store
    asm.movConstant(SCRATCH, Long.MIN_VALUE); //                      mov r11, MIN
    asm.jccShort(B, store); //                                        jb store
    asm.movConstant(SCRATCH, Long.MAX_VALUE); //                      mov r11, MAX
    asm.bind(store);
    asm.emit(MOV_RM, true, destination, SCRATCH); //                  mov destination, r11
    asm.bind(done);
  }

  private void saturate64Unsigned(boolean isDouble, int destination, int source) {
    int big = asm.newLabel();
    int huge = asm.newLabel();
    int done = asm.newLabel();
    compareWithPool(isDouble, source, TWO_TO_63_AS_32, TWO_TO_63_AS_64); // ucomis source, 2^63; below if NaN
    asm.jccShort(AE, big); //                                         jae big
    asm.emit(truncation(isDouble), true, destination, source); //     cvtt destination, source
    asm.emit(TEST_MR, true, destination, destination); //             test destination, destination
    asm.jccShort(NS, done); //                                        jns done
    asm.emit(XOR_RM, false, destination, destination); //             negative or NaN: xor destination, destination
    asm.jmpShort(done); //                                            jmp done
    asm.bind(big);
    truncateBig(isDouble, destination, source);
    asm.jccShort(S, huge); //                                         js huge
    addTwoTo63(destination);
    asm.jmpShort(done); //                                            jmp done
    asm.bind(huge);
    asm.movConstant(destination, -1); //                              mov destination, -1
    asm.bind(done);
  }
}

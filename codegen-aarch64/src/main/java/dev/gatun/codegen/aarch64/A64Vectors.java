package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Opcode;

/**
 * Vectors. Their registers are numbered from 0 here; x16, x17, v30 and v31 are scratch. Most operations are one
 * instruction of the processor.
 */
final class A64Vectors {
  private static final int X16 = A64MacroAssembler.SCRATCH;
  private static final int X17 = A64MacroAssembler.FAR;
  private static final int V30 = A64MacroAssembler.VECTOR_SCRATCH;
  private static final int V31 = A64MacroAssembler.FLOAT_SCRATCH;

  private final A64MacroAssembler masm;
  private final Assembler asm;

  A64Vectors(A64MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  /** The logarithm of the bytes of a lane. */
  private static int size(Opcode opcode) {
    return Integer.numberOfTrailingZeros(16 / opcode.lanes());
  }

  private void three(Instruction i, int size, int to, int left, int right) {
    asm.emitVector(i, true, size, to, left, right);
  }

  private void two(Instruction i, int size, int to, int from) {
    asm.emitVector(i, true, size, to, from);
  }

  private void move(int to, int from) {
    if (to != from) {
      three(ORR_V, 0, to, from, from);
    }
  }

  void constant(int to, long low, long high) {
    if (low == high && (low == 0 || low == -1)) {
      asm.emitVectorImmediate(MOVI_D, true, to, (int) low & 0xff);
    } else {
      asm.emitPool(LDR_Q_LITERAL, to, low, high);
    }
  }

  // One operand.

  void unary(Opcode opcode, int to, int from) {
    switch (opcode) {
      case V128_NOT -> two(NOT_V, 0, to, from);
      case I8X16_ABS -> two(ABS_V, 0, to, from);
      case I16X8_ABS -> two(ABS_V, 1, to, from);
      case I32X4_ABS -> two(ABS_V, 2, to, from);
      case I64X2_ABS -> two(ABS_V, 3, to, from);
      case I8X16_NEG -> two(NEG_V, 0, to, from);
      case I16X8_NEG -> two(NEG_V, 1, to, from);
      case I32X4_NEG -> two(NEG_V, 2, to, from);
      case I64X2_NEG -> two(NEG_V, 3, to, from);
      case I8X16_POPCNT -> two(CNT, 0, to, from);
      case F32X4_ABS -> two(FABS_V, 0, to, from);
      case F64X2_ABS -> two(FABS_V, 1, to, from);
      case F32X4_NEG -> two(FNEG_V, 0, to, from);
      case F64X2_NEG -> two(FNEG_V, 1, to, from);
      case F32X4_SQRT -> two(FSQRT_V, 0, to, from);
      case F64X2_SQRT -> two(FSQRT_V, 1, to, from);
      case F32X4_CEIL -> two(FRINTP_V, 0, to, from);
      case F64X2_CEIL -> two(FRINTP_V, 1, to, from);
      case F32X4_FLOOR -> two(FRINTM_V, 0, to, from);
      case F64X2_FLOOR -> two(FRINTM_V, 1, to, from);
      case F32X4_TRUNC -> two(FRINTZ_V, 0, to, from);
      case F64X2_TRUNC -> two(FRINTZ_V, 1, to, from);
      case F32X4_NEAREST -> two(FRINTN_V, 0, to, from);
      case F64X2_NEAREST -> two(FRINTN_V, 1, to, from);
      case I16X8_EXTADD_PAIRWISE_I8X16_S -> two(SADDLP, 0, to, from);
      case I16X8_EXTADD_PAIRWISE_I8X16_U -> two(UADDLP, 0, to, from);
      case I32X4_EXTADD_PAIRWISE_I16X8_S -> two(SADDLP, 1, to, from);
      case I32X4_EXTADD_PAIRWISE_I16X8_U -> two(UADDLP, 1, to, from);
      case I16X8_EXTEND_LOW_I8X16_S -> extend(SSHLL, false, 0, to, from);
      case I16X8_EXTEND_LOW_I8X16_U -> extend(USHLL, false, 0, to, from);
      case I16X8_EXTEND_HIGH_I8X16_S -> extend(SSHLL, true, 0, to, from);
      case I16X8_EXTEND_HIGH_I8X16_U -> extend(USHLL, true, 0, to, from);
      case I32X4_EXTEND_LOW_I16X8_S -> extend(SSHLL, false, 1, to, from);
      case I32X4_EXTEND_LOW_I16X8_U -> extend(USHLL, false, 1, to, from);
      case I32X4_EXTEND_HIGH_I16X8_S -> extend(SSHLL, true, 1, to, from);
      case I32X4_EXTEND_HIGH_I16X8_U -> extend(USHLL, true, 1, to, from);
      case I64X2_EXTEND_LOW_I32X4_S -> extend(SSHLL, false, 2, to, from);
      case I64X2_EXTEND_LOW_I32X4_U -> extend(USHLL, false, 2, to, from);
      case I64X2_EXTEND_HIGH_I32X4_S -> extend(SSHLL, true, 2, to, from);
      case I64X2_EXTEND_HIGH_I32X4_U -> extend(USHLL, true, 2, to, from);
      // A result of 64 bits leaves zero above.
      case F32X4_DEMOTE_F64X2_ZERO -> asm.emitVector(FCVTN, false, 0, to, from);
      case F64X2_PROMOTE_LOW_F32X4 -> asm.emitVector(FCVTL, false, 0, to, from);
      case F32X4_CONVERT_I32X4_S -> two(SCVTF_V, 0, to, from);
      case F32X4_CONVERT_I32X4_U -> two(UCVTF_V, 0, to, from);
      case F64X2_CONVERT_LOW_I32X4_S -> {
        extend(SSHLL, false, 2, to, from);
        two(SCVTF_V, 1, to, to);
      }
      case F64X2_CONVERT_LOW_I32X4_U -> {
        extend(USHLL, false, 2, to, from);
        two(UCVTF_V, 1, to, to);
      }
      case I32X4_TRUNC_SAT_F32X4_S, I32X4_RELAXED_TRUNC_F32X4_S -> two(FCVTZS_V, 0, to, from);
      case I32X4_TRUNC_SAT_F32X4_U, I32X4_RELAXED_TRUNC_F32X4_U -> two(FCVTZU_V, 0, to, from);
      case I32X4_TRUNC_SAT_F64X2_S_ZERO, I32X4_RELAXED_TRUNC_F64X2_S_ZERO -> {
        two(FCVTZS_V, 1, to, from);
        asm.emitVector(SQXTN, false, 2, to, to);
      }
      case I32X4_TRUNC_SAT_F64X2_U_ZERO, I32X4_RELAXED_TRUNC_F64X2_U_ZERO -> {
        two(FCVTZU_V, 1, to, from);
        asm.emitVector(UQXTN, false, 2, to, to);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void extend(Instruction i, boolean high, int size, int to, int from) {
    asm.emitShiftLeft(i, high, size, to, from, 0);
  }

  // Two operands.

  void binary(Opcode opcode, int to, int left, int right) {
    switch (opcode) {
      case V128_AND -> three(AND_V, 0, to, left, right);
      case V128_ANDNOT -> three(BIC_V, 0, to, left, right);
      case V128_OR -> three(ORR_V, 0, to, left, right);
      case V128_XOR -> three(EOR_V, 0, to, left, right);
      default -> integers(opcode, size(opcode), to, left, right);
    }
  }

  private void integers(Opcode opcode, int size, int to, int left, int right) {
    switch (opcode) {
      case I8X16_ADD, I16X8_ADD, I32X4_ADD, I64X2_ADD -> three(ADD_V, size, to, left, right);
      case I8X16_SUB, I16X8_SUB, I32X4_SUB, I64X2_SUB -> three(SUB_V, size, to, left, right);
      case I16X8_MUL, I32X4_MUL -> three(MUL_V, size, to, left, right);
      case I64X2_MUL -> multiplyQuadwords(to, left, right);
      case I8X16_ADD_SAT_S, I16X8_ADD_SAT_S -> three(SQADD, size, to, left, right);
      case I8X16_ADD_SAT_U, I16X8_ADD_SAT_U -> three(UQADD, size, to, left, right);
      case I8X16_SUB_SAT_S, I16X8_SUB_SAT_S -> three(SQSUB, size, to, left, right);
      case I8X16_SUB_SAT_U, I16X8_SUB_SAT_U -> three(UQSUB, size, to, left, right);
      case I8X16_MIN_S, I16X8_MIN_S, I32X4_MIN_S -> three(SMIN, size, to, left, right);
      case I8X16_MIN_U, I16X8_MIN_U, I32X4_MIN_U -> three(UMIN, size, to, left, right);
      case I8X16_MAX_S, I16X8_MAX_S, I32X4_MAX_S -> three(SMAX, size, to, left, right);
      case I8X16_MAX_U, I16X8_MAX_U, I32X4_MAX_U -> three(UMAX, size, to, left, right);
      case I8X16_AVGR_U, I16X8_AVGR_U -> three(URHADD, size, to, left, right);
      case I16X8_Q15MULR_SAT_S, I16X8_RELAXED_Q15MULR_S -> three(SQRDMULH, 1, to, left, right);
      case I8X16_EQ, I16X8_EQ, I32X4_EQ, I64X2_EQ -> three(CMEQ, size, to, left, right);
      case I8X16_NE, I16X8_NE, I32X4_NE, I64X2_NE -> {
        three(CMEQ, size, to, left, right);
        two(NOT_V, 0, to, to);
      }
      case I8X16_LT_S, I16X8_LT_S, I32X4_LT_S, I64X2_LT_S -> three(CMGT, size, to, right, left);
      case I8X16_GT_S, I16X8_GT_S, I32X4_GT_S, I64X2_GT_S -> three(CMGT, size, to, left, right);
      case I8X16_LE_S, I16X8_LE_S, I32X4_LE_S, I64X2_LE_S -> three(CMGE, size, to, right, left);
      case I8X16_GE_S, I16X8_GE_S, I32X4_GE_S, I64X2_GE_S -> three(CMGE, size, to, left, right);
      case I8X16_LT_U, I16X8_LT_U, I32X4_LT_U -> three(CMHI, size, to, right, left);
      case I8X16_GT_U, I16X8_GT_U, I32X4_GT_U -> three(CMHI, size, to, left, right);
      case I8X16_LE_U, I16X8_LE_U, I32X4_LE_U -> three(CMHS, size, to, right, left);
      case I8X16_GE_U, I16X8_GE_U, I32X4_GE_U -> three(CMHS, size, to, left, right);
      case I8X16_SWIZZLE, I8X16_RELAXED_SWIZZLE -> three(TBL, 0, to, left, right);
      case I8X16_NARROW_I16X8_S -> narrow(SQXTN, 0, to, left, right);
      case I8X16_NARROW_I16X8_U -> narrow(SQXTUN, 0, to, left, right);
      case I16X8_NARROW_I32X4_S -> narrow(SQXTN, 1, to, left, right);
      case I16X8_NARROW_I32X4_U -> narrow(SQXTUN, 1, to, left, right);
      case I16X8_EXTMUL_LOW_I8X16_S -> asm.emitVector(SMULL, false, 0, to, left, right);
      case I16X8_EXTMUL_LOW_I8X16_U -> asm.emitVector(UMULL, false, 0, to, left, right);
      case I16X8_EXTMUL_HIGH_I8X16_S -> asm.emitVector(SMULL, true, 0, to, left, right);
      case I16X8_EXTMUL_HIGH_I8X16_U -> asm.emitVector(UMULL, true, 0, to, left, right);
      case I32X4_EXTMUL_LOW_I16X8_S -> asm.emitVector(SMULL, false, 1, to, left, right);
      case I32X4_EXTMUL_LOW_I16X8_U -> asm.emitVector(UMULL, false, 1, to, left, right);
      case I32X4_EXTMUL_HIGH_I16X8_S -> asm.emitVector(SMULL, true, 1, to, left, right);
      case I32X4_EXTMUL_HIGH_I16X8_U -> asm.emitVector(UMULL, true, 1, to, left, right);
      case I64X2_EXTMUL_LOW_I32X4_S -> asm.emitVector(SMULL, false, 2, to, left, right);
      case I64X2_EXTMUL_LOW_I32X4_U -> asm.emitVector(UMULL, false, 2, to, left, right);
      case I64X2_EXTMUL_HIGH_I32X4_S -> asm.emitVector(SMULL, true, 2, to, left, right);
      case I64X2_EXTMUL_HIGH_I32X4_U -> asm.emitVector(UMULL, true, 2, to, left, right);
      case I32X4_DOT_I16X8_S -> dot(1, to, left, right);
      case I16X8_RELAXED_DOT_I8X16_I7X16_S -> dot(0, to, left, right);
      default -> floats(opcode, size - 2, to, left, right);
    }
  }

  private void floats(Opcode opcode, int size, int to, int left, int right) {
    switch (opcode) {
      case F32X4_ADD, F64X2_ADD -> three(FADD_V, size, to, left, right);
      case F32X4_SUB, F64X2_SUB -> three(FSUB_V, size, to, left, right);
      case F32X4_MUL, F64X2_MUL -> three(FMUL_V, size, to, left, right);
      case F32X4_DIV, F64X2_DIV -> three(FDIV_V, size, to, left, right);
      case F32X4_MIN, F64X2_MIN, F32X4_RELAXED_MIN, F64X2_RELAXED_MIN -> three(FMIN_V, size, to, left, right);
      case F32X4_MAX, F64X2_MAX, F32X4_RELAXED_MAX, F64X2_RELAXED_MAX -> three(FMAX_V, size, to, left, right);
      // The right one if it is less, or more; the left one if they can't be compared.
      case F32X4_PMIN, F64X2_PMIN -> {
        three(FCMGT, size, V31, left, right);
        three(BSL, 0, V31, right, left);
        move(to, V31);
      }
      case F32X4_PMAX, F64X2_PMAX -> {
        three(FCMGT, size, V31, right, left);
        three(BSL, 0, V31, right, left);
        move(to, V31);
      }
      case F32X4_EQ, F64X2_EQ -> three(FCMEQ, size, to, left, right);
      case F32X4_NE, F64X2_NE -> {
        three(FCMEQ, size, to, left, right);
        two(NOT_V, 0, to, to);
      }
      case F32X4_LT, F64X2_LT -> three(FCMGT, size, to, right, left);
      case F32X4_GT, F64X2_GT -> three(FCMGT, size, to, left, right);
      case F32X4_LE, F64X2_LE -> three(FCMGE, size, to, right, left);
      case F32X4_GE, F64X2_GE -> three(FCMGE, size, to, left, right);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void multiplyQuadwords(int to, int left, int right) {
    for (int lane = 0; lane < 2; lane++) {
      asm.emitLane(UMOV, true, 3, lane, X16, left); //    umov x16, left.d[lane]
      asm.emitLane(UMOV, true, 3, lane, X17, right); //   umov x17, right.d[lane]
      asm.emit4(MADD, true, X16, X16, X17, ZERO); //      mul x16, x16, x17
      asm.emitLane(INS, true, 3, lane, V31, X16); //      ins v31.d[lane], x16
    }
    move(to, V31);
  }

  private void narrow(Instruction i, int size, int to, int left, int right) {
    asm.emitVector(i, false, size, V31, left); //         sqxtn v31.8b, left
    asm.emitVector(i, true, size, V31, right); //         sqxtn2 v31.16b, right
    move(to, V31);
  }

  /** Products of signed lanes, neighbours added: the lanes are twice as wide then. */
  private void dot(int size, int to, int left, int right) {
    asm.emitVector(SMULL, false, size, V30, left, right);
    asm.emitVector(SMULL, true, size, V31, left, right);
    three(ADDP, size + 1, to, V30, V31);
  }

  // Three operands.

  void ternary(Opcode opcode, int to, int a, int b, int c) {
    switch (opcode) {
      case V128_BITSELECT,
          I8X16_RELAXED_LANESELECT,
          I16X8_RELAXED_LANESELECT,
          I32X4_RELAXED_LANESELECT,
          I64X2_RELAXED_LANESELECT -> {
        move(V31, c);
        three(BSL, 0, V31, a, b);
        move(to, V31);
      }
      case F32X4_RELAXED_MADD -> accumulate(FMLA, 0, to, a, b, c);
      case F64X2_RELAXED_MADD -> accumulate(FMLA, 1, to, a, b, c);
      case F32X4_RELAXED_NMADD -> accumulate(FMLS, 0, to, a, b, c);
      case F64X2_RELAXED_NMADD -> accumulate(FMLS, 1, to, a, b, c);
      case I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S -> {
        dot(0, V31, a, b);
        two(SADDLP, 1, V31, V31);
        three(ADD_V, 2, to, V31, c);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void accumulate(Instruction i, int size, int to, int a, int b, int c) {
    move(V31, c);
    three(i, size, V31, a, b);
    move(to, V31);
  }

  // Shifts.

  void shift(Opcode opcode, int to, int vector, int count) {
    int size = size(opcode);
    int mask = LogicalImmediate.encode((8L << size) - 1, false);
    asm.emitLogical(AND_I, false, X16, count, mask); //   and w16, count, bits - 1
    if (isLeft(opcode)) {
      asm.emitLane(DUP, true, size, 0, V31, X16); //      dup v31, w16
      three(USHL, size, to, vector, V31);
      return;
    }
    // To the right is to the left by less than nothing.
    asm.emitShifted(SUB, true, X16, ZERO, X16, Assembler.LSL, 0); // neg x16, x16
    asm.emitLane(DUP, true, size, 0, V31, X16);
    three(isSigned(opcode) ? SSHL : USHL, size, to, vector, V31);
  }

  void shiftConstant(Opcode opcode, int to, int vector, int count) {
    int size = size(opcode);
    int masked = count & (8 << size) - 1;
    if (masked == 0) {
      move(to, vector);
    } else if (isLeft(opcode)) {
      asm.emitShiftLeft(SHL_V, true, size, to, vector, masked);
    } else {
      asm.emitShiftRight(isSigned(opcode) ? SSHR : USHR, true, size, to, vector, masked);
    }
  }

  private static boolean isLeft(Opcode opcode) {
    return switch (opcode) {
      case I8X16_SHL, I16X8_SHL, I32X4_SHL, I64X2_SHL -> true;
      default -> false;
    };
  }

  private static boolean isSigned(Opcode opcode) {
    return switch (opcode) {
      case I8X16_SHR_S, I16X8_SHR_S, I32X4_SHR_S, I64X2_SHR_S -> true;
      default -> false;
    };
  }

  // Lanes.

  /** The scalar's register is numbered from 0 in its own file. */
  void splat(Opcode opcode, int to, int scalar) {
    switch (opcode) {
      case I8X16_SPLAT, I16X8_SPLAT, I32X4_SPLAT, I64X2_SPLAT ->
          asm.emitLane(DUP, true, size(opcode), 0, to, scalar);
      case F32X4_SPLAT, F64X2_SPLAT -> asm.emitLane(DUP_LANE, true, size(opcode), 0, to, scalar);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  void extractLane(Opcode opcode, int lane, int to, int vector) {
    int size = size(opcode);
    switch (opcode) {
      case I8X16_EXTRACT_LANE_S, I16X8_EXTRACT_LANE_S -> asm.emitLane(SMOV, false, size, lane, to, vector);
      case I8X16_EXTRACT_LANE_U, I16X8_EXTRACT_LANE_U, I32X4_EXTRACT_LANE, I64X2_EXTRACT_LANE ->
          asm.emitLane(UMOV, size == 3, size, lane, to, vector);
      case F32X4_EXTRACT_LANE, F64X2_EXTRACT_LANE -> asm.emitLane(DUP_SCALAR, true, size, lane, to, vector);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  void replaceLane(Opcode opcode, int lane, int to, int vector, int scalar) {
    int size = size(opcode);
    switch (opcode) {
      case F32X4_REPLACE_LANE, F64X2_REPLACE_LANE -> {
        int value = scalar;
        if (to == scalar && to != vector) {
          move(V31, scalar);
          value = V31;
        }
        move(to, vector);
        asm.emitLaneToLane(size, lane, to, 0, value);
      }
      default -> {
        move(to, vector);
        asm.emitLane(INS, true, size, lane, to, scalar);
      }
    }
  }

  /** By a table of both vectors, in neighbouring registers; the destination holds the numbers until then. */
  void shuffle(long low, long high, int to, int left, int right) {
    move(V30, left);
    move(V31, right);
    asm.emitPool(LDR_Q_LITERAL, to, low, high);
    three(TBL2, 0, to, V30, to);
  }

  // Tests: to a register of integers.

  void test(Opcode opcode, int to, int from) {
    switch (opcode) {
      case V128_ANY_TRUE -> {
        two(UMAXV, 0, V31, from); //                                umaxv b31, from.16b
        isZero(to, NE);
      }
      case I8X16_ALL_TRUE -> allTrue(0, to, from);
      case I16X8_ALL_TRUE -> allTrue(1, to, from);
      case I32X4_ALL_TRUE -> allTrue(2, to, from);
      case I64X2_ALL_TRUE -> {
        two(CMEQ_ZERO, 3, V31, from); //                            cmeq v31.2d, from.2d, 0
        two(UMAXV, 2, V31, V31); //                                 umaxv s31, v31.4s
        isZero(to, EQ);
      }
      case I8X16_BITMASK -> {
        asm.emitShiftRight(SSHR, true, 0, V31, from, 7); //         the sign of each byte, in all its bits
        asm.emitPool(LDR_Q_LITERAL, V30, 0x8040_2010_0804_0201L, 0x8040_2010_0804_0201L);
        three(AND_V, 0, V31, V31, V30); //                          one of 8 bits of each
        asm.emitVectorExtract(EXT, true, V30, V31, V31, 8); //      the upper half
        three(ZIP1, 0, V31, V31, V30); //                           beside the lower one
        two(ADDV, 1, V31, V31); //                                  addv h31, v31.8h
        asm.emit(FMOV_W_S, false, to, V31);
      }
      case I16X8_BITMASK -> mask(1, 0x0008_0004_0002_0001L, 0x0080_0040_0020_0010L, to, from);
      case I32X4_BITMASK -> mask(2, 0x0000_0002_0000_0001L, 0x0000_0008_0000_0004L, to, from);
      case I64X2_BITMASK -> {
        asm.emitLane(UMOV, true, 3, 0, X16, from);
        asm.emitLane(UMOV, true, 3, 1, X17, from);
        asm.emitBitfield(UBFM, true, X16, X16, 63, 63); //          lsr x16, x16, 63
        asm.emitBitfield(UBFM, true, X17, X17, 63, 63);
        asm.emitShifted(ADD, false, to, X16, X17, Assembler.LSL, 1);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  /** Sets 1 or 0 by how the lowest 32 bits of v31 compare with 0. */
  private void isZero(int to, int condition) {
    asm.emit(FMOV_W_S, false, X16, V31); //                         fmov w16, s31
    asm.emitImmediate(SUBS_I, false, ZERO, X16, 0); //              cmp w16, 0
    masm.set(condition, to);
  }

  private void allTrue(int size, int to, int from) {
    two(UMINV, size, V31, from);
    isZero(to, NE);
  }

  private void mask(int size, long low, long high, int to, int from) {
    asm.emitShiftRight(SSHR, true, size, V31, from, (8 << size) - 1);
    asm.emitPool(LDR_Q_LITERAL, V30, low, high);
    three(AND_V, 0, V31, V31, V30);
    two(ADDV, size, V31, V31);
    asm.emit(FMOV_W_S, false, to, V31);
  }

  // Memory.

  void load(Opcode opcode, int to, int index, long offset) {
    int register = A64MacroAssembler.FLOATS + to;
    switch (opcode) {
      case V128_LOAD8X8_S -> loadExtended(SSHLL, 0, to, index, offset);
      case V128_LOAD8X8_U -> loadExtended(USHLL, 0, to, index, offset);
      case V128_LOAD16X4_S -> loadExtended(SSHLL, 1, to, index, offset);
      case V128_LOAD16X4_U -> loadExtended(USHLL, 1, to, index, offset);
      case V128_LOAD32X2_S -> loadExtended(SSHLL, 2, to, index, offset);
      case V128_LOAD32X2_U -> loadExtended(USHLL, 2, to, index, offset);
      case V128_LOAD32_ZERO -> masm.emitAccess(LDR_S, register, index, offset);
      case V128_LOAD64_ZERO -> masm.emitAccess(LDR_D, register, index, offset);
      case V128_LOAD8_SPLAT, V128_LOAD16_SPLAT, V128_LOAD32_SPLAT, V128_LOAD64_SPLAT -> {
        masm.emitAddress(X16, index, offset);
        masm.mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
        asm.emitReplicated(LD1R, true, Integer.numberOfTrailingZeros(opcode.width()), to, X16);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void loadExtended(Instruction extend, int size, int to, int index, long offset) {
    masm.emitAccess(LDR_D, A64MacroAssembler.FLOATS + to, index, offset);
    extend(extend, false, size, to, to);
  }

  void loadLane(Opcode opcode, int lane, int to, int vector, int index, long offset) {
    move(to, vector);
    access(LD1, opcode, lane, to, index, offset);
  }

  void storeLane(Opcode opcode, int lane, int vector, int index, long offset) {
    access(ST1, opcode, lane, vector, index, offset);
  }

  private void access(Instruction i, Opcode opcode, int lane, int vector, int index, long offset) {
    masm.emitAddress(X16, index, offset);
    masm.mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    asm.emitLaneAccess(i, Integer.numberOfTrailingZeros(opcode.width()), lane, vector, X16);
  }
}

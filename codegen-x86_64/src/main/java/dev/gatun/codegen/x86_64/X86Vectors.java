package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOATS;

import dev.gatun.backend.MacroAssembler;
import dev.gatun.wasm.Opcode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic of vectors, with the instructions of SSE up to 4.2, and fused ones if there are.
 *
 * <p>The methods of {@link MacroAssembler} of the same names come here; r11 is scratch too.
 */
final class X86Vectors extends VectorForms {
  // Predicates of cmpps and cmppd.
  private static final int EQUAL = 0;
  private static final int LESS = 1;
  private static final int LESS_OR_EQUAL = 2;
  private static final int UNORDERED = 3;
  private static final int NOT_EQUAL = 4;

  X86Vectors(X86MacroAssembler masm) {
    super(masm);
  }

  // One operand.

  void unary(Opcode opcode, int destination, int source) {
    int to = destination - FLOATS;
    int from = source - FLOATS;
    switch (opcode) {
      case V128_NOT -> {
        allOnes(X15);
        two(PXOR, to, from, X15);
      }
      case I8X16_ABS -> emit(PABSB, to, from);
      case I16X8_ABS -> emit(PABSW, to, from);
      case I32X4_ABS -> emit(PABSD, to, from);
      case I64X2_ABS -> {
        emit(PSHUFD, X15, from, 0xF5); //                the upper halves
        shiftBy(PSRAD_I, X15, X15, 31); //               xmm15 = the signs
        two(PXOR, to, from, X15);
        emit(PSUBQ, to, X15);
      }
      case I8X16_NEG -> negate(PSUBB, to, from);
      case I16X8_NEG -> negate(PSUBW, to, from);
      case I32X4_NEG -> negate(PSUBD, to, from);
      case I64X2_NEG -> negate(PSUBQ, to, from);
      case I8X16_POPCNT -> countBits(to, from);
      case F32X4_ABS -> mask(ANDPS, to, from, 0x7FFF_FFFF_7FFF_FFFFL);
      case F32X4_NEG -> mask(XORPS, to, from, 0x8000_0000_8000_0000L);
      case F64X2_ABS -> mask(ANDPD, to, from, Long.MAX_VALUE);
      case F64X2_NEG -> mask(XORPD, to, from, Long.MIN_VALUE);
      case F32X4_SQRT -> emit(SQRTPS, to, from);
      case F64X2_SQRT -> emit(SQRTPD, to, from);
      case F32X4_CEIL -> emit(ROUNDPS, to, from, 10);
      case F32X4_FLOOR -> emit(ROUNDPS, to, from, 9);
      case F32X4_TRUNC -> emit(ROUNDPS, to, from, 11);
      case F32X4_NEAREST -> emit(ROUNDPS, to, from, 8);
      case F64X2_CEIL -> emit(ROUNDPD, to, from, 10);
      case F64X2_FLOOR -> emit(ROUNDPD, to, from, 9);
      case F64X2_TRUNC -> emit(ROUNDPD, to, from, 11);
      case F64X2_NEAREST -> emit(ROUNDPD, to, from, 8);
      case I16X8_EXTADD_PAIRWISE_I8X16_S -> {
        pool(MOVAPS, X15, BYTES, BYTES);
        two(PMADDUBSW, to, X15, from); //                1, unsigned, times each byte, signed
      }
      case I16X8_EXTADD_PAIRWISE_I8X16_U -> pool(PMADDUBSW, to, from, BYTES, BYTES);
      case I32X4_EXTADD_PAIRWISE_I16X8_S -> pool(PMADDWD, to, from, WORDS, WORDS);
      case I32X4_EXTADD_PAIRWISE_I16X8_U -> {
        // As signed numbers, each 2^15 less; 2^16 too little in the sum.
        pool(PXOR, to, from, WORDS << 15, WORDS << 15);
        pool(PMADDWD, to, WORDS, WORDS);
        pool(PADDD, to, DOUBLEWORDS << 16, DOUBLEWORDS << 16);
      }
      case I16X8_EXTEND_LOW_I8X16_S -> emit(PMOVSXBW, to, from);
      case I16X8_EXTEND_LOW_I8X16_U -> emit(PMOVZXBW, to, from);
      case I32X4_EXTEND_LOW_I16X8_S -> emit(PMOVSXWD, to, from);
      case I32X4_EXTEND_LOW_I16X8_U -> emit(PMOVZXWD, to, from);
      case I64X2_EXTEND_LOW_I32X4_S -> emit(PMOVSXDQ, to, from);
      case I64X2_EXTEND_LOW_I32X4_U -> emit(PMOVZXDQ, to, from);
      case I16X8_EXTEND_HIGH_I8X16_S -> high(PMOVSXBW, to, from);
      case I16X8_EXTEND_HIGH_I8X16_U -> high(PMOVZXBW, to, from);
      case I32X4_EXTEND_HIGH_I16X8_S -> high(PMOVSXWD, to, from);
      case I32X4_EXTEND_HIGH_I16X8_U -> high(PMOVZXWD, to, from);
      case I64X2_EXTEND_HIGH_I32X4_S -> high(PMOVSXDQ, to, from);
      case I64X2_EXTEND_HIGH_I32X4_U -> high(PMOVZXDQ, to, from);
      case F32X4_DEMOTE_F64X2_ZERO -> emit(CVTPD2PS, to, from);
      case F64X2_PROMOTE_LOW_F32X4 -> emit(CVTPS2PD, to, from);
      case F32X4_CONVERT_I32X4_S -> emit(CVTDQ2PS, to, from);
      case F64X2_CONVERT_LOW_I32X4_S -> emit(CVTDQ2PD, to, from);
      case F32X4_CONVERT_I32X4_U -> {
        // The lower 16 bits and the upper ones are exact; only their sum is rounded.
        zero(X15);
        emit(PBLENDW, X15, from, 0x55); //               xmm15 = the lower halves
        two(PSUBD, to, from, X15);
        emit(CVTDQ2PS, X15, X15);
        shiftBy(PSRLD_I, to, to, 1); //                  a half of the upper halves, which is not negative
        emit(CVTDQ2PS, to, to);
        emit(ADDPS, to, to);
        emit(ADDPS, to, X15);
      }
      case F64X2_CONVERT_LOW_I32X4_U -> {
        // Below the upper half of 2^52, an integer is the fraction.
        pool(UNPCKLPS, to, from, 0x4330_0000_4330_0000L, 0x4330_0000_4330_0000L);
        pool(SUBPD, to, 0x4330_0000_0000_0000L, 0x4330_0000_0000_0000L);
      }
      case I32X4_TRUNC_SAT_F32X4_S, I32X4_RELAXED_TRUNC_F32X4_S -> truncateSigned(to, from);
      case I32X4_TRUNC_SAT_F32X4_U, I32X4_RELAXED_TRUNC_F32X4_U -> truncateUnsigned(to, from);
      case I32X4_TRUNC_SAT_F64X2_S_ZERO, I32X4_RELAXED_TRUNC_F64X2_S_ZERO -> {
        two(CMPPD, X15, from, from, EQUAL); //                        ones where it is a number
        pool(ANDPD, X15, 0x41DF_FFFF_FFC0_0000L, 0x41DF_FFFF_FFC0_0000L); // 2^31 - 1, or 0 for a NaN
        two(MINPD, to, from, X15); //                                 of a NaN, the second operand
        emit(CVTTPD2DQ, to, to); //                                   too small becomes -2^31
      }
      case I32X4_TRUNC_SAT_F64X2_U_ZERO, I32X4_RELAXED_TRUNC_F64X2_U_ZERO -> {
        zero(X15);
        two(MAXPD, to, from, X15); //                                 0 for a NaN
        pool(MINPD, to, 0x41EF_FFFF_FFE0_0000L, 0x41EF_FFFF_FFE0_0000L); // 2^32 - 1
        emit(ROUNDPD, to, to, 11);
        pool(ADDPD, to, 0x4330_0000_0000_0000L, 0x4330_0000_0000_0000L); // 2^52: the fraction is the integer
        emit(SHUFPS, to, X15, 0x88);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void mask(Instruction i, int to, int from, long mask) {
    pool(i, to, from, mask, mask);
  }

  private void negate(Instruction subtract, int to, int from) {
    zero(X15);
    two(subtract, to, X15, from);
  }

  /** Extends the upper half. */
  private void high(Instruction extend, int to, int from) {
    emit(PSHUFD, X15, from, 0xEE);
    emit(extend, to, X15);
  }

  private void countBits(int to, int from) {
    long nibbles = 15 * BYTES;
    // By the table of the bits of 0 to 15, for both halves of each byte.
    long low = 0x0302_0201_0201_0100L;
    long high = 0x0403_0302_0302_0201L;
    shiftBy(PSRLW_I, X15, from, 4);
    pool(PAND, X15, nibbles, nibbles);
    pool(MOVAPS, X14, low, high);
    emit(PSHUFB, X14, X15); //                    xmm14 = bits of the upper halves
    pool(PAND, X15, from, nibbles, nibbles);
    pool(MOVAPS, to, low, high);
    emit(PSHUFB, to, X15);
    emit(PADDB, to, X14);
  }

  private void truncateSigned(int to, int from) {
    two(CMPPS, X15, from, from, EQUAL); //        ones where it is a number
    two(PAND, to, from, X15); //                  0 for a NaN
    emit(PXOR, X15, to); //                       sign bit: not that of the number
    emit(CVTTPS2DQ, to, to); //                   -2^31 if too large or too small
    emit(PAND, X15, to); //                       sign bit: positive, and became -2^31
    shiftBy(PSRAD_I, X15, X15, 31);
    emit(PXOR, to, X15); //                       2^31 - 1 instead
  }

  private void truncateUnsigned(int to, int from) {
    zero(X15);
    two(MAXPS, to, from, X15); //                 0 for a NaN and below
    allOnes(X15);
    shiftBy(PSRLD_I, X15, X15, 1);
    emit(CVTDQ2PS, X15, X15); //                  xmm15 = 2^31
    two(SUBPS, X14, to, X15); //                  xmm14 = what is above 2^31
    emit(CMPPS, X15, X14, LESS_OR_EQUAL); //      ones where that is 2^31 or more
    emit(CVTTPS2DQ, X14, X14);
    emit(PXOR, X14, X15); //                      2^31 - 1 where it is too large
    zero(X15);
    emit(PMAXSD, X14, X15); //                    0 where it is below 2^31
    emit(CVTTPS2DQ, to, to); //                   2^31 where it is above
    emit(PADDD, to, X14);
  }

  // Two operands.

  /** The instruction that is the whole operation, if there is one. */
  static @Nullable Instruction single(Opcode opcode) {
    return switch (opcode) {
      case I8X16_ADD -> PADDB;
      case I8X16_SUB -> PSUBB;
      case I8X16_ADD_SAT_S -> PADDSB;
      case I8X16_ADD_SAT_U -> PADDUSB;
      case I8X16_SUB_SAT_S -> PSUBSB;
      case I8X16_SUB_SAT_U -> PSUBUSB;
      case I8X16_MIN_S -> PMINSB;
      case I8X16_MIN_U -> PMINUB;
      case I8X16_MAX_S -> PMAXSB;
      case I8X16_MAX_U -> PMAXUB;
      case I8X16_AVGR_U -> PAVGB;
      case I8X16_EQ -> PCMPEQB;
      case I8X16_GT_S -> PCMPGTB;
      case I8X16_NARROW_I16X8_S -> PACKSSWB;
      case I8X16_NARROW_I16X8_U -> PACKUSWB;
      case I16X8_ADD -> PADDW;
      case I16X8_SUB -> PSUBW;
      case I16X8_ADD_SAT_S -> PADDSW;
      case I16X8_ADD_SAT_U -> PADDUSW;
      case I16X8_SUB_SAT_S -> PSUBSW;
      case I16X8_SUB_SAT_U -> PSUBUSW;
      case I16X8_MUL -> PMULLW;
      case I16X8_MIN_S -> PMINSW;
      case I16X8_MIN_U -> PMINUW;
      case I16X8_MAX_S -> PMAXSW;
      case I16X8_MAX_U -> PMAXUW;
      case I16X8_AVGR_U -> PAVGW;
      case I16X8_EQ -> PCMPEQW;
      case I16X8_GT_S -> PCMPGTW;
      case I16X8_NARROW_I32X4_S -> PACKSSDW;
      case I16X8_NARROW_I32X4_U -> PACKUSDW;
      case I16X8_RELAXED_Q15MULR_S -> PMULHRSW;
      case I32X4_ADD -> PADDD;
      case I32X4_SUB -> PSUBD;
      case I32X4_MUL -> PMULLD;
      case I32X4_MIN_S -> PMINSD;
      case I32X4_MIN_U -> PMINUD;
      case I32X4_MAX_S -> PMAXSD;
      case I32X4_MAX_U -> PMAXUD;
      case I32X4_EQ -> PCMPEQD;
      case I32X4_GT_S -> PCMPGTD;
      case I32X4_DOT_I16X8_S -> PMADDWD;
      case I64X2_ADD -> PADDQ;
      case I64X2_SUB -> PSUBQ;
      case I64X2_EQ -> PCMPEQQ;
      case I64X2_GT_S -> PCMPGTQ;
      case F32X4_ADD -> ADDPS;
      case F32X4_SUB -> SUBPS;
      case F32X4_MUL -> MULPS;
      case F32X4_DIV -> DIVPS;
      case F32X4_RELAXED_MIN -> MINPS;
      case F32X4_RELAXED_MAX -> MAXPS;
      case F64X2_ADD -> ADDPD;
      case F64X2_SUB -> SUBPD;
      case F64X2_MUL -> MULPD;
      case F64X2_DIV -> DIVPD;
      case F64X2_RELAXED_MIN -> MINPD;
      case F64X2_RELAXED_MAX -> MAXPD;
      case V128_AND -> PAND;
      case V128_OR -> POR;
      case V128_XOR -> PXOR;
      case I8X16_RELAXED_SWIZZLE -> PSHUFB;
      default -> null;
    };
  }

  void binary(Opcode opcode, int destination, int first, int second) {
    int to = destination - FLOATS;
    int left = first - FLOATS;
    int right = second - FLOATS;
    Instruction single = single(opcode);
    if (single != null) {
      if (opcode.commutes()) {
        commuting(single, to, left, right);
      } else {
        two(single, to, left, right);
      }
      return;
    }
    switch (opcode) {
      case V128_ANDNOT -> two(PANDN, to, right, left); //    ~right & left
      case I8X16_NE -> unequal(PCMPEQB, to, left, right);
      case I16X8_NE -> unequal(PCMPEQW, to, left, right);
      case I32X4_NE -> unequal(PCMPEQD, to, left, right);
      case I64X2_NE -> unequal(PCMPEQQ, to, left, right);
      case I8X16_LT_S -> two(PCMPGTB, to, right, left);
      case I16X8_LT_S -> two(PCMPGTW, to, right, left);
      case I32X4_LT_S -> two(PCMPGTD, to, right, left);
      case I64X2_LT_S -> two(PCMPGTQ, to, right, left);
      case I64X2_LE_S -> unequal(PCMPGTQ, to, left, right);
      case I64X2_GE_S -> unequal(PCMPGTQ, to, right, left);
      // At least b is what is the maximum of itself and b.
      case I8X16_GE_S -> isExtreme(PMAXSB, PCMPEQB, to, left, right);
      case I8X16_GE_U -> isExtreme(PMAXUB, PCMPEQB, to, left, right);
      case I8X16_LE_S -> isExtreme(PMINSB, PCMPEQB, to, left, right);
      case I8X16_LE_U -> isExtreme(PMINUB, PCMPEQB, to, left, right);
      case I16X8_GE_S -> isExtreme(PMAXSW, PCMPEQW, to, left, right);
      case I16X8_GE_U -> isExtreme(PMAXUW, PCMPEQW, to, left, right);
      case I16X8_LE_S -> isExtreme(PMINSW, PCMPEQW, to, left, right);
      case I16X8_LE_U -> isExtreme(PMINUW, PCMPEQW, to, left, right);
      case I32X4_GE_S -> isExtreme(PMAXSD, PCMPEQD, to, left, right);
      case I32X4_GE_U -> isExtreme(PMAXUD, PCMPEQD, to, left, right);
      case I32X4_LE_S -> isExtreme(PMINSD, PCMPEQD, to, left, right);
      case I32X4_LE_U -> isExtreme(PMINUD, PCMPEQD, to, left, right);
      case I8X16_LT_U -> isNotExtreme(PMAXUB, PCMPEQB, to, left, right);
      case I8X16_GT_U -> isNotExtreme(PMINUB, PCMPEQB, to, left, right);
      case I16X8_LT_U -> isNotExtreme(PMAXUW, PCMPEQW, to, left, right);
      case I16X8_GT_U -> isNotExtreme(PMINUW, PCMPEQW, to, left, right);
      case I32X4_LT_U -> isNotExtreme(PMAXUD, PCMPEQD, to, left, right);
      case I32X4_GT_U -> isNotExtreme(PMINUD, PCMPEQD, to, left, right);
      case F32X4_EQ -> two(CMPPS, to, left, right, EQUAL);
      case F32X4_NE -> two(CMPPS, to, left, right, NOT_EQUAL);
      case F32X4_LT -> two(CMPPS, to, left, right, LESS);
      case F32X4_LE -> two(CMPPS, to, left, right, LESS_OR_EQUAL);
      case F32X4_GT -> two(CMPPS, to, right, left, LESS);
      case F32X4_GE -> two(CMPPS, to, right, left, LESS_OR_EQUAL);
      case F64X2_EQ -> two(CMPPD, to, left, right, EQUAL);
      case F64X2_NE -> two(CMPPD, to, left, right, NOT_EQUAL);
      case F64X2_LT -> two(CMPPD, to, left, right, LESS);
      case F64X2_LE -> two(CMPPD, to, left, right, LESS_OR_EQUAL);
      case F64X2_GT -> two(CMPPD, to, right, left, LESS);
      case F64X2_GE -> two(CMPPD, to, right, left, LESS_OR_EQUAL);
      // The processor's minimum and maximum are the pseudo ones with the operands exchanged.
      case F32X4_PMIN -> two(MINPS, to, right, left);
      case F32X4_PMAX -> two(MAXPS, to, right, left);
      case F64X2_PMIN -> two(MINPD, to, right, left);
      case F64X2_PMAX -> two(MAXPD, to, right, left);
      case F32X4_MIN -> minimum(MINPS, CMPPS, PSRLD_I, 10, to, left, right);
      case F64X2_MIN -> minimum(MINPD, CMPPD, PSRLQ_I, 13, to, left, right);
      case F32X4_MAX -> maximum(MAXPS, SUBPS, CMPPS, PSRLD_I, 10, to, left, right);
      case F64X2_MAX -> maximum(MAXPD, SUBPD, CMPPD, PSRLQ_I, 13, to, left, right);
      case I8X16_SWIZZLE -> {
        // A number from 16 on gets its uppermost bit, for which pshufb gives 0.
        pool(PADDUSB, X15, right, 0x70 * BYTES, 0x70 * BYTES);
        two(PSHUFB, to, left, X15);
      }
      case I16X8_Q15MULR_SAT_S -> {
        commuting(PMULHRSW, to, left, right);
        pool(MOVAPS, X15, WORDS << 15, WORDS << 15);
        emit(PCMPEQW, X15, to); //                           only -1 times -1 gives -1
        emit(PXOR, to, X15);
      }
      case I16X8_EXTMUL_LOW_I8X16_S -> extendAndMultiply(PMOVSXBW, false, to, left, right);
      case I16X8_EXTMUL_LOW_I8X16_U -> extendAndMultiply(PMOVZXBW, false, to, left, right);
      case I16X8_EXTMUL_HIGH_I8X16_S -> extendAndMultiply(PMOVSXBW, true, to, left, right);
      case I16X8_EXTMUL_HIGH_I8X16_U -> extendAndMultiply(PMOVZXBW, true, to, left, right);
      case I32X4_EXTMUL_LOW_I16X8_S -> multiplyWords(PMULHW, PUNPCKLWD, to, left, right);
      case I32X4_EXTMUL_LOW_I16X8_U -> multiplyWords(PMULHUW, PUNPCKLWD, to, left, right);
      case I32X4_EXTMUL_HIGH_I16X8_S -> multiplyWords(PMULHW, PUNPCKHWD, to, left, right);
      case I32X4_EXTMUL_HIGH_I16X8_U -> multiplyWords(PMULHUW, PUNPCKHWD, to, left, right);
      case I64X2_EXTMUL_LOW_I32X4_S -> multiplyDoublewords(PMULDQ, 0x50, to, left, right);
      case I64X2_EXTMUL_LOW_I32X4_U -> multiplyDoublewords(PMULUDQ, 0x50, to, left, right);
      case I64X2_EXTMUL_HIGH_I32X4_S -> multiplyDoublewords(PMULDQ, 0xFA, to, left, right);
      case I64X2_EXTMUL_HIGH_I32X4_U -> multiplyDoublewords(PMULUDQ, 0xFA, to, left, right);
      case I64X2_MUL -> multiplyQuadwords(to, left, right);
      case I16X8_RELAXED_DOT_I8X16_I7X16_S -> two(PMADDUBSW, to, right, left);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  void binaryConstant(Opcode opcode, int destination, int left, long low, long high) {
    Instruction single = Objects.requireNonNull(single(opcode), opcode.text());
    pool(single, destination - FLOATS, left - FLOATS, low, high);
  }

  private void unequal(Instruction compare, int to, int left, int right) {
    two(compare, to, left, right);
    complement(to);
  }

  private void isExtreme(Instruction extreme, Instruction equal, int to, int left, int right) {
    two(extreme, X15, left, right);
    two(equal, to, X15, left);
  }

  private void isNotExtreme(Instruction extreme, Instruction equal, int to, int left, int right) {
    isExtreme(extreme, equal, to, left, right);
    complement(to);
  }

  /**
   * The processor's minimum is the second operand if one is a NaN or both are zeros; so it is taken both ways round,
   * and the bits of both united. NaNs become quiet and lose their payload.
   */
  private void minimum(
      Instruction min, Instruction compare, Instruction shift, int bits, int to, int left, int right) {
    two(min, X15, left, right);
    two(min, X14, right, left);
    emit(ORPS, X15, X14); //                      -0 if one is, a NaN if one is
    emit(compare, X14, X15, UNORDERED); //        ones where it is a NaN
    emit(ORPS, X15, X14);
    shiftBy(shift, X14, X14, bits); //            the payload but for the quiet bit
    two(ANDNPS, to, X14, X15);
  }

  private void maximum(
      Instruction max,
      Instruction subtract,
      Instruction compare,
      Instruction shift,
      int bits,
      int to,
      int left,
      int right) {
    two(max, X15, left, right);
    two(max, X14, right, left);
    emit(XORPS, X14, X15); //                     where the two differ: zeros' signs, NaNs
    emit(ORPS, X15, X14); //                      a NaN if one is, -0 if they differ in sign
    emit(subtract, X15, X14); //                  -0 minus -0 is 0
    emit(compare, X14, X15, UNORDERED);
    shiftBy(shift, X14, X14, bits);
    two(ANDNPS, to, X14, X15);
  }

  private void extendAndMultiply(Instruction extend, boolean high, int to, int left, int right) {
    if (high) {
      emit(PSHUFD, X14, left, 0xEE);
      emit(PSHUFD, X15, right, 0xEE);
      emit(extend, X14, X14);
      emit(extend, X15, X15);
    } else {
      emit(extend, X14, left);
      emit(extend, X15, right);
    }
    two(PMULLW, to, X14, X15);
  }

  private void multiplyWords(Instruction upper, Instruction unpack, int to, int left, int right) {
    two(PMULLW, X14, left, right); //             lower halves of the products
    two(upper, X15, left, right); //              upper halves
    two(unpack, to, X14, X15);
  }

  private void multiplyDoublewords(Instruction multiply, int order, int to, int left, int right) {
    emit(PSHUFD, X14, left, order);
    emit(PSHUFD, X15, right, order);
    two(multiply, to, X14, X15);
  }

  private void multiplyQuadwords(int to, int left, int right) {
    shiftBy(PSRLQ_I, X14, left, 32);
    emit(PMULUDQ, X14, right); //                 upper half of left times lower half of right
    shiftBy(PSRLQ_I, X15, right, 32);
    emit(PMULUDQ, X15, left); //                  and the other way round
    emit(PADDQ, X14, X15);
    shiftBy(PSLLQ_I, X14, X14, 32);
    commuting(PMULUDQ, to, left, right);
    emit(PADDQ, to, X14);
  }

  // Three operands.

  void ternary(Opcode opcode, int destination, int first, int second, int third) {
    int to = destination - FLOATS;
    int a = first - FLOATS;
    int b = second - FLOATS;
    int c = third - FLOATS;
    switch (opcode) {
      case V128_BITSELECT,
          I8X16_RELAXED_LANESELECT,
          I16X8_RELAXED_LANESELECT,
          I32X4_RELAXED_LANESELECT,
          I64X2_RELAXED_LANESELECT -> {
        two(PANDN, X15, c, b); //       b where the mask is 0
        two(PAND, X14, a, c); //        a where it is 1
        two(POR, to, X14, X15);
      }
      case F32X4_RELAXED_MADD -> {
        if (!fused(VFMADD213PS, VFMADD231PS, to, a, b, c)) {
          multiplyAdd(MULPS, ADDPS, to, a, b, c);
        }
      }
      case F64X2_RELAXED_MADD -> {
        if (!fused(VFMADD213PD, VFMADD231PD, to, a, b, c)) {
          multiplyAdd(MULPD, ADDPD, to, a, b, c);
        }
      }
      case F32X4_RELAXED_NMADD -> {
        if (!fused(VFNMADD213PS, VFNMADD231PS, to, a, b, c)) {
          multiplySubtract(MULPS, SUBPS, to, a, b, c);
        }
      }
      case F64X2_RELAXED_NMADD -> {
        if (!fused(VFNMADD213PD, VFNMADD231PD, to, a, b, c)) {
          multiplySubtract(MULPD, SUBPD, to, a, b, c);
        }
      }
      case I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S -> {
        two(PMADDUBSW, X15, b, a);
        pool(PMADDWD, X15, WORDS, WORDS);
        two(PADDD, to, X15, c);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  /**
   * {@code to = a * b + c}, or {@code -(a * b) + c}, rounded once, if the processor can; false if it can't. One form
   * overwrites a factor (its operands are factor, factor, summand), the other the summand (summand, factor, factor).
   */
  private boolean fused(Instruction overFactor, Instruction overSummand, int to, int a, int b, int c) {
    if (!masm.features.has(X86Feature.FMA)) {
      return false;
    }
    if (to == a) {
      asm.emit3(overFactor, false, to, b, c);
    } else if (to == b) {
      asm.emit3(overFactor, false, to, a, c);
    } else {
      move(to, c);
      asm.emit3(overSummand, false, to, a, b);
    }
    return true;
  }

  private void multiplyAdd(Instruction multiply, Instruction add, int to, int a, int b, int c) {
    two(multiply, X15, a, b);
    two(add, to, X15, c);
  }

  private void multiplySubtract(Instruction multiply, Instruction subtract, int to, int a, int b, int c) {
    two(multiply, X14, a, b);
    two(subtract, to, c, X14);
  }
}

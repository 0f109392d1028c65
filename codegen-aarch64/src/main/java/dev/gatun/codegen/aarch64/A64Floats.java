package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;

/**
 * Floating-point operations. Registers are numbered from 0 here; x16, v30 and v31 are scratch. Minimum, maximum,
 * rounding, and conversions that saturate are the processor's own.
 */
final class A64Floats {
  private static final int SCRATCH = A64MacroAssembler.SCRATCH;
  private static final int V30 = A64MacroAssembler.VECTOR_SCRATCH;
  private static final int V31 = A64MacroAssembler.FLOAT_SCRATCH;

  private final A64MacroAssembler masm;
  private final Assembler asm;

  A64Floats(A64MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  private static boolean isDouble(int type) {
    return type == ValueType.F64;
  }

  void binary(Opcode opcode, int destination, int left, int right) {
    boolean isDouble = isDouble(opcode.operand(0));
    switch (opcode) {
      case F32_ADD, F64_ADD -> asm.emit(FADD, isDouble, destination, left, right);
      case F32_SUB, F64_SUB -> asm.emit(FSUB, isDouble, destination, left, right);
      case F32_MUL, F64_MUL -> asm.emit(FMUL, isDouble, destination, left, right);
      case F32_DIV, F64_DIV -> asm.emit(FDIV, isDouble, destination, left, right);
      case F32_MIN, F64_MIN -> asm.emit(FMIN, isDouble, destination, left, right);
      case F32_MAX, F64_MAX -> asm.emit(FMAX, isDouble, destination, left, right);
      case F32_COPYSIGN, F64_COPYSIGN -> {
        asm.movConstant(SCRATCH, isDouble ? Long.MIN_VALUE : 0x8000_0000L); //  mov x16, sign
        asm.emit(isDouble ? FMOV_D_X : FMOV_S_W, false, V31, SCRATCH); //       fmov d31, x16
        asm.emitVector(BSL, false, 0, V31, right, left); //                     bsl v31, right, left
        asm.emit(FMOV, isDouble, destination, V31); //                          fmov d, d31
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  void unary(Opcode opcode, int destination, int source) {
    boolean fromDouble = isDouble(opcode.operand(0));
    boolean toDouble = isDouble(opcode.result());
    boolean fromWide = opcode.operand(0) == ValueType.I64;
    boolean toWide = opcode.result() == ValueType.I64;
    switch (opcode) {
      case F32_ABS, F64_ABS -> asm.emit(FABS, toDouble, destination, source);
      case F32_NEG, F64_NEG -> asm.emit(FNEG, toDouble, destination, source);
      case F32_SQRT, F64_SQRT -> asm.emit(FSQRT, toDouble, destination, source);
      case F32_NEAREST, F64_NEAREST -> asm.emit(FRINTN, toDouble, destination, source);
      case F32_FLOOR, F64_FLOOR -> asm.emit(FRINTM, toDouble, destination, source);
      case F32_CEIL, F64_CEIL -> asm.emit(FRINTP, toDouble, destination, source);
      case F32_TRUNC, F64_TRUNC -> asm.emit(FRINTZ, toDouble, destination, source);
      case F32_DEMOTE_F64 -> asm.emit(FCVT_S_D, false, destination, source);
      case F64_PROMOTE_F32 -> asm.emit(FCVT_D_S, false, destination, source);
      case I32_REINTERPRET_F32 -> asm.emit(FMOV_W_S, false, destination, source);
      case I64_REINTERPRET_F64 -> asm.emit(FMOV_X_D, false, destination, source);
      case F32_REINTERPRET_I32 -> asm.emit(FMOV_S_W, false, destination, source);
      case F64_REINTERPRET_I64 -> asm.emit(FMOV_D_X, false, destination, source);
      case F32_CONVERT_I32_S, F32_CONVERT_I64_S, F64_CONVERT_I32_S, F64_CONVERT_I64_S ->
          asm.emitConversion(SCVTF, fromWide, toDouble, destination, source);
      case F32_CONVERT_I32_U, F32_CONVERT_I64_U, F64_CONVERT_I32_U, F64_CONVERT_I64_U ->
          asm.emitConversion(UCVTF, fromWide, toDouble, destination, source);
      case I32_TRUNC_SAT_F32_S, I32_TRUNC_SAT_F64_S, I64_TRUNC_SAT_F32_S, I64_TRUNC_SAT_F64_S ->
          asm.emitConversion(FCVTZS, toWide, fromDouble, destination, source);
      case I32_TRUNC_SAT_F32_U, I32_TRUNC_SAT_F64_U, I64_TRUNC_SAT_F32_U, I64_TRUNC_SAT_F64_U ->
          asm.emitConversion(FCVTZU, toWide, fromDouble, destination, source);
      case I32_TRUNC_F32_S, I32_TRUNC_F64_S, I64_TRUNC_F32_S, I64_TRUNC_F64_S ->
          truncate(true, toWide, fromDouble, destination, source);
      case I32_TRUNC_F32_U, I32_TRUNC_F64_U, I64_TRUNC_F32_U, I64_TRUNC_F64_U ->
          truncate(false, toWide, fromDouble, destination, source);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  /** Traps unless the truncated number is one of the result's. */
  private void truncate(boolean signed, boolean toWide, boolean fromDouble, int destination, int source) {
    int overflow = masm.trapLabel(TrapCode.INTEGER_OVERFLOW);
    asm.emitFloatCompare(FCMP, fromDouble, source, source); //                       fcmp source, source
    masm.branch(VS, masm.trapLabel(TrapCode.INVALID_CONVERSION_TO_INTEGER)); //      b.vs trap
    double above = Math.scalb(1.0, (toWide ? 64 : 32) - (signed ? 1 : 0));
    load(fromDouble, above);
    asm.emitFloatCompare(FCMP, fromDouble, source, V30); //                          fcmp source, above
    masm.branch(GE, overflow); //                                                    b.ge trap
    if (!signed) {
      load(fromDouble, -1);
      asm.emitFloatCompare(FCMP, fromDouble, source, V30); //                        fcmp source, -1
      masm.branch(LS, overflow); //                                                  b.ls trap
    } else if (fromDouble && !toWide) {
      load(true, -above - 1);
      asm.emitFloatCompare(FCMP, true, source, V30); //                              fcmp source, least - 1
      masm.branch(LS, overflow); //                                                  b.ls trap
    } else {
      // No float is between this one and the one below.
      load(fromDouble, -above);
      asm.emitFloatCompare(FCMP, fromDouble, source, V30); //                        fcmp source, least
      masm.branch(MI, overflow); //                                                  b.mi trap
    }
    asm.emitConversion(signed ? FCVTZS : FCVTZU, toWide, fromDouble, destination, source);
  }

  private void load(boolean isDouble, double value) {
    asm.movConstant(
        SCRATCH, isDouble ? Double.doubleToRawLongBits(value) : Float.floatToRawIntBits((float) value) & 0xffff_ffffL);
    asm.emit(isDouble ? FMOV_D_X : FMOV_S_W, false, V30, SCRATCH);
  }
}

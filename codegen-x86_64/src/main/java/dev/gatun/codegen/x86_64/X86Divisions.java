package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;

import dev.gatun.backend.Kind;
import dev.gatun.wasm.Opcode;

/**
 * Division by constants without dividing: by a multiplication with the reciprocal and shifts, exact for all operands
 * (Granlund and Montgomery, "Division by Invariant Integers using Multiplication"; Hacker's Delight, chapter 10). r11
 * is scratch, and xmm15 where a register more is needed.
 */
final class X86Divisions {
  private static final int SCRATCH = X86MacroAssembler.SCRATCH;

  private final X86MacroAssembler masm;
  private final Assembler asm;

  X86Divisions(X86MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  /** Whether a division or remainder by a constant is emitted here. */
  static boolean takes(Opcode opcode, long constant) {
    int divisor = (int) constant;
    return switch (opcode) {
      case I32_DIV_U, I32_REM_U -> divisor != 0;
      // -1 overflows, or never does: that is a matter of its own.
      case I32_DIV_S, I32_REM_S -> divisor != 0 && divisor != -1 && divisor != 1;
      case I64_DIV_U -> Long.bitCount(constant) == 1;
      case I64_REM_U -> Long.bitCount(constant) == 1 && constant > 0 && constant <= 1L << 31;
      case I64_DIV_S -> Long.bitCount(constant) == 1 && constant > 1;
      case I64_REM_S -> Long.bitCount(constant) == 1 && constant > 1 && constant <= 1L << 31;
      default -> false;
    };
  }

  void emit(Opcode opcode, int destination, int left, long constant) {
    int divisor = (int) constant;
    switch (opcode) {
      case I32_DIV_U -> {
        if (Integer.bitCount(divisor) == 1) {
          shift(SHR_MI, false, destination, left, Integer.numberOfTrailingZeros(divisor));
        } else {
          unsignedQuotient(left, divisor);
          masm.move(Kind.I32, destination, SCRATCH);
        }
      }
      case I32_REM_U -> {
        if (Integer.bitCount(divisor) == 1) {
          mask(destination, left, divisor - 1);
        } else {
          unsignedQuotient(left, divisor);
          multiply(SCRATCH, divisor);
          subtract(false, destination, left, SCRATCH);
        }
      }
      case I64_DIV_U -> shift(SHR_MI, true, destination, left, Long.numberOfTrailingZeros(constant));
      case I64_REM_U -> mask(destination, left, (int) (constant - 1));
      case I32_DIV_S -> divideSigned(destination, left, divisor);
      case I32_REM_S -> remainderSigned(destination, left, divisor);
      case I64_DIV_S -> divideByPower(true, destination, left, Long.numberOfTrailingZeros(constant));
      case I64_REM_S -> remainderByPower(true, destination, left, Long.numberOfTrailingZeros(constant));
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void shift(Instruction form, boolean wide, int destination, int left, int count) {
    masm.move(wide ? Kind.I64 : Kind.I32, destination, left);
    shiftInPlace(form, wide, destination, count);
  }

  private void shiftInPlace(Instruction form, boolean wide, int register, int count) {
    if (count > 0) {
      asm.emit(form, wide, register);
      asm.immediate(form, count);
    }
  }

  /** Of a mask of at most 31 bits, or of 32 if the operand has as many: the 32-bit form clears the rest. */
  private void mask(int destination, int left, int bits) {
    asm.emit(MOV_RM, false, destination, left); //           mov destination, left
    Instruction form = bits == (byte) bits ? AND_MI8 : AND_MI32;
    asm.emit(form, false, destination); //                   and destination, bits
    asm.immediate(form, bits);
  }

  private void multiply(int register, int factor) {
    Instruction form = factor == (byte) factor ? IMUL_RMI8 : IMUL_RMI32;
    asm.emit(form, false, register, register);
    asm.immediate(form, factor);
  }

  /** {@code destination = left - right}; the right one is not the destination. */
  private void subtract(boolean wide, int destination, int left, int right) {
    masm.move(wide ? Kind.I64 : Kind.I32, destination, left);
    asm.emit(SUB_RM, wide, destination, right);
  }

  /**
   * Leaves {@code left / divisor} in r11. The reciprocal, rounded up, has 32 bits, or, where the error would be too
   * large then, 33, of which the uppermost is an addition of the operand.
   */
  private void unsignedQuotient(int left, int divisor) {
    long by = divisor & 0xffff_ffffL;
    int log = 64 - Long.numberOfLeadingZeros(by - 1); // rounded up
    int shift = 32 + log - 1;
    long reciprocal = Long.divideUnsigned((1L << shift) - 1, by) + 1;
    long error = reciprocal * by - (1L << shift);
    if (error <= 1L << log - 1) {
      asm.movConstant(SCRATCH, reciprocal); //               mov r11d, reciprocal
      asm.emit(IMUL_RM, true, SCRATCH, left); //             imul r11, left
      shiftInPlace(SHR_MI, true, SCRATCH, shift); //         shr r11, 32 + log - 1
      return;
    }
    // 2^(32 + log) / divisor, less its uppermost bit: (2^(32 + log) - 2^32 * divisor) / divisor, rounded up.
    long rest = Long.divideUnsigned(((1L << log) - by << 32) - 1, by) + 1;
    asm.movConstant(SCRATCH, rest); //                       mov r11d, reciprocal - 2^32
    asm.emit(IMUL_RM, true, SCRATCH, left); //               imul r11, left
    shiftInPlace(SHR_MI, true, SCRATCH, 32); //              shr r11, 32
    asm.emit(ADD_RM, true, SCRATCH, left); //                add r11, left
    shiftInPlace(SHR_MI, true, SCRATCH, log); //             shr r11, log
  }

  private static boolean isPower(int magnitude) {
    return Integer.bitCount(magnitude) == 1;
  }

  private void divideSigned(int destination, int left, int divisor) {
    int magnitude = Math.abs(divisor);
    if (isPower(magnitude)) {
      divideByPower(false, destination, left, Integer.numberOfTrailingZeros(magnitude));
    } else {
      signedQuotient(destination, left, magnitude);
    }
    if (divisor < 0) {
      asm.emit(NEG, false, destination); //                  neg destination
    }
  }

  /** {@code destination = left / magnitude}: the product with the reciprocal, and 1 more if the operand is negative. */
  private void signedQuotient(int destination, int left, int magnitude) {
    int log = 32 - Integer.numberOfLeadingZeros(magnitude - 1);
    long reciprocal = Long.divideUnsigned(1L << 31 + log, magnitude) + 1;
    asm.emit(MOVSXD, true, SCRATCH, left); //                movsxd r11, left
    asm.emitPool(IMUL_RM, true, SCRATCH, reciprocal, 0); //  imul r11, reciprocal
    shiftInPlace(SAR_MI, true, SCRATCH, 31 + log); //        sar r11, 31 + log
    shift(SHR_MI, false, destination, left, 31); //          shr destination, 31
    asm.emit(ADD_RM, false, destination, SCRATCH); //        add destination, r11d
  }

  private void remainderSigned(int destination, int left, int divisor) {
    int magnitude = Math.abs(divisor); // the sign of a divisor means nothing to the remainder
    if (isPower(magnitude)) {
      remainderByPower(false, destination, left, Integer.numberOfTrailingZeros(magnitude));
    } else if (destination != left) {
      signedQuotient(destination, left, magnitude);
      multiply(destination, magnitude);
      asm.emit(NEG, false, destination); //                  neg destination
      asm.emit(ADD_RM, false, destination, left); //         add destination, left
    } else {
      int saved = X86MacroAssembler.FLOAT_SCRATCH;
      asm.emit(MOV_XMM_GP, false, saved, left); //           movd xmm15, left
      signedQuotient(destination, left, magnitude);
      multiply(destination, magnitude);
      asm.emit(MOV_GP_XMM, false, saved, SCRATCH); //        movd r11d, xmm15
      asm.emit(SUB_RM, false, SCRATCH, destination); //      sub r11d, destination
      masm.move(Kind.I32, destination, SCRATCH);
    }
  }

  /** Leaves {@code left} in r11, and {@code 2^log - 1} more if it is negative, so that a shift rounds towards zero. */
  private void biased(boolean wide, int left, int log) {
    int bits = wide ? 64 : 32;
    masm.move(wide ? Kind.I64 : Kind.I32, SCRATCH, left);
    if (log > 1) {
      shiftInPlace(SAR_MI, wide, SCRATCH, bits - 1); //      sar r11, bits - 1
    }
    shiftInPlace(SHR_MI, wide, SCRATCH, bits - log); //      shr r11, bits - log
    asm.emit(ADD_RM, wide, SCRATCH, left); //                add r11, left
  }

  private void divideByPower(boolean wide, int destination, int left, int log) {
    biased(wide, left, log);
    shiftInPlace(SAR_MI, wide, SCRATCH, log); //             sar r11, log
    masm.move(wide ? Kind.I64 : Kind.I32, destination, SCRATCH);
  }

  private void remainderByPower(boolean wide, int destination, int left, int log) {
    biased(wide, left, log);
    asm.emit(AND_MI32, wide, SCRATCH); //                    and r11, -2^log
    asm.immediate(AND_MI32, (int) -(1L << log));
    subtract(wide, destination, left, SCRATCH);
  }
}

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOATS;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.SCRATCH;

import dev.gatun.wasm.Opcode;

/** Shifts of vectors, by a constant or by an i32 in a register. */
final class X86VectorShifts extends VectorForms {
  X86VectorShifts(X86MacroAssembler masm) {
    super(masm);
  }

  /** A shift whose count is known or in a register; what the count is for the processor is that and a number more. */
  private final class Shift {
    private final Instruction byRegister;
    private final Instruction byImmediate;
    private final int constant;

    Shift(Instruction byRegister, Instruction byImmediate, int constant) {
      this.byRegister = byRegister;
      this.byImmediate = byImmediate;
      this.constant = constant;
    }

    /** Shifts by the count in xmm15, or the constant one. */
    void of(int to, int from) {
      if (constant < 0) {
        two(byRegister, to, from, X15);
      } else {
        shiftBy(byImmediate, to, from, constant);
      }
    }
  }

  private static final int UNKNOWN = -1;

  void shiftConstant(Opcode opcode, int destination, int vector, int count) {
    int masked = count & laneBits(opcode) - 1;
    if (masked == 0) {
      move(destination - FLOATS, vector - FLOATS);
    } else {
      shiftLanes(opcode, destination - FLOATS, vector - FLOATS, masked);
    }
  }

  void shift(Opcode opcode, int destination, int vector, int count) {
    asm.emit(MOV_RM, false, SCRATCH, count); //                 mov r11d, count
    asm.emit(AND_MI8, false, SCRATCH);
    asm.immediate(AND_MI8, laneBits(opcode) - 1); //            and r11d, bits - 1
    shiftLanes(opcode, destination - FLOATS, vector - FLOATS, UNKNOWN);
  }

  private static int laneBits(Opcode opcode) {
    return 128 / opcode.lanes();
  }

  /** Brings the count, which is in r11d if it is not known, to xmm15. */
  private void bringCount(int count, int more) {
    if (count >= 0) {
      return;
    }
    if (more != 0) {
      asm.emit(ADD_MI8, false, SCRATCH);
      asm.immediate(ADD_MI8, more);
    }
    asm.emit(MOV_XMM_GP, false, X15, SCRATCH); //               movd xmm15, r11d
  }

  private void shiftLanes(Opcode opcode, int to, int from, int count) {
    switch (opcode) {
      case I16X8_SHL -> plainShift(PSLLW, PSLLW_I, to, from, count);
      case I16X8_SHR_S -> plainShift(PSRAW, PSRAW_I, to, from, count);
      case I16X8_SHR_U -> plainShift(PSRLW, PSRLW_I, to, from, count);
      case I32X4_SHL -> plainShift(PSLLD, PSLLD_I, to, from, count);
      case I32X4_SHR_S -> plainShift(PSRAD, PSRAD_I, to, from, count);
      case I32X4_SHR_U -> plainShift(PSRLD, PSRLD_I, to, from, count);
      case I64X2_SHL -> plainShift(PSLLQ, PSLLQ_I, to, from, count);
      case I64X2_SHR_U -> plainShift(PSRLQ, PSRLQ_I, to, from, count);
      case I64X2_SHR_S -> {
        // With the sign bit shifted along, its exclusive or and subtraction extend it.
        bringCount(count, 0);
        Shift shift = new Shift(PSRLQ, PSRLQ_I, count);
        pool(MOVAPS, X14, Long.MIN_VALUE, Long.MIN_VALUE);
        shift.of(X14, X14);
        shift.of(to, from);
        emit(PXOR, to, X14);
        emit(PSUBQ, to, X14);
      }
      case I8X16_SHL -> {
        // There is no shift of bytes: of words, after the bits that would leave their byte are gone.
        remainingBits(count);
        two(PAND, to, from, X14);
        bringCountAgain(count);
        new Shift(PSLLW, PSLLW_I, count).of(to, to);
      }
      case I8X16_SHR_U -> {
        remainingBits(count);
        bringCountAgain(count);
        new Shift(PSRLW, PSRLW_I, count).of(to, from);
        emit(PAND, to, X14);
      }
      case I8X16_SHR_S -> {
        // As upper halves of words.
        bringCount(count, 8);
        Shift shift = new Shift(PSRAW, PSRAW_I, count < 0 ? count : count + 8);
        two(PUNPCKHBW, X14, from, from);
        shift.of(X14, X14);
        two(PUNPCKLBW, to, from, from);
        shift.of(to, to);
        emit(PACKSSWB, to, X14);
      }
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void plainShift(Instruction byRegister, Instruction byImmediate, int to, int from, int count) {
    bringCount(count, 0);
    new Shift(byRegister, byImmediate, count).of(to, from);
  }

  /** {@code xmm14 = 0xFF >>> count} in each byte. Destroys xmm15; what is in r11d becomes 8 more. */
  private void remainingBits(int count) {
    if (count >= 0) {
      long bits = (0xFF >>> count) * BYTES;
      pool(MOVAPS, X14, bits, bits);
      return;
    }
    bringCount(count, 8);
    allOnes(X14);
    emit(PSRLW, X14, X15);
    emit(PACKUSWB, X14, X14);
  }

  private void bringCountAgain(int count) {
    bringCount(count, -8);
  }
}

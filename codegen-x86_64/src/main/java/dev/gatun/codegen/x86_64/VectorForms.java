package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;

/**
 * What the sequences for vectors and floats are made of. They are written with a destination and two sources, as AVX
 * has them; without AVX, where the first source is the destination, it is moved there before. Vector registers are
 * numbered from 0; xmm14 and xmm15 are scratch, and a destination may be any of the sources.
 */
abstract class VectorForms {
  static final int X14 = X86MacroAssembler.VECTOR_SCRATCH;
  static final int X15 = X86MacroAssembler.FLOAT_SCRATCH;

  static final long BYTES = 0x0101_0101_0101_0101L;
  static final long WORDS = 0x0001_0001_0001_0001L;
  static final long DOUBLEWORDS = 0x0000_0001_0000_0001L;

  final X86MacroAssembler masm;
  final Assembler asm;

  VectorForms(X86MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  final void emit(Instruction i, int to, int from) {
    asm.emit(i, false, to, from);
  }

  final void emit(Instruction i, int to, int from, int immediate) {
    asm.emit(i, false, to, from);
    asm.immediate(i, immediate);
  }

  /** {@code to = to op constant}, or a load of the constant, which is in the pool. */
  final void pool(Instruction i, int to, long low, long high) {
    asm.emitPool(i, false, to, low, high);
  }

  final void move(int to, int from) {
    if (to != from) {
      emit(MOVAPS, to, from);
    }
  }

  /** Shifts by a constant. */
  final void shiftBy(Instruction i, int to, int from, int count) {
    if (asm.hasThreeOperands()) {
      asm.emitShift(i, to, from);
    } else {
      move(to, from);
      asm.emitShift(i, to, to);
    }
    asm.immediate(i, count);
  }

  final void allOnes(int to) {
    emit(PCMPEQD, to, to);
  }

  final void zero(int to) {
    emit(PXOR, to, to);
  }

  /**
   * {@code to = left op right}. Without AVX, where the destination is the right operand, the result is computed in
   * xmm15.
   */
  final void two(Instruction i, int to, int left, int right) {
    if (asm.hasThreeOperands()) {
      asm.emit3(i, false, to, left, right);
    } else if (to == right && to != left) {
      move(X15, left);
      emit(i, X15, right);
      move(to, X15);
    } else {
      move(to, left);
      emit(i, to, right);
    }
  }

  /** {@code to = left op right}, which an immediate tells more of. */
  final void two(Instruction i, int to, int left, int right, int immediate) {
    if (asm.hasThreeOperands()) {
      asm.emit3(i, false, to, left, right);
      asm.immediate(i, immediate);
    } else if (to == right && to != left) {
      move(X15, left);
      emit(i, X15, right, immediate);
      move(to, X15);
    } else {
      move(to, left);
      emit(i, to, right, immediate);
    }
  }

  final void commuting(Instruction i, int to, int left, int right) {
    if (to == right) {
      two(i, to, right, left);
    } else {
      two(i, to, left, right);
    }
  }

  /** {@code to = left op constant}, which is in the pool. */
  final void pool(Instruction i, int to, int left, long low, long high) {
    if (asm.hasThreeOperands()) {
      asm.emitPool3(i, false, to, left, low, high);
    } else {
      move(to, left);
      pool(i, to, low, high);
    }
  }

  final void complement(int to) {
    allOnes(X15);
    emit(PXOR, to, X15);
  }
}

package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.backend.AtomicOperation;
import dev.gatun.backend.Kind;
import dev.gatun.layout.TrapCode;

/**
 * Atomic accesses, all acquiring and releasing, which makes them sequentially consistent (Arm architecture reference
 * manual, B2.3). Single instructions where the processor has them (LSE), else loops around an exclusive access.
 */
final class A64Atomics {
  private static final int SCRATCH = A64MacroAssembler.SCRATCH;
  private static final int STATUS = A64MacroAssembler.FAR;

  // By the logarithm of the width.
  private static final Instruction[] LOAD = {LDAR_B, LDAR_H, LDAR_W, LDAR_X};
  private static final Instruction[] STORE = {STLR_B, STLR_H, STLR_W, STLR_X};
  private static final Instruction[] LOAD_EXCLUSIVE = {LDAXR_B, LDAXR_H, LDAXR_W, LDAXR_X};
  private static final Instruction[] STORE_EXCLUSIVE = {STLXR_B, STLXR_H, STLXR_W, STLXR_X};
  private static final Instruction[] ADD = {LDADDAL_B, LDADDAL_H, LDADDAL_W, LDADDAL_X};
  private static final Instruction[] CLEAR = {LDCLRAL_B, LDCLRAL_H, LDCLRAL_W, LDCLRAL_X};
  private static final Instruction[] SET = {LDSETAL_B, LDSETAL_H, LDSETAL_W, LDSETAL_X};
  private static final Instruction[] FLIP = {LDEORAL_B, LDEORAL_H, LDEORAL_W, LDEORAL_X};
  private static final Instruction[] SWAP = {SWPAL_B, SWPAL_H, SWPAL_W, SWPAL_X};
  private static final Instruction[] COMPARE_AND_SWAP = {CASAL_B, CASAL_H, CASAL_W, CASAL_X};

  private final A64MacroAssembler masm;
  private final Assembler asm;

  A64Atomics(A64MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  private static int log(int width) {
    return Integer.numberOfTrailingZeros(width);
  }

  private void access(Instruction i, int register, int address) {
    masm.mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    asm.emitAcquire(i, register, address);
  }

  private void access(Instruction i, int operand, int register, int address) {
    masm.mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    asm.emitAtomic(i, operand, register, address);
  }

  void address(int destination, int index, long offset, int width) {
    masm.emitAddress(destination, index, offset);
    if (width > 1) {
      asm.emitLogical(ANDS_I, true, ZERO, destination, LogicalImmediate.encode(width - 1, true)); // tst d, width - 1
      masm.branch(NE, masm.trapLabel(TrapCode.UNALIGNED_ATOMIC)); //                                 b.ne trap
    }
  }

  void load(int width, int destination, int address) {
    access(LOAD[log(width)], destination, address);
  }

  void store(int width, int source, int address) {
    access(STORE[log(width)], source, address);
  }

  void modify(AtomicOperation operation, int width, int destination, int address, int value) {
    if (!masm.features.has(A64Feature.ATOMICS)) {
      loop(operation, width, destination, address, value);
      return;
    }
    int log = log(width);
    switch (operation) {
      case ADD -> access(ADD[log], value, destination, address);
      case SUBTRACT -> {
        asm.emitShifted(SUB, true, SCRATCH, ZERO, value, Assembler.LSL, 0); //   neg x16, value
        access(ADD[log], SCRATCH, destination, address);
      }
      case AND -> {
        asm.emitShifted(ORN, true, SCRATCH, ZERO, value, Assembler.LSL, 0); //   mvn x16, value
        access(CLEAR[log], SCRATCH, destination, address);
      }
      case OR -> access(SET[log], value, destination, address);
      case XOR -> access(FLIP[log], value, destination, address);
      case EXCHANGE -> access(SWAP[log], value, destination, address);
      default -> throw new IllegalArgumentException(operation.name());
    }
  }

  private void loop(AtomicOperation operation, int width, int destination, int address, int value) {
    int operand = destination == value ? SCRATCH : value;
    int log = log(width);
    int again = asm.newLabel();
    if (destination == value) {
      // The operand has to outlive what is read.
      asm.emit(FMOV_D_X, false, A64MacroAssembler.FLOAT_SCRATCH, value); //      fmov d31, value
    }
    asm.bind(again);
    if (destination == value) {
      asm.emit(FMOV_X_D, false, SCRATCH, A64MacroAssembler.FLOAT_SCRATCH); //    fmov x16, d31
    }
    access(LOAD_EXCLUSIVE[log], destination, address); //                               ldaxr d, [address]
    switch (operation) {
      case ADD -> combine(Instruction.ADD, destination, operand);
      case SUBTRACT -> combine(SUB, destination, operand);
      case AND -> combine(Instruction.AND, destination, operand);
      case OR -> combine(ORR, destination, operand);
      case XOR -> combine(EOR, destination, operand);
      case EXCHANGE -> masm.move(Kind.I64, SCRATCH, operand);
      default -> throw new IllegalArgumentException(operation.name());
    }
    access(STORE_EXCLUSIVE[log], STATUS, SCRATCH, address); //                   stlxr w17, x16, [address]
    asm.emitCompareAndBranch(CBNZ, false, STATUS, again); //                     cbnz w17, again
  }

  private void combine(Instruction operation, int left, int right) {
    asm.emitShifted(operation, true, SCRATCH, left, right, Assembler.LSL, 0);
  }

  /** The expected value is in x0, of which what is above the width does not count. */
  void compareExchange(int width, int address, int replacement) {
    int log = log(width);
    if (width < 8) {
      asm.emitBitfield(UBFM, true, 0, 0, 0, 8 * width - 1); //                   uxtb x0, x0
    }
    if (masm.features.has(A64Feature.ATOMICS)) {
      access(COMPARE_AND_SWAP[log], 0, replacement, address);
      return;
    }
    int again = asm.newLabel();
    int done = asm.newLabel();
    asm.bind(again);
    access(LOAD_EXCLUSIVE[log], SCRATCH, address); //                            ldaxr x16, [address]
    asm.emitShifted(SUBS, true, ZERO, SCRATCH, 0, Assembler.LSL, 0); //          cmp x16, x0
    masm.branch(NE, done); //                                                    b.ne done
    access(STORE_EXCLUSIVE[log], STATUS, replacement, address); //               stlxr w17, replacement, [address]
    asm.emitCompareAndBranch(CBNZ, false, STATUS, again); //                     cbnz w17, again
    asm.bind(done);
    masm.move(Kind.I64, 0, SCRATCH);
  }
}

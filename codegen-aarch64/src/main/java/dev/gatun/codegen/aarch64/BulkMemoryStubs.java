package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.layout.DescriptorLayout;
import dev.gatun.layout.VmContextLayout;

/**
 * The routines that copy and fill ranges of linear memory of moderate size. What is larger, or out of bounds, they
 * leave to the built-in, for which the caller has prepared everything: its cells are at the caller's stack pointer, its
 * number is in w10. All registers that hold no number of a built-in may be destroyed.
 */
final class BulkMemoryStubs {
  static final int DESTINATION = 2;
  static final int LENGTH = 4;

  /** Of a copy. */
  static final int SOURCE = 3;

  /** Of a fill: the byte, whatever is above it. */
  static final int VALUE = 3;

  /** Address of the descriptor of the memory that is written. */
  static final int TO_MEMORY = 5;

  /** Address of the descriptor of the memory that is read. */
  static final int FROM_MEMORY = 6;

  private static final int TEMPORARY = 7;

  /** Beyond this many bytes the way to Java costs little, and the copy there is interruptible. */
  private static final int LIMIT = 4 << 10;

  private static final int VECTOR = 16;

  private final Assembler asm = new Assembler();
  private final int builtin = asm.newLabel();

  /**
   * Makes an address of a position in a memory, if all of the range from there on is in it. Goes to the built-in if
   * not, which has the operands in its cells.
   */
  private void checkedAddress(int position, int descriptor) {
    asm.emitMemory(LDR_X, TEMPORARY, descriptor, DescriptorLayout.LENGTH); //                 ldr t, [memory, length]
    asm.emitShifted(SUBS, true, TEMPORARY, TEMPORARY, LENGTH, Assembler.LSL, 0); //           subs t, t, length
    asm.emitBranch(LO, builtin); //                                                           b.lo builtin
    asm.emitShifted(SUBS, true, ZERO, position, TEMPORARY, Assembler.LSL, 0); //              cmp position, t
    asm.emitBranch(HI, builtin); //                                                           b.hi builtin
    asm.emitMemory(LDR_X, TEMPORARY, descriptor, DescriptorLayout.BASE); //                   ldr t, [memory, base]
    asm.emitShifted(ADD, true, position, position, TEMPORARY, Assembler.LSL, 0); //           add position, position, t
  }

  private void begin() {
    asm.emitImmediate(SUBS_I, true, ZERO, LENGTH, LIMIT);
    asm.emitBranch(HI, builtin);
  }

  private byte[] end() {
    asm.bind(builtin);
    asm.emitMemory(LDR_X, A64MacroAssembler.SCRATCH, A64MacroAssembler.CONTEXT, VmContextLayout.BUILTIN_STUB);
    asm.emit(BR, false, 0, A64MacroAssembler.SCRATCH);
    return asm.copy();
  }

  /** Goes to a label if fewer bytes are left. */
  private void unlessLeft(int bytes, int label) {
    asm.emitImmediate(SUBS_I, true, ZERO, LENGTH, bytes);
    asm.emitBranch(LO, label);
  }

  private void add(int register, int bytes) {
    asm.emitImmediate(bytes < 0 ? SUB_I : ADD_I, true, register, register, Math.abs(bytes));
  }

  /** {@code memory.copy}; the ranges may overlap. */
  byte[] copy() {
    int backward = asm.newLabel();
    begin();
    checkedAddress(DESTINATION, TO_MEMORY);
    checkedAddress(SOURCE, FROM_MEMORY);
    asm.emitShifted(SUB, true, TEMPORARY, DESTINATION, SOURCE, Assembler.LSL, 0);
    asm.emitShifted(SUBS, true, ZERO, TEMPORARY, LENGTH, Assembler.LSL, 0);
    asm.emitBranch(LO, backward); // the destination begins within the source
    step(LDR_Q, STR_Q, VECTOR, false);
    step(LDR_X, STR_X, 8, false);
    step(LDRB, STRB, 1, false);
    asm.emit(RET, false, 0, LR);
    asm.bind(backward);
    asm.emitShifted(ADD, true, SOURCE, SOURCE, LENGTH, Assembler.LSL, 0);
    asm.emitShifted(ADD, true, DESTINATION, DESTINATION, LENGTH, Assembler.LSL, 0);
    step(LDR_Q, STR_Q, VECTOR, true);
    step(LDR_X, STR_X, 8, true);
    step(LDRB, STRB, 1, true);
    asm.emit(RET, false, 0, LR);
    return end();
  }

  /** Moves as many pieces of a size as are left. */
  private void step(Instruction load, Instruction store, int size, boolean backward) {
    int loop = asm.newLabel();
    int done = asm.newLabel();
    asm.bind(loop);
    unlessLeft(size, done);
    if (backward) {
      add(SOURCE, -size);
      add(DESTINATION, -size);
    }
    asm.emitMemory(load, 0, SOURCE, 0);
    asm.emitMemory(store, 0, DESTINATION, 0);
    if (!backward) {
      add(SOURCE, size);
      add(DESTINATION, size);
    }
    add(LENGTH, -size);
    asm.emit(B, loop);
    asm.bind(done);
  }

  /** {@code memory.fill}. */
  byte[] fill() {
    begin();
    checkedAddress(DESTINATION, TO_MEMORY);
    asm.emitLane(DUP, true, 0, 0, 0, VALUE); //   dup v0.16b, value
    fillStep(STR_Q, VECTOR);
    fillStep(STR_D, 8);
    int loop = asm.newLabel();
    int done = asm.newLabel();
    asm.bind(loop);
    unlessLeft(1, done);
    asm.emitMemory(STRB, VALUE, DESTINATION, 0);
    add(DESTINATION, 1);
    add(LENGTH, -1);
    asm.emit(B, loop);
    asm.bind(done);
    asm.emit(RET, false, 0, LR);
    return end();
  }

  private void fillStep(Instruction store, int size) {
    int loop = asm.newLabel();
    int done = asm.newLabel();
    asm.bind(loop);
    unlessLeft(size, done);
    asm.emitMemory(store, 0, DESTINATION, 0);
    add(DESTINATION, size);
    add(LENGTH, -size);
    asm.emit(B, loop);
    asm.bind(done);
  }
}

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.layout.DescriptorLayout;
import dev.gatun.layout.VmContextLayout;

/**
 * The routines that copy and fill ranges of linear memory of moderate size. What is larger, or out of bounds, they
 * leave to the built-in, for which the caller has prepared everything: its cells are at the caller's stack pointer, its
 * number is in eax.
 *
 * <p>A range is copied by vectors that overlap in its middle, so that no size takes more than a few branches. All
 * registers may be destroyed.
 */
final class BulkMemoryStubs {
  static final int DESTINATION = RDI;
  static final int LENGTH = RDX;

  /** Of a copy. */
  static final int SOURCE = RSI;

  /** Of a fill: the byte, whatever is above it. */
  static final int VALUE = RSI;

  /** Address of the descriptor of the memory that is written. */
  static final int TO_MEMORY = RCX;

  /** Address of the descriptor of the memory that is read. */
  static final int FROM_MEMORY = R8;

  private static final int TEMPORARY = R9;

  /** Beyond this many bytes the way to Java costs little, and the copy there is interruptible. */
  private static final int LIMIT = 8 << 10;

  private static final int VECTOR = 16;

  /** Bytes that a turn of a loop moves. */
  private static final int TURN = 4 * VECTOR;

  private final Assembler asm = new Assembler();
  private final int builtin = asm.newLabel();

  private void load(int to, int base, int index, int displacement) {
    asm.emitMemory(MOV_RM, true, to, base, index, 0, displacement);
  }

  private void compare(int register, int constant) {
    Instruction form = constant == (byte) constant ? CMP_MI8 : CMP_MI32;
    asm.emit(form, true, register);
    asm.immediate(form, constant);
  }

  private void add(int register, int constant) {
    asm.emitMemory(LEA, true, register, register, NONE, 0, constant);
  }

  /**
   * Makes an address of a position in a memory, if all of the range from there on is in it. Goes to the built-in if
   * not, which has the operands in its cells.
   */
  private void checkedAddress(int position, int descriptor) {
    load(TEMPORARY, descriptor, NONE, DescriptorLayout.LENGTH); //                          mov t, [memory + length]
    asm.emit(SUB_RM, true, TEMPORARY, LENGTH); //                                           sub t, length
    asm.jcc(B, builtin); //                                                                 jb builtin
    asm.emit(CMP_RM, true, position, TEMPORARY); //                                         cmp position, t
    asm.jcc(A, builtin); //                                                                 ja builtin
    asm.emitMemory(ADD_RM, true, position, descriptor, NONE, 0, DescriptorLayout.BASE); // add position, [memory + base]
  }

  private void begin() {
    compare(LENGTH, LIMIT);
    asm.jcc(A, builtin);
  }

  private byte[] end() {
    asm.bind(builtin);
    asm.emitMemory(JMP_M, false, X86MacroAssembler.CONTEXT, NONE, 0, VmContextLayout.BUILTIN_STUB);
    return asm.copy();
  }

  /** {@code memory.copy}; the ranges may overlap. */
  byte[] copy() {
    begin();
    checkedAddress(DESTINATION, TO_MEMORY);
    checkedAddress(SOURCE, FROM_MEMORY);
    int vectors = asm.newLabel();
    compare(LENGTH, VECTOR);
    asm.jcc(A, vectors);
    copyWords();
    asm.bind(vectors);
    int more = asm.newLabel();
    compare(LENGTH, 2 * VECTOR);
    asm.jcc(A, more);
    readEnds(1);
    writeEnds(1);
    asm.ret();
    asm.bind(more);
    int loop = asm.newLabel();
    compare(LENGTH, TURN);
    asm.jcc(A, loop);
    readEnds(2);
    writeEnds(2);
    asm.ret();
    asm.bind(loop);
    copyManyVectors();
    return end();
  }

  /** Up to 16 bytes, as two words that overlap. */
  private void copyWords() {
    for (int size = 8; size >= 2; size /= 2) {
      int smaller = asm.newLabel();
      compare(LENGTH, size);
      asm.jccShort(B, smaller);
      readWord(size, RAX, NONE, 0);
      readWord(size, RCX, LENGTH, -size);
      writeWord(size, RAX, NONE, 0);
      writeWord(size, RCX, LENGTH, -size);
      asm.ret();
      asm.bind(smaller);
    }
    int none = asm.newLabel();
    asm.emit(TEST_MR, true, LENGTH, LENGTH);
    asm.jccShort(E, none);
    readWord(1, RAX, NONE, 0);
    writeWord(1, RAX, NONE, 0);
    asm.bind(none);
    asm.ret();
  }

  private void readWord(int size, int to, int index, int displacement) {
    Instruction form =
        switch (size) {
          case 1 -> MOVZX8;
          case 2 -> MOVZX16;
          default -> MOV_RM;
        };
    asm.emitMemory(form, size == 8, to, SOURCE, index, 0, displacement);
  }

  private void writeWord(int size, int from, int index, int displacement) {
    Instruction form =
        switch (size) {
          case 1 -> MOV8_MR;
          case 2 -> MOV16_MR;
          default -> MOV_MR;
        };
    asm.emitMemory(form, size == 8, from, DESTINATION, index, 0, displacement);
  }

  /** Reads so many vectors at either end. */
  private void readEnds(int count) {
    for (int i = 0; i < count; i++) {
      readVector(i, SOURCE, NONE, i * VECTOR);
      readVector(count + i, SOURCE, LENGTH, (i - count) * VECTOR);
    }
  }

  private void writeEnds(int count) {
    for (int i = 0; i < count; i++) {
      writeVector(i, DESTINATION, NONE, i * VECTOR);
      writeVector(count + i, DESTINATION, LENGTH, (i - count) * VECTOR);
    }
  }

  private void readVector(int to, int base, int index, int displacement) {
    asm.emitMemory(MOVUPS_RM, false, to, base, index, 0, displacement);
  }

  private void writeVector(int from, int base, int index, int displacement) {
    asm.emitMemory(MOVUPS_MR, false, from, base, index, 0, displacement);
  }

  private void readTurn(int firstVector, int base, int index, int displacement) {
    for (int i = 0; i < 4; i++) {
      readVector(firstVector + i, base, index, displacement + i * VECTOR);
    }
  }

  private void writeTurn(int firstVector, int base, int displacement) {
    for (int i = 0; i < 4; i++) {
      writeVector(firstVector + i, base, NONE, displacement + i * VECTOR);
    }
  }

  /**
   * Turn by turn, away from where the destination overlaps the source. The last turn, which may not be whole, is read
   * before the first is written.
   */
  private void copyManyVectors() {
    int last = RCX;
    int backward = asm.newLabel();
    asm.emit(MOV_RM, true, RAX, DESTINATION);
    asm.emit(SUB_RM, true, RAX, SOURCE);
    asm.emit(CMP_RM, true, RAX, LENGTH);
    asm.jcc(B, backward); // the destination begins within the source

    readTurn(4, SOURCE, LENGTH, -TURN);
    asm.emitMemory(LEA, true, last, DESTINATION, LENGTH, 0, -TURN);
    int loop = asm.newLabel();
    asm.align(16);
    asm.bind(loop);
    readTurn(0, SOURCE, NONE, 0);
    writeTurn(0, DESTINATION, 0);
    add(SOURCE, TURN);
    add(DESTINATION, TURN);
    asm.emit(CMP_RM, true, DESTINATION, last);
    asm.jcc(B, loop);
    writeTurn(4, last, 0);
    asm.ret();

    asm.bind(backward);
    readTurn(4, SOURCE, NONE, 0);
    asm.emit(MOV_RM, true, last, DESTINATION);
    asm.emitMemory(LEA, true, RAX, DESTINATION, NONE, 0, TURN);
    asm.emit(ADD_RM, true, SOURCE, LENGTH);
    asm.emit(ADD_RM, true, DESTINATION, LENGTH);
    int loopDown = asm.newLabel();
    asm.align(16);
    asm.bind(loopDown);
    readTurn(0, SOURCE, NONE, -TURN);
    writeTurn(0, DESTINATION, -TURN);
    add(SOURCE, -TURN);
    add(DESTINATION, -TURN);
    asm.emit(CMP_RM, true, DESTINATION, RAX);
    asm.jcc(A, loopDown);
    writeTurn(4, last, 0);
    asm.ret();
  }

  /** {@code memory.fill}. */
  byte[] fill() {
    begin();
    checkedAddress(DESTINATION, TO_MEMORY);
    asm.emit(MOVZX8, false, VALUE, VALUE);
    asm.movConstant(RAX, 0x0101_0101_0101_0101L);
    asm.emit(IMUL_RM, true, VALUE, RAX);
    int vectors = asm.newLabel();
    compare(LENGTH, VECTOR);
    asm.jcc(A, vectors);
    fillWords();
    asm.bind(vectors);
    asm.emit(MOV_XMM_GP, true, 0, VALUE);
    asm.emit(PUNPCKLQDQ, false, 0, 0);
    int more = asm.newLabel();
    compare(LENGTH, 2 * VECTOR);
    asm.jcc(A, more);
    fillEnds(1);
    asm.ret();
    asm.bind(more);
    int many = asm.newLabel();
    compare(LENGTH, TURN);
    asm.jcc(A, many);
    fillEnds(2);
    asm.ret();
    asm.bind(many);
    int last = RCX;
    asm.emitMemory(LEA, true, last, DESTINATION, LENGTH, 0, -TURN);
    int loop = asm.newLabel();
    asm.align(16);
    asm.bind(loop);
    fillTurn(DESTINATION);
    add(DESTINATION, TURN);
    asm.emit(CMP_RM, true, DESTINATION, last);
    asm.jcc(B, loop);
    fillTurn(last);
    asm.ret();
    return end();
  }

  private void fillWords() {
    for (int size = 8; size >= 2; size /= 2) {
      int smaller = asm.newLabel();
      compare(LENGTH, size);
      asm.jccShort(B, smaller);
      writeWord(size, VALUE, NONE, 0);
      writeWord(size, VALUE, LENGTH, -size);
      asm.ret();
      asm.bind(smaller);
    }
    int none = asm.newLabel();
    asm.emit(TEST_MR, true, LENGTH, LENGTH);
    asm.jccShort(E, none);
    writeWord(1, VALUE, NONE, 0);
    asm.bind(none);
    asm.ret();
  }

  private void fillEnds(int count) {
    for (int i = 0; i < count; i++) {
      writeVector(0, DESTINATION, NONE, i * VECTOR);
      writeVector(0, DESTINATION, LENGTH, (i - count) * VECTOR);
    }
  }

  private void fillTurn(int base) {
    for (int i = 0; i < 4; i++) {
      writeVector(0, base, NONE, i * VECTOR);
    }
  }
}

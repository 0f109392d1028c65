package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Registers.E;
import static dev.gatun.codegen.x86_64.Registers.R9;
import static dev.gatun.codegen.x86_64.Registers.RAX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Labels, tables, the constant pool and the buffer; the encodings themselves are held against other programs. */
class AssemblerTest {
  private final Assembler assembler = new Assembler();

  private ByteBuffer code() {
    return ByteBuffer.wrap(assembler.copy()).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void backwardJumpIsShortUpTo128Bytes() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assembler.nop(126);
    assembler.jmp(label);
    assertEquals(128, assembler.position());
    assertEquals((byte) 0xEB, code().get(126));
    assertEquals(-128, code().get(127));
  }

  @Test
  void backwardJumpIsLongBeyond128Bytes() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assembler.nop(127);
    assembler.jmp(label);
    assertEquals(132, assembler.position());
    assertEquals((byte) 0xE9, code().get(127));
    assertEquals(-132, code().getInt(128));
  }

  @Test
  void conditionalBackwardJumpIsShortUpTo128Bytes() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assembler.nop(126);
    assembler.jcc(E, label);
    assertEquals((byte) 0x74, code().get(126));
    assertEquals(-128, code().get(127));
    assembler.jcc(E, label);
    assertEquals((short) 0x840F, code().getShort(128));
    assertEquals(-134, code().getInt(130));
  }

  @Test
  void forwardJumpsAreResolvedWhenTheLabelIsBound() {
    int label = assembler.newLabel();
    assembler.jmp(label);
    assembler.jcc(E, label);
    assembler.leaLabel(R9, label);
    assembler.nop(1000);
    assembler.bind(label);
    ByteBuffer code = code();
    assertEquals(1018, assembler.position());
    assertEquals(1018 - 5, code.getInt(1));
    assertEquals(1018 - 11, code.getInt(7));
    assertEquals(1018 - 18, code.getInt(14));
  }

  @Test
  void leaOfABoundLabelPointsBack() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assembler.leaLabel(RAX, label);
    assertEquals(-7, code().getInt(3));
  }

  @Test
  void shortForwardJumpReaches127Bytes() {
    int label = assembler.newLabel();
    assembler.jmpShort(label);
    assembler.nop(127);
    assembler.bind(label);
    assertEquals(127, code().get(1));
  }

  @Test
  void shortForwardJumpBeyond127BytesFails() {
    int label = assembler.newLabel();
    assembler.jccShort(E, label);
    assembler.nop(128);
    IllegalStateException failure = assertThrows(IllegalStateException.class, () -> assembler.bind(label));
    assertTrue(failure.getMessage().contains("128"), failure.getMessage());
  }

  @Test
  void shortBackwardJumpBeyond128BytesFails() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assembler.nop(127);
    assertThrows(IllegalStateException.class, () -> assembler.jmpShort(label));
  }

  @Test
  void labelIsBoundOnce() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assertThrows(IllegalStateException.class, () -> assembler.bind(label));
  }

  @Test
  void labelThatIsUsedMustBeBound() {
    assembler.newLabel();
    int used = assembler.newLabel();
    assembler.checkLabels();
    assembler.jmp(used);
    assertThrows(IllegalStateException.class, assembler::checkLabels);
    assembler.bind(used);
    assembler.checkLabels();
  }

  @Test
  void stackPointerIsNoIndex() {
    assertThrows(
        IllegalArgumentException.class,
        () -> assembler.emitMemory(Instruction.MOV_RM, true, RAX, RAX, Registers.RSP, 0, 0));
  }

  @Test
  void jumpTableHoldsDistancesFromItsStart() {
    int before = assembler.newLabel();
    int after = assembler.newLabel();
    assembler.bind(before);
    assembler.nop(12);
    int table = assembler.position();
    assembler.dlLabel(before, table);
    assembler.dlLabel(after, table);
    assembler.dlLabel(before, table);
    assembler.nop(300);
    assembler.bind(after);
    ByteBuffer code = code();
    assertEquals(-12, code.getInt(table));
    assertEquals(312, code.getInt(table + 4));
    assertEquals(-12, code.getInt(table + 8));
  }

  @Test
  void manyLabelsAndUsesOfThem() {
    int count = 1000;
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = assembler.newLabel();
    }
    for (int use = 0; use < 3; use++) {
      for (int label : labels) {
        assembler.dlLabel(label, 0);
      }
    }
    for (int label : labels) {
      assembler.bind(label);
      assembler.db(0x90);
    }
    ByteBuffer code = code();
    for (int i = 0; i < 3 * count; i++) {
      assertEquals(12 * count + i % count, code.getInt(4 * i));
    }
  }

  @Test
  void poolIsAlignedAndItsCellsShared() {
    assembler.emitPool(Instruction.ANDPS, false, 1, 5, 6);
    assembler.emitPool(Instruction.XORPS, false, 9, 7, 8);
    assembler.emitPool(Instruction.ORPS, false, 2, 5, 6);
    assembler.emitPool();
    ByteBuffer code = code();
    assertEquals(32 + 32, assembler.position());
    assertEquals(32 - 7, code.getInt(3));
    assertEquals(48 - 15, code.getInt(11));
    assertEquals(32 - 22, code.getInt(18));
    assertEquals(5, code.getLong(32));
    assertEquals(6, code.getLong(40));
    assertEquals(7, code.getLong(48));
    assertEquals(8, code.getLong(56));
  }

  /** The address is relative to the end of the instruction, which the immediate is part of. */
  @Test
  void poolOperandBeforeAnImmediate() {
    assembler.emitPool(Instruction.ROUNDSD, false, 0, 1, 0);
    assembler.immediate(Instruction.ROUNDSD, 3);
    int end = assembler.position();
    assembler.emitPool();
    assertEquals(16 - end, code().getInt(end - 5));
  }

  @Test
  void poolGrows() {
    int count = 100;
    for (int i = 0; i < count; i++) {
      assembler.emitPool(Instruction.MOVAPS, false, 0, i, ~i);
    }
    assembler.emitPool();
    ByteBuffer code = code();
    for (int i = 0; i < count; i++) {
      int cell = 7 * (i + 1) + code.getInt(7 * i + 3);
      assertEquals(i, code.getLong(cell));
      assertEquals(~i, code.getLong(cell + 8));
      assertEquals(0, cell & 15);
    }
  }

  @Test
  void emptyPoolEmitsNothing() {
    assembler.ret();
    assembler.emitPool();
    assertEquals(1, assembler.position());
  }

  @Test
  void bufferGrowsAndKeepsWhatItHolds() {
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      assembler.emit(Instruction.ADD_MI32, true, RAX);
      assembler.immediate(Instruction.ADD_MI32, i);
    }
    assembler.nop(50_000);
    assembler.dq(-1);
    assertEquals(7 * count + 50_008, assembler.position());
    ByteBuffer code = code();
    for (int i = 0; i < count; i++) {
      assertEquals(i, code.getInt(7 * i + 3));
    }
    assertEquals(-1, code.getLong(7 * count + 50_000));
  }

  @Test
  void resetStartsAnew() {
    int label = assembler.newLabel();
    assembler.jmp(label);
    assembler.emitPool(Instruction.MOVAPS, false, 0, 1, 2);
    assembler.reset();
    assertEquals(0, assembler.position());
    int again = assembler.newLabel();
    assembler.bind(again);
    assembler.jmp(again);
    assembler.emitPool();
    assertArrayEquals(new byte[] {(byte) 0xEB, (byte) -2}, assembler.copy());
  }

  @Test
  void alignPadsToAMultiple() {
    for (int before = 0; before <= 33; before++) {
      assembler.reset();
      assembler.nop(before);
      assembler.align(16);
      assertEquals((before + 15) / 16 * 16, assembler.position());
    }
  }

  @Test
  void rowWithoutImmediateRefusesOne() {
    assembler.emit(Instruction.ADD_RM, true, RAX, RAX);
    assertThrows(IllegalArgumentException.class, () -> assembler.immediate(Instruction.ADD_RM, 1));
  }
}

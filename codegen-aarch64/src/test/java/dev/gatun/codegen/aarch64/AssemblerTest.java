package dev.gatun.codegen.aarch64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels and their ranges, islands, tables, constants; the encodings themselves are held against a disassembler. */
class AssemblerTest {
  private final Assembler assembler = new Assembler();

  private ByteBuffer code() {
    return ByteBuffer.wrap(assembler.copy()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void nops(int count) {
    for (int i = 0; i < count; i++) {
      assembler.emit(Instruction.NOP);
    }
  }

  /** Where the branch at a position leads, through branches without a condition. */
  private static int target(ByteBuffer code, int position) {
    int word = code.getInt(position);
    int target;
    if ((word & 0x7c00_0000) == 0x1400_0000) {
      target = position + (word << 6 >> 6) * 4;
    } else if ((word & 0x7e00_0000) == 0x3600_0000) {
      target = position + (word << 13 >> 18) * 4;
    } else {
      target = position + (word << 8 >> 13) * 4;
    }
    boolean isBranch = (code.getInt(target) & 0xfc00_0000) == 0x1400_0000;
    return isBranch ? target(code, target) : target;
  }

  private void branch(String kind, int label) {
    switch (kind) {
      case "condition" -> assembler.emitBranch(Registers.LT, label);
      case "compare" -> assembler.emitCompareAndBranch(Instruction.CBZ, true, 1, label);
      default -> assembler.emitTestAndBranch(Instruction.TBNZ, 2, 33, label);
    }
  }

  /** One branch before its label, at distances around the end of its range and far beyond. */
  @ParameterizedTest
  @ValueSource(strings = {"condition", "compare", "test"})
  void forwardBranchesReachAnyDistance(String kind) {
    int range = kind.equals("test") ? Assembler.TEST_RANGE : Assembler.NEAR_RANGE;
    for (int distance : new int[] {8, range - 200, range - 8, range - 4, range, range + 4, 3 * range, 3 * range + 4}) {
      assembler.reset();
      int label = assembler.newLabel();
      branch(kind, label);
      nops(distance / 4 - 1);
      assembler.bind(label);
      int end = assembler.position();
      assembler.emit(Instruction.RET, false, 0, Registers.LR);
      assertEquals(end, target(code(), 0), kind + " over " + distance);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"condition", "compare", "test"})
  void backwardBranchesReachAnyDistance(String kind) {
    int range = kind.equals("test") ? Assembler.TEST_RANGE : Assembler.NEAR_RANGE;
    for (int distance : new int[] {4, range - 4, range, range + 4, 2 * range}) {
      assembler.reset();
      int label = assembler.newLabel();
      assembler.bind(label);
      nops(distance / 4);
      int from = assembler.position();
      branch(kind, label);
      int end = assembler.position();
      assembler.emit(Instruction.NOP);
      if (end == from + 4) {
        assertEquals(0, target(code(), from), kind + " over " + distance);
      } else {
        // Around a branch without a condition, on the opposite one.
        assertEquals(from + 8, end);
        assertEquals(0, target(code(), from + 4));
        assertEquals(from + 8, target(code(), from));
        assertTrue(distance > range - 4, "over " + distance);
      }
    }
  }

  /** Many labels, branches and constants at random over several MiB: each branch arrives, each constant is found. */
  @Test
  void islandsServeEveryBranchAndConstant() {
    Random random = new Random(2);
    int count = 3000;
    int[] labels = new int[count];
    int[] from = new int[2 * count];
    int[] to = new int[2 * count];
    int branches = 0;
    int[] constantAt = new int[count];
    int constants = 0;
    for (int i = 0; i < count; i++) {
      labels[i] = assembler.newLabel();
    }
    int[] bound = new int[count];
    for (int i = 0; i < count; i++) {
      assembler.bind(labels[i]);
      bound[i] = assembler.position();
      // Not a branch itself, so that a branch that arrives here ends here.
      assembler.emit(Instruction.NOP);
      int ahead = Math.min(count - 1, i + random.nextInt(random.nextInt(4) == 0 ? 2000 : 20));
      assembler.reserve(16);
      to[branches] = ahead;
      from[branches++] = assembler.position();
      String[] kinds = {"condition", "compare", "test"};
      if (ahead > i) {
        branch(kinds[random.nextInt(3)], labels[ahead]);
      } else {
        branches--;
      }
      if (random.nextInt(3) == 0) {
        assembler.emitPool(Instruction.LDR_X_LITERAL, 1, 1001 + constants, 0);
        constantAt[constants++] = assembler.position() - 4; // behind an island, if one was due
      }
      nops(random.nextInt(600));
    }
    assembler.writePool();
    ByteBuffer code = code();
    assertTrue(code.capacity() > 3 << 20);
    for (int i = 0; i < branches; i++) {
      assertEquals(bound[to[i]], target(code, from[i]), "branch " + i);
    }
    for (int i = 0; i < constants; i++) {
      int at = constantAt[i];
      assertEquals(1001 + i, code.getLong(at + (code.getInt(at) << 8 >> 13) * 4), "constant " + i);
    }
    int[] data = assembler.data();
    assertTrue(data.length >= 4, "islands hold constants");
  }

  /** Islands come just before a load of a constant, which is then in the next one. */
  @Test
  void islandsBetweenConstantsServeEachItsOwn() {
    int count = 6000;
    int[] at = new int[count];
    int label = assembler.newLabel();
    assembler.emitTestAndBranch(Instruction.TBZ, 0, 0, label); // reaches 32 KiB
    for (int i = 0; i < count; i++) {
      assembler.emitPool(Instruction.LDR_X_LITERAL, 1, 1000 + i, 0);
      at[i] = assembler.position() - 4;
      nops(i % 3);
    }
    assembler.bind(label);
    assembler.writePool();
    ByteBuffer code = code();
    for (int i = 0; i < count; i++) {
      assertEquals(1000 + i, code.getLong(at[i] + (code.getInt(at[i]) << 8 >> 13) * 4), "constant " + i);
    }
  }

  @Test
  void noIslandComesWithinWhatIsReserved() {
    int label = assembler.newLabel();
    assembler.emitTestAndBranch(Instruction.TBZ, 0, 0, label);
    while (assembler.position() < 4 * Assembler.TEST_RANGE) {
      assembler.reserve(64);
      int start = assembler.position();
      nops(16);
      assertEquals(start + 64, assembler.position());
    }
    assembler.bind(label);
    int end = assembler.position();
    assembler.emit(Instruction.NOP);
    assertEquals(end, target(code(), 0));
  }

  @Test
  void jumpTableHoldsDistancesFromItsStart() {
    int before = assembler.newLabel();
    int after = assembler.newLabel();
    int table = assembler.newLabel();
    assembler.bind(before);
    nops(3);
    assembler.emitAddress(1, table);
    assembler.emitTable(table, new int[] {before, after, before}, 3);
    assembler.emit(Instruction.NOP);
    assembler.bind(after);
    ByteBuffer code = code();
    assertEquals(-16, code.getInt(16));
    assertEquals(16, code.getInt(20));
    assertEquals(-16, code.getInt(24));
    assertArrayEquals(new int[] {16, 28}, assembler.data());
  }

  @Test
  void labelIsBoundOnce() {
    int label = assembler.newLabel();
    assembler.bind(label);
    assertThrows(IllegalStateException.class, () -> assembler.bind(label));
  }

  /** What the instructions that make a constant leave in the register. */
  private static long run(ByteBuffer code, int size) {
    long value = 0;
    for (int at = 0; at < size; at += 4) {
      int word = code.getInt(at);
      boolean wide = word < 0;
      int shift = 16 * (word >>> 21 & 3);
      long bits = word >>> 5 & 0xffffL;
      value =
          switch (word >>> 23 & 0xff) {
            case 0x25 -> ~(bits << shift); // movn
            case 0xa5 -> bits << shift; // movz
            case 0xe5 -> value & ~(0xffffL << shift) | bits << shift; // movk
            default -> pattern(word >>> 10 & 0x1fff); // orr
          };
      if (!wide) {
        value &= 0xffff_ffffL;
      }
    }
    return value;
  }

  private static long pattern(int fields) {
    int size = 64;
    if (fields >>> 12 == 0) {
      size = Integer.highestOneBit(~fields & 0x3f);
    }
    int ones = (fields & size - 1) + 1;
    int rotation = fields >>> 6 & size - 1;
    long element = -1L >>> 64 - ones;
    long rotated = rotation == 0 ? element : (element >>> rotation | element << size - rotation) & -1L >>> 64 - size;
    long value = 0;
    for (int at = 0; at < 64; at += size) {
      value |= rotated << at;
    }
    return value;
  }

  @Test
  void constantsAreShort() {
    assertConstant(0, 4);
    assertConstant(1, 4);
    assertConstant(-1, 4);
    assertConstant(0xffff_ffffL, 4);
    assertConstant(0xffff_0000L, 4);
    assertConstant(0x1234_5678L, 8);
    assertConstant(0xffff_1234L, 4);
    assertConstant(Long.MIN_VALUE, 4);
    assertConstant(Long.MAX_VALUE, 4);
    assertConstant(0x5555_5555_5555_5555L, 4);
    assertConstant(0x1234_0000_0000_5678L, 8);
    assertConstant(0x1234_5678_9abc_def0L, 16);
    assertConstant(0xffff_ffff_1234_5678L, 8);
    Random random = new Random(3);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertConstant(random.nextBoolean() ? value : Long.rotateLeft(value, random.nextInt(64)), 16);
    }
  }

  private void assertConstant(long value, int most) {
    assembler.reset();
    assembler.movConstant(3, value);
    assertTrue(assembler.position() <= most, () -> Long.toHexString(value) + " takes " + assembler.position());
    assertEquals(value, run(code(), assembler.position()), () -> Long.toHexString(value));
  }
}

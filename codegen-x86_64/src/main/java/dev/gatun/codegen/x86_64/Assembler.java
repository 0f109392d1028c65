package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Registers.NONE;
import static dev.gatun.codegen.x86_64.Registers.RIP;
import static dev.gatun.codegen.x86_64.Registers.RSP;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Encodes x86-64 instructions into a buffer (Intel SDM volume 2). It knows nothing of conventions; the shortest
 * encoding is chosen. Used by one thread at a time.
 *
 * <p>Registers are numbers from 0 to 15 of either file. A memory operand is {@code base + (index << scale) +
 * displacement}, where base or index may be {@link Registers#NONE}, or a base of {@link Registers#RIP} with a constant
 * of the pool.
 */
final class Assembler {
  private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** No instruction is longer. */
  private static final int MAX_INSTRUCTION = 32;

  /** What VEX.vvvv holds, inverted, where there is no source in it. */
  private static final int NO_SOURCE = 0;

  private final boolean avx;

  private byte[] code = new byte[4096];
  private int at;

  // Labels: position, or -1 while not bound; a list of the places that refer to it.
  private static final int UNBOUND = -1;
  private int[] labelPosition = new int[64];
  private int[] labelFixups = new int[64];
  private int labels;

  // Fixups: where, what kind, the next one of the same label.
  private static final int REL32 = 0;
  private static final int REL8 = 1;

  /** A table entry: relative to the table's start, which is the fixup's origin. */
  private static final int TABLE = 2;

  private int[] fixupPosition = new int[64];
  private int[] fixupKind = new int[64];
  private int[] fixupOrigin = new int[64];
  private int[] fixupNext = new int[64];
  private int fixups;

  // Constant pool: 16-byte cells, and where they are used.
  private long[] pool = new long[16];
  private int poolCells;
  private int[] poolUse = new int[16];
  private int[] poolUseCell = new int[16];
  private int poolUses;

  /** Where data begins and ends, in turn. */
  private int[] data = new int[16];

  private int dataEnds;

  /** An assembler of legacy encodings, but for the instructions that have none. */
  Assembler() {
    this(false);
  }

  /**
   * An assembler.
   *
   * @param avx whether instructions on vector registers are encoded with VEX, which leaves more operands apart and asks
   *     for no alignment
   */
  Assembler(boolean avx) {
    this.avx = avx;
  }

  /** Whether an instruction on vectors may have a destination that is none of its sources. */
  boolean hasThreeOperands() {
    return avx;
  }

  /** The position at which a label was bound last. */
  private int lastBound;

  /** Starts anew. */
  void reset() {
    at = 0;
    lastBound = -1;
    dataEnds = 0;
    labels = 0;
    fixups = 0;
    poolCells = 0;
    poolUses = 0;
  }

  /** Whether a jump may arrive at the next instruction. */
  boolean isBoundHere() {
    return lastBound == at;
  }

  /** Position of the next instruction. */
  int position() {
    return at;
  }

  /** The buffer; its first {@link #position} bytes count. */
  byte[] buffer() {
    return code;
  }

  /** A copy of what has been emitted. */
  byte[] copy() {
    return Arrays.copyOf(code, at);
  }

  private void room(int bytes) {
    if (at + bytes > code.length) {
      code = Arrays.copyOf(code, Math.max(2 * code.length, at + bytes));
    }
  }

  // Raw data.

  void db(int value) {
    room(1);
    code[at++] = (byte) value;
  }

  void dl(int value) {
    room(4);
    INT.set(code, at, value);
    at += 4;
  }

  void dq(long value) {
    room(8);
    LONG.set(code, at, value);
    at += 8;
  }

  /** Notes that what has been emitted from a position on is data. */
  void endData(int start) {
    if (dataEnds + 2 > data.length) {
      data = Arrays.copyOf(data, 2 * data.length);
    }
    data[dataEnds++] = start;
    data[dataEnds++] = at;
  }

  /** Where data begins and ends, in turn. */
  int[] data() {
    return Arrays.copyOf(data, dataEnds);
  }

  /** Overwrites four bytes. */
  void patch(int position, int value) {
    INT.set(code, position, value);
  }

  // The table's instructions.

  /** An instruction between registers. */
  void emit(Instruction i, boolean wide, int reg, int rm) {
    int destination = i.form == Instruction.Form.MR ? rm : reg;
    encode(i, wide, reg, rm, isNondestructive(i) ? destination : NO_SOURCE);
  }

  /** An instruction on one register, with its digit in ModRM.reg. */
  void emit(Instruction i, boolean wide, int rm) {
    encode(i, wide, i.digit, rm, isNondestructive(i) ? rm : NO_SOURCE);
  }

  /**
   * An instruction with a destination and two sources, in the order of the assembly language.
   *
   * @throws IllegalArgumentException if the instruction is not in VEX encoding and the first source is not the
   *     destination
   */
  void emit3(Instruction i, boolean wide, int destination, int first, int second) {
    requireEncodable(i, destination, first);
    if (i.form == Instruction.Form.RMV) {
      encode(i, wide, destination, first, second);
    } else {
      encode(i, wide, destination, second, first);
    }
  }

  /**
   * A shift of a vector register by an immediate, which follows.
   *
   * @throws IllegalArgumentException if the instruction is not in VEX encoding and the source is not the destination
   */
  void emitShift(Instruction i, int destination, int source) {
    requireEncodable(i, destination, source);
    encode(i, false, i.digit, source, destination);
  }

  private void requireEncodable(Instruction i, int destination, int first) {
    if (!isVex(i) && destination != first) {
      throw new IllegalArgumentException(i + " has no third operand without AVX");
    }
  }

  private void encode(Instruction i, boolean wide, int reg, int rm, int vvvv) {
    room(MAX_INSTRUCTION);
    prefixes(i, wide, reg, NONE, rm, (i.byteReg && reg >= 4) || (i.byteRm && rm >= 4), vvvv);
    code[at++] = (byte) (0xC0 | (reg & 7) << 3 | rm & 7);
  }

  /** An instruction between a register and memory. */
  void emitMemory(Instruction i, boolean wide, int reg, int base, int index, int scale, int displacement) {
    encodeMemory(i, wide, reg, base, index, scale, displacement, reg);
  }

  /** An instruction on memory, with its digit in ModRM.reg. */
  void emitMemory(Instruction i, boolean wide, int base, int index, int scale, int displacement) {
    encodeMemory(i, wide, i.digit, base, index, scale, displacement, NO_SOURCE);
  }

  /**
   * An instruction with a destination and two sources, the second of which is in memory.
   *
   * @throws IllegalArgumentException if the instruction is not in VEX encoding and the first source is not the
   *     destination
   */
  void emitMemory3(
      Instruction i, boolean wide, int destination, int first, int base, int index, int scale, int displacement) {
    requireEncodable(i, destination, first);
    encodeMemory(i, wide, destination, base, index, scale, displacement, first);
  }

  private void encodeMemory(
      Instruction i, boolean wide, int reg, int base, int index, int scale, int displacement, int vvvv) {
    room(MAX_INSTRUCTION);
    boolean source = i.encoding == Instruction.Encoding.SSE_NDS || i.form == Instruction.Form.RVM;
    prefixes(i, wide, reg, index, base, i.byteReg && reg >= 4, source ? vvvv : NO_SOURCE);
    memory(reg, base, index, scale, displacement);
  }

  /** Whether an instruction is encoded with a VEX prefix. */
  private boolean isVex(Instruction i) {
    return switch (i.encoding) {
      case LEGACY -> false;
      case SSE, SSE_NDS, SSE_MOVE -> avx;
      case VEX -> true;
    };
  }

  /** Whether an instruction between registers has a source in VEX.vvvv that is the destination if nothing is said. */
  private static boolean isNondestructive(Instruction i) {
    return switch (i.encoding) {
      case LEGACY, SSE -> false;
      case SSE_NDS, SSE_MOVE -> true;
      case VEX -> i.form == Instruction.Form.RVM;
    };
  }

  /** The immediate of the instruction just emitted, in the size its row says. */
  void immediate(Instruction i, int value) {
    switch (i.immediate) {
      case 1 -> code[at++] = (byte) value;
      case 2 -> {
        SHORT.set(code, at, (short) value);
        at += 2;
      }
      case 4 -> {
        INT.set(code, at, value);
        at += 4;
      }
      default -> throw new IllegalArgumentException(i + " has no immediate");
    }
  }

  private void prefixes(Instruction i, boolean wide, int reg, int index, int base, boolean forceRex, int vvvv) {
    boolean w = wide && i.width == Instruction.Width.BOTH || i.width == Instruction.Width.ONLY_64;
    int r = reg >>> 3 & 1;
    int x = index > 0 ? index >>> 3 & 1 : 0;
    int b = base > 0 ? base >>> 3 & 1 : 0;
    if (isVex(i)) {
      int pp = i.prefix == 0x66 ? 1 : i.prefix == 0xF3 ? 2 : i.prefix == 0xF2 ? 3 : 0;
      int last = (~vvvv & 15) << 3 | pp;
      if (i.map == 2 && !w && (x | b) == 0) {
        code[at++] = (byte) 0xC5;
        code[at++] = (byte) ((r ^ 1) << 7 | last);
      } else {
        code[at++] = (byte) 0xC4;
        code[at++] = (byte) ((r ^ 1) << 7 | (x ^ 1) << 6 | (b ^ 1) << 5 | i.map - 1);
        code[at++] = (byte) ((w ? 0x80 : 0) | last);
      }
      code[at++] = (byte) i.opcode;
      return;
    }
    if (i.prefix != 0) {
      code[at++] = (byte) i.prefix;
    }
    int rex = (w ? 8 : 0) | r << 2 | x << 1 | b;
    if (rex != 0 || forceRex) {
      code[at++] = (byte) (0x40 | rex);
    }
    if (i.map >= 2) {
      code[at++] = 0x0F;
      if (i.map == 3) {
        code[at++] = 0x38;
      } else if (i.map == 4) {
        code[at++] = 0x3A;
      }
    }
    code[at++] = (byte) i.opcode;
  }

  /** That all labels that are referred to have been bound: a jump to nowhere would go on with the next instruction. */
  void checkLabels() {
    for (int label = 0; label < labels; label++) {
      if (labelPosition[label] == UNBOUND && labelFixups[label] >= 0) {
        throw new IllegalStateException("label " + label + " is used, but was never bound");
      }
    }
  }

  /** ModRM, SIB and displacement. A base of rsp or r12 needs a SIB byte, one of rbp or r13 a displacement. */
  private void memory(int reg, int base, int index, int scale, int displacement) {
    if (index == RSP) {
      throw new IllegalArgumentException("rsp can't be an index");
    }
    int middle = (reg & 7) << 3;
    if (base == RIP) {
      code[at++] = (byte) (middle | 5);
      INT.set(code, at, displacement);
      at += 4;
    } else if (base == NONE) {
      code[at++] = (byte) (middle | 4);
      code[at++] = (byte) (scale << 6 | (index == NONE ? 4 : index & 7) << 3 | 5);
      INT.set(code, at, displacement);
      at += 4;
    } else {
      boolean sib = index != NONE || (base & 7) == RSP;
      int mode = displacement == 0 && (base & 7) != 5 ? 0 : displacement == (byte) displacement ? 1 : 2;
      code[at++] = (byte) (mode << 6 | middle | (sib ? 4 : base & 7));
      if (sib) {
        code[at++] = (byte) (scale << 6 | (index == NONE ? 4 : index & 7) << 3 | base & 7);
      }
      if (mode == 1) {
        code[at++] = (byte) displacement;
      } else if (mode == 2) {
        INT.set(code, at, displacement);
        at += 4;
      }
    }
  }

  /** An instruction between a register and a 16-byte cell of the constant pool. */
  void emitPool(Instruction i, boolean wide, int reg, long low, long high) {
    emitPool3(i, wide, reg, reg, low, high);
  }

  /** An instruction with a destination and two sources, the second of which is in the constant pool. */
  void emitPool3(Instruction i, boolean wide, int destination, int first, long low, long high) {
    // The address is relative to the instruction's end, which an immediate moves on.
    emitMemory3(i, wide, destination, first, RIP, NONE, 0, -i.immediate);
    int cell = poolCell(low, high);
    if (poolUses == poolUse.length) {
      poolUse = Arrays.copyOf(poolUse, 2 * poolUses);
      poolUseCell = Arrays.copyOf(poolUseCell, 2 * poolUses);
    }
    poolUse[poolUses] = at - 4;
    poolUseCell[poolUses++] = cell;
  }

  private int poolCell(long low, long high) {
    for (int cell = 0; cell < poolCells; cell++) {
      if (pool[2 * cell] == low && pool[2 * cell + 1] == high) {
        return cell;
      }
    }
    if (2 * poolCells == pool.length) {
      pool = Arrays.copyOf(pool, 2 * pool.length);
    }
    pool[2 * poolCells] = low;
    pool[2 * poolCells + 1] = high;
    return poolCells++;
  }

  /** Emits the constant pool, aligned to 16 bytes, and resolves its uses. */
  void emitPool() {
    if (poolCells == 0) {
      return;
    }
    int start = at;
    while ((at & 15) != 0) {
      db(0);
    }
    for (int use = 0; use < poolUses; use++) {
      int where = poolUse[use];
      patch(where, at + 16 * poolUseCell[use] - (where + 4) + (int) INT.get(code, where));
    }
    for (int i = 0; i < 2 * poolCells; i++) {
      dq(pool[i]);
    }
    endData(start);
  }

  // Instructions without ModRM, and those with a condition in the opcode.

  private void rexB(int register) {
    if (register >= 8) {
      code[at++] = 0x41;
    }
  }

  void push(int register) {
    room(MAX_INSTRUCTION);
    rexB(register);
    code[at++] = (byte) (0x50 | register & 7);
  }

  void pop(int register) {
    room(MAX_INSTRUCTION);
    rexB(register);
    code[at++] = (byte) (0x58 | register & 7);
  }

  void ret() {
    db(0xC3);
  }

  /** Returns and pops so many bytes, fewer than 65,536, from under the return address. */
  void ret(int bytes) {
    if (bytes == 0) {
      ret();
    } else {
      room(MAX_INSTRUCTION);
      code[at++] = (byte) 0xC2;
      code[at++] = (byte) bytes;
      code[at++] = (byte) (bytes >> 8);
    }
  }

  void leave() {
    db(0xC9);
  }

  void hlt() {
    db(0xF4);
  }

  /** Sign-extends eax into edx:eax, or rax into rdx:rax. */
  void signExtendAccumulator(boolean wide) {
    if (wide) {
      db(0x48);
    }
    db(0x99);
  }

  void cpuid() {
    db(0x0F);
    db(0xA2);
  }

  void xgetbv() {
    db(0x0F);
    db(0x01);
    db(0xD0);
  }

  /** Loads a constant in the shortest form that leaves the flags alone. */
  void movConstant(int register, long value) {
    room(MAX_INSTRUCTION);
    if (value >>> 32 == 0) {
      rexB(register);
      code[at++] = (byte) (0xB8 | register & 7);
      INT.set(code, at, (int) value);
      at += 4;
    } else if (value == (int) value) {
      emit(Instruction.MOV_MI32, true, register);
      immediate(Instruction.MOV_MI32, (int) value);
    } else {
      code[at++] = (byte) (0x48 | register >>> 3 & 1);
      code[at++] = (byte) (0xB8 | register & 7);
      LONG.set(code, at, value);
      at += 8;
    }
  }

  void setcc(int condition, int register) {
    room(MAX_INSTRUCTION);
    if (register >= 4) {
      code[at++] = (byte) (0x40 | register >>> 3 & 1);
    }
    code[at++] = 0x0F;
    code[at++] = (byte) (0x90 | condition);
    code[at++] = (byte) (0xC0 | register & 7);
  }

  void cmovcc(int condition, boolean wide, int register, int source) {
    room(MAX_INSTRUCTION);
    int rex = (wide ? 8 : 0) | (register >>> 3 & 1) << 2 | source >>> 3 & 1;
    if (rex != 0) {
      code[at++] = (byte) (0x40 | rex);
    }
    code[at++] = 0x0F;
    code[at++] = (byte) (0x40 | condition);
    code[at++] = (byte) (0xC0 | (register & 7) << 3 | source & 7);
  }

  /** The recommended multi-byte no-operations (Intel SDM, NOP), {@code count} bytes of them. */
  void nop(int count) {
    room(count + MAX_INSTRUCTION);
    int left = count;
    while (left > 0) {
      int length = Math.min(left, NOPS.length);
      for (int i = 0; i < length; i++) {
        code[at++] = (byte) NOPS[length - 1][i];
      }
      left -= length;
    }
  }

  private static final int[][] NOPS = {
    {0x90},
    {0x66, 0x90},
    {0x0F, 0x1F, 0x00},
    {0x0F, 0x1F, 0x40, 0x00},
    {0x0F, 0x1F, 0x44, 0x00, 0x00},
    {0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00},
    {0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00},
    {0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
    {0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
  };

  /** Pads with no-operations to a multiple of a power of two. */
  void align(int alignment) {
    nop(-at & alignment - 1);
  }

  // Labels.

  int newLabel() {
    if (labels == labelPosition.length) {
      labelPosition = Arrays.copyOf(labelPosition, 2 * labels);
      labelFixups = Arrays.copyOf(labelFixups, 2 * labels);
    }
    labelPosition[labels] = UNBOUND;
    labelFixups[labels] = -1;
    return labels++;
  }

  void bind(int label) {
    if (labelPosition[label] != UNBOUND) {
      throw new IllegalStateException("label " + label + " is bound twice");
    }
    labelPosition[label] = at;
    lastBound = at;
    for (int f = labelFixups[label]; f >= 0; f = fixupNext[f]) {
      resolve(f, at);
    }
  }

  private void resolve(int fixup, int target) {
    int where = fixupPosition[fixup];
    switch (fixupKind[fixup]) {
      case REL32 -> patch(where, target - (where + 4));
      case REL8 -> {
        int distance = target - (where + 1);
        if (distance != (byte) distance) {
          throw new IllegalStateException("short jump over " + distance + " bytes");
        }
        code[where] = (byte) distance;
      }
      default -> patch(where, target - fixupOrigin[fixup]);
    }
  }

  private void fixup(int label, int kind, int origin) {
    if (fixups == fixupPosition.length) {
      int capacity = 2 * fixups;
      fixupPosition = Arrays.copyOf(fixupPosition, capacity);
      fixupKind = Arrays.copyOf(fixupKind, capacity);
      fixupOrigin = Arrays.copyOf(fixupOrigin, capacity);
      fixupNext = Arrays.copyOf(fixupNext, capacity);
    }
    fixupPosition[fixups] = at;
    fixupKind[fixups] = kind;
    fixupOrigin[fixups] = origin;
    if (labelPosition[label] == UNBOUND) {
      fixupNext[fixups] = labelFixups[label];
      labelFixups[label] = fixups++;
    } else {
      resolve(fixups, labelPosition[label]);
    }
  }

  /** A jump: short if the label is bound and near. */
  void jmp(int label) {
    room(MAX_INSTRUCTION);
    int target = labelPosition[label];
    if (target != UNBOUND && target - (at + 2) >= Byte.MIN_VALUE) {
      code[at++] = (byte) 0xEB;
      code[at] = (byte) (target - (at + 1));
      at++;
      return;
    }
    code[at++] = (byte) 0xE9;
    fixup(label, REL32, 0);
    at += 4;
  }

  /** A conditional jump: short if the label is bound and near. */
  void jcc(int condition, int label) {
    room(MAX_INSTRUCTION);
    int target = labelPosition[label];
    if (target != UNBOUND && target - (at + 2) >= Byte.MIN_VALUE) {
      code[at++] = (byte) (0x70 | condition);
      code[at] = (byte) (target - (at + 1));
      at++;
      return;
    }
    code[at++] = 0x0F;
    code[at++] = (byte) (0x80 | condition);
    fixup(label, REL32, 0);
    at += 4;
  }

  /** A jump to a label that will be bound within 127 bytes. */
  void jmpShort(int label) {
    room(MAX_INSTRUCTION);
    code[at++] = (byte) 0xEB;
    fixup(label, REL8, 0);
    at++;
  }

  /** A conditional jump to a label that will be bound within 127 bytes. */
  void jccShort(int condition, int label) {
    room(MAX_INSTRUCTION);
    code[at++] = (byte) (0x70 | condition);
    fixup(label, REL8, 0);
    at++;
  }

  /** {@code lea register, [rip + label]} */
  void leaLabel(int register, int label) {
    emitMemory(Instruction.LEA, true, register, RIP, NONE, 0, 0);
    at -= 4;
    fixup(label, REL32, 0);
    at += 4;
  }

  /** A 32-bit table entry: the label's distance from the table's start. */
  void dlLabel(int label, int tableStart) {
    room(4);
    fixup(label, TABLE, tableStart);
    at += 4;
  }
}

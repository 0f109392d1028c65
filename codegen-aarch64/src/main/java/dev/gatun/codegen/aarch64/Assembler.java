package dev.gatun.codegen.aarch64;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Encodes A64 instructions into a buffer (Arm architecture reference manual, C4 and C6). It knows nothing of
 * conventions. Used by one thread at a time.
 *
 * <p>Where a branch or a load of a constant can't reach, because its target is not known yet and the range is about to
 * end, an island is put into the code: branches that go further, and constants, with a branch around. It may come
 * before any instruction; {@link #reserve} keeps it from coming within a sequence.
 */
final class Assembler {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final int NEAR_RANGE = 1 << 20;
  static final int TEST_RANGE = 1 << 15;
  static final int FAR_RANGE = 1 << 27;

  private byte[] code = new byte[4096];
  private int at;

  // Labels: position, or -1 while not bound; a list of the places that refer to it.
  private static final int UNBOUND = -1;
  private int[] labelPosition = new int[64];
  private int[] labelFixups = new int[64];
  private int labels;

  // Fixups: where, what field, the next one of the same label.
  private static final int RESOLVED = 0;
  /** 26 bits from bit 0. */
  private static final int FAR = 1;
  /** 19 bits from bit 5. */
  private static final int NEAR = 2;
  /** 14 bits from bit 5. */
  private static final int TEST = 3;
  /** An address: 2 bits at bit 29, 19 from bit 5. */
  private static final int ADDRESS = 4;
  /** A table entry: relative to the table's start, which is the fixup's origin. */
  private static final int TABLE = 5;

  private int[] fixupPosition = new int[64];
  private int[] fixupKind = new int[64];
  private int[] fixupOrigin = new int[64];
  private int[] fixupLabel = new int[64];
  private int[] fixupNext = new int[64];
  private int fixups;

  // Fixups of limited range, in order of position; those before the first are resolved.
  private final Waiting near = new Waiting(NEAR_RANGE);
  private final Waiting test = new Waiting(TEST_RANGE);

  // Constant pool: 16-byte cells, and where they are used.
  private long[] pool = new long[16];
  private int poolCells;
  private int[] poolUse = new int[16];
  private int[] poolUseCell = new int[16];
  private int poolUses;

  /** Where data begins and ends, in turn. */
  private int[] data = new int[16];

  private int dataEnds;

  /** The position at which an island must have been written. */
  private int deadline;

  private boolean inIsland;

  Assembler() {
    reset();
  }

  private final class Waiting {
    private final int range;
    private int[] queue = new int[16];
    private int first;
    private int last;

    Waiting(int range) {
      this.range = range;
    }

    void clear() {
      first = 0;
      last = 0;
    }

    void add(int fixup) {
      if (last == queue.length) {
        queue = Arrays.copyOf(queue, 2 * last);
      }
      queue[last++] = fixup;
    }

    /** Where an island must begin at the latest, so that all of these reach it. */
    int deadline() {
      while (first < last && fixupKind[queue[first]] == RESOLVED) {
        first++;
      }
      if (first == last) {
        clear();
        return Integer.MAX_VALUE;
      }
      return fixupPosition[queue[first]] + range;
    }

    /** Branches that go further, for all that would not reach much beyond here. */
    void writeIsland() {
      for (int i = first; i < last; i++) {
        int fixup = queue[i];
        if (fixupKind[fixup] != RESOLVED) {
          int island = at;
          int label = fixupLabel[fixup];
          resolve(fixup, island);
          emit(Instruction.B, label);
        }
      }
      clear();
    }
  }

  /** Starts anew. */
  void reset() {
    at = 0;
    labels = 0;
    fixups = 0;
    poolCells = 0;
    poolUses = 0;
    dataEnds = 0;
    near.clear();
    test.clear();
    deadline = Integer.MAX_VALUE;
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

  /** Where data begins and ends, in turn. */
  int[] data() {
    return Arrays.copyOf(data, dataEnds);
  }

  private void room(int bytes) {
    if (at + bytes > code.length) {
      code = Arrays.copyOf(code, Math.max(2 * code.length, at + bytes));
    }
  }

  /** Makes sure that no island comes within so many bytes. */
  void reserve(int bytes) {
    if (at + bytes >= deadline && !inIsland) {
      writeIsland();
    }
  }

  private void word(int bits) {
    reserve(4);
    room(4);
    INT.set(code, at, bits);
    at += 4;
  }

  /** Overwrites an instruction. */
  void patch(int position, int bits) {
    INT.set(code, position, bits);
  }

  private void dq(long value) {
    room(8);
    LONG.set(code, at, value);
    at += 8;
  }

  private void endData(int start) {
    if (dataEnds + 2 > data.length) {
      data = Arrays.copyOf(data, 2 * data.length);
    }
    data[dataEnds++] = start;
    data[dataEnds++] = at;
  }

  // Islands.

  private void setDeadline() {
    int waiting = near.last - near.first + test.last - test.first;
    // What an island may have before a branch: the branch around, other branches, constants and their alignment.
    int before = 4 * waiting + 16 * poolCells + 64;
    int constants = poolUses == 0 ? Integer.MAX_VALUE : poolUse[0] + NEAR_RANGE;
    deadline = Math.min(Math.min(near.deadline(), test.deadline()), constants) - before;
  }

  private void writeIsland() {
    near.deadline();
    test.deadline();
    inIsland = true;
    int over = newLabel();
    emit(Instruction.B, over);
    test.writeIsland();
    near.writeIsland();
    writePool();
    bind(over);
    inIsland = false;
    setDeadline();
  }

  // The table's instructions: integers.

  private static int width(Instruction i, boolean wide) {
    return switch (i.width) {
      case BOTH -> wide ? 1 << 31 : 0;
      case FLOAT -> wide ? 1 << 22 : 0;
      default -> 0;
    };
  }

  /** An instruction with a destination and two sources, in registers. */
  void emit(Instruction i, boolean wide, int d, int n, int m) {
    word(i.bits | width(i, wide) | m << 16 | n << 5 | d);
  }

  /** An instruction with a destination and a source in registers. */
  void emit(Instruction i, boolean wide, int d, int n) {
    word(i.bits | width(i, wide) | n << 5 | d);
  }

  /** An instruction without operands, or with one that is fixed. */
  void emit(Instruction i) {
    word(i.bits);
  }

  static final int LSL = 0;
  static final int LSR = 1;
  static final int ASR = 2;
  static final int ROR = 3;

  /** An instruction whose second source is shifted by a constant: {@link #LSL} to {@link #ROR}. */
  void emitShifted(Instruction i, boolean wide, int d, int n, int m, int shift, int amount) {
    word(i.bits | width(i, wide) | shift << 22 | m << 16 | amount << 10 | n << 5 | d);
  }

  static final int UXTW = 2;
  static final int UXTX = 3;
  static final int SXTW = 6;

  /** An instruction whose second source is extended, {@link #UXTW} for example, and shifted to the left. */
  void emitExtended(Instruction i, boolean wide, int d, int n, int m, int extend, int amount) {
    word(i.bits | width(i, wide) | m << 16 | extend << 13 | amount << 10 | n << 5 | d);
  }

  /** An instruction with three sources: multiplications. */
  void emit4(Instruction i, boolean wide, int d, int n, int m, int a) {
    word(i.bits | width(i, wide) | m << 16 | a << 10 | n << 5 | d);
  }

  /** A choice between two registers, of either file. */
  void emitSelect(Instruction i, boolean wide, int d, int n, int m, int condition) {
    word(i.bits | width(i, wide) | m << 16 | condition << 12 | n << 5 | d);
  }

  /** A comparison, with a register or a number from 0 to 31, where a condition holds; else the flags are given. */
  void emitCompareIf(Instruction i, boolean wide, int n, int second, int flags, int condition) {
    word(i.bits | width(i, wide) | second << 16 | condition << 12 | n << 5 | flags);
  }

  /** Whether a number is an immediate of additions: 12 bits, or 12 above 12 zeros. */
  static boolean isArithmetic(long value) {
    return (value & ~0xfffL) == 0 || (value & ~0xfff000L) == 0;
  }

  /** An addition of a constant that {@link #isArithmetic}. */
  void emitImmediate(Instruction i, boolean wide, int d, int n, int value) {
    boolean shifted = (value & ~0xfff) != 0;
    word(i.bits | width(i, wide) | (shifted ? 1 << 22 | value >>> 12 << 10 : value << 10) | n << 5 | d);
  }

  /** A logical instruction with a constant, which {@link LogicalImmediate} has encoded. */
  void emitLogical(Instruction i, boolean wide, int d, int n, int encoded) {
    word(i.bits | width(i, wide) | encoded << 10 | n << 5 | d);
  }

  /** Puts 16 bits into a register, at bit {@code 16 * place}. */
  void emitWide(Instruction i, boolean wide, int d, int bits, int place) {
    word(i.bits | width(i, wide) | place << 21 | bits << 5 | d);
  }

  /** Moves a field of bits. */
  void emitBitfield(Instruction i, boolean wide, int d, int n, int immr, int imms) {
    word(i.bits | width(i, wide) | (wide ? 1 << 22 : 0) | immr << 16 | imms << 10 | n << 5 | d);
  }

  /** Takes 32 or 64 bits from one on out of two registers, the first of which is above. */
  void emitExtract(Instruction i, boolean wide, int d, int n, int m, int lowest) {
    word(i.bits | width(i, wide) | (wide ? 1 << 22 : 0) | m << 16 | lowest << 10 | n << 5 | d);
  }

  /** A constant in the fewest instructions that put 16 bits at a time, or one logical one. */
  void movConstant(int d, long value) {
    if (value >>> 32 == 0) {
      constant(d, value, false);
    } else {
      constant(d, value, true);
    }
  }

  private void constant(int d, long value, boolean wide) {
    int places = wide ? 4 : 2;
    int zeros = 0;
    int ones = 0;
    for (int i = 0; i < places; i++) {
      int part = (int) (value >>> 16 * i) & 0xffff;
      zeros += part == 0 ? 1 : 0;
      ones += part == 0xffff ? 1 : 0;
    }
    int logical = LogicalImmediate.encode(value, wide);
    if (logical != LogicalImmediate.NONE && Math.max(zeros, ones) < places - 1) {
      emitLogical(Instruction.ORR_I, wide, d, Registers.ZERO, logical);
      return;
    }
    boolean inverted = ones > zeros;
    int skipped = inverted ? 0xffff : 0;
    boolean first = true;
    for (int i = 0; i < places; i++) {
      int part = (int) (value >>> 16 * i) & 0xffff;
      if (part == skipped && !(first && i == places - 1)) {
        continue;
      }
      if (first) {
        emitWide(inverted ? Instruction.MOVN : Instruction.MOVZ, wide, d, inverted ? part ^ 0xffff : part, i);
        first = false;
      } else {
        emitWide(Instruction.MOVK, wide, d, part, i);
      }
    }
  }

  /** A trap, or what never runs, with a number of 16 bits. */
  void emitNumbered(Instruction i, int number) {
    word(i.bits | number << (i == Instruction.UDF ? 0 : 5));
  }

  // Memory. The base may be the stack pointer.

  /** Whether an offset fits into an access, scaled or not. */
  static boolean isOffset(Instruction i, long offset) {
    int scale = i.lanes;
    boolean scaled = offset >= 0 && (offset & (1L << scale) - 1) == 0 && offset >>> scale < 1 << 12;
    return scaled || offset >= -256 && offset < 256;
  }

  /** An access at a constant offset from a base, which {@link #isOffset}. */
  void emitMemory(Instruction i, int t, int base, int offset) {
    int scale = i.lanes;
    if (offset >= 0 && (offset & (1 << scale) - 1) == 0) {
      word(i.bits | 1 << 24 | offset >> scale << 10 | base << 5 | t);
    } else {
      word(i.bits | (offset & 0x1ff) << 12 | base << 5 | t);
    }
  }

  /**
   * An access at a base and an index, which is {@link #UXTW} or {@link #UXTX}, and shifted by the access's scale or
   * not.
   */
  void emitIndexed(Instruction i, int t, int base, int index, int extend, boolean scaled) {
    word(i.bits | 1 << 21 | index << 16 | extend << 13 | (scaled ? 1 << 12 : 0) | 2 << 10 | base << 5 | t);
  }

  /** An access of two registers at an offset, a multiple of their size, that is added to the base for good by some. */
  void emitPair(Instruction i, int t, int second, int base, int offset) {
    word(i.bits | (offset >> i.lanes & 0x7f) << 15 | second << 10 | base << 5 | t);
  }

  /** An access at the address in a register, without an offset. */
  void emitAcquire(Instruction i, int t, int base) {
    word(i.bits | base << 5 | t);
  }

  /** An access of two registers at an address: the status or operand, and what is loaded or stored. */
  void emitAtomic(Instruction i, int s, int t, int base) {
    word(i.bits | s << 16 | base << 5 | t);
  }

  // Floats.

  /** Compares two. */
  void emitFloatCompare(Instruction i, boolean wide, int n, int m) {
    word(i.bits | width(i, wide) | m << 16 | n << 5);
  }

  /** A constant of 8 bits: sign, 3 of the exponent, 4 of the fraction. */
  void emitFloatImmediate(Instruction i, boolean wide, int d, int immediate) {
    word(i.bits | width(i, wide) | immediate << 13 | d);
  }

  /** A conversion between an integer and a float. */
  void emitConversion(Instruction i, boolean wideInteger, boolean wideFloat, int d, int n) {
    word(i.bits | (wideInteger ? 1 << 31 : 0) | (wideFloat ? 1 << 22 : 0) | n << 5 | d);
  }

  // Vectors. Lanes are of 8 << size bits; "whole" is of 128 bits, else of 64.

  private static int whole(boolean whole) {
    return whole ? 1 << 30 : 0;
  }

  /** An instruction with a destination and two sources. */
  void emitVector(Instruction i, boolean whole, int size, int d, int n, int m) {
    word(i.bits | whole(whole) | size << 22 | m << 16 | n << 5 | d);
  }

  /** An instruction with a destination and a source. */
  void emitVector(Instruction i, boolean whole, int size, int d, int n) {
    word(i.bits | whole(whole) | size << 22 | n << 5 | d);
  }

  /** A shift to the left by 0 to all but one of the bits of a lane, of the source if the destination's are wider. */
  void emitShiftLeft(Instruction i, boolean whole, int size, int d, int n, int amount) {
    word(i.bits | whole(whole) | (8 << size) + amount << 16 | n << 5 | d);
  }

  /** A shift to the right by 1 to all bits of a lane, of the destination if the source's are wider. */
  void emitShiftRight(Instruction i, boolean whole, int size, int d, int n, int amount) {
    word(i.bits | whole(whole) | (16 << size) - amount << 16 | n << 5 | d);
  }

  private static int lane(int size, int lane) {
    return (lane << 1 | 1) << size;
  }

  /** An instruction on a lane of one of its operands. */
  void emitLane(Instruction i, boolean whole, int size, int lane, int d, int n) {
    word(i.bits | whole(whole) | lane(size, lane) << 16 | n << 5 | d);
  }

  /** Copies a lane to another one. */
  void emitLaneToLane(int size, int toLane, int d, int fromLane, int n) {
    word(Instruction.INS_LANE.bits | lane(size, toLane) << 16 | fromLane << size << 11 | n << 5 | d);
  }

  /** Takes bytes from one on out of two vectors, the second of which is above. */
  void emitVectorExtract(Instruction i, boolean whole, int d, int n, int m, int lowest) {
    word(i.bits | whole(whole) | m << 16 | lowest << 11 | n << 5 | d);
  }

  /** Lanes that all are 8 bits, or 64 bits of which each of the 8 stands for a byte. */
  void emitVectorImmediate(Instruction i, boolean whole, int d, int bits) {
    word(i.bits | whole(whole) | bits >> 5 << 16 | (bits & 0x1f) << 5 | d);
  }

  /** Loads one value into all lanes. */
  void emitReplicated(Instruction i, boolean whole, int size, int t, int base) {
    word(i.bits | whole(whole) | size << 10 | base << 5 | t);
  }

  /** Loads or stores a lane. */
  void emitLaneAccess(Instruction i, int size, int lane, int t, int base) {
    // The lane's number lies in Q, S and size, above what the size needs; opcode tells the size.
    int index = lane << size;
    int opcode = size == 0 ? 0 : size == 1 ? 2 : 4;
    int fields = index & 3 | (size == 3 ? 1 : 0);
    word(i.bits | (index >> 3 & 1) << 30 | opcode << 13 | (index >> 2 & 1) << 12 | fields << 10 | base << 5 | t);
  }

  // Constants.

  /** Loads the lowest bytes of a 16-byte cell of the constant pool, as many as the register has. */
  void emitPool(Instruction i, int t, long low, long high) {
    reserve(8); // may write the pool, and with it all cells there are
    int cell = poolCell(low, high);
    if (poolUses == poolUse.length) {
      poolUse = Arrays.copyOf(poolUse, 2 * poolUses);
      poolUseCell = Arrays.copyOf(poolUseCell, 2 * poolUses);
    }
    poolUse[poolUses] = at;
    poolUseCell[poolUses++] = cell;
    word(i.bits | t);
    setDeadline();
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

  /** Writes the constants that are used, aligned to 16 bytes; at the end, and by islands. */
  void writePool() {
    if (poolCells == 0) {
      return;
    }
    int start = at;
    room(16);
    while ((at & 15) != 0) {
      INT.set(code, at, 0);
      at += 4;
    }
    for (int use = 0; use < poolUses; use++) {
      int where = poolUse[use];
      patch(where, (int) INT.get(code, where) | field19(at + 16 * poolUseCell[use] - where));
    }
    for (int i = 0; i < 2 * poolCells; i++) {
      dq(pool[i]);
    }
    endData(start);
    poolCells = 0;
    poolUses = 0;
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
    for (int f = labelFixups[label]; f >= 0; f = fixupNext[f]) {
      if (fixupKind[f] != RESOLVED) {
        resolve(f, at);
      }
    }
  }

  private static int field19(int distance) {
    if (distance < -NEAR_RANGE || distance >= NEAR_RANGE) {
      throw new IllegalStateException("the distance " + distance + " is above 1 MiB");
    }
    return (distance >> 2 & 0x7ffff) << 5;
  }

  private static int field14(int distance) {
    if (distance < -TEST_RANGE || distance >= TEST_RANGE) {
      throw new IllegalStateException("the distance " + distance + " is above 32 KiB");
    }
    return (distance >> 2 & 0x3fff) << 5;
  }

  private static int field26(int distance) {
    if (distance < -FAR_RANGE || distance >= FAR_RANGE) {
      throw new IllegalStateException("the distance " + distance + " is above 128 MiB");
    }
    return distance >> 2 & 0x3ffffff;
  }

  private void resolve(int fixup, int target) {
    int where = fixupPosition[fixup];
    int distance = target - where;
    int field =
        switch (fixupKind[fixup]) {
          case FAR -> field26(distance);
          case NEAR -> field19(distance);
          case TEST -> field14(distance);
          case ADDRESS -> address(distance);
          case TABLE -> target - fixupOrigin[fixup];
          default -> throw new IllegalStateException("resolved twice");
        };
    patch(where, (int) INT.get(code, where) | field);
    fixupKind[fixup] = RESOLVED;
  }

  private static int address(int distance) {
    if (distance < -NEAR_RANGE || distance >= NEAR_RANGE) {
      throw new IllegalStateException("the distance " + distance + " is above 1 MiB");
    }
    return (distance & 3) << 29 | (distance >> 2 & 0x7ffff) << 5;
  }

  /** Notes that the word emitted next refers to a label, or resolves that at once: returns the field. */
  private int refer(int label, int kind, int origin) {
    if (labelPosition[label] != UNBOUND) {
      int distance = labelPosition[label] - at;
      return switch (kind) {
        case FAR -> field26(distance);
        case NEAR -> field19(distance);
        case TEST -> field14(distance);
        case ADDRESS -> address(distance);
        default -> labelPosition[label] - origin;
      };
    }
    if (fixups == fixupPosition.length) {
      int capacity = 2 * fixups;
      fixupPosition = Arrays.copyOf(fixupPosition, capacity);
      fixupKind = Arrays.copyOf(fixupKind, capacity);
      fixupOrigin = Arrays.copyOf(fixupOrigin, capacity);
      fixupLabel = Arrays.copyOf(fixupLabel, capacity);
      fixupNext = Arrays.copyOf(fixupNext, capacity);
    }
    fixupPosition[fixups] = at;
    fixupKind[fixups] = kind;
    fixupOrigin[fixups] = origin;
    fixupLabel[fixups] = label;
    fixupNext[fixups] = labelFixups[label];
    labelFixups[label] = fixups;
    if (kind == NEAR) {
      near.add(fixups);
    } else if (kind == TEST) {
      test.add(fixups);
    }
    fixups++;
    return 0;
  }

  /** A branch to a label, up to 128 MiB away. */
  void emit(Instruction i, int label) {
    reserve(4);
    word(i.bits | refer(label, FAR, 0));
  }

  private boolean isOutOfRange(int label, int range) {
    return labelPosition[label] != UNBOUND && at + 4 - labelPosition[label] > range;
  }

  /** A branch on a condition. */
  void emitBranch(int condition, int label) {
    reserve(8);
    if (isOutOfRange(label, NEAR_RANGE)) {
      word(Instruction.B_COND.bits | condition ^ 1 | field19(8));
      emit(Instruction.B, label);
      return;
    }
    word(Instruction.B_COND.bits | condition | refer(label, NEAR, 0));
    setDeadline();
  }

  /** cbz or cbnz. */
  void emitCompareAndBranch(Instruction i, boolean wide, int t, int label) {
    reserve(8);
    if (isOutOfRange(label, NEAR_RANGE)) {
      word(i.bits ^ 1 << 24 | width(i, wide) | t | field19(8));
      emit(Instruction.B, label);
      return;
    }
    word(i.bits | width(i, wide) | t | refer(label, NEAR, 0));
    setDeadline();
  }

  /** tbz or tbnz, on a bit from 0 to 63. */
  void emitTestAndBranch(Instruction i, int t, int bit, int label) {
    reserve(8);
    int tested = (bit & 0x20) << 26 | (bit & 0x1f) << 19 | t;
    if (isOutOfRange(label, TEST_RANGE)) {
      word(i.bits ^ 1 << 24 | tested | field14(8));
      emit(Instruction.B, label);
      return;
    }
    word(i.bits | tested | refer(label, TEST, 0));
    setDeadline();
  }

  /** The address of a label, which must be, or come to be, within 1 MiB: of a table that follows, say. */
  void emitAddress(int d, int label) {
    reserve(4);
    word(Instruction.ADR.bits | d | refer(label, ADDRESS, 0));
  }

  /** A table of the labels' distances from its start, of 32 bits each; no island comes into it, or before it. */
  void emitTable(int table, int[] targets, int count) {
    reserve(4 * count + 8);
    bind(table);
    int start = at;
    room(4 * count);
    for (int i = 0; i < count; i++) {
      INT.set(code, at, 0);
      int field = refer(targets[i], TABLE, start);
      INT.set(code, at, field);
      at += 4;
    }
    endData(start);
  }
}

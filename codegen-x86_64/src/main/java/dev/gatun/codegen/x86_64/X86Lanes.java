package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.FLOATS;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.SCRATCH;

import dev.gatun.wasm.Opcode;
import org.jspecify.annotations.Nullable;

/** Vectors as what they consist of: constants, lanes, loads and stores, tests of lanes, shuffles. */
final class X86Lanes extends VectorForms {
  /** What pshufd takes to leave all lanes of 32 bits where they are. */
  private static final int SAME_ORDER = 0b11_10_01_00;

  X86Lanes(X86MacroAssembler masm) {
    super(masm);
  }

  // Constants and scalars.

  void constant(int destination, long low, long high) {
    int to = destination - FLOATS;
    if (low == 0 && high == 0) {
      emit(XORPS, to, to);
    } else if (low == -1 && high == -1) {
      allOnes(to);
    } else {
      pool(MOVAPS, to, low, high);
    }
  }

  void splat(Opcode opcode, int destination, int scalar) {
    int to = destination - FLOATS;
    switch (opcode) {
      case I8X16_SPLAT -> {
        asm.emit(MOV_XMM_GP, false, to, scalar); //       movd to, scalar
        spreadByte(to);
      }
      case I16X8_SPLAT -> {
        asm.emit(MOV_XMM_GP, false, to, scalar);
        spreadWord(to);
      }
      case I32X4_SPLAT -> {
        asm.emit(MOV_XMM_GP, false, to, scalar);
        emit(PSHUFD, to, to, 0);
      }
      case I64X2_SPLAT -> {
        asm.emit(MOV_XMM_GP, true, to, scalar); //        movq to, scalar
        emit(PUNPCKLQDQ, to, to);
      }
      case F32X4_SPLAT -> {
        int from = scalar - FLOATS;
        two(SHUFPS, to, from, from, 0);
      }
      case F64X2_SPLAT -> emit(MOVDDUP, to, scalar - FLOATS);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void spreadByte(int to) {
    if (masm.features.has(X86Feature.AVX2)) {
      emit(VPBROADCASTB, to, to);
      return;
    }
    zero(X15);
    emit(PSHUFB, to, X15);
  }

  private void spreadWord(int to) {
    if (masm.features.has(X86Feature.AVX2)) {
      emit(VPBROADCASTW, to, to);
      return;
    }
    emit(PSHUFLW, to, to, 0);
    emit(PUNPCKLQDQ, to, to);
  }

  void extractLane(Opcode opcode, int lane, int destination, int vector) {
    int from = vector - FLOATS;
    switch (opcode) {
      case I8X16_EXTRACT_LANE_S -> {
        extract(PEXTRB, false, destination, from, lane);
        asm.emit(MOVSX8, false, destination, destination);
      }
      case I8X16_EXTRACT_LANE_U -> extract(PEXTRB, false, destination, from, lane);
      case I16X8_EXTRACT_LANE_S -> {
        extract(PEXTRW, false, destination, from, lane);
        asm.emit(MOVSX16, false, destination, destination);
      }
      case I16X8_EXTRACT_LANE_U -> extract(PEXTRW, false, destination, from, lane);
      case I32X4_EXTRACT_LANE, I64X2_EXTRACT_LANE -> {
        boolean wide = opcode == Opcode.I64X2_EXTRACT_LANE;
        if (lane == 0) {
          asm.emit(MOV_GP_XMM, wide, from, destination); //   movd destination, from
        } else {
          extract(PEXTRD, wide, destination, from, lane);
        }
      }
      case F32X4_EXTRACT_LANE -> pick(destination - FLOATS, from, lane == 0 ? SAME_ORDER : lane);
      case F64X2_EXTRACT_LANE -> pick(destination - FLOATS, from, lane == 0 ? SAME_ORDER : 0xEE);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void extract(Instruction i, boolean wide, int to, int from, int lane) {
    asm.emit(i, wide, from, to);
    asm.immediate(i, lane);
  }

  /** Moves lanes of 32 bits, in an order of two bits each; the upper ones of a scalar count for nothing. */
  private void pick(int to, int from, int order) {
    if (order == SAME_ORDER) {
      move(to, from);
    } else {
      emit(PSHUFD, to, from, order);
    }
  }

  void replaceLane(Opcode opcode, int lane, int destination, int vector, int scalar) {
    int to = destination - FLOATS;
    int from = vector - FLOATS;
    if (opcode == Opcode.F32X4_REPLACE_LANE || opcode == Opcode.F64X2_REPLACE_LANE) {
      int value = scalar - FLOATS;
      if (opcode == Opcode.F32X4_REPLACE_LANE) {
        two(INSERTPS, to, from, value, lane << 4);
      } else if (lane == 0) {
        two(MOVSD_RM, to, from, value); //        the upper half stays
      } else {
        two(UNPCKLPD, to, from, value);
      }
      return;
    }
    Instruction insert =
        switch (opcode) {
          case I8X16_REPLACE_LANE -> PINSRB;
          case I16X8_REPLACE_LANE -> PINSRW;
          case I32X4_REPLACE_LANE, I64X2_REPLACE_LANE -> PINSRD;
          default -> throw new IllegalArgumentException(opcode.text());
        };
    int first = firstSource(to, from);
    asm.emit3(insert, opcode == Opcode.I64X2_REPLACE_LANE, to, first, scalar);
    asm.immediate(insert, lane);
  }

  /** The register with the first source of three: with AVX its own, else the destination, where it is moved. */
  private int firstSource(int to, int from) {
    if (asm.hasThreeOperands()) {
      return from;
    }
    move(to, from);
    return to;
  }

  // Memory.

  void load(Opcode opcode, int destination, int index, long offset) {
    int to = destination - FLOATS;
    switch (opcode) {
      case V128_LOAD -> masm.emitAccess(MOVUPS_RM, false, to, index, offset);
      case V128_LOAD8X8_S -> masm.emitAccess(PMOVSXBW, false, to, index, offset);
      case V128_LOAD8X8_U -> masm.emitAccess(PMOVZXBW, false, to, index, offset);
      case V128_LOAD16X4_S -> masm.emitAccess(PMOVSXWD, false, to, index, offset);
      case V128_LOAD16X4_U -> masm.emitAccess(PMOVZXWD, false, to, index, offset);
      case V128_LOAD32X2_S -> masm.emitAccess(PMOVSXDQ, false, to, index, offset);
      case V128_LOAD32X2_U -> masm.emitAccess(PMOVZXDQ, false, to, index, offset);
      case V128_LOAD8_SPLAT -> {
        if (masm.features.has(X86Feature.AVX2)) {
          masm.emitAccess(VPBROADCASTB, false, to, index, offset);
          return;
        }
        masm.emitAccess(MOVZX8, false, SCRATCH, index, offset); //     movzx r11d, byte
        asm.emit(MOV_XMM_GP, false, to, SCRATCH);
        spreadByte(to);
      }
      case V128_LOAD16_SPLAT -> {
        if (masm.features.has(X86Feature.AVX2)) {
          masm.emitAccess(VPBROADCASTW, false, to, index, offset);
          return;
        }
        masm.emitAccess(MOVZX16, false, SCRATCH, index, offset);
        asm.emit(MOV_XMM_GP, false, to, SCRATCH);
        spreadWord(to);
      }
      case V128_LOAD32_SPLAT -> {
        if (masm.features.has(X86Feature.AVX)) {
          masm.emitAccess(VBROADCASTSS, false, to, index, offset);
          return;
        }
        masm.emitAccess(MOVSS_RM, false, to, index, offset);
        emit(SHUFPS, to, to, 0);
      }
      case V128_LOAD64_SPLAT -> masm.emitAccess(MOVDDUP, false, to, index, offset);
      case V128_LOAD32_ZERO -> masm.emitAccess(MOVSS_RM, false, to, index, offset);
      case V128_LOAD64_ZERO -> masm.emitAccess(MOVSD_RM, false, to, index, offset);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  void loadLane(Opcode opcode, int lane, int destination, int vector, int index, long offset) {
    int to = destination - FLOATS;
    int first = firstSource(to, vector - FLOATS);
    Instruction insert =
        switch (opcode) {
          case V128_LOAD8_LANE -> PINSRB;
          case V128_LOAD16_LANE -> PINSRW;
          default -> PINSRD;
        };
    masm.emitAccess3(insert, opcode == Opcode.V128_LOAD64_LANE, to, first, index, offset);
    asm.immediate(insert, lane);
  }

  void storeLane(Opcode opcode, int lane, int source, int index, long offset) {
    Instruction extract =
        switch (opcode) {
          case V128_STORE8_LANE -> PEXTRB;
          case V128_STORE16_LANE -> PEXTRW;
          default -> PEXTRD;
        };
    masm.emitAccess(extract, opcode == Opcode.V128_STORE64_LANE, source - FLOATS, index, offset);
    asm.immediate(extract, lane);
  }

  // Tests.

  void test(Opcode opcode, int destination, int source) {
    int from = source - FLOATS;
    switch (opcode) {
      case V128_ANY_TRUE -> {
        emit(PTEST, from, from);
        masm.set(NE, destination);
      }
      case I8X16_ALL_TRUE -> allTrue(PCMPEQB, destination, from);
      case I16X8_ALL_TRUE -> allTrue(PCMPEQW, destination, from);
      case I32X4_ALL_TRUE -> allTrue(PCMPEQD, destination, from);
      case I64X2_ALL_TRUE -> allTrue(PCMPEQQ, destination, from);
      case I8X16_BITMASK -> emit(PMOVMSKB, destination, from);
      case I16X8_BITMASK -> {
        zero(X14);
        two(PACKSSWB, X15, from, X14);
        emit(PMOVMSKB, destination, X15);
      }
      case I32X4_BITMASK -> emit(MOVMSKPS, destination, from);
      case I64X2_BITMASK -> emit(MOVMSKPD, destination, from);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void allTrue(Instruction equal, int destination, int from) {
    zero(X15);
    emit(equal, X15, from); //                    ones where it is 0
    emit(PTEST, X15, X15);
    masm.set(E, destination);
  }

  // Shuffles.

  void shuffle(long low, long high, int destination, int first, int second) {
    int to = destination - FLOATS;
    int left = first - FLOATS;
    int right = second - FLOATS;
    int[] lanes = new int[16];
    boolean usesLeft = false;
    boolean usesRight = false;
    for (int i = 0; i < 16; i++) {
      int lane = (int) ((i < 8 ? low >>> 8 * i : high >>> 8 * (i - 8)) & 31);
      if (left == right) {
        lane &= 15;
      }
      lanes[i] = lane;
      usesLeft |= lane < 16;
      usesRight |= lane >= 16;
    }
    if (usesLeft && usesRight) {
      shuffleBoth(lanes, to, left, right);
    } else {
      shuffleOne(lanes, to, usesLeft ? left : right);
    }
  }

  private void shuffleOne(int[] lanes, int to, int from) {
    int order = 0;
    boolean doublewords = true;
    for (int i = 0; i < 4 && doublewords; i++) {
      int start = lanes[4 * i] & 15;
      doublewords = (start & 3) == 0 && isRun(lanes, 4 * i, 4);
      order |= start / 4 << 2 * i;
    }
    if (doublewords) {
      pick(to, from, order);
      return;
    }
    pool(PSHUFB, to, from, control(lanes, 0, false), control(lanes, 8, false));
  }

  /** Whether the lanes from one on follow each other, within one vector. */
  private static boolean isRun(int[] lanes, int from, int count) {
    for (int i = 1; i < count; i++) {
      if (lanes[from + i] != lanes[from] + i || lanes[from + i] >> 4 != lanes[from] >> 4) {
        return false;
      }
    }
    return true;
  }

  private void shuffleBoth(int[] lanes, int to, int left, int right) {
    boolean run = true;
    for (int i = 1; i < 16 && run; i++) {
      run = lanes[i] == lanes[0] + i;
    }
    if (run) {
      two(PALIGNR, to, right, left, lanes[0]); //      the upper bytes of left, then the lower ones of right
      return;
    }
    Instruction unpack = unpacking(lanes, 0);
    if (unpack != null) {
      two(unpack, to, left, right);
      return;
    }
    unpack = unpacking(lanes, 16);
    if (unpack != null) {
      two(unpack, to, right, left);
      return;
    }
    pool(PSHUFB, X15, right, control(lanes, 0, true), control(lanes, 8, true));
    pool(PSHUFB, X14, left, control(lanes, 0, false), control(lanes, 8, false));
    two(POR, to, X15, X14);
  }

  /** Eight bytes that tell pshufb which bytes of one of the vectors to take, and 0 for those of the other. */
  private static long control(int[] lanes, int from, boolean ofRight) {
    long control = 0;
    boolean both = false;
    for (int lane : lanes) {
      both |= lane >> 4 != lanes[0] >> 4;
    }
    for (int i = 7; i >= 0; i--) {
      int lane = lanes[from + i];
      boolean taken = !both || lane >= 16 == ofRight;
      control = control << 8 | (taken ? lane & 15 : 0x80);
    }
    return control;
  }

  private static final Instruction[] UNPACK_LOW = {PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ, PUNPCKLQDQ};
  private static final Instruction[] UNPACK_HIGH = {PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ, PUNPCKHQDQ};

  /**
   * The instruction that takes elements of two vectors in turn, if that is the shuffle; the first vector has the first
   * lane.
   */
  private static @Nullable Instruction unpacking(int[] lanes, int first) {
    for (int log = 0; log < 4; log++) {
      int width = 1 << log;
      for (int start = 0; start <= 8; start += 8) {
        boolean fits = true;
        for (int i = 0; i < 16 && fits; i++) {
          int element = i / (2 * width);
          boolean second = (i / width & 1) != 0;
          int expected = (second ? first ^ 16 : first) + start + element * width + i % width;
          fits = lanes[i] == expected;
        }
        if (fits) {
          return start == 0 ? UNPACK_LOW[log] : UNPACK_HIGH[log];
        }
      }
    }
    return null;
  }
}

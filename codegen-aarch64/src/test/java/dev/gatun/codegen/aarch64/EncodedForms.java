package dev.gatun.codegen.aarch64;

import dev.gatun.codegen.aarch64.Instruction.Width;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Every row of the instruction table with operands at their limits: how the assembler encodes it, and how a
 * disassembler that knows no aliases prints it. The text comes from the row and the operands, never from the bytes.
 */
final class EncodedForms {
  /** The registers at an end of a range, and some between. */
  private static final int[] REGISTERS = {0, 1, 15, 16, 30, 31};

  private static final String[] CONDITIONS = {
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"
  };

  private static final String[] SHIFTS = {"lsl", "lsr", "asr", "ror"};
  private static final String[] LANES = {"b", "h", "s", "d"};

  private final Assembler assembler;
  private final Consumer<String> expected;
  private int turn;

  /** The consumer is told what comes, before the assembler encodes it. */
  EncodedForms(Assembler assembler, Consumer<String> expected) {
    this.assembler = assembler;
    this.expected = expected;
  }

  void emitAll() {
    for (Instruction row : Instruction.values()) {
      if (row.width == Width.BOTH || row.width == Width.FLOAT) {
        emit(row, false);
        emit(row, true);
      } else {
        emit(row, row.width == Width.X || row.width == Width.D);
      }
    }
  }

  private void emit(Instruction row, boolean wide) {
    for (int d : REGISTERS) {
      for (int n : REGISTERS) {
        turn++;
        emit(row, wide, d, n, REGISTERS[turn % REGISTERS.length]);
      }
    }
  }

  private void expect(Instruction row, String operands) {
    expected.accept(row.mnemonic + (operands.isEmpty() ? "" : " " + operands));
  }

  private static String gp(boolean wide, int register) {
    return register == 31 ? (wide ? "xzr" : "wzr") : (wide ? "x" : "w") + register;
  }

  private static String sp(boolean wide, int register) {
    return register == 31 ? (wide ? "sp" : "wsp") : gp(wide, register);
  }

  private static String fp(boolean wide, int register) {
    return (wide ? "d" : "s") + register;
  }

  private static String register(Width width, int register) {
    return switch (width) {
      case W -> gp(false, register);
      case X -> gp(true, register);
      case B, H, S, D, Q -> width.name().toLowerCase(Locale.ROOT) + register;
      default -> throw new AssertionError(width);
    };
  }

  private static String hex(long number) {
    return "#0x" + Long.toHexString(number);
  }

  private void emit(Instruction row, boolean wide, int d, int n, int m) {
    String to = row.width == Width.BOTH || row.width == Width.X ? gp(wide, d) : "";
    String from = row.width == Width.BOTH || row.width == Width.X ? gp(wide, n) : "";
    int condition = turn % CONDITIONS.length;
    switch (row.form) {
      case RRR_SHIFTED -> {
        boolean arithmetic = (row.bits & 0x01000000) != 0;
        int shift = turn % (arithmetic ? 3 : 4);
        int amount = new int[] {0, 1, wide ? 63 : 31}[turn % 3];
        String shifted = shift == 0 && amount == 0 ? "" : ", " + SHIFTS[shift] + " #" + amount;
        expect(row, to + ", " + from + ", " + gp(wide, m) + shifted);
        assembler.emitShifted(row, wide, d, n, m, shift, amount);
      }
      case RRR_EXTENDED -> {
        if (d != 31 && n != 31) {
          int amount = turn % 5;
          boolean signed = turn % 2 == 0;
          String extended = (signed ? ", sxtw" : ", uxtw") + (amount == 0 ? "" : " #" + amount);
          expect(row, to + ", " + from + ", " + gp(false, m) + extended);
          assembler.emitExtended(row, wide, d, n, m, signed ? Assembler.SXTW : Assembler.UXTW, amount);
        }
      }
      case RRR -> {
        expect(row, to + ", " + from + ", " + gp(wide, m));
        assembler.emit(row, wide, d, n, m);
      }
      case RR -> {
        expect(row, to + ", " + from);
        assembler.emit(row, wide, d, n);
      }
      case RRRR -> {
        int a = REGISTERS[turn / 2 % REGISTERS.length];
        expect(row, to + ", " + from + ", " + gp(wide, m) + ", " + gp(wide, a));
        assembler.emit4(row, wide, d, n, m, a);
      }
      case CSEL -> {
        expect(row, to + ", " + from + ", " + gp(wide, m) + ", " + CONDITIONS[condition]);
        assembler.emitSelect(row, wide, d, n, m, condition);
      }
      case CCMP -> {
        expect(row, from + ", " + gp(wide, m) + ", " + hex(d % 16) + ", " + CONDITIONS[condition]);
        assembler.emitCompareIf(row, wide, n, m, d % 16, condition);
      }
      case CCMP_I -> {
        expect(row, from + ", " + hex(m) + ", " + hex(d % 16) + ", " + CONDITIONS[condition]);
        assembler.emitCompareIf(row, wide, n, m, d % 16, condition);
      }
      case RRI -> {
        int value = new int[] {0, 1, 0xfff, 0x1000, 0xfff000}[turn % 5];
        boolean setsFlags = (row.bits & 0x20000000) != 0;
        String immediate = value >= 0x1000 ? hex(value >> 12) + ", lsl #12" : hex(value);
        expect(row, (setsFlags ? to : sp(wide, d)) + ", " + sp(wide, n) + ", " + immediate);
        assembler.emitImmediate(row, wide, d, n, value);
      }
      case LOGICAL -> {
        long[] values = {1, 0xff, 0x5555_5555_5555_5555L, 0xffff_0000_ffff_0000L, 0x8000_0001_8000_0001L, 0x7fff_fffeL};
        long value = values[turn % values.length];
        long shown = wide ? value : value & 0xffff_ffffL;
        if (wide || LogicalImmediate.encode(shown, false) != LogicalImmediate.NONE) {
          boolean setsFlags = row == Instruction.ANDS_I;
          expect(row, (setsFlags ? to : sp(wide, d)) + ", " + from + ", " + hex(shown));
          assembler.emitLogical(row, wide, d, n, LogicalImmediate.encode(shown, wide));
        }
      }
      case WIDE -> {
        int place = turn % (wide ? 4 : 2);
        int bits = new int[] {0, 1, 0xffff}[turn % 3];
        expect(row, to + ", " + hex(bits) + (place == 0 ? "" : ", lsl #" + 16 * place));
        assembler.emitWide(row, wide, d, bits, place);
      }
      case BITFIELD -> {
        int immr = (n + turn) % (wide ? 64 : 32);
        int imms = (d * 3 + turn) % (wide ? 64 : 32);
        expect(row, to + ", " + from + ", #" + immr + ", #" + imms);
        assembler.emitBitfield(row, wide, d, n, immr, imms);
      }
      case EXTRACT -> {
        int lowest = turn % (wide ? 64 : 32);
        expect(row, to + ", " + from + ", " + gp(wide, m) + ", #" + lowest);
        assembler.emitExtract(row, wide, d, n, m, lowest);
      }
      case JUMP -> {
        // What returns to the link register says so without an operand.
        expect(row, row == Instruction.RET && n == Registers.LR ? "" : from);
        assembler.emit(row, false, 0, n);
      }
      case IMMEDIATE16 -> {
        int number = new int[] {0, 1, 0xffff}[turn % 3];
        expect(row, row == Instruction.UDF ? "#" + number : hex(number));
        assembler.emitNumbered(row, number);
      }
      case NONE -> {
        expected.accept(row == Instruction.NOP ? "hint #0x0" : row.mnemonic);
        assembler.emit(row);
      }
      case SYSTEM -> {
        expected.accept(
            switch (row) {
              case CLEAN_DATA -> "sys #3, C7, C11, #1" + (d == 31 ? "" : ", " + to);
              case INVALIDATE_CODE -> "sys #3, C7, C5, #1" + (d == 31 ? "" : ", " + to);
              case WRITE_FPCR -> "msr fpcr, " + to;
              default -> "mrs " + to + ", " + row.mnemonic.substring(4);
            });
        assembler.emit(row, true, d, 0);
      }
      case MEMORY -> memory(row, d, n, m);
      case PAIR, PAIR_PRE, PAIR_POST -> {
        int offset = new int[] {0, 1, -1, 63, -64}[turn % 5] << row.lanes;
        String registers = register(row.width, d) + ", " + register(row.width, m) + ", [" + sp(true, n);
        expect(
            row,
            switch (row.form) {
              case PAIR -> registers + (offset == 0 ? "" : ", #" + offset) + "]";
              case PAIR_PRE -> registers + ", #" + offset + "]!";
              default -> registers + "], #" + offset;
            });
        assembler.emitPair(row, d, m, n, offset);
      }
      case ACQUIRE -> {
        expect(row, register(row.width, d) + ", [" + sp(true, n) + "]");
        assembler.emitAcquire(row, d, n);
      }
      case EXCLUSIVE -> {
        expect(row, gp(false, m) + ", " + register(row.width, d) + ", [" + sp(true, n) + "]");
        assembler.emitAtomic(row, m, d, n);
      }
      case ATOMIC -> {
        expect(row, register(row.width, m) + ", " + register(row.width, d) + ", [" + sp(true, n) + "]");
        assembler.emitAtomic(row, m, d, n);
      }
      case FRRR -> {
        expect(row, fp(wide, d) + ", " + fp(wide, n) + ", " + fp(wide, m));
        assembler.emit(row, wide, d, n, m);
      }
      case FRR -> {
        expect(row, fp(wide, d) + ", " + fp(wide, n));
        assembler.emit(row, wide, d, n);
      }
      case FRR_MIXED -> {
        String[] words = row.mnemonic.split(" ");
        String first = words[1].toUpperCase(Locale.ROOT);
        String second = words[2].toUpperCase(Locale.ROOT);
        expected.accept(
            words[0] + " " + register(Width.valueOf(first), d) + ", " + register(Width.valueOf(second), n));
        assembler.emit(row, false, d, n);
      }
      case FCMP -> {
        expect(row, fp(wide, n) + ", " + fp(wide, m));
        assembler.emitFloatCompare(row, wide, n, m);
      }
      case FCMP_ZERO -> {
        expect(row, fp(wide, n) + ", #0.0");
        assembler.emitFloatCompare(row, wide, n, 0);
      }
      case FCSEL -> {
        expect(row, fp(wide, d) + ", " + fp(wide, n) + ", " + fp(wide, m) + ", " + CONDITIONS[condition]);
        assembler.emitSelect(row, wide, d, n, m, condition);
      }
      case FIMMEDIATE -> {
        int[] immediates = {0x70, 0xf0, 0x00, 0x3f, 0x78};
        double[] values = {1, -1, 2, 31, 1.5};
        int which = turn % values.length;
        expect(row, fp(wide, d) + ", #" + String.format(Locale.ROOT, "%.18e", values[which]));
        assembler.emitFloatImmediate(row, wide, d, immediates[which]);
      }
      case FROM_INTEGER -> {
        boolean isDouble = turn % 2 == 0;
        expect(row, fp(isDouble, d) + ", " + gp(wide, n));
        assembler.emitConversion(row, wide, isDouble, d, n);
      }
      case TO_INTEGER -> {
        boolean isDouble = turn % 2 == 0;
        expect(row, gp(wide, d) + ", " + fp(isDouble, n));
        assembler.emitConversion(row, wide, isDouble, d, n);
      }
      // Labels: tests of their own.
      case BRANCH, BRANCH_COND, BRANCH_COMPARE, BRANCH_TEST, ADDRESS, LITERAL -> {}
      default -> vector(row, d, n, m);
    }
  }

  private void memory(Instruction row, int t, int n, int m) {
    int scale = row.lanes;
    String register = register(row.width, t);
    String base = "[" + sp(true, n);
    int[] offsets = {0, 1 << scale, 0xfff << scale, -1, -256, 255};
    int offset = offsets[turn % offsets.length];
    boolean scaled = offset >= 0 && offset % (1 << scale) == 0;
    String unscaled = row.mnemonic.replaceFirst("^(ld|st)", "$1u");
    expected.accept(
        (scaled ? row.mnemonic : unscaled) + " " + register + ", " + base + (offset == 0 ? "" : ", #" + offset) + "]");
    assembler.emitMemory(row, t, n, offset);

    boolean shifted = turn % 2 == 0 && scale > 0;
    boolean wideIndex = turn % 3 == 0;
    String index = ", " + gp(wideIndex, m);
    if (!wideIndex) {
      index += ", uxtw" + (shifted ? " #" + scale : "");
    } else if (shifted) {
      index += ", lsl #" + scale;
    }
    expect(row, register + ", " + base + index + "]");
    assembler.emitIndexed(row, t, n, m, wideIndex ? Assembler.UXTX : Assembler.UXTW, shifted);
  }

  // Vectors.

  private static String vector(int register, boolean whole, int size) {
    int count = (whole ? 16 : 8) >> size;
    return "v" + register + "." + count + LANES[size];
  }

  private void vector(Instruction row, int d, int n, int m) {
    for (int size = 0; size < 4; size++) {
      for (boolean whole : new boolean[] {false, true}) {
        boolean hasLanes = row.lanes == 0 || (row.lanes >> size & 1) != 0;
        if (hasLanes) {
          vector(row, whole, size, d, n, m);
        }
      }
    }
  }

  private void vector(Instruction row, boolean whole, int size, int d, int n, int m) {
    String to = vector(d, whole, size);
    String from = vector(n, whole, size);
    String second = vector(m, whole, size);
    int bits = 8 << size;
    int lane = turn % (16 >> size);
    boolean plain = whole || size < 3;
    switch (row.form) {
      case VRRR -> {
        if (plain) {
          expect(row, to + ", " + from + ", " + second);
          assembler.emitVector(row, whole, size, d, n, m);
        }
      }
      case VRRR_BITS -> {
        if (size == 0) {
          expect(row, to + ", " + from + ", " + second);
          assembler.emitVector(row, whole, 0, d, n, m);
        }
      }
      case VRRR_FLOAT -> {
        if (size >= 2 && plain) {
          expect(row, to + ", " + from + ", " + second);
          assembler.emitVector(row, whole, size - 2, d, n, m);
        }
      }
      case VRR -> {
        if (plain) {
          expect(row, to + ", " + from);
          assembler.emitVector(row, whole, size, d, n);
        }
      }
      case VRR_ZERO -> {
        if (plain) {
          expect(row, to + ", " + from + ", #0");
          assembler.emitVector(row, whole, size, d, n);
        }
      }
      case VRR_PAIRS -> {
        expect(row, vector(d, whole, size + 1) + ", " + from);
        assembler.emitVector(row, whole, size, d, n);
      }
      case VRR_NARROW -> {
        expected.accept(row.mnemonic + (whole ? "2 " : " ") + to + ", " + vector(n, true, size + 1));
        assembler.emitVector(row, whole, size, d, n);
      }
      case VRR_FLOAT -> {
        if (size >= 2 && plain) {
          expect(row, to + ", " + from);
          assembler.emitVector(row, whole, size - 2, d, n);
        }
      }
      case VNARROW_FLOAT -> {
        if (size == 2) {
          expected.accept(row.mnemonic + (whole ? "2 " : " ") + to + ", " + vector(n, true, 3));
          assembler.emitVector(row, whole, 0, d, n);
        }
      }
      case VLENGTHEN_FLOAT -> {
        if (size == 2) {
          expected.accept(row.mnemonic + (whole ? "2 " : " ") + vector(d, true, 3) + ", " + from);
          assembler.emitVector(row, whole, 0, d, n);
        }
      }
      case VACROSS -> {
        if (whole || size < 2) {
          expect(row, LANES[size] + d + ", " + from);
          assembler.emitVector(row, whole, size, d, n);
        }
      }
      case VRRR_LONG -> {
        expected.accept(
            row.mnemonic + (whole ? "2 " : " ") + vector(d, true, size + 1) + ", " + from + ", " + second);
        assembler.emitVector(row, whole, size, d, n, m);
      }
      case VSHIFT_LEFT -> {
        if (plain) {
          int amount = new int[] {0, 1, bits - 1}[turn % 3];
          expect(row, to + ", " + from + ", #" + amount);
          assembler.emitShiftLeft(row, whole, size, d, n, amount);
        }
      }
      case VSHIFT_RIGHT -> {
        if (plain) {
          int amount = new int[] {1, 2, bits}[turn % 3];
          expect(row, to + ", " + from + ", #" + amount);
          assembler.emitShiftRight(row, whole, size, d, n, amount);
        }
      }
      case VSHIFT_LONG -> {
        int amount = new int[] {0, 1, bits - 1}[turn % 3];
        expected.accept(
            row.mnemonic + (whole ? "2 " : " ") + vector(d, true, size + 1) + ", " + from + ", #" + amount);
        assembler.emitShiftLeft(row, whole, size, d, n, amount);
      }
      case VSHIFT_NARROW -> {
        int amount = new int[] {1, 2, bits}[turn % 3];
        expected.accept(
            row.mnemonic + (whole ? "2 " : " ") + to + ", " + vector(n, true, size + 1) + ", #" + amount);
        assembler.emitShiftRight(row, whole, size, d, n, amount);
      }
      case DUP_LANE -> {
        if (plain) {
          expect(row, to + ", v" + n + "." + LANES[size] + "[" + lane + "]");
          assembler.emitLane(row, whole, size, lane, d, n);
        }
      }
      case DUP_REGISTER -> {
        if (plain) {
          expect(row, to + ", " + gp(size == 3, n));
          assembler.emitLane(row, whole, size, 0, d, n);
        }
      }
      case INSERT_REGISTER -> {
        expect(row, "v" + d + "." + LANES[size] + "[" + lane + "], " + gp(size == 3, n));
        assembler.emitLane(row, true, size, lane, d, n);
      }
      case INSERT_LANE -> {
        int other = (turn / 3) % (16 >> size);
        String toLane = "v" + d + "." + LANES[size] + "[" + lane + "], ";
        expect(row, toLane + "v" + n + "." + LANES[size] + "[" + other + "]");
        assembler.emitLaneToLane(size, lane, d, other, n);
      }
      case EXTRACT_LANE -> {
        boolean signed = row == Instruction.SMOV;
        if (signed || whole == (size == 3)) {
          expect(row, gp(whole, d) + ", v" + n + "." + LANES[size] + "[" + lane + "]");
          assembler.emitLane(row, whole, size, lane, d, n);
        }
      }
      case SCALAR_LANE -> {
        expect(row, LANES[size] + d + ", v" + n + "." + LANES[size] + "[" + lane + "]");
        assembler.emitLane(row, true, size, lane, d, n);
      }
      case VEXTRACT -> {
        if (size == 0) {
          int lowest = turn % (whole ? 16 : 8);
          expect(row, to + ", " + from + ", " + second + ", #" + lowest);
          assembler.emitVectorExtract(row, whole, d, n, m, lowest);
        }
      }
      case TABLE -> {
        if (size == 0) {
          boolean two = row == Instruction.TBL2;
          String table = two ? "{v" + n + ".16b, v" + (n + 1) % 32 + ".16b}" : "{v" + n + ".16b}";
          expect(row, to + ", " + table + ", " + second);
          assembler.emitVector(row, whole, 0, d, n, m);
        }
      }
      case VIMMEDIATE -> {
        int immediate = new int[] {0, 1, 0x80, 0xff, 0x55}[turn % 5];
        if (size == 0 && row == Instruction.MOVI_B) {
          expect(row, to + ", " + hex(immediate));
          assembler.emitVectorImmediate(row, whole, d, immediate);
        } else if (size == 3 && row == Instruction.MOVI_D) {
          long shown = 0;
          for (int i = 0; i < 8; i++) {
            shown |= (immediate >> i & 1) != 0 ? 0xffL << 8 * i : 0;
          }
          expect(row, (whole ? to : "d" + d) + ", " + (shown == 0 ? "#0x0" : hex(shown)));
          assembler.emitVectorImmediate(row, whole, d, immediate);
        }
      }
      case LOAD_REPLICATED -> {
        if (plain) {
          expect(row, "{" + to + "}, [" + sp(true, n) + "]");
          assembler.emitReplicated(row, whole, size, d, n);
        }
      }
      case LOAD_LANE -> {
        expect(row, "{v" + d + "." + LANES[size] + "}[" + lane + "], [" + sp(true, n) + "]");
        assembler.emitLaneAccess(row, size, lane, d, n);
      }
      default -> throw new AssertionError(row);
    }
  }
}

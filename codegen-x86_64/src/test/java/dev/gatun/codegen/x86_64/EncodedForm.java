package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Registers.NONE;
import static dev.gatun.codegen.x86_64.Registers.RIP;
import static dev.gatun.codegen.x86_64.Registers.RSP;

import java.util.function.Consumer;

/**
 * One row of the instruction table with its operands: what the assembler is to encode, and how a disassembler in Intel
 * syntax prints it. The text comes from the row alone, never from the bytes.
 *
 * @param vex whether a row that has both is encoded with VEX
 * @param vvvv the register in VEX.vvvv, if there is one
 * @param rm the register in ModRM.rm, or {@link Registers#NONE} if that operand is in memory
 */
record EncodedForm(
    Instruction row,
    boolean vex,
    boolean wide,
    int reg,
    int rm,
    int vvvv,
    int base,
    int index,
    int scale,
    int displacement,
    int immediate) {
  /** The registers whose encoding is special or at an end of a range. */
  static final int[] REGISTERS = {0, 4, 5, 7, 8, 12, 13, 15};

  static final int[] DISPLACEMENTS = {0, 1, -1, 127, 128, -128, -129, Integer.MAX_VALUE, Integer.MIN_VALUE};

  private static final int[] NO_IMMEDIATE = {0};
  private static final int[] NO_SOURCE = {0};
  private static final int[] IMMEDIATE_8 = {0, 1, 127, -1, -128};
  private static final int[] IMMEDIATE_16 = {0, 1, 127, 128, 0x7FFF, -1, -128, -129, -0x8000};
  private static final int[] IMMEDIATE_32 = {
    0, 1, 127, 128, -1, -128, -129, 0x8000, Integer.MAX_VALUE, Integer.MIN_VALUE
  };

  private static final String[] BYTE_REGISTERS = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
  private static final String[] WORD_REGISTERS = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};

  /** Enumerates the forms of every row: the legacy ones, or those that an assembler for AVX has instead. */
  static void forEach(boolean avx, Consumer<EncodedForm> action) {
    for (Instruction row : Instruction.values()) {
      boolean hasBoth =
          row.encoding != Instruction.Encoding.LEGACY && row.encoding != Instruction.Encoding.VEX;
      if (avx && !hasBoth) {
        continue;
      }
      if (row.width == Instruction.Width.BOTH) {
        forEach(row, avx, false, action);
        forEach(row, avx, true, action);
      } else {
        forEach(row, avx, row.width == Instruction.Width.ONLY_64, action);
      }
    }
  }

  /** Whether there is a source in VEX.vvvv, or, of a shift, the destination. */
  private static boolean usesVvvv(Instruction row, boolean vex, boolean inMemory) {
    return switch (row.encoding) {
      case LEGACY, SSE -> false;
      case SSE_NDS -> vex;
      case SSE_MOVE -> vex && !inMemory;
      case VEX -> row.form == Instruction.Form.RMV || row.form == Instruction.Form.RVM;
    };
  }

  private static void forEach(Instruction row, boolean vex, boolean wide, Consumer<EncodedForm> action) {
    int[] immediates = immediates(row);
    int[] regs = row.digit < 0 ? REGISTERS : new int[] {NONE};
    int[] sources = usesVvvv(row, vex, false) ? REGISTERS : NO_SOURCE;
    if (row.rm != Instruction.Operand.ADDRESS) {
      for (int reg : regs) {
        for (int rm : REGISTERS) {
          for (int vvvv : sources) {
            if (row.encoding == Instruction.Encoding.SSE_MOVE && row.form == Instruction.Form.MR && vvvv != rm && vex) {
              continue; // only as a move
            }
            for (int immediate : immediates) {
              action.accept(new EncodedForm(row, vex, wide, reg, rm, vvvv, NONE, NONE, 0, 0, immediate));
            }
          }
        }
      }
    }
    if (row.form == Instruction.Form.RMV || row.rm == Instruction.Operand.XMM_ONLY) {
      return;
    }
    sources = usesVvvv(row, vex, true) ? REGISTERS : NO_SOURCE;
    // Registers and immediates take turns: their encodings don't depend on the address's.
    int turn = 0;
    for (int base = 0; base <= REGISTERS.length; base++) {
      for (int index = 0; index <= REGISTERS.length; index++) {
        int indexRegister = index == REGISTERS.length ? NONE : REGISTERS[index];
        if (indexRegister == RSP) {
          continue;
        }
        for (int scale = 0; scale < (indexRegister == NONE ? 1 : 4); scale++) {
          for (int displacement : DISPLACEMENTS) {
            int baseRegister = base == REGISTERS.length ? NONE : REGISTERS[base];
            int reg = regs[turn % regs.length];
            int vvvv = sources[turn / regs.length % sources.length];
            int immediate = immediates[turn % immediates.length];
            turn++;
            action.accept(
                new EncodedForm(
                    row, vex, wide, reg, NONE, vvvv, baseRegister, indexRegister, scale, displacement, immediate));
          }
        }
      }
    }
    for (int reg : regs) {
      for (int displacement : DISPLACEMENTS) {
        for (int immediate : immediates) {
          int vvvv = sources[turn++ % sources.length];
          action.accept(new EncodedForm(row, vex, wide, reg, NONE, vvvv, RIP, NONE, 0, displacement, immediate));
        }
      }
    }
  }

  private static int[] immediates(Instruction row) {
    return switch (row.immediate) {
      case 0 -> NO_IMMEDIATE;
      case 1 -> IMMEDIATE_8;
      case 2 -> IMMEDIATE_16;
      default -> IMMEDIATE_32;
    };
  }

  boolean inMemory() {
    return rm == NONE;
  }

  private boolean usesVvvv() {
    return usesVvvv(row, vex, inMemory());
  }

  void emit(Assembler assembler) {
    if (usesVvvv()) {
      emitWithVvvv(assembler);
    } else if (!inMemory()) {
      if (row.digit < 0) {
        assembler.emit(row, wide, reg, rm);
      } else {
        assembler.emit(row, wide, rm);
      }
    } else if (row.digit < 0) {
      assembler.emitMemory(row, wide, reg, base, index, scale, displacement);
    } else {
      assembler.emitMemory(row, wide, base, index, scale, displacement);
    }
    if (row.immediate != 0) {
      assembler.immediate(row, immediate);
    }
  }

  private void emitWithVvvv(Assembler assembler) {
    if (inMemory()) {
      assembler.emitMemory3(row, wide, reg, vvvv, base, index, scale, displacement);
    } else if (row.form == Instruction.Form.RMV) {
      assembler.emit3(row, wide, reg, rm, vvvv);
    } else if (row.form == Instruction.Form.MR) {
      assembler.emit(row, wide, reg, rm);
    } else if (row.digit >= 0) {
      assembler.emitShift(row, vvvv, rm);
    } else {
      assembler.emit3(row, wide, reg, vvvv, rm);
    }
  }

  /** The instruction in Intel syntax, as GNU objdump prints it but for blanks. */
  String text() {
    StringBuilder text = new StringBuilder(vex ? "v" : "").append(mnemonic()).append(' ');
    String inRm = inMemory() ? memory() : register(row.rm, rm);
    String source = usesVvvv() ? register(row.digit < 0 ? row.reg : row.rm, vvvv) : "";
    String between = usesVvvv() ? "," + source : "";
    switch (row.form) {
      case RM, RVM -> text.append(register(row.reg, reg)).append(between).append(',').append(inRm);
      case MR -> text.append(inRm).append(between).append(',').append(register(row.reg, reg));
      case M -> text.append(usesVvvv() ? source + "," : "").append(inRm);
      case M_CL -> text.append(inRm).append(",cl");
      case RMV -> text.append(register(row.reg, reg)).append(',').append(inRm).append(between);
    }
    if (row.immediate != 0 && !namesComparison()) {
      text.append(",0x").append(Long.toHexString(shownImmediate()));
    }
    return text.toString();
  }

  /** The moves between the register files have names of their own in the disassembler. */
  private String mnemonic() {
    return switch (row) {
      case MOV_XMM_GP, MOV_GP_XMM -> wide ? "movq" : "movd";
      case PINSRD -> wide ? "pinsrq" : "pinsrd";
      case PEXTRD -> wide ? "pextrq" : "pextrd";
      case CMPPS, CMPPD -> namesComparison()
          ? "cmp" + COMPARISONS[immediate] + row.mnemonic.substring(3)
          : row.mnemonic;
      default -> row.mnemonic;
    };
  }

  private static final String[] COMPARISONS = {"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"};

  /** Whether the disassembler says the comparison, which the immediate is, in the name. */
  private boolean namesComparison() {
    boolean compares = row == Instruction.CMPPS || row == Instruction.CMPPD;
    return compares && immediate >= 0 && immediate < COMPARISONS.length;
  }

  /** Whether the processor extends the immediate by its sign to the operand's width. */
  private boolean signExtended() {
    if (row.width == Instruction.Width.NONE) {
      return false;
    }
    return switch (row) {
      case PINSRD, PEXTRD -> false;
      case ROL_MI, ROR_MI, SHL_MI, SHR_MI, SAR_MI, RORX, MOV8_MI, MOV16_MI -> false;
      default -> true;
    };
  }

  private long shownImmediate() {
    int bits = signExtended() ? gpBits() : 8 * row.immediate;
    return bits == 64 ? immediate : immediate & (1L << bits) - 1;
  }

  private int gpBits() {
    return switch (row.width) {
      case BOTH -> wide ? 64 : 32;
      case ONLY_64, IMPLIED_64 -> 64;
      case ONLY_16 -> 16;
      case ONLY_8 -> 8;
      case NONE -> throw new IllegalStateException(row + " has no general-purpose operand");
    };
  }

  /** Bits of the operand, in a general-purpose register or in memory. */
  int bits(Instruction.Operand operand) {
    return switch (operand) {
      case GP -> gpBits();
      case GP8, XMM8 -> 8;
      case GP16, XMM16 -> 16;
      case GP32, XMM32 -> 32;
      case GP_M8 -> inMemory() ? 8 : 32;
      case GP_M16 -> inMemory() ? 16 : 32;
      case XMM64 -> 64;
      case XMM, XMM128, XMM_ONLY -> 128;
      case ADDRESS -> 0;
    };
  }

  private String register(Instruction.Operand operand, int number) {
    return switch (operand) {
      case XMM, XMM8, XMM16, XMM32, XMM64, XMM128, XMM_ONLY -> "xmm" + number;
      default -> gpRegister(bits(operand), number);
    };
  }

  static String gpRegister(int bits, int number) {
    if (number >= 8) {
      return "r" + number + (bits == 8 ? "b" : bits == 16 ? "w" : bits == 32 ? "d" : "");
    }
    return bits == 8
        ? BYTE_REGISTERS[number]
        : (bits == 16 ? "" : bits == 32 ? "e" : "r") + WORD_REGISTERS[number];
  }

  private String memory() {
    String keyword =
        switch (bits(row.rm)) {
          case 8 -> "BYTE PTR ";
          case 16 -> "WORD PTR ";
          case 32 -> "DWORD PTR ";
          case 64 -> "QWORD PTR ";
          case 128 -> "XMMWORD PTR ";
          default -> "";
        };
    if (base == NONE && index == NONE) {
      return keyword + "ds:0x" + Long.toHexString(displacement);
    }
    StringBuilder address = new StringBuilder(keyword).append('[');
    if (base != NONE) {
      address.append(base == RIP ? "rip" : gpRegister(64, base));
    }
    if (index != NONE) {
      address.append(base == NONE ? "" : "+").append(gpRegister(64, index)).append('*').append(1 << scale);
    }
    // A displacement of nought is printed where the encoding cannot do without one.
    boolean needed = base == NONE || base == RIP || (base & 7) == 5;
    if (displacement < 0 && base == RIP) {
      address.append("+0x").append(Long.toHexString(displacement));
    } else if (displacement < 0) {
      address.append("-0x").append(Long.toHexString(-(long) displacement));
    } else if (displacement > 0 || needed) {
      address.append("+0x").append(Integer.toHexString(displacement));
    }
    return address.append(']').toString();
  }
}

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Registers.NONE;
import static dev.gatun.codegen.x86_64.Registers.RIP;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every form of every row of {@link Instruction}, with registers, displacements, scales and immediates at their limits:
 * the bytes in one buffer, and for each instruction its position and its text in the syntax of Intel's manual as
 * binutils prints it.
 */
final class Encodings {
  /** Where an encoding changes: REX, SIB for rsp and r12, displacement for rbp and r13, byte registers from 4 on. */
  static final int[] REGISTERS = {0, 4, 5, 7, 8, 12, 13, 15};

  private static final int[] BASES = {NONE, RIP, 0, 4, 5, 7, 8, 12, 13, 15};
  private static final int[] INDEXES = {NONE, 0, 5, 7, 8, 12, 13, 15};
  private static final int[] DISPLACEMENTS = {
    0, 1, -1, 127, 128, -128, -129, Integer.MAX_VALUE, Integer.MIN_VALUE
  };
  private static final int[] IMMEDIATES_8 = {0, 1, -1, 127, -128};
  private static final int[] IMMEDIATES_16 = {0, 1, -1, 127, 128, -128, -129, 32767, -32768};
  private static final int[] IMMEDIATES_32 = {
    0, 1, -1, 127, 128, -128, -129, Integer.MAX_VALUE, Integer.MIN_VALUE
  };

  /** The operands of one instruction of the table; {@code rm} is {@link Registers#NONE} where they include memory. */
  record Operands(
      Instruction row,
      boolean wide,
      int reg,
      int rm,
      int base,
      int index,
      int scale,
      int displacement,
      int immediate) {}

  final Assembler asm = new Assembler();
  private final List<@Nullable Operands> operands = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private int[] positions = new int[1024];

  int count() {
    return texts.size();
  }

  String text(int index) {
    return texts.get(index);
  }

  /** The operands of an instruction of {@link #ofTable}, except for those with three registers. */
  @Nullable Operands operands(int index) {
    return operands.get(index);
  }

  int position(int index) {
    return positions[index];
  }

  /** Notes the text of the instruction that is emitted next. */
  void expect(String text) {
    if (texts.size() == positions.length) {
      positions = Arrays.copyOf(positions, 2 * positions.length);
    }
    positions[texts.size()] = asm.position();
    texts.add(text);
  }

  /** All forms of all rows. */
  static Encodings ofTable() {
    Encodings encodings = new Encodings();
    for (Instruction row : Instruction.values()) {
      if (row.width == Instruction.Width.BOTH) {
        encodings.forms(row, false);
        encodings.forms(row, true);
      } else {
        encodings.forms(row, false);
      }
    }
    return encodings;
  }

  private void forms(Instruction row, boolean wide) {
    if (row.rm != Instruction.Operand.ADDRESS) {
      registerForms(row, wide);
    }
    if (row.form != Instruction.Form.RMV) {
      memoryForms(row, wide);
    }
  }

  private void registerForms(Instruction row, boolean wide) {
    for (int rm : REGISTERS) {
      for (int reg : row.digit >= 0 ? new int[] {row.digit} : REGISTERS) {
        if (row.form == Instruction.Form.RMV) {
          for (int vvvv : REGISTERS) {
            operands.add(null);
            String second = register(row.reg, row, wide, vvvv);
            expect(text(row, wide, reg, register(row.rm, row, wide, rm), second, 0));
            asm.emit3(row, wide, reg, rm, vvvv);
          }
          continue;
        }
        for (int immediate : immediates(row)) {
          operands.add(new Operands(row, wide, reg, rm, NONE, NONE, 0, 0, immediate));
          expect(text(row, wide, reg, register(row.rm, row, wide, rm), "", immediate));
          if (row.digit >= 0) {
            asm.emit(row, wide, rm);
          } else {
            asm.emit(row, wide, reg, rm);
          }
          if (row.immediate > 0) {
            asm.immediate(row, immediate);
          }
        }
      }
    }
  }

  /** Every address; the register and the immediate change from one address to the next. */
  private void memoryForms(Instruction row, boolean wide) {
    int turn = 0;
    for (int base : BASES) {
      for (int index : INDEXES) {
        if (base == RIP && index != NONE) {
          continue;
        }
        for (int scale = 0; scale < (index == NONE ? 1 : 4); scale++) {
          for (int displacement : DISPLACEMENTS) {
            int reg = row.digit >= 0 ? row.digit : REGISTERS[turn % REGISTERS.length];
            int immediate = immediates(row)[turn % immediates(row).length];
            turn++;
            String address = size(row, wide) + address(base, index, scale, displacement);
            operands.add(new Operands(row, wide, reg, NONE, base, index, scale, displacement, immediate));
            expect(text(row, wide, reg, address, "", immediate));
            if (row.digit >= 0) {
              asm.emitMemory(row, wide, base, index, scale, displacement);
            } else {
              asm.emitMemory(row, wide, reg, base, index, scale, displacement);
            }
            if (row.immediate > 0) {
              asm.immediate(row, immediate);
            }
          }
        }
      }
    }
  }

  private static int[] immediates(Instruction row) {
    return switch (row.immediate) {
      case 1 -> IMMEDIATES_8;
      case 2 -> IMMEDIATES_16;
      case 4 -> IMMEDIATES_32;
      default -> new int[] {0};
    };
  }

  // Printing.

  private static String text(Instruction row, boolean wide, int reg, String rm, String vvvv, int immediate) {
    String mnemonic = row.mnemonic;
    if (row == Instruction.MOV_XMM_GP || row == Instruction.MOV_GP_XMM) {
      mnemonic = wide ? "movq" : "movd";
    }
    String operands =
        switch (row.form) {
          case RM -> register(row.reg, row, wide, reg) + "," + rm;
          case MR -> rm + "," + register(row.reg, row, wide, reg);
          case M -> rm;
          case M_CL -> rm + ",cl";
          case RMV -> register(row.reg, row, wide, reg) + "," + rm + "," + vvvv;
        };
    return mnemonic + " " + operands + (row.immediate > 0 ? "," + immediate(row, wide, immediate) : "");
  }

  /**
   * An immediate as its operand holds it: sign-extended to the operand's width where the operation is arithmetic, a bare
   * byte where it is a count or a mode.
   */
  private static String immediate(Instruction row, boolean wide, int immediate) {
    String mnemonic = row.mnemonic;
    boolean count = mnemonic.startsWith("ro") || mnemonic.startsWith("sh") || mnemonic.startsWith("sa");
    long value = immediate;
    if (count || bits(row, wide) == 8) {
      value &= 0xFF;
    } else if (bits(row, wide) == 16) {
      value &= 0xFFFF;
    } else if (bits(row, wide) == 32) {
      value &= 0xFFFF_FFFFL;
    }
    return "0x" + Long.toHexString(value);
  }

  /** The operand width of a row's general-purpose operands. */
  static int bits(Instruction row, boolean wide) {
    return switch (row.width) {
      case BOTH -> wide ? 64 : 32;
      case ONLY_64, IMPLIED_64 -> 64;
      case ONLY_16 -> 16;
      case ONLY_8 -> 8;
      case NONE -> 0;
    };
  }

  static int bits(Instruction.Operand operand, Instruction row, boolean wide) {
    return switch (operand) {
      case GP -> bits(row, wide);
      case GP8 -> 8;
      case GP16 -> 16;
      case GP32, XMM32 -> 32;
      case XMM64 -> 64;
      case XMM128 -> 128;
      case XMM, ADDRESS -> 0;
    };
  }

  private static String register(Instruction.Operand operand, Instruction row, boolean wide, int number) {
    return switch (operand) {
      case XMM, XMM32, XMM64, XMM128 -> "xmm" + number;
      case GP, GP8, GP16, GP32 -> gp(bits(operand, row, wide), number);
      case ADDRESS -> throw new IllegalArgumentException(row + " takes an address");
    };
  }

  private static final String[] LEGACY_NAMES = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};

  /** The name of a general-purpose register. */
  static String gp(int bits, int number) {
    if (number >= 8) {
      return "r" + number + (bits == 64 ? "" : bits == 32 ? "d" : bits == 16 ? "w" : "b");
    }
    String name = LEGACY_NAMES[number];
    return switch (bits) {
      case 64 -> "r" + name;
      case 32 -> "e" + name;
      case 16 -> name;
      default -> number < 4 ? name.charAt(0) + "l" : name + "l";
    };
  }

  private static String size(Instruction row, boolean wide) {
    return switch (bits(row.rm, row, wide)) {
      case 8 -> "BYTE PTR ";
      case 16 -> "WORD PTR ";
      case 32 -> "DWORD PTR ";
      case 64 -> "QWORD PTR ";
      case 128 -> "XMMWORD PTR ";
      default -> "";
    };
  }

  private static String address(int base, int index, int scale, int displacement) {
    if (base == NONE && index == NONE) {
      return "ds:0x" + Long.toHexString(displacement);
    }
    StringBuilder address = new StringBuilder("[");
    if (base != NONE) {
      address.append(base == RIP ? "rip" : gp(64, base));
    }
    if (index != NONE) {
      if (base != NONE) {
        address.append('+');
      }
      address.append(gp(64, index)).append('*').append(1 << scale);
    }
    boolean present = displacement != 0 || base == NONE || (base & 7) == 5;
    if (base == RIP) { // binutils prints the sum's other term unsigned here
      address.append("+0x").append(Long.toHexString(displacement));
    } else if (present) {
      address.append(displacement < 0 ? "-0x" : "+0x").append(Long.toHexString(Math.abs((long) displacement)));
    }
    return address.append(']').toString();
  }
}

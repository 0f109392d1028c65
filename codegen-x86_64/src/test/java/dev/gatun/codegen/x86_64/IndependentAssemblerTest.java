package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Registers.NONE;
import static dev.gatun.codegen.x86_64.Registers.RIP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jnr.x86asm.Asm;
import jnr.x86asm.Immediate;
import jnr.x86asm.Mem;
import jnr.x86asm.Operand;
import jnr.x86asm.Register;
import jnr.x86asm.XMMRegister;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The bytes of every row that jnr-x86asm, an assembler of other hands, can encode too, against those that it makes. */
class IndependentAssemblerTest {
  private static final int MAX_DIFFERENCES = 20;

  private final Map<String, Method> methods = new HashMap<>();

  IndependentAssemblerTest() {
    for (Method method : jnr.x86asm.Assembler.class.getMethods()) {
      methods.put(method.getName() + Arrays.toString(method.getParameterTypes()), method);
    }
  }

  @Test
  void theBytesAgree() throws IllegalAccessException {
    Assembler assembler = new Assembler();
    List<EncodedForm> forms = new ArrayList<>();
    EncodedForm.forEach(false, forms::add);
    List<String> differences = new ArrayList<>();
    Set<KnownDifference> met = EnumSet.noneOf(KnownDifference.class);
    int agreed = 0;
    for (EncodedForm form : forms) {
      byte[] theirs = encode(form);
      if (theirs == null) {
        continue;
      }
      assembler.reset();
      form.emit(assembler);
      byte[] ours = assembler.copy();
      KnownDifference known = knownDifference(form);
      if (Arrays.equals(ours, theirs)) {
        agreed++;
      } else if (known != null) {
        met.add(known);
      } else if (differences.size() < MAX_DIFFERENCES) {
        HexFormat hex = HexFormat.of();
        differences.add(form.row() + " '" + form.text() + "': ours " + hex.formatHex(ours) + ", theirs "
            + hex.formatHex(theirs));
      }
    }
    System.out.println("jnr-x86asm agrees on " + agreed + " encodings of the instruction table");
    assertEquals(List.of(), differences);
    assertEquals(EnumSet.allOf(KnownDifference.class), met, "known differences that are met");
    assertTrue(agreed > 100_000, "only " + agreed + " encodings compared");
  }

  /** Where the other assembler has another encoding of the same instruction, or a wrong one. */
  private enum KnownDifference {
    /** Between registers both directions exist; it always takes the one with the destination in ModRM.reg. */
    OTHER_DIRECTION,
    /** It shortens a 32-bit immediate to 8 bits by itself; here the caller picks the row. */
    SHORT_IMMEDIATE,
    /** It has the form without ModRM for eax and rax, even where that is longer. */
    ACCUMULATOR_FORM,
    /** It has the form without a count. */
    SHIFT_BY_ONE,
    /** It has the forms with the register in the opcode: mov of a constant, push. */
    REGISTER_IN_OPCODE,
    /** It moves 64 bits between memory and a vector register by F3 0F 7E and 66 0F D6. */
    VECTOR_MOVE,
    /** It forgets REX.W: 32 bits are converted, inserted or extracted instead of 64. */
    WRONG_WITHOUT_REX_W,
    /** It forgets the REX prefix of spl, bpl, sil and dil: ah, ch, dh and bh instead. */
    WRONG_BYTE_REGISTER,
    /** It has a form of pextrw of its own between registers, and the opcode of pextrd to memory. */
    WRONG_EXTRACTION
  }

  private static @Nullable KnownDifference knownDifference(EncodedForm o) {
    Instruction row = o.row();
    boolean betweenRegisters = !o.inMemory();
    boolean byteRegister = row.byteReg && o.reg() >= 4 && o.reg() < 8 || row.byteRm && o.rm() >= 4 && o.rm() < 8;
    if (byteRegister) {
      return KnownDifference.WRONG_BYTE_REGISTER;
    }
    if (row == Instruction.PEXTRW) {
      return KnownDifference.WRONG_EXTRACTION;
    }
    boolean exchangeable = row == Instruction.TEST_MR || row == Instruction.XCHG || row == Instruction.MOV_GP_XMM;
    if (betweenRegisters && row.form == Instruction.Form.MR && !exchangeable) {
      return KnownDifference.OTHER_DIRECTION;
    }
    if (row == Instruction.MOV_GP_XMM || row == Instruction.MOV_XMM_GP) {
      return !betweenRegisters && o.wide() ? KnownDifference.VECTOR_MOVE : null;
    }
    boolean forgets =
        row == Instruction.CVTSI2SS
            || row == Instruction.CVTSI2SD
            || row == Instruction.PINSRD
            || row == Instruction.PEXTRD;
    if (forgets) {
      return o.wide() ? KnownDifference.WRONG_WITHOUT_REX_W : null;
    }
    boolean move = row.mnemonic.equals("mov");
    if (betweenRegisters && (row == Instruction.PUSH_M || move && row.form == Instruction.Form.M)) {
      return KnownDifference.REGISTER_IN_OPCODE;
    }
    boolean accumulator = betweenRegisters && o.rm() == 0 && row.form == Instruction.Form.M && row.immediate > 0;
    if (accumulator && (row.opcode >= 0x80 && row.opcode <= 0x83 || row.mnemonic.equals("test"))) {
      return KnownDifference.ACCUMULATOR_FORM;
    }
    boolean shortens = row.opcode == 0x81 || row == Instruction.IMUL_RMI32;
    if (shortens && o.immediate() == (byte) o.immediate()) {
      return KnownDifference.SHORT_IMMEDIATE;
    }
    return row.opcode == 0xC1 && o.immediate() == 1 ? KnownDifference.SHIFT_BY_ONE : null;
  }

  /** What the other assembler makes of it, or null if it does not know the instruction or the operands. */
  private byte @Nullable [] encode(EncodedForm o) throws IllegalAccessException {
    Instruction row = o.row();
    Operand rm = o.inMemory() ? memory(o) : register(o, row.rm, o.rm());
    if (rm == null || row.encoding == Instruction.Encoding.VEX) {
      return null;
    }
    List<Operand> operands = new ArrayList<>();
    switch (row.form) {
      case RM -> operands.addAll(List.of(register(o, row.reg, o.reg()), rm));
      case MR -> operands.addAll(List.of(rm, register(o, row.reg, o.reg())));
      case M -> operands.add(rm);
      case M_CL -> operands.addAll(List.of(rm, Asm.cl));
      case RMV, RVM -> throw new AssertionError(row);
    }
    if (row.immediate > 0) {
      operands.add(Immediate.imm(o.immediate()));
    }
    String mnemonic = row.mnemonic;
    if (row == Instruction.MOV_XMM_GP || row == Instruction.MOV_GP_XMM) {
      mnemonic = o.wide() ? "movq" : "movd";
    }
    Class<?>[] types = new Class<?>[operands.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = operands.get(i).getClass();
    }
    Method method = methods.get(mnemonic + Arrays.toString(types));
    if (method == null) { // a name that is a word of C++ has an underscore
      method = methods.get(mnemonic + "_" + Arrays.toString(types));
    }
    if (method == null) {
      return null;
    }
    // One assembler for an instruction: its buffer does not grow beyond 128 bytes.
    jnr.x86asm.Assembler assembler = new jnr.x86asm.Assembler(Asm.X86_64);
    try {
      method.invoke(assembler, operands.toArray());
    } catch (InvocationTargetException e) {
      return null;
    }
    byte[] bytes = new byte[assembler.codeSize()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = assembler.getByteAt(i);
    }
    return bytes;
  }

  private static Operand register(EncodedForm o, Instruction.Operand operand, int number) {
    return switch (operand) {
      case XMM, XMM8, XMM16, XMM32, XMM64, XMM128, XMM_ONLY -> XMMRegister.xmm(number);
      default -> gp(o.bits(operand), number);
    };
  }

  private static Register gp(int bits, int number) {
    return switch (bits) {
      case 8 -> Register.gpb(number);
      case 16 -> Register.gpw(number);
      case 32 -> Register.gpd(number);
      default -> Register.gpq(number);
    };
  }

  private static @Nullable Mem memory(EncodedForm o) {
    if (o.base() == NONE || o.base() == RIP) {
      return null;
    }
    Register base = Register.gpq(o.base());
    boolean indexed = o.index() != NONE;
    Register index = indexed ? Register.gpq(o.index()) : base;
    int displacement = o.displacement();
    int bits = o.bits(o.row().rm);
    if (indexed) {
      return switch (bits) {
        case 8 -> Asm.byte_ptr(base, index, o.scale(), displacement);
        case 16 -> Asm.word_ptr(base, index, o.scale(), displacement);
        case 32 -> Asm.dword_ptr(base, index, o.scale(), displacement);
        case 64 -> Asm.qword_ptr(base, index, o.scale(), displacement);
        case 128 -> Asm.dqword_ptr(base, index, o.scale(), displacement);
        default -> Asm.ptr(base, index, o.scale(), displacement);
      };
    }
    return switch (bits) {
      case 8 -> Asm.byte_ptr(base, displacement);
      case 16 -> Asm.word_ptr(base, displacement);
      case 32 -> Asm.dword_ptr(base, displacement);
      case 64 -> Asm.qword_ptr(base, displacement);
      case 128 -> Asm.dqword_ptr(base, displacement);
      default -> Asm.ptr(base, displacement);
    };
  }
}

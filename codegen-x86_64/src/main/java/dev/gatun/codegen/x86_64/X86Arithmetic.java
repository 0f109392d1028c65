package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.backend.AtomicOperation;
import dev.gatun.backend.CpuFeatures;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;
import java.util.Objects;

/** Arithmetic, comparisons and conversions of integers; those that touch floats are handed to {@link X86Floats}. */
final class X86Arithmetic extends X86MacroAssembler {
  private final X86Divisions divisions = new X86Divisions(this);
  private final X86Floats floats = new X86Floats(this);
  private final X86Vectors vectors = new X86Vectors(this);
  private final X86VectorShifts vectorShifts = new X86VectorShifts(this);
  private final X86Lanes lanes = new X86Lanes(this);
  private final X86Atomics atomics = new X86Atomics(this);

  X86Arithmetic(CpuFeatures<X86Feature> features) {
    super(features);
  }

  @Override
  public void begin() {
    flaggedEnd = -1;
    super.begin();
    floats.begin();
  }

  @Override
  void endArithmetic() {
    floats.end();
  }

  // What the operations demand.

  private static boolean isDivision(Opcode opcode) {
    return switch (opcode) {
      case I32_DIV_S, I32_DIV_U, I32_REM_S, I32_REM_U, I64_DIV_S, I64_DIV_U, I64_REM_S, I64_REM_U -> true;
      default -> false;
    };
  }

  private static boolean isRemainder(Opcode opcode) {
    return switch (opcode) {
      case I32_REM_S, I32_REM_U, I64_REM_S, I64_REM_U -> true;
      default -> false;
    };
  }

  @Override
  public int fixedLeft(Opcode opcode) {
    return isDivision(opcode) ? RAX : MacroAssembler.NONE;
  }

  @Override
  public int fixedRight(Opcode opcode) {
    return switch (opcode) {
      case I32_ROTL, I32_ROTR, I64_ROTL, I64_ROTR -> RCX;
      case I32_SHL, I32_SHR_S, I32_SHR_U, I64_SHL, I64_SHR_S, I64_SHR_U ->
          features.has(X86Feature.BMI2) ? MacroAssembler.NONE : RCX;
      default -> MacroAssembler.NONE;
    };
  }

  @Override
  public int fixedResult(Opcode opcode) {
    return isRemainder(opcode) ? RDX : isDivision(opcode) ? RAX : MacroAssembler.NONE;
  }

  @Override
  public long clobbered(Opcode opcode) {
    return isDivision(opcode) ? 1L << RAX | 1L << RDX : 0;
  }

  @Override
  public void wideSum(Opcode opcode, int low, int high, int rightLow, int rightHigh) {
    boolean sum = opcode == Opcode.I64_ADD128;
    int upper = rightHigh;
    if (rightHigh == low) {
      asm.emit(MOV_RM, true, SCRATCH, rightHigh); //                    mov r11, rightHigh
      upper = SCRATCH;
    }
    asm.emit(sum ? ADD_RM : SUB_RM, true, low, rightLow); //            add low, rightLow
    asm.emit(sum ? ADC_RM : SBB_RM, true, high, upper); //              adc high, rightHigh
  }

  @Override
  public int wideProductLow() {
    return RAX;
  }

  @Override
  public int wideProductHigh() {
    return RDX;
  }

  @Override
  public void wideProduct(Opcode opcode, int right) {
    asm.emit(opcode.isSigned() ? IMUL_M : MUL, true, right); //         imul right
  }

  @Override
  public boolean takesConstant(Opcode opcode, long constant) {
    return switch (opcode) {
      case I32_DIV_S, I32_DIV_U, I32_REM_S, I32_REM_U, I64_DIV_S, I64_DIV_U, I64_REM_S, I64_REM_U ->
          X86Divisions.takes(opcode, constant);
      case I64_SHL, I64_SHR_S, I64_SHR_U, I64_ROTL, I64_ROTR -> true;
      case I64_AND -> constant == (int) constant || constant == 0xffff_ffffL;
      default -> !isFloatOperand(opcode) && constant == (int) constant;
    };
  }

  private static boolean isFloatOperand(Opcode opcode) {
    return Kind.isFloat(ValueType.kind(opcode.operand(0)));
  }

  @Override
  public boolean takesMemory(Opcode opcode) {
    return switch (opcode) {
      case I32_ADD, I32_SUB, I32_AND, I32_OR, I32_XOR, I32_MUL -> true;
      case I64_ADD, I64_SUB, I64_AND, I64_OR, I64_XOR, I64_MUL -> true;
      case F32_ADD, F32_SUB, F32_MUL, F32_DIV, F64_ADD, F64_SUB, F64_MUL, F64_DIV -> true;
      default ->
          switch (opcode.shape()) {
            case COMPARE -> true;
            // Without AVX, an operand in memory must be aligned.
            case VECTOR -> asm.hasThreeOperands() && X86Vectors.single(opcode) != null;
            default -> false;
          };
    };
  }

  private static boolean isWide(Opcode opcode) {
    return opcode.operand(0) == ValueType.I64;
  }

  /** The two-operand instruction of an operation that takes memory. */
  private static Instruction form(Opcode opcode) {
    return switch (opcode) {
      case I32_ADD, I64_ADD -> ADD_RM;
      case I32_SUB, I64_SUB -> SUB_RM;
      case I32_AND, I64_AND -> AND_RM;
      case I32_OR, I64_OR -> OR_RM;
      case I32_XOR, I64_XOR -> XOR_RM;
      case I32_MUL, I64_MUL -> IMUL_RM;
      case F32_ADD -> ADDSS;
      case F32_SUB -> SUBSS;
      case F32_MUL -> MULSS;
      case F32_DIV -> DIVSS;
      case F64_ADD -> ADDSD;
      case F64_SUB -> SUBSD;
      case F64_MUL -> MULSD;
      case F64_DIV -> DIVSD;
      default -> Objects.requireNonNull(X86Vectors.single(opcode), opcode.text());
    };
  }

  // Binary operations.

  @Override
  public void binary(Opcode opcode, int destination, int left, int right) {
    boolean wide = isWide(opcode);
    int kind = ValueType.kind(opcode.operand(0));
    switch (opcode) {
      case I32_ADD, I64_ADD -> {
        if (destination == left) {
          asm.emit(ADD_RM, wide, destination, right);
        } else if (destination == right) {
          asm.emit(ADD_RM, wide, destination, left);
        } else {
          asm.emitMemory(LEA, wide, destination, left, right, 0, 0);
        }
      }
      case I32_SUB, I64_SUB -> {
        if (destination == right && destination != left) {
          asm.emit(NEG, wide, destination); //                neg right
          asm.emit(ADD_RM, wide, destination, left); //       add right, left
        } else {
          move(kind, destination, left);
          asm.emit(SUB_RM, wide, destination, right);
        }
        leavesFlags(wide, destination);
      }
      case I32_AND, I32_OR, I32_XOR, I32_MUL, I64_AND, I64_OR, I64_XOR, I64_MUL -> {
        if (destination == right) {
          asm.emit(form(opcode), wide, destination, left);
        } else {
          move(kind, destination, left);
          asm.emit(form(opcode), wide, destination, right);
        }
        if (opcode != Opcode.I32_MUL && opcode != Opcode.I64_MUL) {
          leavesFlags(wide, destination);
        }
      }
      case I32_SHL, I64_SHL -> shift(SHL_CL, SHLX, wide, kind, destination, left, right);
      case I32_SHR_S, I64_SHR_S -> shift(SAR_CL, SARX, wide, kind, destination, left, right);
      case I32_SHR_U, I64_SHR_U -> shift(SHR_CL, SHRX, wide, kind, destination, left, right);
      case I32_ROTL, I64_ROTL -> shift(ROL_CL, null, wide, kind, destination, left, right);
      case I32_ROTR, I64_ROTR -> shift(ROR_CL, null, wide, kind, destination, left, right);
      case I32_DIV_S, I64_DIV_S -> {
        // A divisor of zero is tested for: the fault that is left is the quotient that overflows.
        asm.emit(TEST_MR, wide, right, right); //             test right, right
        asm.jcc(E, trapLabel(TrapCode.INTEGER_DIVIDE_BY_ZERO)); // je trap
        asm.signExtendAccumulator(wide); //                   cdq
        mayFault(TrapCode.INTEGER_OVERFLOW);
        asm.emit(IDIV, wide, right); //                       idiv right
      }
      case I32_REM_S, I64_REM_S -> {
        // The hardware faults on MIN % -1, which is 0.
        int divide = asm.newLabel();
        int done = asm.newLabel();
        compareWithConstant(wide, right, -1); //              cmp right, -1
        asm.jccShort(NE, divide); //                          jne divide
        asm.emit(XOR_RM, false, RDX, RDX); //                 xor edx, edx
        asm.jmpShort(done); //                                jmp done
        asm.bind(divide);
        asm.signExtendAccumulator(wide); //                   cdq
        mayFault(TrapCode.INTEGER_DIVIDE_BY_ZERO);
        asm.emit(IDIV, wide, right); //                       idiv right
        asm.bind(done);
      }
      case I32_DIV_U, I64_DIV_U, I32_REM_U, I64_REM_U -> {
        asm.emit(XOR_RM, false, RDX, RDX); //                 xor edx, edx
        mayFault(TrapCode.INTEGER_DIVIDE_BY_ZERO);
        asm.emit(DIV, wide, right); //                        div right
      }
      default -> floats.binary(opcode, destination - FLOATS, left - FLOATS, right - FLOATS);
    }
  }

  private void shift(
      Instruction byCl, @org.jspecify.annotations.Nullable Instruction bmi2, boolean wide, int kind, int destination,
      int left, int right) {
    if (bmi2 != null && features.has(X86Feature.BMI2)) {
      asm.emit3(bmi2, wide, destination, left, right);
    } else {
      move(kind, destination, left);
      asm.emit(byCl, wide, destination);
    }
  }

  @Override
  public void binaryConstant(Opcode opcode, int destination, int left, long constant) {
    boolean wide = isWide(opcode);
    int kind = ValueType.kind(opcode.operand(0));
    int value = (int) constant;
    switch (opcode) {
      case I32_ADD, I64_ADD -> addConstant(wide, destination, left, value);
      case I32_SUB, I64_SUB -> {
        if (value != Integer.MIN_VALUE) {
          addConstant(wide, destination, left, -value);
        } else {
          move(kind, destination, left);
          asm.emit(SUB_MI32, wide, destination);
          asm.immediate(SUB_MI32, value);
        }
      }
      case I32_AND, I64_AND -> {
        if (constant == 0xffff_ffffL) {
          asm.emit(MOV_RM, false, destination, left);
        } else if (value == 0xff) {
          asm.emit(MOVZX8, false, destination, left);
        } else if (value == 0xffff) {
          asm.emit(MOVZX16, false, destination, left);
        } else {
          move(kind, destination, left);
          alu(value >= 0 ? false : wide, AND_MI8, AND_MI32, destination, value);
          leavesFlags(wide, destination);
        }
      }
      case I32_OR, I64_OR -> {
        move(kind, destination, left);
        alu(wide, OR_MI8, OR_MI32, destination, value);
        leavesFlags(wide, destination);
      }
      case I32_XOR, I64_XOR -> {
        move(kind, destination, left);
        alu(wide, XOR_MI8, XOR_MI32, destination, value);
        leavesFlags(wide, destination);
      }
      case I32_MUL, I64_MUL -> multiply(wide, kind, destination, left, value);
      case I32_SHL, I64_SHL -> shiftConstant(SHL_MI, wide, kind, destination, left, value);
      case I32_SHR_S, I64_SHR_S -> shiftConstant(SAR_MI, wide, kind, destination, left, value);
      case I32_SHR_U, I64_SHR_U -> shiftConstant(SHR_MI, wide, kind, destination, left, value);
      case I32_ROTL, I64_ROTL -> rotate(wide, kind, destination, left, -value);
      case I32_ROTR, I64_ROTR -> rotate(wide, kind, destination, left, value);
      default -> divisions.emit(opcode, destination, left, constant);
    }
  }

  private void alu(boolean wide, Instruction byteForm, Instruction wordForm, int destination, int value) {
    Instruction form = value == (byte) value ? byteForm : wordForm;
    asm.emit(form, wide, destination);
    asm.immediate(form, value);
  }

  // The last result of which the flags say whether it is zero, as long as nothing else has been emitted.
  private int flagged;
  private boolean flaggedIsWide;
  private int flaggedEnd;

  /** Records that the instruction emitted last has left flags that tell whether its result, in a register, is zero. */
  private void leavesFlags(boolean wide, int register) {
    flagged = register;
    flaggedIsWide = wide;
    flaggedEnd = asm.position();
  }

  /** Makes the flags tell whether a register is zero; no other condition is to be taken from them. */
  private void testZero(boolean wide, int register) {
    boolean known =
        register == flagged && wide == flaggedIsWide && asm.position() == flaggedEnd && !asm.isBoundHere();
    if (!known) {
      asm.emit(TEST_MR, wide, register, register);
    }
  }

  private void addConstant(boolean wide, int destination, int left, int value) {
    if (destination == left) {
      alu(wide, ADD_MI8, ADD_MI32, destination, value);
      leavesFlags(wide, destination);
    } else {
      asm.emitMemory(LEA, wide, destination, left, Registers.NONE, 0, value);
    }
  }

  private void multiply(boolean wide, int kind, int destination, int left, int value) {
    if (value > 0 && Integer.bitCount(value) == 1) {
      shiftConstant(SHL_MI, wide, kind, destination, left, Integer.numberOfTrailingZeros(value));
    } else if (value == 3 || value == 5 || value == 9) {
      asm.emitMemory(LEA, wide, destination, left, left, Integer.numberOfTrailingZeros(value - 1), 0);
    } else {
      Instruction form = value == (byte) value ? IMUL_RMI8 : IMUL_RMI32;
      asm.emit(form, wide, destination, left);
      asm.immediate(form, value);
    }
  }

  private void shiftConstant(Instruction form, boolean wide, int kind, int destination, int left, int count) {
    move(kind, destination, left);
    int masked = count & (wide ? 63 : 31);
    if (masked == 1 && form == SHL_MI) {
      asm.emit(ADD_RM, wide, destination, destination);
    } else if (masked != 0) {
      asm.emit(form, wide, destination);
      asm.immediate(form, masked);
      if (form != ROR_MI) {
        leavesFlags(wide, destination);
      }
    }
  }

  /** Rotates to the right. */
  private void rotate(boolean wide, int kind, int destination, int left, int count) {
    int masked = count & (wide ? 63 : 31);
    if (masked != 0 && destination != left && features.has(X86Feature.BMI2)) {
      asm.emit(RORX, wide, destination, left);
      asm.immediate(RORX, masked);
    } else {
      shiftConstant(ROR_MI, wide, kind, destination, left, masked);
    }
  }

  @Override
  public void binarySlot(Opcode opcode, int destination, int left, int slot) {
    Instruction form = form(opcode);
    if (isFloatOperand(opcode)) {
      int first = firstSource(opcode, destination, left);
      asm.emitMemory3(form, false, destination - FLOATS, first, RBP, Registers.NONE, 0, slot(slot));
    } else {
      move(ValueType.kind(opcode.operand(0)), destination, left);
      asm.emitMemory(form, isWide(opcode), destination, RBP, Registers.NONE, 0, slot(slot));
    }
  }

  @Override
  public void binaryMemory(Opcode opcode, int destination, int left, int index, long offset) {
    Instruction form = form(opcode);
    if (isFloatOperand(opcode)) {
      int first = firstSource(opcode, destination, left);
      emitAccess3(form, false, destination - FLOATS, first, index, offset);
    } else {
      move(ValueType.kind(opcode.operand(0)), destination, left);
      emitAccess(form, isWide(opcode), destination, index, offset);
    }
  }

  /** The vector register of the first source of three: with AVX its own, else the destination, where it is moved. */
  private int firstSource(Opcode opcode, int destination, int source) {
    if (asm.hasThreeOperands()) {
      return source - FLOATS;
    }
    move(ValueType.kind(opcode.operand(0)), destination, source);
    return destination - FLOATS;
  }

  @Override
  public void addShifted(int kind, int destination, int left, int right, int shift) {
    asm.emitMemory(LEA, wide(kind), destination, left, right, shift, 0); // lea destination, [left + right << shift]
  }

  // Unary operations and conversions.

  @Override
  public void unary(Opcode opcode, int destination, int source) {
    switch (opcode) {
      case I32_CLZ, I64_CLZ -> countLeadingZeros(isWide(opcode), destination, source);
      case I32_CTZ, I64_CTZ -> countTrailingZeros(isWide(opcode), destination, source);
      case I32_POPCNT, I64_POPCNT -> {
        breakDependency(destination, source);
        asm.emit(POPCNT, isWide(opcode), destination, source);
      }
      case I32_WRAP_I64, I64_EXTEND_I32_U -> asm.emit(MOV_RM, false, destination, source);
      case I64_EXTEND_I32_S, I64_EXTEND32_S -> asm.emit(MOVSXD, true, destination, source);
      case I32_EXTEND8_S -> asm.emit(MOVSX8, false, destination, source);
      case I32_EXTEND16_S -> asm.emit(MOVSX16, false, destination, source);
      case I64_EXTEND8_S -> asm.emit(MOVSX8, true, destination, source);
      case I64_EXTEND16_S -> asm.emit(MOVSX16, true, destination, source);
      default -> floats.unary(opcode, destination, source);
    }
  }

  /** These counts wait for their destination's old value on some processors. */
  private void breakDependency(int destination, int source) {
    if (destination != source) {
      asm.emit(XOR_RM, false, destination, destination);
    }
  }

  private void countLeadingZeros(boolean wide, int destination, int source) {
    if (features.has(X86Feature.LZCNT)) {
      breakDependency(destination, source);
      asm.emit(LZCNT, wide, destination, source);
      return;
    }
    asm.emit(BSR, wide, destination, source); //                   bsr destination, source
    asm.movConstant(SCRATCH, wide ? 127 : 63); //                  mov r11d, 2 * width - 1
    asm.cmovcc(E, wide, destination, SCRATCH); //                  cmovz destination, r11
    alu(wide, XOR_MI8, XOR_MI32, destination, wide ? 63 : 31); //  xor destination, width - 1
  }

  private void countTrailingZeros(boolean wide, int destination, int source) {
    if (features.has(X86Feature.BMI1)) {
      breakDependency(destination, source);
      asm.emit(TZCNT, wide, destination, source);
      return;
    }
    asm.emit(BSF, wide, destination, source); //                   bsf destination, source
    asm.movConstant(SCRATCH, wide ? 64 : 32); //                   mov r11d, width
    asm.cmovcc(E, wide, destination, SCRATCH); //                  cmovz destination, r11
  }

  // Conditions.

  private static int condition(Opcode opcode) {
    return switch (opcode) {
      case I32_EQ, I64_EQ -> E;
      case I32_NE, I64_NE -> NE;
      case I32_LT_S, I64_LT_S -> L;
      case I32_LT_U, I64_LT_U -> B;
      case I32_GT_S, I64_GT_S -> G;
      case I32_GT_U, I64_GT_U -> A;
      case I32_LE_S, I64_LE_S -> LE;
      case I32_LE_U, I64_LE_U -> BE;
      case I32_GE_S, I64_GE_S -> GE;
      case I32_GE_U, I64_GE_U -> AE;
      default -> throw new IllegalArgumentException(opcode.text());
    };
  }

  @Override
  public int compare(Opcode opcode, int left, int right) {
    if (isFloatOperand(opcode)) {
      return floats.compare(opcode, left - FLOATS, right - FLOATS);
    }
    asm.emit(CMP_RM, isWide(opcode), left, right);
    return condition(opcode);
  }

  @Override
  public int compareConstant(Opcode opcode, int left, long constant) {
    int condition = condition(opcode);
    if (constant == 0 && (condition == E || condition == NE)) {
      testZero(isWide(opcode), left);
    } else {
      compareWithConstant(isWide(opcode), left, (int) constant);
    }
    return condition;
  }

  @Override
  public int compareSlot(Opcode opcode, int left, int slot) {
    if (isFloatOperand(opcode)) {
      return floats.compareSlot(opcode, left - FLOATS, slot(slot));
    }
    asm.emitMemory(CMP_RM, isWide(opcode), left, RBP, Registers.NONE, 0, slot(slot));
    return condition(opcode);
  }

  @Override
  public int compareMemory(Opcode opcode, int left, int index, long offset) {
    if (isFloatOperand(opcode)) {
      return floats.compareMemory(opcode, left - FLOATS, index, offset);
    }
    emitAccess(CMP_RM, isWide(opcode), left, index, offset);
    return condition(opcode);
  }

  @Override
  public int testNonZero(int kind, int register) {
    testZero(wide(kind), register);
    return NE;
  }

  @Override
  public int testBits(int kind, int left, int right) {
    asm.emit(TEST_MR, wide(kind), left, right);
    return NE;
  }

  @Override
  public int testBitsConstant(int kind, int left, long constant) {
    boolean wide = wide(kind) && constant < 0;
    if (constant == 0xffff_ffffL) {
      asm.emit(TEST_MR, false, left, left);
    } else {
      asm.emit(TEST_MI32, wide, left);
      asm.immediate(TEST_MI32, (int) constant);
    }
    return NE;
  }

  @Override
  public void set(int condition, int destination) {
    if (condition == FLOAT_EQ) {
      asm.setcc(NP, SCRATCH); //                               setnp r11b
      asm.setcc(E, destination); //                            sete destination
      asm.emit(AND_RM, false, destination, SCRATCH); //        and destination, r11d
    } else if (condition == FLOAT_NE) {
      asm.setcc(P, SCRATCH); //                                setp r11b
      asm.setcc(NE, destination); //                           setne destination
      asm.emit(OR_RM, false, destination, SCRATCH); //         or destination, r11d
    } else {
      asm.setcc(condition, destination);
    }
    asm.emit(MOVZX8, false, destination, destination); //      movzx destination, destination's low byte
  }

  @Override
  public void select(int kind, int condition, int destination, int first, int other) {
    if (destination == other) {
      selectInto(kind, negate(condition), destination, first);
    } else {
      move(kind, destination, first);
      selectInto(kind, condition, destination, other);
    }
  }

  /** Keeps the destination if the condition holds, and else makes it the other; a move changes no flags. */
  private void selectInto(int kind, int condition, int destination, int other) {
    if (!Kind.isFloat(kind) && condition != FLOAT_NE) {
      boolean wide = wide(kind);
      if (condition == FLOAT_EQ) {
        asm.cmovcc(NE, wide, destination, other);
        asm.cmovcc(P, wide, destination, other);
      } else {
        asm.cmovcc(condition ^ 1, wide, destination, other);
      }
      return;
    }
    int keep = asm.newLabel();
    branchShort(condition, keep);
    move(kind, destination, other);
    asm.bind(keep);
  }

  private void branchShort(int condition, int label) {
    if (condition == FLOAT_EQ) {
      int skip = asm.newLabel();
      asm.jccShort(P, skip);
      asm.jccShort(E, label);
      asm.bind(skip);
    } else if (condition == FLOAT_NE) {
      asm.jccShort(P, label);
      asm.jccShort(NE, label);
    } else {
      asm.jccShort(condition, label);
    }
  }

  // Vectors.

  @Override
  public void vectorConstant(int destination, long low, long high) {
    lanes.constant(destination, low, high);
  }

  @Override
  public void vectorUnary(Opcode opcode, int destination, int source) {
    vectors.unary(opcode, destination, source);
  }

  @Override
  public void vectorBinary(Opcode opcode, int destination, int left, int right) {
    vectors.binary(opcode, destination, left, right);
  }

  @Override
  public boolean takesVectorConstant(Opcode opcode) {
    return opcode.shape() == Shape.VECTOR && X86Vectors.single(opcode) != null;
  }

  @Override
  public void vectorBinaryConstant(Opcode opcode, int destination, int left, long low, long high) {
    vectors.binaryConstant(opcode, destination, left, low, high);
  }

  @Override
  public void vectorTernary(Opcode opcode, int destination, int a, int b, int c) {
    vectors.ternary(opcode, destination, a, b, c);
  }

  @Override
  public void vectorShift(Opcode opcode, int destination, int vector, int count) {
    vectorShifts.shift(opcode, destination, vector, count);
  }

  @Override
  public void vectorShiftConstant(Opcode opcode, int destination, int vector, int count) {
    vectorShifts.shiftConstant(opcode, destination, vector, count);
  }

  @Override
  public void splat(Opcode opcode, int destination, int scalar) {
    lanes.splat(opcode, destination, scalar);
  }

  @Override
  public void extractLane(Opcode opcode, int lane, int destination, int vector) {
    lanes.extractLane(opcode, lane, destination, vector);
  }

  @Override
  public void replaceLane(Opcode opcode, int lane, int destination, int vector, int scalar) {
    lanes.replaceLane(opcode, lane, destination, vector, scalar);
  }

  @Override
  public void shuffle(long low, long high, int destination, int left, int right) {
    lanes.shuffle(low, high, destination, left, right);
  }

  @Override
  public void vectorTest(Opcode opcode, int destination, int source) {
    lanes.test(opcode, destination, source);
  }

  @Override
  void loadVector(Opcode opcode, int destination, int index, long offset) {
    lanes.load(opcode, destination, index, offset);
  }

  @Override
  public void loadLane(Opcode opcode, int lane, int destination, int vector, int index, long offset) {
    lanes.loadLane(opcode, lane, destination, vector, index, offset);
  }

  @Override
  public void storeLane(Opcode opcode, int lane, int source, int index, long offset) {
    lanes.storeLane(opcode, lane, source, index, offset);
  }

  // Atomic accesses.

  @Override
  public void atomicAddress(int destination, int index, long offset, int width) {
    atomics.address(destination, index, offset, width);
  }

  @Override
  public void atomicLoad(int width, int destination, int address) {
    atomics.load(width, destination, address);
  }

  @Override
  public void atomicStore(int width, int source, int address) {
    atomics.store(width, source, address);
  }

  @Override
  public int atomicResult(AtomicOperation operation) {
    return X86Atomics.result(operation);
  }

  @Override
  public void atomicModify(AtomicOperation operation, int width, int destination, int address, int value) {
    atomics.modify(operation, width, destination, address, value);
  }

  @Override
  public void atomicCompareExchange(int width, int address, int replacement) {
    atomics.compareExchange(width, address, replacement);
  }

  @Override
  public void fence() {
    atomics.fence();
  }
}

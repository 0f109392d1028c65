package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.backend.AtomicOperation;
import dev.gatun.backend.CpuFeatures;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;

/** Arithmetic and comparisons of integers; those of floats and vectors are handed on. */
final class A64Arithmetic extends A64MacroAssembler {
  private final A64Floats floats = new A64Floats(this);
  private final A64Vectors vectors = new A64Vectors(this);
  private final A64Atomics atomics = new A64Atomics(this);

  A64Arithmetic(CpuFeatures<A64Feature> features) {
    super(features);
  }

  @Override
  void endArithmetic() {}

  // What the operations demand: nothing, but of 128-bit products.

  @Override
  public int fixedLeft(Opcode opcode) {
    return MacroAssembler.NONE;
  }

  @Override
  public int fixedRight(Opcode opcode) {
    return MacroAssembler.NONE;
  }

  @Override
  public int fixedResult(Opcode opcode) {
    return MacroAssembler.NONE;
  }

  @Override
  public long clobbered(Opcode opcode) {
    return 0;
  }

  @Override
  public void wideSum(Opcode opcode, int low, int high, int rightLow, int rightHigh) {
    boolean sum = opcode == Opcode.I64_ADD128;
    int upper = rightHigh;
    if (rightHigh == low) {
      move(Kind.I64, SCRATCH, rightHigh); //                                        mov x16, rightHigh
      upper = SCRATCH;
    }
    asm.emitShifted(sum ? ADDS : SUBS, true, low, low, rightLow, Assembler.LSL, 0); // adds low, low, rightLow
    asm.emit(sum ? ADC : SBC, true, high, high, upper); //                          adc high, high, rightHigh
  }

  @Override
  public int wideProductLow() {
    return 0;
  }

  @Override
  public int wideProductHigh() {
    return 1;
  }

  @Override
  public void wideProduct(Opcode opcode, int right) {
    asm.emit(opcode.isSigned() ? SMULH : UMULH, false, SCRATCH, 0, right); //       smulh x16, x0, right
    asm.emit4(MADD, true, 0, 0, right, ZERO); //                                    mul x0, x0, right
    move(Kind.I64, 1, SCRATCH); //                                                  mov x1, x16
  }

  private static boolean isFloatOperand(Opcode opcode) {
    return Kind.isFloat(ValueType.kind(opcode.operand(0)));
  }

  private static boolean isWide(Opcode opcode) {
    return opcode.operand(0) == ValueType.I64;
  }

  @Override
  public boolean takesConstant(Opcode opcode, long constant) {
    return switch (opcode) {
      case I32_ADD, I32_SUB, I64_ADD, I64_SUB -> isAddend(constant);
      case I32_AND, I32_OR, I32_XOR -> LogicalImmediate.encode(constant, false) != LogicalImmediate.NONE;
      case I64_AND, I64_OR, I64_XOR -> LogicalImmediate.encode(constant, true) != LogicalImmediate.NONE;
      case I32_MUL, I64_MUL -> constant > 0 && Long.bitCount(constant) == 1;
      case I32_SHL, I32_SHR_S, I32_SHR_U, I32_ROTL, I32_ROTR, I64_SHL, I64_SHR_S, I64_SHR_U, I64_ROTL, I64_ROTR -> true;
      case I32_DIV_U -> Integer.bitCount((int) constant) == 1;
      case I64_DIV_U -> Long.bitCount(constant) == 1;
      default -> opcode.shape() == Shape.COMPARE && !isFloatOperand(opcode) && isAddend(constant);
    };
  }

  private static boolean isAddend(long constant) {
    return Assembler.isArithmetic(constant) || Assembler.isArithmetic(-constant);
  }

  @Override
  public boolean takesMemory(Opcode opcode) {
    return false;
  }

  // Binary operations.

  @Override
  public void binary(Opcode opcode, int destination, int left, int right) {
    boolean wide = isWide(opcode);
    switch (opcode) {
      case I32_ADD, I64_ADD -> asm.emitShifted(ADD, wide, destination, left, right, Assembler.LSL, 0);
      case I32_SUB, I64_SUB -> asm.emitShifted(SUB, wide, destination, left, right, Assembler.LSL, 0);
      case I32_AND, I64_AND -> asm.emitShifted(AND, wide, destination, left, right, Assembler.LSL, 0);
      case I32_OR, I64_OR -> asm.emitShifted(ORR, wide, destination, left, right, Assembler.LSL, 0);
      case I32_XOR, I64_XOR -> asm.emitShifted(EOR, wide, destination, left, right, Assembler.LSL, 0);
      case I32_MUL, I64_MUL -> asm.emit4(MADD, wide, destination, left, right, ZERO);
      case I32_SHL, I64_SHL -> asm.emit(LSLV, wide, destination, left, right);
      case I32_SHR_S, I64_SHR_S -> asm.emit(ASRV, wide, destination, left, right);
      case I32_SHR_U, I64_SHR_U -> asm.emit(LSRV, wide, destination, left, right);
      case I32_ROTR, I64_ROTR -> asm.emit(RORV, wide, destination, left, right);
      case I32_ROTL, I64_ROTL -> {
        asm.emitShifted(SUB, wide, SCRATCH, ZERO, right, Assembler.LSL, 0); //      neg x16, right
        asm.emit(RORV, wide, destination, left, SCRATCH); //                        ror d, left, x16
      }
      case I32_DIV_S, I64_DIV_S -> {
        checkDivisor(wide, right);
        // Only the least number divided by -1 overflows: left - 1 overflows too.
        asm.emitImmediate(ADDS_I, wide, ZERO, right, 1); //                         cmn right, 1
        asm.emitCompareIf(CCMP_I, wide, left, 1, 0, EQ); //                         ccmp left, 1, 0, eq
        branch(VS, trapLabel(TrapCode.INTEGER_OVERFLOW)); //                        b.vs trap
        asm.emit(SDIV, wide, destination, left, right);
      }
      case I32_DIV_U, I64_DIV_U -> {
        checkDivisor(wide, right);
        asm.emit(UDIV, wide, destination, left, right);
      }
      case I32_REM_S, I64_REM_S -> remainder(SDIV, wide, destination, left, right);
      case I32_REM_U, I64_REM_U -> remainder(UDIV, wide, destination, left, right);
      default -> floats.binary(opcode, number(destination), number(left), number(right));
    }
  }

  private void checkDivisor(boolean wide, int divisor) {
    asm.emitCompareAndBranch(CBZ, wide, divisor, trapLabel(TrapCode.INTEGER_DIVIDE_BY_ZERO));
  }

  private void remainder(Instruction divide, boolean wide, int destination, int left, int right) {
    checkDivisor(wide, right);
    asm.emit(divide, wide, SCRATCH, left, right); //                                sdiv x16, left, right
    asm.emit4(MSUB, wide, destination, SCRATCH, right, left); //                    msub d, x16, right, left
  }

  @Override
  public void binaryConstant(Opcode opcode, int destination, int left, long constant) {
    boolean wide = isWide(opcode);
    int bits = wide ? 64 : 32;
    int count = (int) constant & bits - 1;
    switch (opcode) {
      case I32_ADD, I64_ADD -> addConstant(wide, destination, left, constant);
      case I32_SUB, I64_SUB -> addConstant(wide, destination, left, -constant);
      case I32_AND, I64_AND ->
          asm.emitLogical(AND_I, wide, destination, left, LogicalImmediate.encode(constant, wide));
      case I32_OR, I64_OR ->
          asm.emitLogical(ORR_I, wide, destination, left, LogicalImmediate.encode(constant, wide));
      case I32_XOR, I64_XOR ->
          asm.emitLogical(EOR_I, wide, destination, left, LogicalImmediate.encode(constant, wide));
      case I32_MUL, I64_MUL -> shiftLeft(wide, destination, left, Long.numberOfTrailingZeros(constant));
      case I32_SHL, I64_SHL -> shiftLeft(wide, destination, left, count);
      case I32_SHR_S, I64_SHR_S -> asm.emitBitfield(SBFM, wide, destination, left, count, bits - 1);
      case I32_SHR_U, I64_SHR_U -> asm.emitBitfield(UBFM, wide, destination, left, count, bits - 1);
      case I32_DIV_U, I64_DIV_U ->
          asm.emitBitfield(UBFM, wide, destination, left, Long.numberOfTrailingZeros(constant), bits - 1);
      case I32_ROTR, I64_ROTR -> asm.emitExtract(EXTR, wide, destination, left, left, count);
      case I32_ROTL, I64_ROTL -> asm.emitExtract(EXTR, wide, destination, left, left, -count & bits - 1);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  private void shiftLeft(boolean wide, int destination, int left, int count) {
    int bits = wide ? 64 : 32;
    asm.emitBitfield(UBFM, wide, destination, left, -count & bits - 1, bits - 1 - count);
  }

  private void addConstant(boolean wide, int destination, int left, long constant) {
    if (Assembler.isArithmetic(constant)) {
      asm.emitImmediate(ADD_I, wide, destination, left, (int) constant);
    } else {
      asm.emitImmediate(SUB_I, wide, destination, left, (int) -constant);
    }
  }

  @Override
  public void binarySlot(Opcode opcode, int destination, int left, int slot) {
    throw new IllegalArgumentException(opcode.text());
  }

  @Override
  public void binaryMemory(Opcode opcode, int destination, int left, int index, long offset) {
    throw new IllegalArgumentException(opcode.text());
  }

  @Override
  public void addShifted(int kind, int destination, int left, int right, int shift) {
    asm.emitShifted(ADD, wide(kind), destination, left, right, Assembler.LSL, shift);
  }

  // Unary operations and conversions.

  @Override
  public void unary(Opcode opcode, int destination, int source) {
    boolean wide = isWide(opcode);
    switch (opcode) {
      case I32_CLZ, I64_CLZ -> asm.emit(CLZ, wide, destination, source);
      case I32_CTZ, I64_CTZ -> {
        asm.emit(RBIT, wide, destination, source);
        asm.emit(CLZ, wide, destination, destination);
      }
      case I32_POPCNT, I64_POPCNT -> {
        asm.emit(wide ? FMOV_D_X : FMOV_S_W, false, FLOAT_SCRATCH, source); //      fmov d31, source
        asm.emitVector(CNT, false, 0, FLOAT_SCRATCH, FLOAT_SCRATCH); //             cnt v31.8b, v31.8b
        asm.emitVector(ADDV, false, 0, FLOAT_SCRATCH, FLOAT_SCRATCH); //            addv b31, v31.8b
        asm.emit(FMOV_W_S, false, destination, FLOAT_SCRATCH); //                   fmov d, s31
      }
      case I32_WRAP_I64, I64_EXTEND_I32_U ->
          asm.emitShifted(ORR, false, destination, ZERO, source, Assembler.LSL, 0);
      case I64_EXTEND_I32_S, I64_EXTEND32_S -> asm.emitBitfield(SBFM, true, destination, source, 0, 31);
      case I32_EXTEND8_S -> asm.emitBitfield(SBFM, false, destination, source, 0, 7);
      case I32_EXTEND16_S -> asm.emitBitfield(SBFM, false, destination, source, 0, 15);
      case I64_EXTEND8_S -> asm.emitBitfield(SBFM, true, destination, source, 0, 7);
      case I64_EXTEND16_S -> asm.emitBitfield(SBFM, true, destination, source, 0, 15);
      default -> floats.unary(opcode, number(destination), number(source));
    }
  }

  // Conditions.

  private static int condition(Opcode opcode) {
    return switch (opcode) {
      case I32_EQ, I64_EQ, F32_EQ, F64_EQ -> EQ;
      case I32_NE, I64_NE, F32_NE, F64_NE -> NE;
      case I32_LT_S, I64_LT_S -> LT;
      case I32_LT_U, I64_LT_U -> LO;
      case I32_GT_S, I64_GT_S, F32_GT, F64_GT -> GT;
      case I32_GT_U, I64_GT_U -> HI;
      case I32_LE_S, I64_LE_S -> LE;
      case I32_LE_U, I64_LE_U, F32_LE, F64_LE -> LS;
      case I32_GE_S, I64_GE_S, F32_GE, F64_GE -> GE;
      case I32_GE_U, I64_GE_U -> HS;
      // Unordered is less for the signed conditions.
      case F32_LT, F64_LT -> MI;
      default -> throw new IllegalArgumentException(opcode.text());
    };
  }

  @Override
  public int compare(Opcode opcode, int left, int right) {
    if (isFloatOperand(opcode)) {
      asm.emitFloatCompare(FCMP, opcode.operand(0) == ValueType.F64, number(left), number(right));
    } else {
      asm.emitShifted(SUBS, isWide(opcode), ZERO, left, right, Assembler.LSL, 0);
    }
    return condition(opcode);
  }

  @Override
  public int compareConstant(Opcode opcode, int left, long constant) {
    compareWithConstant(isWide(opcode), left, constant);
    return condition(opcode);
  }

  @Override
  public int compareSlot(Opcode opcode, int left, int slot) {
    throw new IllegalArgumentException(opcode.text());
  }

  @Override
  public int compareMemory(Opcode opcode, int left, int index, long offset) {
    throw new IllegalArgumentException(opcode.text());
  }

  @Override
  public int testNonZero(int kind, int register) {
    asm.emitImmediate(SUBS_I, wide(kind), ZERO, register, 0); //   cmp register, 0
    return NE;
  }

  @Override
  public int testBits(int kind, int left, int right) {
    asm.emitShifted(ANDS, wide(kind), ZERO, left, right, Assembler.LSL, 0); // tst left, right
    return NE;
  }

  @Override
  public int testBitsConstant(int kind, int left, long constant) {
    asm.emitLogical(ANDS_I, wide(kind), ZERO, left, LogicalImmediate.encode(constant, wide(kind)));
    return NE;
  }

  @Override
  public void set(int condition, int destination) {
    asm.emitSelect(CSINC, false, destination, ZERO, ZERO, condition ^ 1); //   cset d, condition
  }

  @Override
  public void select(int kind, int condition, int destination, int first, int other) {
    switch (kind) {
      case Kind.I32, Kind.I64 -> asm.emitSelect(CSEL, wide(kind), destination, first, other, condition);
      case Kind.F32, Kind.F64 ->
          asm.emitSelect(FCSEL, kind == Kind.F64, number(destination), number(first), number(other), condition);
      default -> {
        boolean isOther = destination == other;
        move(kind, destination, isOther ? other : first);
        int keep = asm.newLabel();
        branch(isOther ? negate(condition) : condition, keep);
        move(kind, destination, isOther ? first : other);
        asm.bind(keep);
      }
    }
  }

  // Vectors.

  @Override
  public void vectorConstant(int destination, long low, long high) {
    vectors.constant(number(destination), low, high);
  }

  @Override
  public void vectorUnary(Opcode opcode, int destination, int source) {
    vectors.unary(opcode, number(destination), number(source));
  }

  @Override
  public void vectorBinary(Opcode opcode, int destination, int left, int right) {
    vectors.binary(opcode, number(destination), number(left), number(right));
  }

  @Override
  public boolean takesVectorConstant(Opcode opcode) {
    return false;
  }

  @Override
  public void vectorBinaryConstant(Opcode opcode, int destination, int left, long low, long high) {
    throw new IllegalArgumentException(opcode.text());
  }

  @Override
  public void vectorTernary(Opcode opcode, int destination, int a, int b, int c) {
    vectors.ternary(opcode, number(destination), number(a), number(b), number(c));
  }

  @Override
  public void vectorShift(Opcode opcode, int destination, int vector, int count) {
    vectors.shift(opcode, number(destination), number(vector), count);
  }

  @Override
  public void vectorShiftConstant(Opcode opcode, int destination, int vector, int count) {
    vectors.shiftConstant(opcode, number(destination), number(vector), count);
  }

  @Override
  public void splat(Opcode opcode, int destination, int scalar) {
    vectors.splat(opcode, number(destination), number(scalar));
  }

  @Override
  public void extractLane(Opcode opcode, int lane, int destination, int vector) {
    vectors.extractLane(opcode, lane, number(destination), number(vector));
  }

  @Override
  public void replaceLane(Opcode opcode, int lane, int destination, int vector, int scalar) {
    vectors.replaceLane(opcode, lane, number(destination), number(vector), number(scalar));
  }

  @Override
  public void shuffle(long low, long high, int destination, int left, int right) {
    vectors.shuffle(low, high, number(destination), number(left), number(right));
  }

  @Override
  public void vectorTest(Opcode opcode, int destination, int source) {
    vectors.test(opcode, destination, number(source));
  }

  @Override
  void loadVector(Opcode opcode, int destination, int index, long offset) {
    vectors.load(opcode, number(destination), index, offset);
  }

  @Override
  public void loadLane(Opcode opcode, int lane, int destination, int vector, int index, long offset) {
    vectors.loadLane(opcode, lane, number(destination), number(vector), index, offset);
  }

  @Override
  public void storeLane(Opcode opcode, int lane, int source, int index, long offset) {
    vectors.storeLane(opcode, lane, number(source), index, offset);
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
    return operation == AtomicOperation.COMPARE_EXCHANGE ? 0 : MacroAssembler.NONE;
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
    asm.emit(DMB_ISH);
  }
}

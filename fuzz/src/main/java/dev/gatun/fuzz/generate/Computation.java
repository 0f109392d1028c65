package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;
import java.util.EnumSet;
import java.util.Set;

/** Instructions that compute with numbers and vectors alone. */
final class Computation {
  private static final long F32_NANS = 0x7FC0_0000_7FC0_0000L;
  private static final long F64_NAN = 0x7FF8_0000_0000_0000L;

  /** What the names of vector instructions end in that may make a NaN whose bits are each engine's own. */
  private static final Set<String> MAKE_NAN =
      Set.of(
          "ceil", "floor", "trunc", "nearest", "sqrt", "add", "sub", "mul", "div", "min", "max", "demote_f64x2_zero",
          "promote_low_f32x4", "relaxed_madd", "relaxed_nmadd", "relaxed_min", "relaxed_max");

  /** What shows the bits of a float operand, or its sign. */
  private static final Set<Opcode> SHOW_BITS =
      EnumSet.of(
          Opcode.F32_STORE, Opcode.F64_STORE, Opcode.I32_REINTERPRET_F32, Opcode.I64_REINTERPRET_F64,
          Opcode.F32_COPYSIGN, Opcode.F64_COPYSIGN, Opcode.F32X4_SPLAT, Opcode.F64X2_SPLAT, Opcode.F32X4_REPLACE_LANE,
          Opcode.F64X2_REPLACE_LANE);

  private final Body body;

  Computation(Body body) {
    this.body = body;
  }

  boolean produce(Opcode opcode, int depth) {
    if (opcode.shape() == Shape.CONSTANT) {
      body.constant(opcode.result());
      return true;
    }
    if (opcode.shape() == Shape.WIDE) {
      wide(opcode, depth);
      return true;
    }
    for (int i = 0; i < opcode.operandCount(); i++) {
      operand(opcode, i, depth - 1);
    }
    instruction(opcode);
    return true;
  }

  /** An operand of an instruction with a fixed signature. */
  void operand(Opcode opcode, int index, int depth) {
    int type = opcode.operand(index);
    body.expression(type, depth);
    condition(opcode, index, type);
  }

  /** Makes an operand that is on the stack one with which the instruction does the same everywhere. */
  void condition(Opcode opcode, int index, int type) {
    if (SHOW_BITS.contains(opcode) && ValueType.isNumber(type)) {
      canonicalize(type);
    }
    if (opcode.feature() == Feature.RELAXED_SIMD) {
      makeDeterministic(opcode, index);
    }
  }

  /** Writes the instruction alone, its operands being there. */
  void instruction(Opcode opcode) {
    body.op(opcode);
    switch (opcode.immediates()) {
      case LANE -> body.code.write(body.choices.below(opcode.lanes()));
      case SHUFFLE -> {
        for (int i = 0; i < 16; i++) {
          body.code.write(body.choices.below(32));
        }
      }
      default -> { }
    }
    if (opcode.result() == ValueType.V128) {
      canonicalizeLanes(opcode);
    }
  }

  /** Two results, or one of them, or what they are together. */
  private void wide(Opcode opcode, int depth) {
    int operands = opcode == Opcode.I64_ADD128 || opcode == Opcode.I64_SUB128 ? 4 : 2;
    for (int i = 0; i < operands; i++) {
      body.expression(ValueType.I64, depth - 1);
    }
    body.op(opcode);
    body.op(body.choices.oneIn(3) ? Opcode.DROP : body.choices.oneIn(2) ? Opcode.I64_XOR : Opcode.I64_SUB);
  }

  /** Replaces a float NaN on the stack by the canonical one. */
  void canonicalize(int type) {
    if (type != ValueType.F32 && type != ValueType.F64) {
      return;
    }
    boolean single = type == ValueType.F32;
    int local = body.scratch(type);
    body.op(Opcode.LOCAL_TEE, local);
    body.op(single ? Opcode.F32_CONST : Opcode.F64_CONST);
    body.code.littleEndian(single ? F32_NANS : F64_NAN, single ? 4 : 8);
    body.op(Opcode.LOCAL_GET, local);
    body.op(Opcode.LOCAL_GET, local);
    body.op(single ? Opcode.F32_EQ : Opcode.F64_EQ);
    body.op(Opcode.SELECT);
  }

  private void canonicalizeLanes(Opcode opcode) {
    String name = opcode.text();
    boolean single = name.startsWith("f32x4.");
    if (!single && !name.startsWith("f64x2.") || !MAKE_NAN.contains(name.substring(6))) {
      return;
    }
    int local = body.scratch(ValueType.V128);
    body.op(Opcode.LOCAL_TEE, local);
    body.v128(single ? F32_NANS : F64_NAN, single ? F32_NANS : F64_NAN);
    body.op(Opcode.LOCAL_GET, local);
    body.op(Opcode.LOCAL_GET, local);
    body.op(single ? Opcode.F32X4_EQ : Opcode.F64X2_EQ);
    body.op(Opcode.V128_BITSELECT);
  }

  /**
   * Changes an operand of a relaxed instruction, which is on the stack, so that all permitted results are the same one:
   * indices within the vector, masks of whole lanes, and numbers for which rounding once or twice is the same.
   */
  private void makeDeterministic(Opcode opcode, int index) {
    switch (opcode) {
      case I8X16_RELAXED_SWIZZLE -> {
        if (index == 1) {
          and(0x0F0F_0F0F_0F0F_0F0FL);
        }
      }
      case I8X16_RELAXED_LANESELECT -> mask(index, Opcode.I8X16_SHR_S, 7);
      case I16X8_RELAXED_LANESELECT -> mask(index, Opcode.I16X8_SHR_S, 15);
      case I32X4_RELAXED_LANESELECT -> mask(index, Opcode.I32X4_SHR_S, 31);
      case I64X2_RELAXED_LANESELECT -> mask(index, Opcode.I64X2_SHR_S, 63);
      case I16X8_RELAXED_Q15MULR_S -> and(0x7FFF_7FFF_7FFF_7FFFL);
      case I16X8_RELAXED_DOT_I8X16_I7X16_S, I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S -> {
        if (index == 1) {
          and(0x7F7F_7F7F_7F7F_7F7FL);
        }
      }
      case I32X4_RELAXED_TRUNC_F64X2_S_ZERO, I32X4_RELAXED_TRUNC_F64X2_U_ZERO,
          F64X2_RELAXED_MADD, F64X2_RELAXED_NMADD, F64X2_RELAXED_MIN, F64X2_RELAXED_MAX ->
          smallIntegers(Opcode.F64X2_CONVERT_LOW_I32X4_U);
      default -> smallIntegers(Opcode.F32X4_CONVERT_I32X4_U);
    }
  }

  private void and(long mask) {
    body.v128(mask, mask);
    body.op(Opcode.V128_AND);
  }

  private void mask(int index, Opcode shift, int distance) {
    if (index == 2) {
      body.i32(distance);
      body.op(shift);
    }
  }

  /** Lanes from 0 to 2047 as floats: they are exact whatever is done to two or three of them, and never -0. */
  private void smallIntegers(Opcode convert) {
    body.i32(21);
    body.op(Opcode.I32X4_SHR_U);
    body.op(convert);
  }
}

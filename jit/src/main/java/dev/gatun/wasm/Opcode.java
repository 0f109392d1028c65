package dev.gatun.wasm;

import static dev.gatun.wasm.Shape.*;

import org.jspecify.annotations.Nullable;

/**
 * Every instruction the engine knows, described once: decoder, validator, compiler and code generators all read this
 * table.
 *
 * <p>A row is name, code, shape, signature, and where they differ from the ordinary: immediates (or bytes accessed),
 * traits and feature. In a signature, operands stand before the colon and the result after it: {@code i} i32, {@code l}
 * i64, {@code f} f32, {@code d} f64, {@code c} funcref. Null stands for a signature that depends on immediates,
 * operands or context. A code is the opcode byte; behind a prefix it is {@code prefix << 16 | number}.
 */
public enum Opcode {
  // Control.
  UNREACHABLE("unreachable", 0x00, CONTROL, null, Trait.TRAPS),
  NOP("nop", 0x01, CONTROL, ":"),
  BLOCK("block", 0x02, CONTROL, null, Immediates.BLOCK_TYPE),
  LOOP("loop", 0x03, CONTROL, null, Immediates.BLOCK_TYPE),
  IF("if", 0x04, CONTROL, null, Immediates.BLOCK_TYPE),
  ELSE("else", 0x05, CONTROL, null),
  END("end", 0x0B, CONTROL, null),
  BR("br", 0x0C, CONTROL, null, Immediates.LABEL),
  BR_IF("br_if", 0x0D, CONTROL, null, Immediates.LABEL),
  BR_TABLE("br_table", 0x0E, CONTROL, null, Immediates.LABEL_TABLE),
  RETURN("return", 0x0F, CONTROL, null),
  CALL("call", 0x10, CONTROL, null, Immediates.FUNCTION, Trait.CALLS),
  CALL_INDIRECT("call_indirect", 0x11, CONTROL, null, Immediates.TYPE_TABLE, Trait.CALLS | Trait.TRAPS),

  // Parametric.
  DROP("drop", 0x1A, PARAMETRIC, null),
  SELECT("select", 0x1B, PARAMETRIC, null),
  SELECT_TYPED("select", 0x1C, PARAMETRIC, null, Immediates.VALUE_TYPES, Feature.REFERENCE_TYPES),

  // Locals and globals.
  LOCAL_GET("local.get", 0x20, VARIABLE, null, Immediates.LOCAL),
  LOCAL_SET("local.set", 0x21, VARIABLE, null, Immediates.LOCAL),
  LOCAL_TEE("local.tee", 0x22, VARIABLE, null, Immediates.LOCAL),
  GLOBAL_GET("global.get", 0x23, VARIABLE, null, Immediates.GLOBAL),
  GLOBAL_SET("global.set", 0x24, VARIABLE, null, Immediates.GLOBAL),

  // Tables.
  TABLE_GET("table.get", 0x25, TABLE, null, Immediates.TABLE, Trait.TRAPS, Feature.REFERENCE_TYPES),
  TABLE_SET("table.set", 0x26, TABLE, null, Immediates.TABLE, Trait.TRAPS, Feature.REFERENCE_TYPES),

  // Loads and stores.
  I32_LOAD("i32.load", 0x28, LOAD, "i:i", 4, Trait.TRAPS),
  I64_LOAD("i64.load", 0x29, LOAD, "i:l", 8, Trait.TRAPS),
  F32_LOAD("f32.load", 0x2A, LOAD, "i:f", 4, Trait.TRAPS),
  F64_LOAD("f64.load", 0x2B, LOAD, "i:d", 8, Trait.TRAPS),
  I32_LOAD8_S("i32.load8_s", 0x2C, LOAD, "i:i", 1, Trait.TRAPS | Trait.SIGNED),
  I32_LOAD8_U("i32.load8_u", 0x2D, LOAD, "i:i", 1, Trait.TRAPS),
  I32_LOAD16_S("i32.load16_s", 0x2E, LOAD, "i:i", 2, Trait.TRAPS | Trait.SIGNED),
  I32_LOAD16_U("i32.load16_u", 0x2F, LOAD, "i:i", 2, Trait.TRAPS),
  I64_LOAD8_S("i64.load8_s", 0x30, LOAD, "i:l", 1, Trait.TRAPS | Trait.SIGNED),
  I64_LOAD8_U("i64.load8_u", 0x31, LOAD, "i:l", 1, Trait.TRAPS),
  I64_LOAD16_S("i64.load16_s", 0x32, LOAD, "i:l", 2, Trait.TRAPS | Trait.SIGNED),
  I64_LOAD16_U("i64.load16_u", 0x33, LOAD, "i:l", 2, Trait.TRAPS),
  I64_LOAD32_S("i64.load32_s", 0x34, LOAD, "i:l", 4, Trait.TRAPS | Trait.SIGNED),
  I64_LOAD32_U("i64.load32_u", 0x35, LOAD, "i:l", 4, Trait.TRAPS),
  I32_STORE("i32.store", 0x36, STORE, "ii:", 4, Trait.TRAPS),
  I64_STORE("i64.store", 0x37, STORE, "il:", 8, Trait.TRAPS),
  F32_STORE("f32.store", 0x38, STORE, "if:", 4, Trait.TRAPS),
  F64_STORE("f64.store", 0x39, STORE, "id:", 8, Trait.TRAPS),
  I32_STORE8("i32.store8", 0x3A, STORE, "ii:", 1, Trait.TRAPS),
  I32_STORE16("i32.store16", 0x3B, STORE, "ii:", 2, Trait.TRAPS),
  I64_STORE8("i64.store8", 0x3C, STORE, "il:", 1, Trait.TRAPS),
  I64_STORE16("i64.store16", 0x3D, STORE, "il:", 2, Trait.TRAPS),
  I64_STORE32("i64.store32", 0x3E, STORE, "il:", 4, Trait.TRAPS),

  // Memories.
  MEMORY_SIZE("memory.size", 0x3F, MEMORY, ":i", Immediates.MEMORY),
  MEMORY_GROW("memory.grow", 0x40, MEMORY, "i:i", Immediates.MEMORY, Trait.CALLS),

  // Constants.
  I32_CONST("i32.const", 0x41, CONSTANT, ":i", Immediates.I32),
  I64_CONST("i64.const", 0x42, CONSTANT, ":l", Immediates.I64),
  F32_CONST("f32.const", 0x43, CONSTANT, ":f", Immediates.F32),
  F64_CONST("f64.const", 0x44, CONSTANT, ":d", Immediates.F64),

  // Comparisons.
  I32_EQZ("i32.eqz", 0x45, TEST, "i:i"),
  I32_EQ("i32.eq", 0x46, COMPARE, "ii:i", Trait.COMMUTES),
  I32_NE("i32.ne", 0x47, COMPARE, "ii:i", Trait.COMMUTES),
  I32_LT_S("i32.lt_s", 0x48, COMPARE, "ii:i", Trait.SIGNED),
  I32_LT_U("i32.lt_u", 0x49, COMPARE, "ii:i"),
  I32_GT_S("i32.gt_s", 0x4A, COMPARE, "ii:i", Trait.SIGNED),
  I32_GT_U("i32.gt_u", 0x4B, COMPARE, "ii:i"),
  I32_LE_S("i32.le_s", 0x4C, COMPARE, "ii:i", Trait.SIGNED),
  I32_LE_U("i32.le_u", 0x4D, COMPARE, "ii:i"),
  I32_GE_S("i32.ge_s", 0x4E, COMPARE, "ii:i", Trait.SIGNED),
  I32_GE_U("i32.ge_u", 0x4F, COMPARE, "ii:i"),
  I64_EQZ("i64.eqz", 0x50, TEST, "l:i"),
  I64_EQ("i64.eq", 0x51, COMPARE, "ll:i", Trait.COMMUTES),
  I64_NE("i64.ne", 0x52, COMPARE, "ll:i", Trait.COMMUTES),
  I64_LT_S("i64.lt_s", 0x53, COMPARE, "ll:i", Trait.SIGNED),
  I64_LT_U("i64.lt_u", 0x54, COMPARE, "ll:i"),
  I64_GT_S("i64.gt_s", 0x55, COMPARE, "ll:i", Trait.SIGNED),
  I64_GT_U("i64.gt_u", 0x56, COMPARE, "ll:i"),
  I64_LE_S("i64.le_s", 0x57, COMPARE, "ll:i", Trait.SIGNED),
  I64_LE_U("i64.le_u", 0x58, COMPARE, "ll:i"),
  I64_GE_S("i64.ge_s", 0x59, COMPARE, "ll:i", Trait.SIGNED),
  I64_GE_U("i64.ge_u", 0x5A, COMPARE, "ll:i"),
  F32_EQ("f32.eq", 0x5B, COMPARE, "ff:i", Trait.COMMUTES),
  F32_NE("f32.ne", 0x5C, COMPARE, "ff:i", Trait.COMMUTES),
  F32_LT("f32.lt", 0x5D, COMPARE, "ff:i"),
  F32_GT("f32.gt", 0x5E, COMPARE, "ff:i"),
  F32_LE("f32.le", 0x5F, COMPARE, "ff:i"),
  F32_GE("f32.ge", 0x60, COMPARE, "ff:i"),
  F64_EQ("f64.eq", 0x61, COMPARE, "dd:i", Trait.COMMUTES),
  F64_NE("f64.ne", 0x62, COMPARE, "dd:i", Trait.COMMUTES),
  F64_LT("f64.lt", 0x63, COMPARE, "dd:i"),
  F64_GT("f64.gt", 0x64, COMPARE, "dd:i"),
  F64_LE("f64.le", 0x65, COMPARE, "dd:i"),
  F64_GE("f64.ge", 0x66, COMPARE, "dd:i"),

  // Arithmetic of i32.
  I32_CLZ("i32.clz", 0x67, UNARY, "i:i"),
  I32_CTZ("i32.ctz", 0x68, UNARY, "i:i"),
  I32_POPCNT("i32.popcnt", 0x69, UNARY, "i:i"),
  I32_ADD("i32.add", 0x6A, BINARY, "ii:i", Trait.COMMUTES),
  I32_SUB("i32.sub", 0x6B, BINARY, "ii:i"),
  I32_MUL("i32.mul", 0x6C, BINARY, "ii:i", Trait.COMMUTES),
  I32_DIV_S("i32.div_s", 0x6D, BINARY, "ii:i", Trait.TRAPS | Trait.SIGNED),
  I32_DIV_U("i32.div_u", 0x6E, BINARY, "ii:i", Trait.TRAPS),
  I32_REM_S("i32.rem_s", 0x6F, BINARY, "ii:i", Trait.TRAPS | Trait.SIGNED),
  I32_REM_U("i32.rem_u", 0x70, BINARY, "ii:i", Trait.TRAPS),
  I32_AND("i32.and", 0x71, BINARY, "ii:i", Trait.COMMUTES),
  I32_OR("i32.or", 0x72, BINARY, "ii:i", Trait.COMMUTES),
  I32_XOR("i32.xor", 0x73, BINARY, "ii:i", Trait.COMMUTES),
  I32_SHL("i32.shl", 0x74, BINARY, "ii:i"),
  I32_SHR_S("i32.shr_s", 0x75, BINARY, "ii:i", Trait.SIGNED),
  I32_SHR_U("i32.shr_u", 0x76, BINARY, "ii:i"),
  I32_ROTL("i32.rotl", 0x77, BINARY, "ii:i"),
  I32_ROTR("i32.rotr", 0x78, BINARY, "ii:i"),

  // Arithmetic of i64.
  I64_CLZ("i64.clz", 0x79, UNARY, "l:l"),
  I64_CTZ("i64.ctz", 0x7A, UNARY, "l:l"),
  I64_POPCNT("i64.popcnt", 0x7B, UNARY, "l:l"),
  I64_ADD("i64.add", 0x7C, BINARY, "ll:l", Trait.COMMUTES),
  I64_SUB("i64.sub", 0x7D, BINARY, "ll:l"),
  I64_MUL("i64.mul", 0x7E, BINARY, "ll:l", Trait.COMMUTES),
  I64_DIV_S("i64.div_s", 0x7F, BINARY, "ll:l", Trait.TRAPS | Trait.SIGNED),
  I64_DIV_U("i64.div_u", 0x80, BINARY, "ll:l", Trait.TRAPS),
  I64_REM_S("i64.rem_s", 0x81, BINARY, "ll:l", Trait.TRAPS | Trait.SIGNED),
  I64_REM_U("i64.rem_u", 0x82, BINARY, "ll:l", Trait.TRAPS),
  I64_AND("i64.and", 0x83, BINARY, "ll:l", Trait.COMMUTES),
  I64_OR("i64.or", 0x84, BINARY, "ll:l", Trait.COMMUTES),
  I64_XOR("i64.xor", 0x85, BINARY, "ll:l", Trait.COMMUTES),
  I64_SHL("i64.shl", 0x86, BINARY, "ll:l"),
  I64_SHR_S("i64.shr_s", 0x87, BINARY, "ll:l", Trait.SIGNED),
  I64_SHR_U("i64.shr_u", 0x88, BINARY, "ll:l"),
  I64_ROTL("i64.rotl", 0x89, BINARY, "ll:l"),
  I64_ROTR("i64.rotr", 0x8A, BINARY, "ll:l"),

  // Arithmetic of f32.
  F32_ABS("f32.abs", 0x8B, UNARY, "f:f"),
  F32_NEG("f32.neg", 0x8C, UNARY, "f:f"),
  F32_CEIL("f32.ceil", 0x8D, UNARY, "f:f"),
  F32_FLOOR("f32.floor", 0x8E, UNARY, "f:f"),
  F32_TRUNC("f32.trunc", 0x8F, UNARY, "f:f"),
  F32_NEAREST("f32.nearest", 0x90, UNARY, "f:f"),
  F32_SQRT("f32.sqrt", 0x91, UNARY, "f:f"),
  F32_ADD("f32.add", 0x92, BINARY, "ff:f", Trait.COMMUTES),
  F32_SUB("f32.sub", 0x93, BINARY, "ff:f"),
  F32_MUL("f32.mul", 0x94, BINARY, "ff:f", Trait.COMMUTES),
  F32_DIV("f32.div", 0x95, BINARY, "ff:f"),
  F32_MIN("f32.min", 0x96, BINARY, "ff:f", Trait.COMMUTES),
  F32_MAX("f32.max", 0x97, BINARY, "ff:f", Trait.COMMUTES),
  F32_COPYSIGN("f32.copysign", 0x98, BINARY, "ff:f"),

  // Arithmetic of f64.
  F64_ABS("f64.abs", 0x99, UNARY, "d:d"),
  F64_NEG("f64.neg", 0x9A, UNARY, "d:d"),
  F64_CEIL("f64.ceil", 0x9B, UNARY, "d:d"),
  F64_FLOOR("f64.floor", 0x9C, UNARY, "d:d"),
  F64_TRUNC("f64.trunc", 0x9D, UNARY, "d:d"),
  F64_NEAREST("f64.nearest", 0x9E, UNARY, "d:d"),
  F64_SQRT("f64.sqrt", 0x9F, UNARY, "d:d"),
  F64_ADD("f64.add", 0xA0, BINARY, "dd:d", Trait.COMMUTES),
  F64_SUB("f64.sub", 0xA1, BINARY, "dd:d"),
  F64_MUL("f64.mul", 0xA2, BINARY, "dd:d", Trait.COMMUTES),
  F64_DIV("f64.div", 0xA3, BINARY, "dd:d"),
  F64_MIN("f64.min", 0xA4, BINARY, "dd:d", Trait.COMMUTES),
  F64_MAX("f64.max", 0xA5, BINARY, "dd:d", Trait.COMMUTES),
  F64_COPYSIGN("f64.copysign", 0xA6, BINARY, "dd:d"),

  // Conversions.
  I32_WRAP_I64("i32.wrap_i64", 0xA7, UNARY, "l:i"),
  I32_TRUNC_F32_S("i32.trunc_f32_s", 0xA8, UNARY, "f:i", Trait.TRAPS | Trait.SIGNED),
  I32_TRUNC_F32_U("i32.trunc_f32_u", 0xA9, UNARY, "f:i", Trait.TRAPS),
  I32_TRUNC_F64_S("i32.trunc_f64_s", 0xAA, UNARY, "d:i", Trait.TRAPS | Trait.SIGNED),
  I32_TRUNC_F64_U("i32.trunc_f64_u", 0xAB, UNARY, "d:i", Trait.TRAPS),
  I64_EXTEND_I32_S("i64.extend_i32_s", 0xAC, UNARY, "i:l", Trait.SIGNED),
  I64_EXTEND_I32_U("i64.extend_i32_u", 0xAD, UNARY, "i:l"),
  I64_TRUNC_F32_S("i64.trunc_f32_s", 0xAE, UNARY, "f:l", Trait.TRAPS | Trait.SIGNED),
  I64_TRUNC_F32_U("i64.trunc_f32_u", 0xAF, UNARY, "f:l", Trait.TRAPS),
  I64_TRUNC_F64_S("i64.trunc_f64_s", 0xB0, UNARY, "d:l", Trait.TRAPS | Trait.SIGNED),
  I64_TRUNC_F64_U("i64.trunc_f64_u", 0xB1, UNARY, "d:l", Trait.TRAPS),
  F32_CONVERT_I32_S("f32.convert_i32_s", 0xB2, UNARY, "i:f", Trait.SIGNED),
  F32_CONVERT_I32_U("f32.convert_i32_u", 0xB3, UNARY, "i:f"),
  F32_CONVERT_I64_S("f32.convert_i64_s", 0xB4, UNARY, "l:f", Trait.SIGNED),
  F32_CONVERT_I64_U("f32.convert_i64_u", 0xB5, UNARY, "l:f"),
  F32_DEMOTE_F64("f32.demote_f64", 0xB6, UNARY, "d:f"),
  F64_CONVERT_I32_S("f64.convert_i32_s", 0xB7, UNARY, "i:d", Trait.SIGNED),
  F64_CONVERT_I32_U("f64.convert_i32_u", 0xB8, UNARY, "i:d"),
  F64_CONVERT_I64_S("f64.convert_i64_s", 0xB9, UNARY, "l:d", Trait.SIGNED),
  F64_CONVERT_I64_U("f64.convert_i64_u", 0xBA, UNARY, "l:d"),
  F64_PROMOTE_F32("f64.promote_f32", 0xBB, UNARY, "f:d"),
  I32_REINTERPRET_F32("i32.reinterpret_f32", 0xBC, UNARY, "f:i"),
  I64_REINTERPRET_F64("i64.reinterpret_f64", 0xBD, UNARY, "d:l"),
  F32_REINTERPRET_I32("f32.reinterpret_i32", 0xBE, UNARY, "i:f"),
  F64_REINTERPRET_I64("f64.reinterpret_i64", 0xBF, UNARY, "l:d"),
  I32_EXTEND8_S("i32.extend8_s", 0xC0, UNARY, "i:i", Trait.SIGNED, Feature.SIGN_EXTENSION),
  I32_EXTEND16_S("i32.extend16_s", 0xC1, UNARY, "i:i", Trait.SIGNED, Feature.SIGN_EXTENSION),
  I64_EXTEND8_S("i64.extend8_s", 0xC2, UNARY, "l:l", Trait.SIGNED, Feature.SIGN_EXTENSION),
  I64_EXTEND16_S("i64.extend16_s", 0xC3, UNARY, "l:l", Trait.SIGNED, Feature.SIGN_EXTENSION),
  I64_EXTEND32_S("i64.extend32_s", 0xC4, UNARY, "l:l", Trait.SIGNED, Feature.SIGN_EXTENSION),

  // References.
  REF_NULL("ref.null", 0xD0, REFERENCE, null, Immediates.HEAP_TYPE, Feature.REFERENCE_TYPES),
  REF_IS_NULL("ref.is_null", 0xD1, REFERENCE, null, Feature.REFERENCE_TYPES),
  REF_FUNC("ref.func", 0xD2, REFERENCE, ":c", Immediates.FUNCTION, Feature.REFERENCE_TYPES),

  // Behind the prefix 0xFC.
  I32_TRUNC_SAT_F32_S("i32.trunc_sat_f32_s", 0xFC_0000, UNARY, "f:i", Trait.SIGNED, Feature.SATURATING_CONVERSIONS),
  I32_TRUNC_SAT_F32_U("i32.trunc_sat_f32_u", 0xFC_0001, UNARY, "f:i", Feature.SATURATING_CONVERSIONS),
  I32_TRUNC_SAT_F64_S("i32.trunc_sat_f64_s", 0xFC_0002, UNARY, "d:i", Trait.SIGNED, Feature.SATURATING_CONVERSIONS),
  I32_TRUNC_SAT_F64_U("i32.trunc_sat_f64_u", 0xFC_0003, UNARY, "d:i", Feature.SATURATING_CONVERSIONS),
  I64_TRUNC_SAT_F32_S("i64.trunc_sat_f32_s", 0xFC_0004, UNARY, "f:l", Trait.SIGNED, Feature.SATURATING_CONVERSIONS),
  I64_TRUNC_SAT_F32_U("i64.trunc_sat_f32_u", 0xFC_0005, UNARY, "f:l", Feature.SATURATING_CONVERSIONS),
  I64_TRUNC_SAT_F64_S("i64.trunc_sat_f64_s", 0xFC_0006, UNARY, "d:l", Trait.SIGNED, Feature.SATURATING_CONVERSIONS),
  I64_TRUNC_SAT_F64_U("i64.trunc_sat_f64_u", 0xFC_0007, UNARY, "d:l", Feature.SATURATING_CONVERSIONS),
  MEMORY_INIT("memory.init", 0xFC_0008, MEMORY, "iii:", Immediates.DATA_MEMORY, Trait.CALLS | Trait.TRAPS,
      Feature.BULK_MEMORY),
  DATA_DROP("data.drop", 0xFC_0009, MEMORY, ":", Immediates.DATA, Trait.CALLS, Feature.BULK_MEMORY),
  MEMORY_COPY("memory.copy", 0xFC_000A, MEMORY, "iii:", Immediates.MEMORY_MEMORY, Trait.CALLS | Trait.TRAPS,
      Feature.BULK_MEMORY),
  MEMORY_FILL("memory.fill", 0xFC_000B, MEMORY, "iii:", Immediates.MEMORY, Trait.CALLS | Trait.TRAPS,
      Feature.BULK_MEMORY),
  TABLE_INIT("table.init", 0xFC_000C, TABLE, "iii:", Immediates.ELEMENT_TABLE, Trait.CALLS | Trait.TRAPS,
      Feature.BULK_MEMORY),
  ELEM_DROP("elem.drop", 0xFC_000D, TABLE, ":", Immediates.ELEMENT, Trait.CALLS, Feature.BULK_MEMORY),
  TABLE_COPY("table.copy", 0xFC_000E, TABLE, "iii:", Immediates.TABLE_TABLE, Trait.CALLS | Trait.TRAPS,
      Feature.BULK_MEMORY),
  TABLE_GROW("table.grow", 0xFC_000F, TABLE, null, Immediates.TABLE, Trait.CALLS, Feature.REFERENCE_TYPES),
  TABLE_SIZE("table.size", 0xFC_0010, TABLE, ":i", Immediates.TABLE, Feature.REFERENCE_TYPES),
  TABLE_FILL("table.fill", 0xFC_0011, TABLE, null, Immediates.TABLE, Trait.CALLS | Trait.TRAPS,
      Feature.REFERENCE_TYPES);

  /** Bits that describe an instruction; only here because a constant of an enum can't be used in its own rows. */
  private static final class Trait {
    static final int COMMUTES = 1;
    static final int TRAPS = 1 << 1;
    static final int SIGNED = 1 << 2;
    static final int CALLS = 1 << 3;
  }

  /** First byte of the saturating conversions and of the bulk operations of memories and tables. */
  static final int MISC = 0xFC;

  /** What {@link #code} adds to the number of an opcode behind the prefix 0xFC. */
  public static final int MISC_PREFIX = MISC << 16;

  private static final @Nullable Opcode[] ONE_BYTE = new @Nullable Opcode[256];
  private static final @Nullable Opcode[] BEHIND_MISC = new @Nullable Opcode[18];

  static {
    for (Opcode opcode : values()) {
      if (opcode.code < 256) {
        ONE_BYTE[opcode.code] = opcode;
      } else {
        BEHIND_MISC[opcode.code & 0xFFFF] = opcode;
      }
    }
  }

  private final String text;
  private final int code;
  private final Shape shape;
  private final boolean fixed;
  private final int operandCount;

  /** Types of the operands, one in a byte, the first lowest; the result's type in the highest byte. */
  private final int types;

  private final Immediates immediates;
  private final int width;
  private final int traits;
  private final Feature feature;

  Opcode(String text, int code, Shape shape, @Nullable String signature) {
    this(text, code, shape, signature, Immediates.NONE, 0, 0, Feature.MVP);
  }

  Opcode(String text, int code, Shape shape, @Nullable String signature, int traits) {
    this(text, code, shape, signature, Immediates.NONE, 0, traits, Feature.MVP);
  }

  Opcode(String text, int code, Shape shape, @Nullable String signature, Feature feature) {
    this(text, code, shape, signature, Immediates.NONE, 0, 0, feature);
  }

  Opcode(String text, int code, Shape shape, @Nullable String signature, int traits, Feature feature) {
    this(text, code, shape, signature, Immediates.NONE, 0, traits, feature);
  }

  Opcode(String text, int code, Shape shape, @Nullable String signature, Immediates immediates) {
    this(text, code, shape, signature, immediates, 0, 0, Feature.MVP);
  }

  Opcode(String text, int code, Shape shape, @Nullable String signature, Immediates immediates, int traits) {
    this(text, code, shape, signature, immediates, 0, traits, Feature.MVP);
  }

  Opcode(String text, int code, Shape shape, @Nullable String signature, Immediates immediates, Feature feature) {
    this(text, code, shape, signature, immediates, 0, 0, feature);
  }

  Opcode(
      String text,
      int code,
      Shape shape,
      @Nullable String signature,
      Immediates immediates,
      int traits,
      Feature feature) {
    this(text, code, shape, signature, immediates, 0, traits, feature);
  }

  /** A load or store. */
  Opcode(String text, int code, Shape shape, String signature, int width, int traits) {
    this(text, code, shape, signature, Immediates.MEMORY_ARGUMENT, width, traits, Feature.MVP);
  }

  Opcode(
      String text,
      int code,
      Shape shape,
      @Nullable String signature,
      Immediates immediates,
      int width,
      int traits,
      Feature feature) {
    this.text = text;
    this.code = code;
    this.shape = shape;
    this.immediates = immediates;
    this.width = width;
    this.traits = traits;
    this.feature = feature;
    this.fixed = signature != null;
    int packed = 0;
    int count = 0;
    if (signature != null) {
      while (signature.charAt(count) != ':') {
        packed |= type(signature.charAt(count)) << 8 * count;
        count++;
      }
      if (signature.length() > count + 1) {
        packed |= type(signature.charAt(count + 1)) << 24;
      }
    }
    this.types = packed;
    this.operandCount = count;
  }

  private static int type(char letter) {
    return switch (letter) {
      case 'i' -> ValueType.I32;
      case 'l' -> ValueType.I64;
      case 'f' -> ValueType.F32;
      case 'd' -> ValueType.F64;
      case 'c' -> ValueType.FUNCREF;
      default -> throw new IllegalArgumentException("no type has the letter " + letter);
    };
  }

  /** The instruction with this one-byte opcode (0 to 255), or null if there is none or it is a prefix. */
  public static @Nullable Opcode of(int code) {
    return ONE_BYTE[code];
  }

  /** The instruction with this number behind the prefix 0xFC, or null if there is none. */
  public static @Nullable Opcode ofMisc(int number) {
    return number >= 0 && number < BEHIND_MISC.length ? BEHIND_MISC[number] : null;
  }

  /** Name in the text format, such as {@code i32.add}. */
  public String text() {
    return text;
  }

  /** The opcode byte, or {@code prefix << 16 | number}. */
  public int code() {
    return code;
  }

  /** What kind of instruction it is. */
  public Shape shape() {
    return shape;
  }

  /** What follows the opcode. */
  public Immediates immediates() {
    return immediates;
  }

  /** Whether operands and result are the same wherever the instruction stands. */
  public boolean hasFixedType() {
    return fixed;
  }

  /** Number of operands; 0 if the signature is not fixed. */
  public int operandCount() {
    return operandCount;
  }

  /** Type of an operand (0 is the deepest on the stack), or {@link ValueType#BOTTOM} if the signature is not fixed. */
  public int operand(int index) {
    return types >>> 8 * index & 0xFF;
  }

  /** Type of the result, or {@link ValueType#BOTTOM} if there is none or the signature is not fixed. */
  public int result() {
    return types >>> 24;
  }

  /** Bytes that a load or store accesses; 0 for anything else. */
  public int width() {
    return width;
  }

  /** The largest alignment exponent that a load or store may state: log2 of {@link #width}. */
  public int naturalAlignment() {
    return Integer.numberOfTrailingZeros(width);
  }

  /** Whether it takes integers for signed ones, where there is a choice: its name ends in {@code _s}. */
  public boolean isSigned() {
    return (traits & Trait.SIGNED) != 0;
  }

  /** Whether the operands may be exchanged. */
  public boolean commutes() {
    return (traits & Trait.COMMUTES) != 0;
  }

  /** Whether the instruction itself may trap. */
  public boolean mayTrap() {
    return (traits & Trait.TRAPS) != 0;
  }

  /** Whether it calls a function, of the module or of the runtime, so that no register outlives it. */
  public boolean calls() {
    return (traits & Trait.CALLS) != 0;
  }

  /** The feature it came with. */
  public Feature feature() {
    return feature;
  }

  /** The same as {@link #text()}. */
  @Override
  public String toString() {
    return text;
  }
}

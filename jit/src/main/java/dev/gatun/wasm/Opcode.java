package dev.gatun.wasm;

import org.jspecify.annotations.Nullable;

/**
 * The one description of every opcode: its name in the text format, its bytes, its immediates, its shape and its type. The
 * decoder, the validator, the compiler and the backends read it here.
 *
 * <p>A type is written {@code operands:results} with i for i32, l for i64, f for f32 and d for f64. It is empty where the
 * immediates or the operand stack decide; the validator has a case for each of those.
 */
public enum Opcode {
  UNREACHABLE("unreachable", 0x00, Immediates.NONE, Shape.CONTROL, ""),
  NOP("nop", 0x01, Immediates.NONE, Shape.CONTROL, ""),
  BLOCK("block", 0x02, Immediates.BLOCK_TYPE, Shape.CONTROL, ""),
  LOOP("loop", 0x03, Immediates.BLOCK_TYPE, Shape.CONTROL, ""),
  IF("if", 0x04, Immediates.BLOCK_TYPE, Shape.CONTROL, ""),
  ELSE("else", 0x05, Immediates.NONE, Shape.CONTROL, ""),
  END("end", 0x0B, Immediates.NONE, Shape.CONTROL, ""),
  BR("br", 0x0C, Immediates.LABEL, Shape.CONTROL, ""),
  BR_IF("br_if", 0x0D, Immediates.LABEL, Shape.CONTROL, ""),
  BR_TABLE("br_table", 0x0E, Immediates.LABEL_TABLE, Shape.CONTROL, ""),
  RETURN("return", 0x0F, Immediates.NONE, Shape.CONTROL, ""),
  CALL("call", 0x10, Immediates.FUNCTION, Shape.CONTROL, "", Mark.CALLS),
  CALL_INDIRECT("call_indirect", 0x11, Immediates.TYPE_TABLE, Shape.CONTROL, "", Mark.CALLS),
  DROP("drop", 0x1A, Immediates.NONE, Shape.PARAMETRIC, ""),
  SELECT("select", 0x1B, Immediates.NONE, Shape.PARAMETRIC, ""),
  SELECT_TYPED("select", 0x1C, Immediates.VALUE_TYPES, Shape.PARAMETRIC, ""),
  LOCAL_GET("local.get", 0x20, Immediates.LOCAL, Shape.VARIABLE, ""),
  LOCAL_SET("local.set", 0x21, Immediates.LOCAL, Shape.VARIABLE, ""),
  LOCAL_TEE("local.tee", 0x22, Immediates.LOCAL, Shape.VARIABLE, ""),
  GLOBAL_GET("global.get", 0x23, Immediates.GLOBAL, Shape.VARIABLE, ""),
  GLOBAL_SET("global.set", 0x24, Immediates.GLOBAL, Shape.VARIABLE, ""),
  TABLE_GET("table.get", 0x25, Immediates.TABLE, Shape.TABLE, ""),
  TABLE_SET("table.set", 0x26, Immediates.TABLE, Shape.TABLE, ""),
  I32_LOAD("i32.load", 0x28, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:i", 4),
  I64_LOAD("i64.load", 0x29, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 8),
  F32_LOAD("f32.load", 0x2A, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:f", 4),
  F64_LOAD("f64.load", 0x2B, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:d", 8),
  I32_LOAD8_S("i32.load8_s", 0x2C, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:i", 1),
  I32_LOAD8_U("i32.load8_u", 0x2D, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:i", 1),
  I32_LOAD16_S("i32.load16_s", 0x2E, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:i", 2),
  I32_LOAD16_U("i32.load16_u", 0x2F, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:i", 2),
  I64_LOAD8_S("i64.load8_s", 0x30, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 1),
  I64_LOAD8_U("i64.load8_u", 0x31, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 1),
  I64_LOAD16_S("i64.load16_s", 0x32, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 2),
  I64_LOAD16_U("i64.load16_u", 0x33, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 2),
  I64_LOAD32_S("i64.load32_s", 0x34, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 4),
  I64_LOAD32_U("i64.load32_u", 0x35, Immediates.MEMORY_ARGUMENT, Shape.LOAD, "i:l", 4),
  I32_STORE("i32.store", 0x36, Immediates.MEMORY_ARGUMENT, Shape.STORE, "ii:", 4),
  I64_STORE("i64.store", 0x37, Immediates.MEMORY_ARGUMENT, Shape.STORE, "il:", 8),
  F32_STORE("f32.store", 0x38, Immediates.MEMORY_ARGUMENT, Shape.STORE, "if:", 4),
  F64_STORE("f64.store", 0x39, Immediates.MEMORY_ARGUMENT, Shape.STORE, "id:", 8),
  I32_STORE8("i32.store8", 0x3A, Immediates.MEMORY_ARGUMENT, Shape.STORE, "ii:", 1),
  I32_STORE16("i32.store16", 0x3B, Immediates.MEMORY_ARGUMENT, Shape.STORE, "ii:", 2),
  I64_STORE8("i64.store8", 0x3C, Immediates.MEMORY_ARGUMENT, Shape.STORE, "il:", 1),
  I64_STORE16("i64.store16", 0x3D, Immediates.MEMORY_ARGUMENT, Shape.STORE, "il:", 2),
  I64_STORE32("i64.store32", 0x3E, Immediates.MEMORY_ARGUMENT, Shape.STORE, "il:", 4),
  MEMORY_SIZE("memory.size", 0x3F, Immediates.MEMORY, Shape.MEMORY, ":i"),
  MEMORY_GROW("memory.grow", 0x40, Immediates.MEMORY, Shape.MEMORY, "i:i", Mark.CALLS),
  I32_CONST("i32.const", 0x41, Immediates.I32, Shape.CONSTANT, ":i"),
  I64_CONST("i64.const", 0x42, Immediates.I64, Shape.CONSTANT, ":l"),
  F32_CONST("f32.const", 0x43, Immediates.F32, Shape.CONSTANT, ":f"),
  F64_CONST("f64.const", 0x44, Immediates.F64, Shape.CONSTANT, ":d"),
  I32_EQZ("i32.eqz", 0x45, Immediates.NONE, Shape.TEST, "i:i"),
  I32_EQ("i32.eq", 0x46, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_NE("i32.ne", 0x47, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_LT_S("i32.lt_s", 0x48, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_LT_U("i32.lt_u", 0x49, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_GT_S("i32.gt_s", 0x4A, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_GT_U("i32.gt_u", 0x4B, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_LE_S("i32.le_s", 0x4C, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_LE_U("i32.le_u", 0x4D, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_GE_S("i32.ge_s", 0x4E, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I32_GE_U("i32.ge_u", 0x4F, Immediates.NONE, Shape.COMPARE, "ii:i"),
  I64_EQZ("i64.eqz", 0x50, Immediates.NONE, Shape.TEST, "l:i"),
  I64_EQ("i64.eq", 0x51, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_NE("i64.ne", 0x52, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_LT_S("i64.lt_s", 0x53, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_LT_U("i64.lt_u", 0x54, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_GT_S("i64.gt_s", 0x55, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_GT_U("i64.gt_u", 0x56, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_LE_S("i64.le_s", 0x57, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_LE_U("i64.le_u", 0x58, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_GE_S("i64.ge_s", 0x59, Immediates.NONE, Shape.COMPARE, "ll:i"),
  I64_GE_U("i64.ge_u", 0x5A, Immediates.NONE, Shape.COMPARE, "ll:i"),
  F32_EQ("f32.eq", 0x5B, Immediates.NONE, Shape.COMPARE, "ff:i"),
  F32_NE("f32.ne", 0x5C, Immediates.NONE, Shape.COMPARE, "ff:i"),
  F32_LT("f32.lt", 0x5D, Immediates.NONE, Shape.COMPARE, "ff:i"),
  F32_GT("f32.gt", 0x5E, Immediates.NONE, Shape.COMPARE, "ff:i"),
  F32_LE("f32.le", 0x5F, Immediates.NONE, Shape.COMPARE, "ff:i"),
  F32_GE("f32.ge", 0x60, Immediates.NONE, Shape.COMPARE, "ff:i"),
  F64_EQ("f64.eq", 0x61, Immediates.NONE, Shape.COMPARE, "dd:i"),
  F64_NE("f64.ne", 0x62, Immediates.NONE, Shape.COMPARE, "dd:i"),
  F64_LT("f64.lt", 0x63, Immediates.NONE, Shape.COMPARE, "dd:i"),
  F64_GT("f64.gt", 0x64, Immediates.NONE, Shape.COMPARE, "dd:i"),
  F64_LE("f64.le", 0x65, Immediates.NONE, Shape.COMPARE, "dd:i"),
  F64_GE("f64.ge", 0x66, Immediates.NONE, Shape.COMPARE, "dd:i"),
  I32_CLZ("i32.clz", 0x67, Immediates.NONE, Shape.UNARY, "i:i"),
  I32_CTZ("i32.ctz", 0x68, Immediates.NONE, Shape.UNARY, "i:i"),
  I32_POPCNT("i32.popcnt", 0x69, Immediates.NONE, Shape.UNARY, "i:i"),
  I32_ADD("i32.add", 0x6A, Immediates.NONE, Shape.BINARY, "ii:i", Mark.COMMUTES),
  I32_SUB("i32.sub", 0x6B, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_MUL("i32.mul", 0x6C, Immediates.NONE, Shape.BINARY, "ii:i", Mark.COMMUTES),
  I32_DIV_S("i32.div_s", 0x6D, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_DIV_U("i32.div_u", 0x6E, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_REM_S("i32.rem_s", 0x6F, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_REM_U("i32.rem_u", 0x70, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_AND("i32.and", 0x71, Immediates.NONE, Shape.BINARY, "ii:i", Mark.COMMUTES),
  I32_OR("i32.or", 0x72, Immediates.NONE, Shape.BINARY, "ii:i", Mark.COMMUTES),
  I32_XOR("i32.xor", 0x73, Immediates.NONE, Shape.BINARY, "ii:i", Mark.COMMUTES),
  I32_SHL("i32.shl", 0x74, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_SHR_S("i32.shr_s", 0x75, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_SHR_U("i32.shr_u", 0x76, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_ROTL("i32.rotl", 0x77, Immediates.NONE, Shape.BINARY, "ii:i"),
  I32_ROTR("i32.rotr", 0x78, Immediates.NONE, Shape.BINARY, "ii:i"),
  I64_CLZ("i64.clz", 0x79, Immediates.NONE, Shape.UNARY, "l:l"),
  I64_CTZ("i64.ctz", 0x7A, Immediates.NONE, Shape.UNARY, "l:l"),
  I64_POPCNT("i64.popcnt", 0x7B, Immediates.NONE, Shape.UNARY, "l:l"),
  I64_ADD("i64.add", 0x7C, Immediates.NONE, Shape.BINARY, "ll:l", Mark.COMMUTES),
  I64_SUB("i64.sub", 0x7D, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_MUL("i64.mul", 0x7E, Immediates.NONE, Shape.BINARY, "ll:l", Mark.COMMUTES),
  I64_DIV_S("i64.div_s", 0x7F, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_DIV_U("i64.div_u", 0x80, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_REM_S("i64.rem_s", 0x81, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_REM_U("i64.rem_u", 0x82, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_AND("i64.and", 0x83, Immediates.NONE, Shape.BINARY, "ll:l", Mark.COMMUTES),
  I64_OR("i64.or", 0x84, Immediates.NONE, Shape.BINARY, "ll:l", Mark.COMMUTES),
  I64_XOR("i64.xor", 0x85, Immediates.NONE, Shape.BINARY, "ll:l", Mark.COMMUTES),
  I64_SHL("i64.shl", 0x86, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_SHR_S("i64.shr_s", 0x87, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_SHR_U("i64.shr_u", 0x88, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_ROTL("i64.rotl", 0x89, Immediates.NONE, Shape.BINARY, "ll:l"),
  I64_ROTR("i64.rotr", 0x8A, Immediates.NONE, Shape.BINARY, "ll:l"),
  F32_ABS("f32.abs", 0x8B, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_NEG("f32.neg", 0x8C, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_CEIL("f32.ceil", 0x8D, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_FLOOR("f32.floor", 0x8E, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_TRUNC("f32.trunc", 0x8F, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_NEAREST("f32.nearest", 0x90, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_SQRT("f32.sqrt", 0x91, Immediates.NONE, Shape.UNARY, "f:f"),
  F32_ADD("f32.add", 0x92, Immediates.NONE, Shape.BINARY, "ff:f", Mark.COMMUTES),
  F32_SUB("f32.sub", 0x93, Immediates.NONE, Shape.BINARY, "ff:f"),
  F32_MUL("f32.mul", 0x94, Immediates.NONE, Shape.BINARY, "ff:f", Mark.COMMUTES),
  F32_DIV("f32.div", 0x95, Immediates.NONE, Shape.BINARY, "ff:f"),
  F32_MIN("f32.min", 0x96, Immediates.NONE, Shape.BINARY, "ff:f"),
  F32_MAX("f32.max", 0x97, Immediates.NONE, Shape.BINARY, "ff:f"),
  F32_COPYSIGN("f32.copysign", 0x98, Immediates.NONE, Shape.BINARY, "ff:f"),
  F64_ABS("f64.abs", 0x99, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_NEG("f64.neg", 0x9A, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_CEIL("f64.ceil", 0x9B, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_FLOOR("f64.floor", 0x9C, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_TRUNC("f64.trunc", 0x9D, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_NEAREST("f64.nearest", 0x9E, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_SQRT("f64.sqrt", 0x9F, Immediates.NONE, Shape.UNARY, "d:d"),
  F64_ADD("f64.add", 0xA0, Immediates.NONE, Shape.BINARY, "dd:d", Mark.COMMUTES),
  F64_SUB("f64.sub", 0xA1, Immediates.NONE, Shape.BINARY, "dd:d"),
  F64_MUL("f64.mul", 0xA2, Immediates.NONE, Shape.BINARY, "dd:d", Mark.COMMUTES),
  F64_DIV("f64.div", 0xA3, Immediates.NONE, Shape.BINARY, "dd:d"),
  F64_MIN("f64.min", 0xA4, Immediates.NONE, Shape.BINARY, "dd:d"),
  F64_MAX("f64.max", 0xA5, Immediates.NONE, Shape.BINARY, "dd:d"),
  F64_COPYSIGN("f64.copysign", 0xA6, Immediates.NONE, Shape.BINARY, "dd:d"),
  I32_WRAP_I64("i32.wrap_i64", 0xA7, Immediates.NONE, Shape.UNARY, "l:i"),
  I32_TRUNC_F32_S("i32.trunc_f32_s", 0xA8, Immediates.NONE, Shape.UNARY, "f:i"),
  I32_TRUNC_F32_U("i32.trunc_f32_u", 0xA9, Immediates.NONE, Shape.UNARY, "f:i"),
  I32_TRUNC_F64_S("i32.trunc_f64_s", 0xAA, Immediates.NONE, Shape.UNARY, "d:i"),
  I32_TRUNC_F64_U("i32.trunc_f64_u", 0xAB, Immediates.NONE, Shape.UNARY, "d:i"),
  I64_EXTEND_I32_S("i64.extend_i32_s", 0xAC, Immediates.NONE, Shape.UNARY, "i:l"),
  I64_EXTEND_I32_U("i64.extend_i32_u", 0xAD, Immediates.NONE, Shape.UNARY, "i:l"),
  I64_TRUNC_F32_S("i64.trunc_f32_s", 0xAE, Immediates.NONE, Shape.UNARY, "f:l"),
  I64_TRUNC_F32_U("i64.trunc_f32_u", 0xAF, Immediates.NONE, Shape.UNARY, "f:l"),
  I64_TRUNC_F64_S("i64.trunc_f64_s", 0xB0, Immediates.NONE, Shape.UNARY, "d:l"),
  I64_TRUNC_F64_U("i64.trunc_f64_u", 0xB1, Immediates.NONE, Shape.UNARY, "d:l"),
  F32_CONVERT_I32_S("f32.convert_i32_s", 0xB2, Immediates.NONE, Shape.UNARY, "i:f"),
  F32_CONVERT_I32_U("f32.convert_i32_u", 0xB3, Immediates.NONE, Shape.UNARY, "i:f"),
  F32_CONVERT_I64_S("f32.convert_i64_s", 0xB4, Immediates.NONE, Shape.UNARY, "l:f"),
  F32_CONVERT_I64_U("f32.convert_i64_u", 0xB5, Immediates.NONE, Shape.UNARY, "l:f"),
  F32_DEMOTE_F64("f32.demote_f64", 0xB6, Immediates.NONE, Shape.UNARY, "d:f"),
  F64_CONVERT_I32_S("f64.convert_i32_s", 0xB7, Immediates.NONE, Shape.UNARY, "i:d"),
  F64_CONVERT_I32_U("f64.convert_i32_u", 0xB8, Immediates.NONE, Shape.UNARY, "i:d"),
  F64_CONVERT_I64_S("f64.convert_i64_s", 0xB9, Immediates.NONE, Shape.UNARY, "l:d"),
  F64_CONVERT_I64_U("f64.convert_i64_u", 0xBA, Immediates.NONE, Shape.UNARY, "l:d"),
  F64_PROMOTE_F32("f64.promote_f32", 0xBB, Immediates.NONE, Shape.UNARY, "f:d"),
  I32_REINTERPRET_F32("i32.reinterpret_f32", 0xBC, Immediates.NONE, Shape.UNARY, "f:i"),
  I64_REINTERPRET_F64("i64.reinterpret_f64", 0xBD, Immediates.NONE, Shape.UNARY, "d:l"),
  F32_REINTERPRET_I32("f32.reinterpret_i32", 0xBE, Immediates.NONE, Shape.UNARY, "i:f"),
  F64_REINTERPRET_I64("f64.reinterpret_i64", 0xBF, Immediates.NONE, Shape.UNARY, "l:d"),
  I32_EXTEND8_S("i32.extend8_s", 0xC0, Immediates.NONE, Shape.UNARY, "i:i"),
  I32_EXTEND16_S("i32.extend16_s", 0xC1, Immediates.NONE, Shape.UNARY, "i:i"),
  I64_EXTEND8_S("i64.extend8_s", 0xC2, Immediates.NONE, Shape.UNARY, "l:l"),
  I64_EXTEND16_S("i64.extend16_s", 0xC3, Immediates.NONE, Shape.UNARY, "l:l"),
  I64_EXTEND32_S("i64.extend32_s", 0xC4, Immediates.NONE, Shape.UNARY, "l:l"),
  REF_NULL("ref.null", 0xD0, Immediates.HEAP_TYPE, Shape.REFERENCE, ""),
  REF_IS_NULL("ref.is_null", 0xD1, Immediates.NONE, Shape.REFERENCE, ""),
  REF_FUNC("ref.func", 0xD2, Immediates.FUNCTION, Shape.REFERENCE, ""),
  I32_TRUNC_SAT_F32_S("i32.trunc_sat_f32_s", 0xFC00, Immediates.NONE, Shape.UNARY, "f:i"),
  I32_TRUNC_SAT_F32_U("i32.trunc_sat_f32_u", 0xFC01, Immediates.NONE, Shape.UNARY, "f:i"),
  I32_TRUNC_SAT_F64_S("i32.trunc_sat_f64_s", 0xFC02, Immediates.NONE, Shape.UNARY, "d:i"),
  I32_TRUNC_SAT_F64_U("i32.trunc_sat_f64_u", 0xFC03, Immediates.NONE, Shape.UNARY, "d:i"),
  I64_TRUNC_SAT_F32_S("i64.trunc_sat_f32_s", 0xFC04, Immediates.NONE, Shape.UNARY, "f:l"),
  I64_TRUNC_SAT_F32_U("i64.trunc_sat_f32_u", 0xFC05, Immediates.NONE, Shape.UNARY, "f:l"),
  I64_TRUNC_SAT_F64_S("i64.trunc_sat_f64_s", 0xFC06, Immediates.NONE, Shape.UNARY, "d:l"),
  I64_TRUNC_SAT_F64_U("i64.trunc_sat_f64_u", 0xFC07, Immediates.NONE, Shape.UNARY, "d:l"),
  MEMORY_INIT("memory.init", 0xFC08, Immediates.DATA_MEMORY, Shape.MEMORY, "iii:", Mark.CALLS),
  DATA_DROP("data.drop", 0xFC09, Immediates.DATA, Shape.MEMORY, ":", Mark.CALLS),
  MEMORY_COPY("memory.copy", 0xFC0A, Immediates.MEMORY_MEMORY, Shape.MEMORY, "iii:", Mark.CALLS),
  MEMORY_FILL("memory.fill", 0xFC0B, Immediates.MEMORY, Shape.MEMORY, "iii:", Mark.CALLS),
  TABLE_INIT("table.init", 0xFC0C, Immediates.ELEMENT_TABLE, Shape.TABLE, "iii:", Mark.CALLS),
  ELEM_DROP("elem.drop", 0xFC0D, Immediates.ELEMENT, Shape.TABLE, ":", Mark.CALLS),
  TABLE_COPY("table.copy", 0xFC0E, Immediates.TABLE_TABLE, Shape.TABLE, "iii:", Mark.CALLS),
  TABLE_GROW("table.grow", 0xFC0F, Immediates.TABLE, Shape.TABLE, "", Mark.CALLS),
  TABLE_SIZE("table.size", 0xFC10, Immediates.TABLE, Shape.TABLE, ":i"),
  TABLE_FILL("table.fill", 0xFC11, Immediates.TABLE, Shape.TABLE, "", Mark.CALLS);

  /** Opcodes behind the prefix 0xFC have this in their code, above the number that follows the prefix. */
  public static final int MISC_PREFIX = 0xFC00;

  private static final int[] TYPES = new int[128];
  private static final @Nullable Opcode[] SINGLE = new Opcode[256];
  private static final @Nullable Opcode[] MISC = new Opcode[32];

  static {
    TYPES['i'] = ValueType.I32;
    TYPES['l'] = ValueType.I64;
    TYPES['f'] = ValueType.F32;
    TYPES['d'] = ValueType.F64;
    for (Opcode opcode : values()) {
      if (opcode.code >= MISC_PREFIX) {
        MISC[opcode.code - MISC_PREFIX] = opcode;
      } else {
        SINGLE[opcode.code] = opcode;
      }
      opcode.readSignature();
    }
  }

  private final String text;
  private final int code;
  private final Immediates immediates;
  private final Shape shape;
  private final String signature;
  private final int width;
  private final boolean commutes;
  private final boolean calls;
  private int[] operands = {};
  private int result;

  Opcode(String text, int code, Immediates immediates, Shape shape, String signature) {
    this(text, code, immediates, shape, signature, 0);
  }

  /** With a width in bytes for loads and stores, or one of the marks below. */
  Opcode(String text, int code, Immediates immediates, Shape shape, String signature, int mark) {
    this.text = text;
    this.code = code;
    this.immediates = immediates;
    this.shape = shape;
    this.signature = signature;
    this.width = mark > 0 ? mark : 0;
    this.commutes = mark == Mark.COMMUTES;
    this.calls = mark == Mark.CALLS;
  }

  private void readSignature() {
    int colon = signature.indexOf(':');
    if (colon < 0) {
      return;
    }
    operands = new int[colon];
    for (int i = 0; i < colon; i++) {
      operands[i] = TYPES[signature.charAt(i)];
    }
    result = colon + 1 < signature.length() ? TYPES[signature.charAt(colon + 1)] : 0;
  }

  /** The opcode of a single byte (0 to 255), or null. */
  public static @Nullable Opcode of(int first) {
    return SINGLE[first];
  }

  /** The opcode of a number behind the prefix 0xFC, or null. */
  public static @Nullable Opcode ofMisc(int number) {
    return number >= 0 && number < MISC.length ? MISC[number] : null;
  }

  /** The name in the text format. */
  public String text() {
    return text;
  }

  /** The byte, or {@link #MISC_PREFIX} plus the number behind the prefix. */
  public int code() {
    return code;
  }

  public Immediates immediates() {
    return immediates;
  }

  public Shape shape() {
    return shape;
  }

  /** Whether the opcode's type is fixed, so that {@link #operandCount} and {@link #result} say all. */
  public boolean hasFixedType() {
    return !signature.isEmpty();
  }

  public int operandCount() {
    return operands.length;
  }

  /** The {@link ValueType} of an operand, counted from the bottom. */
  public int operand(int index) {
    return operands[index];
  }

  /** The {@link ValueType} of the result, or 0 if there is none. */
  public int result() {
    return result;
  }

  /** Bytes that a load or store accesses; its natural alignment. 0 for all others. */
  public int width() {
    return width;
  }

  /** Whether the operands of a binary operation may be exchanged. */
  public boolean commutes() {
    return commutes;
  }

  /** Whether the instruction calls a function or the runtime. */
  public boolean calls() {
    return calls;
  }

  @Override
  public String toString() {
    return text;
  }

  /** Marks in a row; apart, since an enum's own constants can't be named before its rows. */
  private static final class Mark {
    static final int COMMUTES = -1;
    static final int CALLS = -2;
  }
}

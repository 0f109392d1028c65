package dev.gatun.wasm;

import static dev.gatun.wasm.Shape.*;

import org.jspecify.annotations.Nullable;

/**
 * Every instruction the engine knows, described once: decoder, validator, compiler and code generators all read this
 * table.
 *
 * <p>A row is name, code, shape, signature, and where they differ from the ordinary: immediates (or bytes accessed),
 * traits and feature. In a signature, operands stand before the colon and the result after it: {@code i} i32, {@code l}
 * i64, {@code f} f32, {@code d} f64, {@code v} v128. Of what accesses memory the
 * first operand is the address, which is an i64 instead where the memory has addresses of 64 bits; the same goes for
 * sizes and indices of memories and tables. Null stands for a signature that depends on immediates,
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
  TRY("try", 0x06, CONTROL, null, Immediates.BLOCK_TYPE, Feature.LEGACY_EXCEPTIONS),
  CATCH("catch", 0x07, CONTROL, null, Immediates.TAG, Feature.LEGACY_EXCEPTIONS),
  THROW("throw", 0x08, CONTROL, null, Immediates.TAG, Trait.CALLS, Feature.EXCEPTIONS),
  RETHROW("rethrow", 0x09, CONTROL, null, Immediates.LABEL, Trait.CALLS, Feature.LEGACY_EXCEPTIONS),
  THROW_REF("throw_ref", 0x0A, CONTROL, null, Trait.CALLS | Trait.TRAPS, Feature.EXCEPTIONS),
  END("end", 0x0B, CONTROL, null),
  BR("br", 0x0C, CONTROL, null, Immediates.LABEL),
  BR_IF("br_if", 0x0D, CONTROL, null, Immediates.LABEL),
  BR_TABLE("br_table", 0x0E, CONTROL, null, Immediates.LABEL_TABLE),
  RETURN("return", 0x0F, CONTROL, null),
  CALL("call", 0x10, CONTROL, null, Immediates.FUNCTION, Trait.CALLS),
  CALL_INDIRECT("call_indirect", 0x11, CONTROL, null, Immediates.TYPE_TABLE, Trait.CALLS | Trait.TRAPS),
  RETURN_CALL("return_call", 0x12, CONTROL, null, Immediates.FUNCTION, Trait.CALLS, Feature.TAIL_CALLS),
  RETURN_CALL_INDIRECT("return_call_indirect", 0x13, CONTROL, null, Immediates.TYPE_TABLE, Trait.CALLS | Trait.TRAPS,
      Feature.TAIL_CALLS),
  CALL_REF("call_ref", 0x14, CONTROL, null, Immediates.TYPE, Trait.CALLS | Trait.TRAPS, Feature.FUNCTION_REFERENCES),
  RETURN_CALL_REF("return_call_ref", 0x15, CONTROL, null, Immediates.TYPE, Trait.CALLS | Trait.TRAPS,
      Feature.FUNCTION_REFERENCES),
  DELEGATE("delegate", 0x18, CONTROL, null, Immediates.LABEL, Feature.LEGACY_EXCEPTIONS),
  CATCH_ALL("catch_all", 0x19, CONTROL, null, Feature.LEGACY_EXCEPTIONS),
  TRY_TABLE("try_table", 0x1F, CONTROL, null, Immediates.TRY_TABLE, Feature.EXCEPTIONS),

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
  REF_FUNC("ref.func", 0xD2, REFERENCE, null, Immediates.FUNCTION, Feature.REFERENCE_TYPES),
  REF_EQ("ref.eq", 0xD3, REFERENCE, null, Feature.GC),
  REF_AS_NON_NULL("ref.as_non_null", 0xD4, REFERENCE, null, Trait.TRAPS, Feature.FUNCTION_REFERENCES),
  BR_ON_NULL("br_on_null", 0xD5, CONTROL, null, Immediates.LABEL, Feature.FUNCTION_REFERENCES),
  BR_ON_NON_NULL("br_on_non_null", 0xD6, CONTROL, null, Immediates.LABEL, Feature.FUNCTION_REFERENCES),

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
      Feature.REFERENCE_TYPES),
  I64_ADD128("i64.add128", 0xFC_0013, WIDE, null, Feature.WIDE_ARITHMETIC),
  I64_SUB128("i64.sub128", 0xFC_0014, WIDE, null, Feature.WIDE_ARITHMETIC),
  I64_MUL_WIDE_S("i64.mul_wide_s", 0xFC_0015, WIDE, null, Trait.SIGNED, Feature.WIDE_ARITHMETIC),
  I64_MUL_WIDE_U("i64.mul_wide_u", 0xFC_0016, WIDE, null, Feature.WIDE_ARITHMETIC),

  // Behind the prefix 0xFB: structures, arrays, casts.
  STRUCT_NEW("struct.new", 0xFB_0000, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  STRUCT_NEW_DEFAULT("struct.new_default", 0xFB_0001, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  STRUCT_GET("struct.get", 0xFB_0002, AGGREGATE, null, Immediates.TYPE_FIELD, Trait.TRAPS, Feature.GC),
  STRUCT_GET_S("struct.get_s", 0xFB_0003, AGGREGATE, null, Immediates.TYPE_FIELD, Trait.TRAPS | Trait.SIGNED,
      Feature.GC),
  STRUCT_GET_U("struct.get_u", 0xFB_0004, AGGREGATE, null, Immediates.TYPE_FIELD, Trait.TRAPS, Feature.GC),
  STRUCT_SET("struct.set", 0xFB_0005, AGGREGATE, null, Immediates.TYPE_FIELD, Trait.TRAPS, Feature.GC),
  ARRAY_NEW("array.new", 0xFB_0006, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  ARRAY_NEW_DEFAULT("array.new_default", 0xFB_0007, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  ARRAY_NEW_FIXED("array.new_fixed", 0xFB_0008, AGGREGATE, null, Immediates.TYPE_COUNT, Trait.TRAPS, Feature.GC),
  ARRAY_NEW_DATA("array.new_data", 0xFB_0009, AGGREGATE, null, Immediates.TYPE_DATA, Trait.CALLS | Trait.TRAPS,
      Feature.GC),
  ARRAY_NEW_ELEM("array.new_elem", 0xFB_000A, AGGREGATE, null, Immediates.TYPE_ELEMENT, Trait.CALLS | Trait.TRAPS,
      Feature.GC),
  ARRAY_GET("array.get", 0xFB_000B, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  ARRAY_GET_S("array.get_s", 0xFB_000C, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS | Trait.SIGNED, Feature.GC),
  ARRAY_GET_U("array.get_u", 0xFB_000D, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  ARRAY_SET("array.set", 0xFB_000E, AGGREGATE, null, Immediates.TYPE, Trait.TRAPS, Feature.GC),
  ARRAY_LEN("array.len", 0xFB_000F, AGGREGATE, null, Trait.TRAPS, Feature.GC),
  ARRAY_FILL("array.fill", 0xFB_0010, AGGREGATE, null, Immediates.TYPE, Trait.CALLS | Trait.TRAPS, Feature.GC),
  ARRAY_COPY("array.copy", 0xFB_0011, AGGREGATE, null, Immediates.TYPE_TYPE, Trait.CALLS | Trait.TRAPS, Feature.GC),
  ARRAY_INIT_DATA("array.init_data", 0xFB_0012, AGGREGATE, null, Immediates.TYPE_DATA, Trait.CALLS | Trait.TRAPS,
      Feature.GC),
  ARRAY_INIT_ELEM("array.init_elem", 0xFB_0013, AGGREGATE, null, Immediates.TYPE_ELEMENT, Trait.CALLS | Trait.TRAPS,
      Feature.GC),
  REF_TEST("ref.test", 0xFB_0014, AGGREGATE, null, Immediates.HEAP_TYPE, Feature.GC),
  REF_TEST_NULL("ref.test", 0xFB_0015, AGGREGATE, null, Immediates.HEAP_TYPE, Feature.GC),
  REF_CAST("ref.cast", 0xFB_0016, AGGREGATE, null, Immediates.HEAP_TYPE, Trait.TRAPS, Feature.GC),
  REF_CAST_NULL("ref.cast", 0xFB_0017, AGGREGATE, null, Immediates.HEAP_TYPE, Trait.TRAPS, Feature.GC),
  BR_ON_CAST("br_on_cast", 0xFB_0018, CONTROL, null, Immediates.CAST, Feature.GC),
  BR_ON_CAST_FAIL("br_on_cast_fail", 0xFB_0019, CONTROL, null, Immediates.CAST, Feature.GC),
  ANY_CONVERT_EXTERN("any.convert_extern", 0xFB_001A, AGGREGATE, null, Feature.GC),
  EXTERN_CONVERT_ANY("extern.convert_any", 0xFB_001B, AGGREGATE, null, Feature.GC),
  REF_I31("ref.i31", 0xFB_001C, AGGREGATE, null, Feature.GC),
  I31_GET_S("i31.get_s", 0xFB_001D, AGGREGATE, null, Trait.TRAPS | Trait.SIGNED, Feature.GC),
  I31_GET_U("i31.get_u", 0xFB_001E, AGGREGATE, null, Trait.TRAPS, Feature.GC),

  // Behind the prefix 0xFD: vectors.
  V128_LOAD("v128.load", 0xFD_0000, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 16, Trait.TRAPS, Feature.SIMD),
  V128_LOAD8X8_S("v128.load8x8_s", 0xFD_0001, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS | Trait.SIGNED,
      Feature.SIMD),
  V128_LOAD8X8_U("v128.load8x8_u", 0xFD_0002, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS, Feature.SIMD),
  V128_LOAD16X4_S("v128.load16x4_s", 0xFD_0003, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS | Trait.SIGNED,
      Feature.SIMD),
  V128_LOAD16X4_U("v128.load16x4_u", 0xFD_0004, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS, Feature.SIMD),
  V128_LOAD32X2_S("v128.load32x2_s", 0xFD_0005, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS | Trait.SIGNED,
      Feature.SIMD),
  V128_LOAD32X2_U("v128.load32x2_u", 0xFD_0006, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS, Feature.SIMD),
  V128_LOAD8_SPLAT("v128.load8_splat", 0xFD_0007, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD16_SPLAT("v128.load16_splat", 0xFD_0008, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD32_SPLAT("v128.load32_splat", 0xFD_0009, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD64_SPLAT("v128.load64_splat", 0xFD_000A, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.SIMD),
  V128_STORE("v128.store", 0xFD_000B, STORE, "iv:", Immediates.MEMORY_ARGUMENT, 16, Trait.TRAPS, Feature.SIMD),
  V128_CONST("v128.const", 0xFD_000C, CONSTANT, ":v", Immediates.V128, Feature.SIMD),
  I8X16_SHUFFLE("i8x16.shuffle", 0xFD_000D, VECTOR, "vv:v", Immediates.SHUFFLE, Feature.SIMD),
  I8X16_SWIZZLE("i8x16.swizzle", 0xFD_000E, VECTOR, "vv:v", Feature.SIMD),
  I8X16_SPLAT("i8x16.splat", 0xFD_000F, VECTOR, "i:v", Feature.SIMD),
  I16X8_SPLAT("i16x8.splat", 0xFD_0010, VECTOR, "i:v", Feature.SIMD),
  I32X4_SPLAT("i32x4.splat", 0xFD_0011, VECTOR, "i:v", Feature.SIMD),
  I64X2_SPLAT("i64x2.splat", 0xFD_0012, VECTOR, "l:v", Feature.SIMD),
  F32X4_SPLAT("f32x4.splat", 0xFD_0013, VECTOR, "f:v", Feature.SIMD),
  F64X2_SPLAT("f64x2.splat", 0xFD_0014, VECTOR, "d:v", Feature.SIMD),
  I8X16_EXTRACT_LANE_S("i8x16.extract_lane_s", 0xFD_0015, VECTOR, "v:i", Immediates.LANE, Trait.SIGNED, Feature.SIMD),
  I8X16_EXTRACT_LANE_U("i8x16.extract_lane_u", 0xFD_0016, VECTOR, "v:i", Immediates.LANE, Feature.SIMD),
  I8X16_REPLACE_LANE("i8x16.replace_lane", 0xFD_0017, VECTOR, "vi:v", Immediates.LANE, Feature.SIMD),
  I16X8_EXTRACT_LANE_S("i16x8.extract_lane_s", 0xFD_0018, VECTOR, "v:i", Immediates.LANE, Trait.SIGNED, Feature.SIMD),
  I16X8_EXTRACT_LANE_U("i16x8.extract_lane_u", 0xFD_0019, VECTOR, "v:i", Immediates.LANE, Feature.SIMD),
  I16X8_REPLACE_LANE("i16x8.replace_lane", 0xFD_001A, VECTOR, "vi:v", Immediates.LANE, Feature.SIMD),
  I32X4_EXTRACT_LANE("i32x4.extract_lane", 0xFD_001B, VECTOR, "v:i", Immediates.LANE, Feature.SIMD),
  I32X4_REPLACE_LANE("i32x4.replace_lane", 0xFD_001C, VECTOR, "vi:v", Immediates.LANE, Feature.SIMD),
  I64X2_EXTRACT_LANE("i64x2.extract_lane", 0xFD_001D, VECTOR, "v:l", Immediates.LANE, Feature.SIMD),
  I64X2_REPLACE_LANE("i64x2.replace_lane", 0xFD_001E, VECTOR, "vl:v", Immediates.LANE, Feature.SIMD),
  F32X4_EXTRACT_LANE("f32x4.extract_lane", 0xFD_001F, VECTOR, "v:f", Immediates.LANE, Feature.SIMD),
  F32X4_REPLACE_LANE("f32x4.replace_lane", 0xFD_0020, VECTOR, "vf:v", Immediates.LANE, Feature.SIMD),
  F64X2_EXTRACT_LANE("f64x2.extract_lane", 0xFD_0021, VECTOR, "v:d", Immediates.LANE, Feature.SIMD),
  F64X2_REPLACE_LANE("f64x2.replace_lane", 0xFD_0022, VECTOR, "vd:v", Immediates.LANE, Feature.SIMD),
  I8X16_EQ("i8x16.eq", 0xFD_0023, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I8X16_NE("i8x16.ne", 0xFD_0024, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I8X16_LT_S("i8x16.lt_s", 0xFD_0025, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I8X16_LT_U("i8x16.lt_u", 0xFD_0026, VECTOR, "vv:v", Feature.SIMD),
  I8X16_GT_S("i8x16.gt_s", 0xFD_0027, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I8X16_GT_U("i8x16.gt_u", 0xFD_0028, VECTOR, "vv:v", Feature.SIMD),
  I8X16_LE_S("i8x16.le_s", 0xFD_0029, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I8X16_LE_U("i8x16.le_u", 0xFD_002A, VECTOR, "vv:v", Feature.SIMD),
  I8X16_GE_S("i8x16.ge_s", 0xFD_002B, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I8X16_GE_U("i8x16.ge_u", 0xFD_002C, VECTOR, "vv:v", Feature.SIMD),
  I16X8_EQ("i16x8.eq", 0xFD_002D, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_NE("i16x8.ne", 0xFD_002E, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_LT_S("i16x8.lt_s", 0xFD_002F, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I16X8_LT_U("i16x8.lt_u", 0xFD_0030, VECTOR, "vv:v", Feature.SIMD),
  I16X8_GT_S("i16x8.gt_s", 0xFD_0031, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I16X8_GT_U("i16x8.gt_u", 0xFD_0032, VECTOR, "vv:v", Feature.SIMD),
  I16X8_LE_S("i16x8.le_s", 0xFD_0033, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I16X8_LE_U("i16x8.le_u", 0xFD_0034, VECTOR, "vv:v", Feature.SIMD),
  I16X8_GE_S("i16x8.ge_s", 0xFD_0035, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I16X8_GE_U("i16x8.ge_u", 0xFD_0036, VECTOR, "vv:v", Feature.SIMD),
  I32X4_EQ("i32x4.eq", 0xFD_0037, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_NE("i32x4.ne", 0xFD_0038, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_LT_S("i32x4.lt_s", 0xFD_0039, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I32X4_LT_U("i32x4.lt_u", 0xFD_003A, VECTOR, "vv:v", Feature.SIMD),
  I32X4_GT_S("i32x4.gt_s", 0xFD_003B, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I32X4_GT_U("i32x4.gt_u", 0xFD_003C, VECTOR, "vv:v", Feature.SIMD),
  I32X4_LE_S("i32x4.le_s", 0xFD_003D, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I32X4_LE_U("i32x4.le_u", 0xFD_003E, VECTOR, "vv:v", Feature.SIMD),
  I32X4_GE_S("i32x4.ge_s", 0xFD_003F, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I32X4_GE_U("i32x4.ge_u", 0xFD_0040, VECTOR, "vv:v", Feature.SIMD),
  F32X4_EQ("f32x4.eq", 0xFD_0041, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_NE("f32x4.ne", 0xFD_0042, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_LT("f32x4.lt", 0xFD_0043, VECTOR, "vv:v", Feature.SIMD),
  F32X4_GT("f32x4.gt", 0xFD_0044, VECTOR, "vv:v", Feature.SIMD),
  F32X4_LE("f32x4.le", 0xFD_0045, VECTOR, "vv:v", Feature.SIMD),
  F32X4_GE("f32x4.ge", 0xFD_0046, VECTOR, "vv:v", Feature.SIMD),
  F64X2_EQ("f64x2.eq", 0xFD_0047, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_NE("f64x2.ne", 0xFD_0048, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_LT("f64x2.lt", 0xFD_0049, VECTOR, "vv:v", Feature.SIMD),
  F64X2_GT("f64x2.gt", 0xFD_004A, VECTOR, "vv:v", Feature.SIMD),
  F64X2_LE("f64x2.le", 0xFD_004B, VECTOR, "vv:v", Feature.SIMD),
  F64X2_GE("f64x2.ge", 0xFD_004C, VECTOR, "vv:v", Feature.SIMD),
  V128_NOT("v128.not", 0xFD_004D, VECTOR, "v:v", Feature.SIMD),
  V128_AND("v128.and", 0xFD_004E, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  V128_ANDNOT("v128.andnot", 0xFD_004F, VECTOR, "vv:v", Feature.SIMD),
  V128_OR("v128.or", 0xFD_0050, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  V128_XOR("v128.xor", 0xFD_0051, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  V128_BITSELECT("v128.bitselect", 0xFD_0052, VECTOR, "vvv:v", Feature.SIMD),
  V128_ANY_TRUE("v128.any_true", 0xFD_0053, VECTOR, "v:i", Feature.SIMD),
  V128_LOAD8_LANE("v128.load8_lane", 0xFD_0054, LANE_LOAD, "iv:v", Immediates.MEMORY_LANE, 1, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD16_LANE("v128.load16_lane", 0xFD_0055, LANE_LOAD, "iv:v", Immediates.MEMORY_LANE, 2, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD32_LANE("v128.load32_lane", 0xFD_0056, LANE_LOAD, "iv:v", Immediates.MEMORY_LANE, 4, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD64_LANE("v128.load64_lane", 0xFD_0057, LANE_LOAD, "iv:v", Immediates.MEMORY_LANE, 8, Trait.TRAPS,
      Feature.SIMD),
  V128_STORE8_LANE("v128.store8_lane", 0xFD_0058, LANE_STORE, "iv:", Immediates.MEMORY_LANE, 1, Trait.TRAPS,
      Feature.SIMD),
  V128_STORE16_LANE("v128.store16_lane", 0xFD_0059, LANE_STORE, "iv:", Immediates.MEMORY_LANE, 2, Trait.TRAPS,
      Feature.SIMD),
  V128_STORE32_LANE("v128.store32_lane", 0xFD_005A, LANE_STORE, "iv:", Immediates.MEMORY_LANE, 4, Trait.TRAPS,
      Feature.SIMD),
  V128_STORE64_LANE("v128.store64_lane", 0xFD_005B, LANE_STORE, "iv:", Immediates.MEMORY_LANE, 8, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD32_ZERO("v128.load32_zero", 0xFD_005C, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.SIMD),
  V128_LOAD64_ZERO("v128.load64_zero", 0xFD_005D, LOAD, "i:v", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.SIMD),
  F32X4_DEMOTE_F64X2_ZERO("f32x4.demote_f64x2_zero", 0xFD_005E, VECTOR, "v:v", Feature.SIMD),
  F64X2_PROMOTE_LOW_F32X4("f64x2.promote_low_f32x4", 0xFD_005F, VECTOR, "v:v", Feature.SIMD),
  I8X16_ABS("i8x16.abs", 0xFD_0060, VECTOR, "v:v", Feature.SIMD),
  I8X16_NEG("i8x16.neg", 0xFD_0061, VECTOR, "v:v", Feature.SIMD),
  I8X16_POPCNT("i8x16.popcnt", 0xFD_0062, VECTOR, "v:v", Feature.SIMD),
  I8X16_ALL_TRUE("i8x16.all_true", 0xFD_0063, VECTOR, "v:i", Feature.SIMD),
  I8X16_BITMASK("i8x16.bitmask", 0xFD_0064, VECTOR, "v:i", Feature.SIMD),
  I8X16_NARROW_I16X8_S("i8x16.narrow_i16x8_s", 0xFD_0065, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I8X16_NARROW_I16X8_U("i8x16.narrow_i16x8_u", 0xFD_0066, VECTOR, "vv:v", Feature.SIMD),
  F32X4_CEIL("f32x4.ceil", 0xFD_0067, VECTOR, "v:v", Feature.SIMD),
  F32X4_FLOOR("f32x4.floor", 0xFD_0068, VECTOR, "v:v", Feature.SIMD),
  F32X4_TRUNC("f32x4.trunc", 0xFD_0069, VECTOR, "v:v", Feature.SIMD),
  F32X4_NEAREST("f32x4.nearest", 0xFD_006A, VECTOR, "v:v", Feature.SIMD),
  I8X16_SHL("i8x16.shl", 0xFD_006B, VECTOR, "vi:v", Feature.SIMD),
  I8X16_SHR_S("i8x16.shr_s", 0xFD_006C, VECTOR, "vi:v", Trait.SIGNED, Feature.SIMD),
  I8X16_SHR_U("i8x16.shr_u", 0xFD_006D, VECTOR, "vi:v", Feature.SIMD),
  I8X16_ADD("i8x16.add", 0xFD_006E, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I8X16_ADD_SAT_S("i8x16.add_sat_s", 0xFD_006F, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I8X16_ADD_SAT_U("i8x16.add_sat_u", 0xFD_0070, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I8X16_SUB("i8x16.sub", 0xFD_0071, VECTOR, "vv:v", Feature.SIMD),
  I8X16_SUB_SAT_S("i8x16.sub_sat_s", 0xFD_0072, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I8X16_SUB_SAT_U("i8x16.sub_sat_u", 0xFD_0073, VECTOR, "vv:v", Feature.SIMD),
  F64X2_CEIL("f64x2.ceil", 0xFD_0074, VECTOR, "v:v", Feature.SIMD),
  F64X2_FLOOR("f64x2.floor", 0xFD_0075, VECTOR, "v:v", Feature.SIMD),
  I8X16_MIN_S("i8x16.min_s", 0xFD_0076, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I8X16_MIN_U("i8x16.min_u", 0xFD_0077, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I8X16_MAX_S("i8x16.max_s", 0xFD_0078, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I8X16_MAX_U("i8x16.max_u", 0xFD_0079, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_TRUNC("f64x2.trunc", 0xFD_007A, VECTOR, "v:v", Feature.SIMD),
  I8X16_AVGR_U("i8x16.avgr_u", 0xFD_007B, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_EXTADD_PAIRWISE_I8X16_S("i16x8.extadd_pairwise_i8x16_s", 0xFD_007C, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I16X8_EXTADD_PAIRWISE_I8X16_U("i16x8.extadd_pairwise_i8x16_u", 0xFD_007D, VECTOR, "v:v", Feature.SIMD),
  I32X4_EXTADD_PAIRWISE_I16X8_S("i32x4.extadd_pairwise_i16x8_s", 0xFD_007E, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I32X4_EXTADD_PAIRWISE_I16X8_U("i32x4.extadd_pairwise_i16x8_u", 0xFD_007F, VECTOR, "v:v", Feature.SIMD),
  I16X8_ABS("i16x8.abs", 0xFD_0080, VECTOR, "v:v", Feature.SIMD),
  I16X8_NEG("i16x8.neg", 0xFD_0081, VECTOR, "v:v", Feature.SIMD),
  I16X8_Q15MULR_SAT_S("i16x8.q15mulr_sat_s", 0xFD_0082, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I16X8_ALL_TRUE("i16x8.all_true", 0xFD_0083, VECTOR, "v:i", Feature.SIMD),
  I16X8_BITMASK("i16x8.bitmask", 0xFD_0084, VECTOR, "v:i", Feature.SIMD),
  I16X8_NARROW_I32X4_S("i16x8.narrow_i32x4_s", 0xFD_0085, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I16X8_NARROW_I32X4_U("i16x8.narrow_i32x4_u", 0xFD_0086, VECTOR, "vv:v", Feature.SIMD),
  I16X8_EXTEND_LOW_I8X16_S("i16x8.extend_low_i8x16_s", 0xFD_0087, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I16X8_EXTEND_HIGH_I8X16_S("i16x8.extend_high_i8x16_s", 0xFD_0088, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I16X8_EXTEND_LOW_I8X16_U("i16x8.extend_low_i8x16_u", 0xFD_0089, VECTOR, "v:v", Feature.SIMD),
  I16X8_EXTEND_HIGH_I8X16_U("i16x8.extend_high_i8x16_u", 0xFD_008A, VECTOR, "v:v", Feature.SIMD),
  I16X8_SHL("i16x8.shl", 0xFD_008B, VECTOR, "vi:v", Feature.SIMD),
  I16X8_SHR_S("i16x8.shr_s", 0xFD_008C, VECTOR, "vi:v", Trait.SIGNED, Feature.SIMD),
  I16X8_SHR_U("i16x8.shr_u", 0xFD_008D, VECTOR, "vi:v", Feature.SIMD),
  I16X8_ADD("i16x8.add", 0xFD_008E, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_ADD_SAT_S("i16x8.add_sat_s", 0xFD_008F, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I16X8_ADD_SAT_U("i16x8.add_sat_u", 0xFD_0090, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_SUB("i16x8.sub", 0xFD_0091, VECTOR, "vv:v", Feature.SIMD),
  I16X8_SUB_SAT_S("i16x8.sub_sat_s", 0xFD_0092, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I16X8_SUB_SAT_U("i16x8.sub_sat_u", 0xFD_0093, VECTOR, "vv:v", Feature.SIMD),
  F64X2_NEAREST("f64x2.nearest", 0xFD_0094, VECTOR, "v:v", Feature.SIMD),
  I16X8_MUL("i16x8.mul", 0xFD_0095, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_MIN_S("i16x8.min_s", 0xFD_0096, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I16X8_MIN_U("i16x8.min_u", 0xFD_0097, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_MAX_S("i16x8.max_s", 0xFD_0098, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I16X8_MAX_U("i16x8.max_u", 0xFD_0099, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_AVGR_U("i16x8.avgr_u", 0xFD_009B, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_EXTMUL_LOW_I8X16_S("i16x8.extmul_low_i8x16_s", 0xFD_009C, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED,
      Feature.SIMD),
  I16X8_EXTMUL_HIGH_I8X16_S("i16x8.extmul_high_i8x16_s", 0xFD_009D, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED,
      Feature.SIMD),
  I16X8_EXTMUL_LOW_I8X16_U("i16x8.extmul_low_i8x16_u", 0xFD_009E, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I16X8_EXTMUL_HIGH_I8X16_U("i16x8.extmul_high_i8x16_u", 0xFD_009F, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_ABS("i32x4.abs", 0xFD_00A0, VECTOR, "v:v", Feature.SIMD),
  I32X4_NEG("i32x4.neg", 0xFD_00A1, VECTOR, "v:v", Feature.SIMD),
  I32X4_ALL_TRUE("i32x4.all_true", 0xFD_00A3, VECTOR, "v:i", Feature.SIMD),
  I32X4_BITMASK("i32x4.bitmask", 0xFD_00A4, VECTOR, "v:i", Feature.SIMD),
  I32X4_EXTEND_LOW_I16X8_S("i32x4.extend_low_i16x8_s", 0xFD_00A7, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I32X4_EXTEND_HIGH_I16X8_S("i32x4.extend_high_i16x8_s", 0xFD_00A8, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I32X4_EXTEND_LOW_I16X8_U("i32x4.extend_low_i16x8_u", 0xFD_00A9, VECTOR, "v:v", Feature.SIMD),
  I32X4_EXTEND_HIGH_I16X8_U("i32x4.extend_high_i16x8_u", 0xFD_00AA, VECTOR, "v:v", Feature.SIMD),
  I32X4_SHL("i32x4.shl", 0xFD_00AB, VECTOR, "vi:v", Feature.SIMD),
  I32X4_SHR_S("i32x4.shr_s", 0xFD_00AC, VECTOR, "vi:v", Trait.SIGNED, Feature.SIMD),
  I32X4_SHR_U("i32x4.shr_u", 0xFD_00AD, VECTOR, "vi:v", Feature.SIMD),
  I32X4_ADD("i32x4.add", 0xFD_00AE, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_SUB("i32x4.sub", 0xFD_00B1, VECTOR, "vv:v", Feature.SIMD),
  I32X4_MUL("i32x4.mul", 0xFD_00B5, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_MIN_S("i32x4.min_s", 0xFD_00B6, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I32X4_MIN_U("i32x4.min_u", 0xFD_00B7, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_MAX_S("i32x4.max_s", 0xFD_00B8, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I32X4_MAX_U("i32x4.max_u", 0xFD_00B9, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_DOT_I16X8_S("i32x4.dot_i16x8_s", 0xFD_00BA, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED, Feature.SIMD),
  I32X4_EXTMUL_LOW_I16X8_S("i32x4.extmul_low_i16x8_s", 0xFD_00BC, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED,
      Feature.SIMD),
  I32X4_EXTMUL_HIGH_I16X8_S("i32x4.extmul_high_i16x8_s", 0xFD_00BD, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED,
      Feature.SIMD),
  I32X4_EXTMUL_LOW_I16X8_U("i32x4.extmul_low_i16x8_u", 0xFD_00BE, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I32X4_EXTMUL_HIGH_I16X8_U("i32x4.extmul_high_i16x8_u", 0xFD_00BF, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I64X2_ABS("i64x2.abs", 0xFD_00C0, VECTOR, "v:v", Feature.SIMD),
  I64X2_NEG("i64x2.neg", 0xFD_00C1, VECTOR, "v:v", Feature.SIMD),
  I64X2_ALL_TRUE("i64x2.all_true", 0xFD_00C3, VECTOR, "v:i", Feature.SIMD),
  I64X2_BITMASK("i64x2.bitmask", 0xFD_00C4, VECTOR, "v:i", Feature.SIMD),
  I64X2_EXTEND_LOW_I32X4_S("i64x2.extend_low_i32x4_s", 0xFD_00C7, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I64X2_EXTEND_HIGH_I32X4_S("i64x2.extend_high_i32x4_s", 0xFD_00C8, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I64X2_EXTEND_LOW_I32X4_U("i64x2.extend_low_i32x4_u", 0xFD_00C9, VECTOR, "v:v", Feature.SIMD),
  I64X2_EXTEND_HIGH_I32X4_U("i64x2.extend_high_i32x4_u", 0xFD_00CA, VECTOR, "v:v", Feature.SIMD),
  I64X2_SHL("i64x2.shl", 0xFD_00CB, VECTOR, "vi:v", Feature.SIMD),
  I64X2_SHR_S("i64x2.shr_s", 0xFD_00CC, VECTOR, "vi:v", Trait.SIGNED, Feature.SIMD),
  I64X2_SHR_U("i64x2.shr_u", 0xFD_00CD, VECTOR, "vi:v", Feature.SIMD),
  I64X2_ADD("i64x2.add", 0xFD_00CE, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I64X2_SUB("i64x2.sub", 0xFD_00D1, VECTOR, "vv:v", Feature.SIMD),
  I64X2_MUL("i64x2.mul", 0xFD_00D5, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I64X2_EQ("i64x2.eq", 0xFD_00D6, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I64X2_NE("i64x2.ne", 0xFD_00D7, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I64X2_LT_S("i64x2.lt_s", 0xFD_00D8, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I64X2_GT_S("i64x2.gt_s", 0xFD_00D9, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I64X2_LE_S("i64x2.le_s", 0xFD_00DA, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I64X2_GE_S("i64x2.ge_s", 0xFD_00DB, VECTOR, "vv:v", Trait.SIGNED, Feature.SIMD),
  I64X2_EXTMUL_LOW_I32X4_S("i64x2.extmul_low_i32x4_s", 0xFD_00DC, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED,
      Feature.SIMD),
  I64X2_EXTMUL_HIGH_I32X4_S("i64x2.extmul_high_i32x4_s", 0xFD_00DD, VECTOR, "vv:v", Trait.COMMUTES | Trait.SIGNED,
      Feature.SIMD),
  I64X2_EXTMUL_LOW_I32X4_U("i64x2.extmul_low_i32x4_u", 0xFD_00DE, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  I64X2_EXTMUL_HIGH_I32X4_U("i64x2.extmul_high_i32x4_u", 0xFD_00DF, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_ABS("f32x4.abs", 0xFD_00E0, VECTOR, "v:v", Feature.SIMD),
  F32X4_NEG("f32x4.neg", 0xFD_00E1, VECTOR, "v:v", Feature.SIMD),
  F32X4_SQRT("f32x4.sqrt", 0xFD_00E3, VECTOR, "v:v", Feature.SIMD),
  F32X4_ADD("f32x4.add", 0xFD_00E4, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_SUB("f32x4.sub", 0xFD_00E5, VECTOR, "vv:v", Feature.SIMD),
  F32X4_MUL("f32x4.mul", 0xFD_00E6, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_DIV("f32x4.div", 0xFD_00E7, VECTOR, "vv:v", Feature.SIMD),
  F32X4_MIN("f32x4.min", 0xFD_00E8, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_MAX("f32x4.max", 0xFD_00E9, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F32X4_PMIN("f32x4.pmin", 0xFD_00EA, VECTOR, "vv:v", Feature.SIMD),
  F32X4_PMAX("f32x4.pmax", 0xFD_00EB, VECTOR, "vv:v", Feature.SIMD),
  F64X2_ABS("f64x2.abs", 0xFD_00EC, VECTOR, "v:v", Feature.SIMD),
  F64X2_NEG("f64x2.neg", 0xFD_00ED, VECTOR, "v:v", Feature.SIMD),
  F64X2_SQRT("f64x2.sqrt", 0xFD_00EF, VECTOR, "v:v", Feature.SIMD),
  F64X2_ADD("f64x2.add", 0xFD_00F0, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_SUB("f64x2.sub", 0xFD_00F1, VECTOR, "vv:v", Feature.SIMD),
  F64X2_MUL("f64x2.mul", 0xFD_00F2, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_DIV("f64x2.div", 0xFD_00F3, VECTOR, "vv:v", Feature.SIMD),
  F64X2_MIN("f64x2.min", 0xFD_00F4, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_MAX("f64x2.max", 0xFD_00F5, VECTOR, "vv:v", Trait.COMMUTES, Feature.SIMD),
  F64X2_PMIN("f64x2.pmin", 0xFD_00F6, VECTOR, "vv:v", Feature.SIMD),
  F64X2_PMAX("f64x2.pmax", 0xFD_00F7, VECTOR, "vv:v", Feature.SIMD),
  I32X4_TRUNC_SAT_F32X4_S("i32x4.trunc_sat_f32x4_s", 0xFD_00F8, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I32X4_TRUNC_SAT_F32X4_U("i32x4.trunc_sat_f32x4_u", 0xFD_00F9, VECTOR, "v:v", Feature.SIMD),
  F32X4_CONVERT_I32X4_S("f32x4.convert_i32x4_s", 0xFD_00FA, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  F32X4_CONVERT_I32X4_U("f32x4.convert_i32x4_u", 0xFD_00FB, VECTOR, "v:v", Feature.SIMD),
  I32X4_TRUNC_SAT_F64X2_S_ZERO("i32x4.trunc_sat_f64x2_s_zero", 0xFD_00FC, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  I32X4_TRUNC_SAT_F64X2_U_ZERO("i32x4.trunc_sat_f64x2_u_zero", 0xFD_00FD, VECTOR, "v:v", Feature.SIMD),
  F64X2_CONVERT_LOW_I32X4_S("f64x2.convert_low_i32x4_s", 0xFD_00FE, VECTOR, "v:v", Trait.SIGNED, Feature.SIMD),
  F64X2_CONVERT_LOW_I32X4_U("f64x2.convert_low_i32x4_u", 0xFD_00FF, VECTOR, "v:v", Feature.SIMD),

  // Relaxed vectors.
  I8X16_RELAXED_SWIZZLE("i8x16.relaxed_swizzle", 0xFD_0100, VECTOR, "vv:v", Feature.RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F32X4_S("i32x4.relaxed_trunc_f32x4_s", 0xFD_0101, VECTOR, "v:v", Trait.SIGNED,
      Feature.RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F32X4_U("i32x4.relaxed_trunc_f32x4_u", 0xFD_0102, VECTOR, "v:v", Feature.RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F64X2_S_ZERO("i32x4.relaxed_trunc_f64x2_s_zero", 0xFD_0103, VECTOR, "v:v", Trait.SIGNED,
      Feature.RELAXED_SIMD),
  I32X4_RELAXED_TRUNC_F64X2_U_ZERO("i32x4.relaxed_trunc_f64x2_u_zero", 0xFD_0104, VECTOR, "v:v", Feature.RELAXED_SIMD),
  F32X4_RELAXED_MADD("f32x4.relaxed_madd", 0xFD_0105, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  F32X4_RELAXED_NMADD("f32x4.relaxed_nmadd", 0xFD_0106, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  F64X2_RELAXED_MADD("f64x2.relaxed_madd", 0xFD_0107, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  F64X2_RELAXED_NMADD("f64x2.relaxed_nmadd", 0xFD_0108, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  I8X16_RELAXED_LANESELECT("i8x16.relaxed_laneselect", 0xFD_0109, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  I16X8_RELAXED_LANESELECT("i16x8.relaxed_laneselect", 0xFD_010A, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  I32X4_RELAXED_LANESELECT("i32x4.relaxed_laneselect", 0xFD_010B, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  I64X2_RELAXED_LANESELECT("i64x2.relaxed_laneselect", 0xFD_010C, VECTOR, "vvv:v", Feature.RELAXED_SIMD),
  F32X4_RELAXED_MIN("f32x4.relaxed_min", 0xFD_010D, VECTOR, "vv:v", Feature.RELAXED_SIMD),
  F32X4_RELAXED_MAX("f32x4.relaxed_max", 0xFD_010E, VECTOR, "vv:v", Feature.RELAXED_SIMD),
  F64X2_RELAXED_MIN("f64x2.relaxed_min", 0xFD_010F, VECTOR, "vv:v", Feature.RELAXED_SIMD),
  F64X2_RELAXED_MAX("f64x2.relaxed_max", 0xFD_0110, VECTOR, "vv:v", Feature.RELAXED_SIMD),
  I16X8_RELAXED_Q15MULR_S("i16x8.relaxed_q15mulr_s", 0xFD_0111, VECTOR, "vv:v", Trait.SIGNED, Feature.RELAXED_SIMD),
  I16X8_RELAXED_DOT_I8X16_I7X16_S("i16x8.relaxed_dot_i8x16_i7x16_s", 0xFD_0112, VECTOR, "vv:v", Trait.SIGNED,
      Feature.RELAXED_SIMD),
  I32X4_RELAXED_DOT_I8X16_I7X16_ADD_S("i32x4.relaxed_dot_i8x16_i7x16_add_s", 0xFD_0113, VECTOR, "vvv:v", Trait.SIGNED,
      Feature.RELAXED_SIMD),

  // Behind the prefix 0xFE: atomic accesses.
  MEMORY_ATOMIC_NOTIFY("memory.atomic.notify", 0xFE_0000, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4,
      Trait.CALLS | Trait.TRAPS, Feature.THREADS),
  MEMORY_ATOMIC_WAIT32("memory.atomic.wait32", 0xFE_0001, ATOMIC, "iil:i", Immediates.MEMORY_ARGUMENT, 4,
      Trait.CALLS | Trait.TRAPS, Feature.THREADS),
  MEMORY_ATOMIC_WAIT64("memory.atomic.wait64", 0xFE_0002, ATOMIC, "ill:i", Immediates.MEMORY_ARGUMENT, 8,
      Trait.CALLS | Trait.TRAPS, Feature.THREADS),
  ATOMIC_FENCE("atomic.fence", 0xFE_0003, ATOMIC, ":", Immediates.ORDER, Feature.THREADS),
  I32_ATOMIC_LOAD("i32.atomic.load", 0xFE_0010, ATOMIC, "i:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_LOAD("i64.atomic.load", 0xFE_0011, ATOMIC, "i:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_LOAD8_U("i32.atomic.load8_u", 0xFE_0012, ATOMIC, "i:i", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_LOAD16_U("i32.atomic.load16_u", 0xFE_0013, ATOMIC, "i:i", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_LOAD8_U("i64.atomic.load8_u", 0xFE_0014, ATOMIC, "i:l", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_LOAD16_U("i64.atomic.load16_u", 0xFE_0015, ATOMIC, "i:l", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_LOAD32_U("i64.atomic.load32_u", 0xFE_0016, ATOMIC, "i:l", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_STORE("i32.atomic.store", 0xFE_0017, ATOMIC, "ii:", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_STORE("i64.atomic.store", 0xFE_0018, ATOMIC, "il:", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_STORE8("i32.atomic.store8", 0xFE_0019, ATOMIC, "ii:", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_STORE16("i32.atomic.store16", 0xFE_001A, ATOMIC, "ii:", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_STORE8("i64.atomic.store8", 0xFE_001B, ATOMIC, "il:", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_STORE16("i64.atomic.store16", 0xFE_001C, ATOMIC, "il:", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_STORE32("i64.atomic.store32", 0xFE_001D, ATOMIC, "il:", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW_ADD("i32.atomic.rmw.add", 0xFE_001E, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW_ADD("i64.atomic.rmw.add", 0xFE_001F, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW8_ADD_U("i32.atomic.rmw8.add_u", 0xFE_0020, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW16_ADD_U("i32.atomic.rmw16.add_u", 0xFE_0021, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW8_ADD_U("i64.atomic.rmw8.add_u", 0xFE_0022, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW16_ADD_U("i64.atomic.rmw16.add_u", 0xFE_0023, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW32_ADD_U("i64.atomic.rmw32.add_u", 0xFE_0024, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW_SUB("i32.atomic.rmw.sub", 0xFE_0025, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW_SUB("i64.atomic.rmw.sub", 0xFE_0026, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW8_SUB_U("i32.atomic.rmw8.sub_u", 0xFE_0027, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW16_SUB_U("i32.atomic.rmw16.sub_u", 0xFE_0028, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW8_SUB_U("i64.atomic.rmw8.sub_u", 0xFE_0029, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW16_SUB_U("i64.atomic.rmw16.sub_u", 0xFE_002A, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW32_SUB_U("i64.atomic.rmw32.sub_u", 0xFE_002B, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW_AND("i32.atomic.rmw.and", 0xFE_002C, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW_AND("i64.atomic.rmw.and", 0xFE_002D, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW8_AND_U("i32.atomic.rmw8.and_u", 0xFE_002E, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW16_AND_U("i32.atomic.rmw16.and_u", 0xFE_002F, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW8_AND_U("i64.atomic.rmw8.and_u", 0xFE_0030, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW16_AND_U("i64.atomic.rmw16.and_u", 0xFE_0031, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW32_AND_U("i64.atomic.rmw32.and_u", 0xFE_0032, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW_OR("i32.atomic.rmw.or", 0xFE_0033, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW_OR("i64.atomic.rmw.or", 0xFE_0034, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW8_OR_U("i32.atomic.rmw8.or_u", 0xFE_0035, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW16_OR_U("i32.atomic.rmw16.or_u", 0xFE_0036, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW8_OR_U("i64.atomic.rmw8.or_u", 0xFE_0037, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW16_OR_U("i64.atomic.rmw16.or_u", 0xFE_0038, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 2, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW32_OR_U("i64.atomic.rmw32.or_u", 0xFE_0039, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW_XOR("i32.atomic.rmw.xor", 0xFE_003A, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW_XOR("i64.atomic.rmw.xor", 0xFE_003B, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW8_XOR_U("i32.atomic.rmw8.xor_u", 0xFE_003C, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW16_XOR_U("i32.atomic.rmw16.xor_u", 0xFE_003D, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW8_XOR_U("i64.atomic.rmw8.xor_u", 0xFE_003E, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 1, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW16_XOR_U("i64.atomic.rmw16.xor_u", 0xFE_003F, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW32_XOR_U("i64.atomic.rmw32.xor_u", 0xFE_0040, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW_XCHG("i32.atomic.rmw.xchg", 0xFE_0041, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 4, Trait.TRAPS,
      Feature.THREADS),
  I64_ATOMIC_RMW_XCHG("i64.atomic.rmw.xchg", 0xFE_0042, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 8, Trait.TRAPS,
      Feature.THREADS),
  I32_ATOMIC_RMW8_XCHG_U("i32.atomic.rmw8.xchg_u", 0xFE_0043, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 1,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW16_XCHG_U("i32.atomic.rmw16.xchg_u", 0xFE_0044, ATOMIC, "ii:i", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW8_XCHG_U("i64.atomic.rmw8.xchg_u", 0xFE_0045, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 1,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW16_XCHG_U("i64.atomic.rmw16.xchg_u", 0xFE_0046, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW32_XCHG_U("i64.atomic.rmw32.xchg_u", 0xFE_0047, ATOMIC, "il:l", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW_CMPXCHG("i32.atomic.rmw.cmpxchg", 0xFE_0048, ATOMIC, "iii:i", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW_CMPXCHG("i64.atomic.rmw.cmpxchg", 0xFE_0049, ATOMIC, "ill:l", Immediates.MEMORY_ARGUMENT, 8,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW8_CMPXCHG_U("i32.atomic.rmw8.cmpxchg_u", 0xFE_004A, ATOMIC, "iii:i", Immediates.MEMORY_ARGUMENT, 1,
      Trait.TRAPS, Feature.THREADS),
  I32_ATOMIC_RMW16_CMPXCHG_U("i32.atomic.rmw16.cmpxchg_u", 0xFE_004B, ATOMIC, "iii:i", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW8_CMPXCHG_U("i64.atomic.rmw8.cmpxchg_u", 0xFE_004C, ATOMIC, "ill:l", Immediates.MEMORY_ARGUMENT, 1,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW16_CMPXCHG_U("i64.atomic.rmw16.cmpxchg_u", 0xFE_004D, ATOMIC, "ill:l", Immediates.MEMORY_ARGUMENT, 2,
      Trait.TRAPS, Feature.THREADS),
  I64_ATOMIC_RMW32_CMPXCHG_U("i64.atomic.rmw32.cmpxchg_u", 0xFE_004E, ATOMIC, "ill:l", Immediates.MEMORY_ARGUMENT, 4,
      Trait.TRAPS, Feature.THREADS);

  /** Bits that describe an instruction; only here because a constant of an enum can't be used in its own rows. */
  private static final class Trait {
    static final int COMMUTES = 1;
    static final int TRAPS = 1 << 1;
    static final int SIGNED = 1 << 2;
    static final int CALLS = 1 << 3;
  }

  /** The first bytes that are prefixes: a number follows that says which instruction it is. */
  static final int FIRST_PREFIX = 0xFB;

  private static final @Nullable Opcode[] ONE_BYTE = new @Nullable Opcode[256];

  /** By prefix, from 0xFB on: the instructions by their number. */
  private static final @Nullable Opcode[][] PREFIXED = {
    new @Nullable Opcode[31], new @Nullable Opcode[23], new @Nullable Opcode[276], new @Nullable Opcode[79]
  };

  static {
    for (Opcode opcode : values()) {
      if (opcode.code < 256) {
        ONE_BYTE[opcode.code] = opcode;
      } else {
        PREFIXED[(opcode.code >> 16) - FIRST_PREFIX][opcode.code & 0xFFFF] = opcode;
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
  private final boolean supported;

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
    this.supported = feature.isSupported();
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
      case 'v' -> ValueType.V128;
      default -> throw new IllegalArgumentException("no type has the letter " + letter);
    };
  }

  /** The instruction with this one-byte opcode (0 to 255), or null if there is none or it is a prefix. */
  public static @Nullable Opcode of(int code) {
    return ONE_BYTE[code];
  }

  /** Whether a byte is a prefix, behind which a number says which instruction it is. */
  public static boolean isPrefix(int code) {
    return code >= FIRST_PREFIX && code < FIRST_PREFIX + PREFIXED.length;
  }

  /** The instruction with this number behind a prefix, or null if there is none. */
  public static @Nullable Opcode of(int prefix, int number) {
    @Nullable Opcode[] family = PREFIXED[prefix - FIRST_PREFIX];
    return number >= 0 && number < family.length ? family[number] : null;
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

  /**
   * Lanes of the vectors of an instruction on one of them, from 2 to 16, as its name says: {@code i32x4.extract_lane}.
   */
  public int lanes() {
    return Integer.parseInt(text, text.indexOf('x') + 1, text.indexOf('.'), 10);
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

  /** Whether the engine has the feature it came with. */
  public boolean isSupported() {
    return supported;
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

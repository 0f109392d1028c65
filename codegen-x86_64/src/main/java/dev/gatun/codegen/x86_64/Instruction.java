package dev.gatun.codegen.x86_64;

/**
 * The instructions with a ModRM byte that the assembler can emit, a row each, in the manual's terms: mnemonic,
 * encoding, mandatory prefix, opcode map (1: one byte, 2: 0F, 3: 0F38, 4: 0F3A), opcode, form, operand width, the
 * operand in ModRM.reg and the one in ModRM.rm, the digit that ModRM.reg holds where it is no operand, and the size of
 * an immediate in bytes.
 *
 * <p>Emitting and the tests of every form read this table.
 */
enum Instruction {
  ADD_RM("add", Encoding.LEGACY, 0x00, 1, 0x03, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  ADD_MR("add", Encoding.LEGACY, 0x00, 1, 0x01, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  ADD_MI8("add", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 0, 1),
  ADD_MI32("add", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 0, 4),
  ADD8_MR("add", Encoding.LEGACY, 0x00, 1, 0x00, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  ADD16_MR("add", Encoding.LEGACY, 0x66, 1, 0x01, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  OR_RM("or", Encoding.LEGACY, 0x00, 1, 0x0B, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  OR_MR("or", Encoding.LEGACY, 0x00, 1, 0x09, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  OR_MI8("or", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 1, 1),
  OR_MI32("or", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 1, 4),
  OR8_MR("or", Encoding.LEGACY, 0x00, 1, 0x08, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  OR16_MR("or", Encoding.LEGACY, 0x66, 1, 0x09, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  ADC_RM("adc", Encoding.LEGACY, 0x00, 1, 0x13, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  ADC_MR("adc", Encoding.LEGACY, 0x00, 1, 0x11, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  ADC_MI8("adc", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 2, 1),
  ADC_MI32("adc", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 2, 4),
  SBB_RM("sbb", Encoding.LEGACY, 0x00, 1, 0x1B, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  SBB_MR("sbb", Encoding.LEGACY, 0x00, 1, 0x19, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  SBB_MI8("sbb", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 3, 1),
  SBB_MI32("sbb", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 3, 4),
  AND_RM("and", Encoding.LEGACY, 0x00, 1, 0x23, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  AND_MR("and", Encoding.LEGACY, 0x00, 1, 0x21, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  AND_MI8("and", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 4, 1),
  AND_MI32("and", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 4, 4),
  AND8_MR("and", Encoding.LEGACY, 0x00, 1, 0x20, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  AND16_MR("and", Encoding.LEGACY, 0x66, 1, 0x21, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  SUB_RM("sub", Encoding.LEGACY, 0x00, 1, 0x2B, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  SUB_MR("sub", Encoding.LEGACY, 0x00, 1, 0x29, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  SUB_MI8("sub", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 5, 1),
  SUB_MI32("sub", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 5, 4),
  SUB8_MR("sub", Encoding.LEGACY, 0x00, 1, 0x28, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  SUB16_MR("sub", Encoding.LEGACY, 0x66, 1, 0x29, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  XOR_RM("xor", Encoding.LEGACY, 0x00, 1, 0x33, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  XOR_MR("xor", Encoding.LEGACY, 0x00, 1, 0x31, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  XOR_MI8("xor", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 6, 1),
  XOR_MI32("xor", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 6, 4),
  XOR8_MR("xor", Encoding.LEGACY, 0x00, 1, 0x30, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  XOR16_MR("xor", Encoding.LEGACY, 0x66, 1, 0x31, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  CMP_RM("cmp", Encoding.LEGACY, 0x00, 1, 0x3B, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  CMP_MR("cmp", Encoding.LEGACY, 0x00, 1, 0x39, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  CMP_MI8("cmp", Encoding.LEGACY, 0x00, 1, 0x83, Form.M, Width.BOTH, Operand.GP, Operand.GP, 7, 1),
  CMP_MI32("cmp", Encoding.LEGACY, 0x00, 1, 0x81, Form.M, Width.BOTH, Operand.GP, Operand.GP, 7, 4),
  CMP8_MR("cmp", Encoding.LEGACY, 0x00, 1, 0x38, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  CMP16_MR("cmp", Encoding.LEGACY, 0x66, 1, 0x39, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  CMP8_RM("cmp", Encoding.LEGACY, 0x00, 1, 0x3A, Form.RM, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  CMP16_RM("cmp", Encoding.LEGACY, 0x66, 1, 0x3B, Form.RM, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  CMP8_MI("cmp", Encoding.LEGACY, 0x00, 1, 0x80, Form.M, Width.ONLY_8, Operand.GP, Operand.GP, 7, 1),
  CMP16_MI8("cmp", Encoding.LEGACY, 0x66, 1, 0x83, Form.M, Width.ONLY_16, Operand.GP, Operand.GP, 7, 1),
  TEST_MR("test", Encoding.LEGACY, 0x00, 1, 0x85, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  TEST_MI32("test", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 0, 4),
  TEST8_MR("test", Encoding.LEGACY, 0x00, 1, 0x84, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  TEST16_MR("test", Encoding.LEGACY, 0x66, 1, 0x85, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  TEST8_MI("test", Encoding.LEGACY, 0x00, 1, 0xF6, Form.M, Width.ONLY_8, Operand.GP, Operand.GP, 0, 1),
  TEST16_MI("test", Encoding.LEGACY, 0x66, 1, 0xF7, Form.M, Width.ONLY_16, Operand.GP, Operand.GP, 0, 2),
  MOV_RM("mov", Encoding.LEGACY, 0x00, 1, 0x8B, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  MOV_MR("mov", Encoding.LEGACY, 0x00, 1, 0x89, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  MOV_MI32("mov", Encoding.LEGACY, 0x00, 1, 0xC7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 0, 4),
  MOV8_MR("mov", Encoding.LEGACY, 0x00, 1, 0x88, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  MOV8_MI("mov", Encoding.LEGACY, 0x00, 1, 0xC6, Form.M, Width.ONLY_8, Operand.GP, Operand.GP, 0, 1),
  MOV16_MR("mov", Encoding.LEGACY, 0x66, 1, 0x89, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  MOV16_MI("mov", Encoding.LEGACY, 0x66, 1, 0xC7, Form.M, Width.ONLY_16, Operand.GP, Operand.GP, 0, 2),
  MOVZX8("movzx", Encoding.LEGACY, 0x00, 2, 0xB6, Form.RM, Width.BOTH, Operand.GP, Operand.GP8, -1, 0),
  MOVZX16("movzx", Encoding.LEGACY, 0x00, 2, 0xB7, Form.RM, Width.BOTH, Operand.GP, Operand.GP16, -1, 0),
  MOVSX8("movsx", Encoding.LEGACY, 0x00, 2, 0xBE, Form.RM, Width.BOTH, Operand.GP, Operand.GP8, -1, 0),
  MOVSX16("movsx", Encoding.LEGACY, 0x00, 2, 0xBF, Form.RM, Width.BOTH, Operand.GP, Operand.GP16, -1, 0),
  MOVSXD("movsxd", Encoding.LEGACY, 0x00, 1, 0x63, Form.RM, Width.ONLY_64, Operand.GP, Operand.GP32, -1, 0),
  LEA("lea", Encoding.LEGACY, 0x00, 1, 0x8D, Form.RM, Width.BOTH, Operand.GP, Operand.ADDRESS, -1, 0),
  IMUL_RM("imul", Encoding.LEGACY, 0x00, 2, 0xAF, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  IMUL_RMI8("imul", Encoding.LEGACY, 0x00, 1, 0x6B, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 1),
  IMUL_RMI32("imul", Encoding.LEGACY, 0x00, 1, 0x69, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 4),
  NOT("not", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 2, 0),
  NEG("neg", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 3, 0),
  MUL("mul", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 4, 0),
  IMUL_M("imul", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 5, 0),
  DIV("div", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 6, 0),
  IDIV("idiv", Encoding.LEGACY, 0x00, 1, 0xF7, Form.M, Width.BOTH, Operand.GP, Operand.GP, 7, 0),
  INC("inc", Encoding.LEGACY, 0x00, 1, 0xFF, Form.M, Width.BOTH, Operand.GP, Operand.GP, 0, 0),
  DEC("dec", Encoding.LEGACY, 0x00, 1, 0xFF, Form.M, Width.BOTH, Operand.GP, Operand.GP, 1, 0),
  ROL_MI("rol", Encoding.LEGACY, 0x00, 1, 0xC1, Form.M, Width.BOTH, Operand.GP, Operand.GP, 0, 1),
  ROL_CL("rol", Encoding.LEGACY, 0x00, 1, 0xD3, Form.M_CL, Width.BOTH, Operand.GP, Operand.GP, 0, 0),
  ROR_MI("ror", Encoding.LEGACY, 0x00, 1, 0xC1, Form.M, Width.BOTH, Operand.GP, Operand.GP, 1, 1),
  ROR_CL("ror", Encoding.LEGACY, 0x00, 1, 0xD3, Form.M_CL, Width.BOTH, Operand.GP, Operand.GP, 1, 0),
  SHL_MI("shl", Encoding.LEGACY, 0x00, 1, 0xC1, Form.M, Width.BOTH, Operand.GP, Operand.GP, 4, 1),
  SHL_CL("shl", Encoding.LEGACY, 0x00, 1, 0xD3, Form.M_CL, Width.BOTH, Operand.GP, Operand.GP, 4, 0),
  SHR_MI("shr", Encoding.LEGACY, 0x00, 1, 0xC1, Form.M, Width.BOTH, Operand.GP, Operand.GP, 5, 1),
  SHR_CL("shr", Encoding.LEGACY, 0x00, 1, 0xD3, Form.M_CL, Width.BOTH, Operand.GP, Operand.GP, 5, 0),
  SAR_MI("sar", Encoding.LEGACY, 0x00, 1, 0xC1, Form.M, Width.BOTH, Operand.GP, Operand.GP, 7, 1),
  SAR_CL("sar", Encoding.LEGACY, 0x00, 1, 0xD3, Form.M_CL, Width.BOTH, Operand.GP, Operand.GP, 7, 0),
  SHLX("shlx", Encoding.VEX, 0x66, 3, 0xF7, Form.RMV, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  SARX("sarx", Encoding.VEX, 0xF3, 3, 0xF7, Form.RMV, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  SHRX("shrx", Encoding.VEX, 0xF2, 3, 0xF7, Form.RMV, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  RORX("rorx", Encoding.VEX, 0xF2, 4, 0xF0, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 1),
  LZCNT("lzcnt", Encoding.LEGACY, 0xF3, 2, 0xBD, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  TZCNT("tzcnt", Encoding.LEGACY, 0xF3, 2, 0xBC, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  POPCNT("popcnt", Encoding.LEGACY, 0xF3, 2, 0xB8, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  BSR("bsr", Encoding.LEGACY, 0x00, 2, 0xBD, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  BSF("bsf", Encoding.LEGACY, 0x00, 2, 0xBC, Form.RM, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  XCHG("xchg", Encoding.LEGACY, 0x00, 1, 0x87, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  XCHG8("xchg", Encoding.LEGACY, 0x00, 1, 0x86, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  XCHG16("xchg", Encoding.LEGACY, 0x66, 1, 0x87, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  CMPXCHG8("cmpxchg", Encoding.LEGACY, 0x00, 2, 0xB0, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  CMPXCHG16("cmpxchg", Encoding.LEGACY, 0x66, 2, 0xB1, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  CMPXCHG("cmpxchg", Encoding.LEGACY, 0x00, 2, 0xB1, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  XADD8("xadd", Encoding.LEGACY, 0x00, 2, 0xC0, Form.MR, Width.ONLY_8, Operand.GP, Operand.GP, -1, 0),
  XADD16("xadd", Encoding.LEGACY, 0x66, 2, 0xC1, Form.MR, Width.ONLY_16, Operand.GP, Operand.GP, -1, 0),
  XADD("xadd", Encoding.LEGACY, 0x00, 2, 0xC1, Form.MR, Width.BOTH, Operand.GP, Operand.GP, -1, 0),
  CALL_M("call", Encoding.LEGACY, 0x00, 1, 0xFF, Form.M, Width.IMPLIED_64, Operand.GP, Operand.GP, 2, 0),
  JMP_M("jmp", Encoding.LEGACY, 0x00, 1, 0xFF, Form.M, Width.IMPLIED_64, Operand.GP, Operand.GP, 4, 0),
  PUSH_M("push", Encoding.LEGACY, 0x00, 1, 0xFF, Form.M, Width.IMPLIED_64, Operand.GP, Operand.GP, 6, 0),
  MOVSS_RM("movss", Encoding.SSE_MOVE, 0xF3, 2, 0x10, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  MOVSS_MR("movss", Encoding.SSE_MOVE, 0xF3, 2, 0x11, Form.MR, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  SQRTSS("sqrtss", Encoding.SSE_NDS, 0xF3, 2, 0x51, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  ADDSS("addss", Encoding.SSE_NDS, 0xF3, 2, 0x58, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  MULSS("mulss", Encoding.SSE_NDS, 0xF3, 2, 0x59, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  SUBSS("subss", Encoding.SSE_NDS, 0xF3, 2, 0x5C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  MINSS("minss", Encoding.SSE_NDS, 0xF3, 2, 0x5D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  DIVSS("divss", Encoding.SSE_NDS, 0xF3, 2, 0x5E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  MAXSS("maxss", Encoding.SSE_NDS, 0xF3, 2, 0x5F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  CVTSI2SS("cvtsi2ss", Encoding.SSE_NDS, 0xF3, 2, 0x2A, Form.RM, Width.BOTH, Operand.XMM, Operand.GP, -1, 0),
  CVTTSS2SI("cvttss2si", Encoding.SSE, 0xF3, 2, 0x2C, Form.RM, Width.BOTH, Operand.GP, Operand.XMM32, -1, 0),
  UCOMISS("ucomiss", Encoding.SSE, 0x00, 2, 0x2E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  COMISS("comiss", Encoding.SSE, 0x00, 2, 0x2F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  ROUNDSS("roundss", Encoding.SSE_NDS, 0x66, 4, 0x0A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 1),
  MOVSD_RM("movsd", Encoding.SSE_MOVE, 0xF2, 2, 0x10, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  MOVSD_MR("movsd", Encoding.SSE_MOVE, 0xF2, 2, 0x11, Form.MR, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  SQRTSD("sqrtsd", Encoding.SSE_NDS, 0xF2, 2, 0x51, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  ADDSD("addsd", Encoding.SSE_NDS, 0xF2, 2, 0x58, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  MULSD("mulsd", Encoding.SSE_NDS, 0xF2, 2, 0x59, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  SUBSD("subsd", Encoding.SSE_NDS, 0xF2, 2, 0x5C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  MINSD("minsd", Encoding.SSE_NDS, 0xF2, 2, 0x5D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  DIVSD("divsd", Encoding.SSE_NDS, 0xF2, 2, 0x5E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  MAXSD("maxsd", Encoding.SSE_NDS, 0xF2, 2, 0x5F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  CVTSI2SD("cvtsi2sd", Encoding.SSE_NDS, 0xF2, 2, 0x2A, Form.RM, Width.BOTH, Operand.XMM, Operand.GP, -1, 0),
  CVTTSD2SI("cvttsd2si", Encoding.SSE, 0xF2, 2, 0x2C, Form.RM, Width.BOTH, Operand.GP, Operand.XMM64, -1, 0),
  UCOMISD("ucomisd", Encoding.SSE, 0x66, 2, 0x2E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  COMISD("comisd", Encoding.SSE, 0x66, 2, 0x2F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  ROUNDSD("roundsd", Encoding.SSE_NDS, 0x66, 4, 0x0B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 1),
  CVTSS2SD("cvtss2sd", Encoding.SSE_NDS, 0xF3, 2, 0x5A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  CVTSD2SS("cvtsd2ss", Encoding.SSE_NDS, 0xF2, 2, 0x5A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  MOVAPS("movaps", Encoding.SSE, 0x00, 2, 0x28, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVAPS_MR("movaps", Encoding.SSE, 0x00, 2, 0x29, Form.MR, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVUPS_RM("movups", Encoding.SSE, 0x00, 2, 0x10, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVUPS_MR("movups", Encoding.SSE, 0x00, 2, 0x11, Form.MR, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVDQA_RM("movdqa", Encoding.SSE, 0x66, 2, 0x6F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVDQA_MR("movdqa", Encoding.SSE, 0x66, 2, 0x7F, Form.MR, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVDQU_RM("movdqu", Encoding.SSE, 0xF3, 2, 0x6F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOVDQU_MR("movdqu", Encoding.SSE, 0xF3, 2, 0x7F, Form.MR, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ANDPS("andps", Encoding.SSE_NDS, 0x00, 2, 0x54, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ANDNPS("andnps", Encoding.SSE_NDS, 0x00, 2, 0x55, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ORPS("orps", Encoding.SSE_NDS, 0x00, 2, 0x56, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  XORPS("xorps", Encoding.SSE_NDS, 0x00, 2, 0x57, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ANDPD("andpd", Encoding.SSE_NDS, 0x66, 2, 0x54, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ANDNPD("andnpd", Encoding.SSE_NDS, 0x66, 2, 0x55, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ORPD("orpd", Encoding.SSE_NDS, 0x66, 2, 0x56, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  XORPD("xorpd", Encoding.SSE_NDS, 0x66, 2, 0x57, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  UNPCKLPS("unpcklps", Encoding.SSE_NDS, 0x00, 2, 0x14, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  UNPCKLPD("unpcklpd", Encoding.SSE_NDS, 0x66, 2, 0x14, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKLDQ("punpckldq", Encoding.SSE_NDS, 0x66, 2, 0x62, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKLQDQ("punpcklqdq", Encoding.SSE_NDS, 0x66, 2, 0x6C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PAND("pand", Encoding.SSE_NDS, 0x66, 2, 0xDB, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PANDN("pandn", Encoding.SSE_NDS, 0x66, 2, 0xDF, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  POR("por", Encoding.SSE_NDS, 0x66, 2, 0xEB, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PXOR("pxor", Encoding.SSE_NDS, 0x66, 2, 0xEF, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDD("paddd", Encoding.SSE_NDS, 0x66, 2, 0xFE, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDQ("paddq", Encoding.SSE_NDS, 0x66, 2, 0xD4, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBD("psubd", Encoding.SSE_NDS, 0x66, 2, 0xFA, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBQ("psubq", Encoding.SSE_NDS, 0x66, 2, 0xFB, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MOV_XMM_GP("mov", Encoding.SSE, 0x66, 2, 0x6E, Form.RM, Width.BOTH, Operand.XMM, Operand.GP, -1, 0),
  MOV_GP_XMM("mov", Encoding.SSE, 0x66, 2, 0x7E, Form.MR, Width.BOTH, Operand.XMM, Operand.GP, -1, 0),
  PADDB("paddb", Encoding.SSE_NDS, 0x66, 2, 0xFC, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDW("paddw", Encoding.SSE_NDS, 0x66, 2, 0xFD, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDSB("paddsb", Encoding.SSE_NDS, 0x66, 2, 0xEC, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDSW("paddsw", Encoding.SSE_NDS, 0x66, 2, 0xED, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDUSB("paddusb", Encoding.SSE_NDS, 0x66, 2, 0xDC, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PADDUSW("paddusw", Encoding.SSE_NDS, 0x66, 2, 0xDD, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBB("psubb", Encoding.SSE_NDS, 0x66, 2, 0xF8, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBW("psubw", Encoding.SSE_NDS, 0x66, 2, 0xF9, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBSB("psubsb", Encoding.SSE_NDS, 0x66, 2, 0xE8, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBSW("psubsw", Encoding.SSE_NDS, 0x66, 2, 0xE9, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBUSB("psubusb", Encoding.SSE_NDS, 0x66, 2, 0xD8, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSUBUSW("psubusw", Encoding.SSE_NDS, 0x66, 2, 0xD9, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULLW("pmullw", Encoding.SSE_NDS, 0x66, 2, 0xD5, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULHW("pmulhw", Encoding.SSE_NDS, 0x66, 2, 0xE5, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULHUW("pmulhuw", Encoding.SSE_NDS, 0x66, 2, 0xE4, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMADDWD("pmaddwd", Encoding.SSE_NDS, 0x66, 2, 0xF5, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULUDQ("pmuludq", Encoding.SSE_NDS, 0x66, 2, 0xF4, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMINUB("pminub", Encoding.SSE_NDS, 0x66, 2, 0xDA, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMAXUB("pmaxub", Encoding.SSE_NDS, 0x66, 2, 0xDE, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMINSW("pminsw", Encoding.SSE_NDS, 0x66, 2, 0xEA, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMAXSW("pmaxsw", Encoding.SSE_NDS, 0x66, 2, 0xEE, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PAVGB("pavgb", Encoding.SSE_NDS, 0x66, 2, 0xE0, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PAVGW("pavgw", Encoding.SSE_NDS, 0x66, 2, 0xE3, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPEQB("pcmpeqb", Encoding.SSE_NDS, 0x66, 2, 0x74, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPEQW("pcmpeqw", Encoding.SSE_NDS, 0x66, 2, 0x75, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPEQD("pcmpeqd", Encoding.SSE_NDS, 0x66, 2, 0x76, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPGTB("pcmpgtb", Encoding.SSE_NDS, 0x66, 2, 0x64, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPGTW("pcmpgtw", Encoding.SSE_NDS, 0x66, 2, 0x65, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPGTD("pcmpgtd", Encoding.SSE_NDS, 0x66, 2, 0x66, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PACKSSWB("packsswb", Encoding.SSE_NDS, 0x66, 2, 0x63, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PACKSSDW("packssdw", Encoding.SSE_NDS, 0x66, 2, 0x6B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PACKUSWB("packuswb", Encoding.SSE_NDS, 0x66, 2, 0x67, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKLBW("punpcklbw", Encoding.SSE_NDS, 0x66, 2, 0x60, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKLWD("punpcklwd", Encoding.SSE_NDS, 0x66, 2, 0x61, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKHBW("punpckhbw", Encoding.SSE_NDS, 0x66, 2, 0x68, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKHWD("punpckhwd", Encoding.SSE_NDS, 0x66, 2, 0x69, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKHDQ("punpckhdq", Encoding.SSE_NDS, 0x66, 2, 0x6A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PUNPCKHQDQ("punpckhqdq", Encoding.SSE_NDS, 0x66, 2, 0x6D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSLLW("psllw", Encoding.SSE_NDS, 0x66, 2, 0xF1, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSLLD("pslld", Encoding.SSE_NDS, 0x66, 2, 0xF2, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSLLQ("psllq", Encoding.SSE_NDS, 0x66, 2, 0xF3, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSRLW("psrlw", Encoding.SSE_NDS, 0x66, 2, 0xD1, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSRLD("psrld", Encoding.SSE_NDS, 0x66, 2, 0xD2, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSRLQ("psrlq", Encoding.SSE_NDS, 0x66, 2, 0xD3, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSRAW("psraw", Encoding.SSE_NDS, 0x66, 2, 0xE1, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSRAD("psrad", Encoding.SSE_NDS, 0x66, 2, 0xE2, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PSHUFB("pshufb", Encoding.SSE_NDS, 0x66, 3, 0x00, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMADDUBSW("pmaddubsw", Encoding.SSE_NDS, 0x66, 3, 0x04, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULHRSW("pmulhrsw", Encoding.SSE_NDS, 0x66, 3, 0x0B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PABSB("pabsb", Encoding.SSE, 0x66, 3, 0x1C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PABSW("pabsw", Encoding.SSE, 0x66, 3, 0x1D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PABSD("pabsd", Encoding.SSE, 0x66, 3, 0x1E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PTEST("ptest", Encoding.SSE, 0x66, 3, 0x17, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULDQ("pmuldq", Encoding.SSE_NDS, 0x66, 3, 0x28, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPEQQ("pcmpeqq", Encoding.SSE_NDS, 0x66, 3, 0x29, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PACKUSDW("packusdw", Encoding.SSE_NDS, 0x66, 3, 0x2B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PCMPGTQ("pcmpgtq", Encoding.SSE_NDS, 0x66, 3, 0x37, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMINSB("pminsb", Encoding.SSE_NDS, 0x66, 3, 0x38, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMINSD("pminsd", Encoding.SSE_NDS, 0x66, 3, 0x39, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMINUW("pminuw", Encoding.SSE_NDS, 0x66, 3, 0x3A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMINUD("pminud", Encoding.SSE_NDS, 0x66, 3, 0x3B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMAXSB("pmaxsb", Encoding.SSE_NDS, 0x66, 3, 0x3C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMAXSD("pmaxsd", Encoding.SSE_NDS, 0x66, 3, 0x3D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMAXUW("pmaxuw", Encoding.SSE_NDS, 0x66, 3, 0x3E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMAXUD("pmaxud", Encoding.SSE_NDS, 0x66, 3, 0x3F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMULLD("pmulld", Encoding.SSE_NDS, 0x66, 3, 0x40, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  PMOVSXBW("pmovsxbw", Encoding.SSE, 0x66, 3, 0x20, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  PMOVSXWD("pmovsxwd", Encoding.SSE, 0x66, 3, 0x23, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  PMOVSXDQ("pmovsxdq", Encoding.SSE, 0x66, 3, 0x25, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  PMOVZXBW("pmovzxbw", Encoding.SSE, 0x66, 3, 0x30, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  PMOVZXWD("pmovzxwd", Encoding.SSE, 0x66, 3, 0x33, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  PMOVZXDQ("pmovzxdq", Encoding.SSE, 0x66, 3, 0x35, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  PSHUFD("pshufd", Encoding.SSE, 0x66, 2, 0x70, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  PSHUFLW("pshuflw", Encoding.SSE, 0xF2, 2, 0x70, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  PALIGNR("palignr", Encoding.SSE_NDS, 0x66, 4, 0x0F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  PBLENDW("pblendw", Encoding.SSE_NDS, 0x66, 4, 0x0E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  PSRLW_I("psrlw", Encoding.SSE_NDS, 0x66, 2, 0x71, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 2, 1),
  PSRAW_I("psraw", Encoding.SSE_NDS, 0x66, 2, 0x71, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 4, 1),
  PSLLW_I("psllw", Encoding.SSE_NDS, 0x66, 2, 0x71, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 6, 1),
  PSRLD_I("psrld", Encoding.SSE_NDS, 0x66, 2, 0x72, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 2, 1),
  PSRAD_I("psrad", Encoding.SSE_NDS, 0x66, 2, 0x72, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 4, 1),
  PSLLD_I("pslld", Encoding.SSE_NDS, 0x66, 2, 0x72, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 6, 1),
  PSRLQ_I("psrlq", Encoding.SSE_NDS, 0x66, 2, 0x73, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 2, 1),
  PSLLQ_I("psllq", Encoding.SSE_NDS, 0x66, 2, 0x73, Form.M, Width.NONE, Operand.XMM, Operand.XMM_ONLY, 6, 1),
  PMOVMSKB("pmovmskb", Encoding.SSE, 0x66, 2, 0xD7, Form.RM, Width.NONE, Operand.GP32, Operand.XMM_ONLY, -1, 0),
  MOVMSKPS("movmskps", Encoding.SSE, 0x00, 2, 0x50, Form.RM, Width.NONE, Operand.GP32, Operand.XMM_ONLY, -1, 0),
  MOVMSKPD("movmskpd", Encoding.SSE, 0x66, 2, 0x50, Form.RM, Width.NONE, Operand.GP32, Operand.XMM_ONLY, -1, 0),
  PINSRB("pinsrb", Encoding.SSE_NDS, 0x66, 4, 0x20, Form.RM, Width.NONE, Operand.XMM, Operand.GP_M8, -1, 1),
  PINSRW("pinsrw", Encoding.SSE_NDS, 0x66, 2, 0xC4, Form.RM, Width.NONE, Operand.XMM, Operand.GP_M16, -1, 1),
  PINSRD("pinsrd", Encoding.SSE_NDS, 0x66, 4, 0x22, Form.RM, Width.BOTH, Operand.XMM, Operand.GP, -1, 1),
  PEXTRB("pextrb", Encoding.SSE, 0x66, 4, 0x14, Form.MR, Width.NONE, Operand.XMM, Operand.GP_M8, -1, 1),
  PEXTRW("pextrw", Encoding.SSE, 0x66, 4, 0x15, Form.MR, Width.NONE, Operand.XMM, Operand.GP_M16, -1, 1),
  PEXTRD("pextrd", Encoding.SSE, 0x66, 4, 0x16, Form.MR, Width.BOTH, Operand.XMM, Operand.GP, -1, 1),
  INSERTPS("insertps", Encoding.SSE_NDS, 0x66, 4, 0x21, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 1),
  MOVDDUP("movddup", Encoding.SSE, 0xF2, 2, 0x12, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  SQRTPS("sqrtps", Encoding.SSE, 0x00, 2, 0x51, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  SQRTPD("sqrtpd", Encoding.SSE, 0x66, 2, 0x51, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ADDPS("addps", Encoding.SSE_NDS, 0x00, 2, 0x58, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  ADDPD("addpd", Encoding.SSE_NDS, 0x66, 2, 0x58, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MULPS("mulps", Encoding.SSE_NDS, 0x00, 2, 0x59, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MULPD("mulpd", Encoding.SSE_NDS, 0x66, 2, 0x59, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  SUBPS("subps", Encoding.SSE_NDS, 0x00, 2, 0x5C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  SUBPD("subpd", Encoding.SSE_NDS, 0x66, 2, 0x5C, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MINPS("minps", Encoding.SSE_NDS, 0x00, 2, 0x5D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MINPD("minpd", Encoding.SSE_NDS, 0x66, 2, 0x5D, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  DIVPS("divps", Encoding.SSE_NDS, 0x00, 2, 0x5E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  DIVPD("divpd", Encoding.SSE_NDS, 0x66, 2, 0x5E, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MAXPS("maxps", Encoding.SSE_NDS, 0x00, 2, 0x5F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  MAXPD("maxpd", Encoding.SSE_NDS, 0x66, 2, 0x5F, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  CMPPS("cmpps", Encoding.SSE_NDS, 0x00, 2, 0xC2, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  CMPPD("cmppd", Encoding.SSE_NDS, 0x66, 2, 0xC2, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  ROUNDPS("roundps", Encoding.SSE, 0x66, 4, 0x08, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  ROUNDPD("roundpd", Encoding.SSE, 0x66, 4, 0x09, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  SHUFPS("shufps", Encoding.SSE_NDS, 0x00, 2, 0xC6, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 1),
  CVTDQ2PS("cvtdq2ps", Encoding.SSE, 0x00, 2, 0x5B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  CVTTPS2DQ("cvttps2dq", Encoding.SSE, 0xF3, 2, 0x5B, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  CVTTPD2DQ("cvttpd2dq", Encoding.SSE, 0x66, 2, 0xE6, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  CVTDQ2PD("cvtdq2pd", Encoding.SSE, 0xF3, 2, 0xE6, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  CVTPS2PD("cvtps2pd", Encoding.SSE, 0x00, 2, 0x5A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM64, -1, 0),
  CVTPD2PS("cvtpd2ps", Encoding.SSE, 0x66, 2, 0x5A, Form.RM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  VBROADCASTSS("vbroadcastss", Encoding.VEX, 0x66, 3, 0x18, Form.RM, Width.NONE, Operand.XMM, Operand.XMM32, -1, 0),
  VPBROADCASTB("vpbroadcastb", Encoding.VEX, 0x66, 3, 0x78, Form.RM, Width.NONE, Operand.XMM, Operand.XMM8, -1, 0),
  VPBROADCASTW("vpbroadcastw", Encoding.VEX, 0x66, 3, 0x79, Form.RM, Width.NONE, Operand.XMM, Operand.XMM16, -1, 0),
  VFMADD213PS("vfmadd213ps", Encoding.VEX, 0x66, 3, 0xA8, Form.RVM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  VFMADD213PD("vfmadd213pd", Encoding.VEX, 0x66, 3, 0xA8, Form.RVM, Width.ONLY_64, Operand.XMM, Operand.XMM128, -1, 0),
  VFMADD231PS("vfmadd231ps", Encoding.VEX, 0x66, 3, 0xB8, Form.RVM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  VFMADD231PD("vfmadd231pd", Encoding.VEX, 0x66, 3, 0xB8, Form.RVM, Width.ONLY_64, Operand.XMM, Operand.XMM128, -1, 0),
  VFNMADD213PS("vfnmadd213ps", Encoding.VEX, 0x66, 3, 0xAC, Form.RVM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  VFNMADD213PD(
      "vfnmadd213pd", Encoding.VEX, 0x66, 3, 0xAC, Form.RVM, Width.ONLY_64, Operand.XMM, Operand.XMM128, -1, 0),
  VFNMADD231PS("vfnmadd231ps", Encoding.VEX, 0x66, 3, 0xBC, Form.RVM, Width.NONE, Operand.XMM, Operand.XMM128, -1, 0),
  VFNMADD231PD(
      "vfnmadd231pd", Encoding.VEX, 0x66, 3, 0xBC, Form.RVM, Width.ONLY_64, Operand.XMM, Operand.XMM128, -1, 0);

  /** How the opcode is prefixed. */
  enum Encoding {
    LEGACY,
    /** Legacy, or by VEX with the same operands. */
    SSE,
    /** Legacy, or by VEX with a source more, that in legacy encoding is the destination ("non-destructive source"). */
    SSE_NDS,
    /** Between registers as {@link #SSE_NDS}, with memory as {@link #SSE}. */
    SSE_MOVE,
    /** By VEX alone. */
    VEX
  }

  /** Which operand is which. */
  enum Form {
    /** ModRM.reg is the destination, ModRM.rm the source. */
    RM,
    /** ModRM.rm is the destination, ModRM.reg the source. */
    MR,
    /** ModRM.rm is the only operand, but for an immediate. */
    M,
    /** ModRM.rm is the destination, the source is cl. */
    M_CL,
    /** ModRM.reg is the destination, ModRM.rm the first source, VEX.vvvv the second. */
    RMV,
    /** ModRM.reg is the destination, VEX.vvvv the first source, ModRM.rm the second. */
    RVM
  }

  /** The width of general-purpose operands, or of floating-point ones, chosen by REX.W or VEX.W. */
  enum Width {
    BOTH,
    ONLY_64,
    /** 64 bits without REX.W. */
    IMPLIED_64,
    ONLY_8,
    ONLY_16,
    NONE
  }

  /** What an operand is. */
  enum Operand {
    /** A general-purpose register of the instruction's width, or memory. */
    GP,
    GP8,
    GP16,
    GP32,
    /** Memory whose address is taken. */
    ADDRESS,
    XMM,
    /** A vector register, or this many bits of memory. */
    XMM8,
    XMM16,
    XMM32,
    XMM64,
    XMM128,
    /** A vector register; not memory. */
    XMM_ONLY,
    /** The lower half of a general-purpose register, or a byte of memory. */
    GP_M8,
    /** The lower half of a general-purpose register, or two bytes of memory. */
    GP_M16
  }

  final String mnemonic;
  final Encoding encoding;
  final int prefix;
  final int map;
  final int opcode;
  final Form form;
  final Width width;
  final Operand reg;
  final Operand rm;
  final int digit;
  final int immediate;

  /** Whether a byte register in ModRM.reg, or in ModRM.rm, needs a REX prefix from number 4 on. */
  final boolean byteReg;

  final boolean byteRm;

  Instruction(
      String mnemonic,
      Encoding encoding,
      int prefix,
      int map,
      int opcode,
      Form form,
      Width width,
      Operand reg,
      Operand rm,
      int digit,
      int immediate) {
    this.mnemonic = mnemonic;
    this.encoding = encoding;
    this.prefix = prefix;
    this.map = map;
    this.opcode = opcode;
    this.form = form;
    this.width = width;
    this.reg = reg;
    this.rm = rm;
    this.digit = digit;
    this.immediate = immediate;
    this.byteReg = width == Width.ONLY_8 && digit < 0;
    this.byteRm = width == Width.ONLY_8 || rm == Operand.GP8;
  }
}

package dev.gatun.codegen.aarch64;

/**
 * The instructions that the assembler can emit, a row each, in the terms of the Arm architecture reference manual:
 * mnemonic, the bits that do not depend on operands, the form of the operands, the width of registers, and for
 * instructions on vectors the lanes they know (bit 0 for 8 bits, to bit 3 for 64), for accesses the scale of the
 * offset.
 *
 * <p>Emitting and the tests of every form read this table. Registers are numbers from 0 to 31 of either file; 31 is the
 * zero register, or the stack pointer where a form says so.
 */
enum Instruction {
  // Integers between registers.
  ADD("add", 0x0B000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  ADDS("adds", 0x2B000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  SUB("sub", 0x4B000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  SUBS("subs", 0x6B000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  AND("and", 0x0A000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  BIC("bic", 0x0A200000, Form.RRR_SHIFTED, Width.BOTH, 0),
  ORR("orr", 0x2A000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  ORN("orn", 0x2A200000, Form.RRR_SHIFTED, Width.BOTH, 0),
  EOR("eor", 0x4A000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  EON("eon", 0x4A200000, Form.RRR_SHIFTED, Width.BOTH, 0),
  ANDS("ands", 0x6A000000, Form.RRR_SHIFTED, Width.BOTH, 0),
  ADD_EXTENDED("add", 0x0B200000, Form.RRR_EXTENDED, Width.BOTH, 0),
  SUB_EXTENDED("sub", 0x4B200000, Form.RRR_EXTENDED, Width.BOTH, 0),
  SUBS_EXTENDED("subs", 0x6B200000, Form.RRR_EXTENDED, Width.BOTH, 0),
  ADC("adc", 0x1A000000, Form.RRR, Width.BOTH, 0),
  ADCS("adcs", 0x3A000000, Form.RRR, Width.BOTH, 0),
  SBC("sbc", 0x5A000000, Form.RRR, Width.BOTH, 0),
  SBCS("sbcs", 0x7A000000, Form.RRR, Width.BOTH, 0),
  UDIV("udiv", 0x1AC00800, Form.RRR, Width.BOTH, 0),
  SDIV("sdiv", 0x1AC00C00, Form.RRR, Width.BOTH, 0),
  LSLV("lslv", 0x1AC02000, Form.RRR, Width.BOTH, 0),
  LSRV("lsrv", 0x1AC02400, Form.RRR, Width.BOTH, 0),
  ASRV("asrv", 0x1AC02800, Form.RRR, Width.BOTH, 0),
  RORV("rorv", 0x1AC02C00, Form.RRR, Width.BOTH, 0),
  SMULH("smulh", 0x9B407C00, Form.RRR, Width.X, 0),
  UMULH("umulh", 0x9BC07C00, Form.RRR, Width.X, 0),
  RBIT("rbit", 0x5AC00000, Form.RR, Width.BOTH, 0),
  CLZ("clz", 0x5AC01000, Form.RR, Width.BOTH, 0),
  MADD("madd", 0x1B000000, Form.RRRR, Width.BOTH, 0),
  MSUB("msub", 0x1B008000, Form.RRRR, Width.BOTH, 0),
  CSEL("csel", 0x1A800000, Form.CSEL, Width.BOTH, 0),
  CSINC("csinc", 0x1A800400, Form.CSEL, Width.BOTH, 0),
  CSINV("csinv", 0x5A800000, Form.CSEL, Width.BOTH, 0),
  CSNEG("csneg", 0x5A800400, Form.CSEL, Width.BOTH, 0),
  CCMP("ccmp", 0x7A400000, Form.CCMP, Width.BOTH, 0),
  CCMP_I("ccmp", 0x7A400800, Form.CCMP_I, Width.BOTH, 0),
  // Integers with immediates.
  ADD_I("add", 0x11000000, Form.RRI, Width.BOTH, 0),
  ADDS_I("adds", 0x31000000, Form.RRI, Width.BOTH, 0),
  SUB_I("sub", 0x51000000, Form.RRI, Width.BOTH, 0),
  SUBS_I("subs", 0x71000000, Form.RRI, Width.BOTH, 0),
  AND_I("and", 0x12000000, Form.LOGICAL, Width.BOTH, 0),
  ORR_I("orr", 0x32000000, Form.LOGICAL, Width.BOTH, 0),
  EOR_I("eor", 0x52000000, Form.LOGICAL, Width.BOTH, 0),
  ANDS_I("ands", 0x72000000, Form.LOGICAL, Width.BOTH, 0),
  MOVN("movn", 0x12800000, Form.WIDE, Width.BOTH, 0),
  MOVZ("movz", 0x52800000, Form.WIDE, Width.BOTH, 0),
  MOVK("movk", 0x72800000, Form.WIDE, Width.BOTH, 0),
  SBFM("sbfm", 0x13000000, Form.BITFIELD, Width.BOTH, 0),
  BFM("bfm", 0x33000000, Form.BITFIELD, Width.BOTH, 0),
  UBFM("ubfm", 0x53000000, Form.BITFIELD, Width.BOTH, 0),
  EXTR("extr", 0x13800000, Form.EXTRACT, Width.BOTH, 0),
  // Branches.
  B("b", 0x14000000, Form.BRANCH, Width.NONE, 0),
  BL("bl", 0x94000000, Form.BRANCH, Width.NONE, 0),
  B_COND("b.", 0x54000000, Form.BRANCH_COND, Width.NONE, 0),
  CBZ("cbz", 0x34000000, Form.BRANCH_COMPARE, Width.BOTH, 0),
  CBNZ("cbnz", 0x35000000, Form.BRANCH_COMPARE, Width.BOTH, 0),
  TBZ("tbz", 0x36000000, Form.BRANCH_TEST, Width.NONE, 0),
  TBNZ("tbnz", 0x37000000, Form.BRANCH_TEST, Width.NONE, 0),
  BR("br", 0xD61F0000, Form.JUMP, Width.X, 0),
  BLR("blr", 0xD63F0000, Form.JUMP, Width.X, 0),
  RET("ret", 0xD65F0000, Form.JUMP, Width.X, 0),
  ADR("adr", 0x10000000, Form.ADDRESS, Width.X, 0),
  // System.
  UDF("udf", 0x00000000, Form.IMMEDIATE16, Width.NONE, 0),
  BRK("brk", 0xD4200000, Form.IMMEDIATE16, Width.NONE, 0),
  NOP("nop", 0xD503201F, Form.NONE, Width.NONE, 0),
  DMB_ISH("dmb ish", 0xD5033BBF, Form.NONE, Width.NONE, 0),
  DSB_ISH("dsb ish", 0xD5033B9F, Form.NONE, Width.NONE, 0),
  ISB("isb", 0xD5033FDF, Form.NONE, Width.NONE, 0),
  READ_CTR("mrs ctr_el0", 0xD53B0020, Form.SYSTEM, Width.X, 0),
  READ_NZCV("mrs nzcv", 0xD53B4200, Form.SYSTEM, Width.X, 0),
  READ_FPCR("mrs fpcr", 0xD53B4400, Form.SYSTEM, Width.X, 0),
  WRITE_FPCR("msr fpcr", 0xD51B4400, Form.SYSTEM, Width.X, 0),
  CLEAN_DATA("dc cvau", 0xD50B7B20, Form.SYSTEM, Width.X, 0),
  INVALIDATE_CODE("ic ivau", 0xD50B7520, Form.SYSTEM, Width.X, 0),
  // Memory: a register, a base and an offset or an index.
  STRB("strb", 0x38000000, Form.MEMORY, Width.W, 0),
  LDRB("ldrb", 0x38400000, Form.MEMORY, Width.W, 0),
  LDRSB_X("ldrsb", 0x38800000, Form.MEMORY, Width.X, 0),
  LDRSB_W("ldrsb", 0x38C00000, Form.MEMORY, Width.W, 0),
  STRH("strh", 0x78000000, Form.MEMORY, Width.W, 1),
  LDRH("ldrh", 0x78400000, Form.MEMORY, Width.W, 1),
  LDRSH_X("ldrsh", 0x78800000, Form.MEMORY, Width.X, 1),
  LDRSH_W("ldrsh", 0x78C00000, Form.MEMORY, Width.W, 1),
  STR_W("str", 0xB8000000, Form.MEMORY, Width.W, 2),
  LDR_W("ldr", 0xB8400000, Form.MEMORY, Width.W, 2),
  LDRSW("ldrsw", 0xB8800000, Form.MEMORY, Width.X, 2),
  STR_X("str", 0xF8000000, Form.MEMORY, Width.X, 3),
  LDR_X("ldr", 0xF8400000, Form.MEMORY, Width.X, 3),
  STR_S("str", 0xBC000000, Form.MEMORY, Width.S, 2),
  LDR_S("ldr", 0xBC400000, Form.MEMORY, Width.S, 2),
  STR_D("str", 0xFC000000, Form.MEMORY, Width.D, 3),
  LDR_D("ldr", 0xFC400000, Form.MEMORY, Width.D, 3),
  LDR_B("ldr", 0x3C400000, Form.MEMORY, Width.B, 0),
  LDR_H("ldr", 0x7C400000, Form.MEMORY, Width.H, 1),
  STR_Q("str", 0x3C800000, Form.MEMORY, Width.Q, 4),
  LDR_Q("ldr", 0x3CC00000, Form.MEMORY, Width.Q, 4),
  // Pairs of registers, and a base with an offset.
  STP_X("stp", 0xA9000000, Form.PAIR, Width.X, 3),
  LDP_X("ldp", 0xA9400000, Form.PAIR, Width.X, 3),
  STP_D("stp", 0x6D000000, Form.PAIR, Width.D, 3),
  LDP_D("ldp", 0x6D400000, Form.PAIR, Width.D, 3),
  STP_Q("stp", 0xAD000000, Form.PAIR, Width.Q, 4),
  LDP_Q("ldp", 0xAD400000, Form.PAIR, Width.Q, 4),
  STP_X_PRE("stp", 0xA9800000, Form.PAIR_PRE, Width.X, 3),
  LDP_X_POST("ldp", 0xA8C00000, Form.PAIR_POST, Width.X, 3),
  // Constants of the pool.
  LDR_X_LITERAL("ldr", 0x58000000, Form.LITERAL, Width.X, 0),
  LDR_S_LITERAL("ldr", 0x1C000000, Form.LITERAL, Width.S, 0),
  LDR_D_LITERAL("ldr", 0x5C000000, Form.LITERAL, Width.D, 0),
  LDR_Q_LITERAL("ldr", 0x9C000000, Form.LITERAL, Width.Q, 0),
  // Memory that threads share.
  LDAXR_B("ldaxrb", 0x085FFC00, Form.ACQUIRE, Width.W, 0),
  STLXR_B("stlxrb", 0x0800FC00, Form.EXCLUSIVE, Width.W, 0),
  LDAR_B("ldarb", 0x08DFFC00, Form.ACQUIRE, Width.W, 0),
  STLR_B("stlrb", 0x089FFC00, Form.ACQUIRE, Width.W, 0),
  LDADDAL_B("ldaddalb", 0x38E00000, Form.ATOMIC, Width.W, 0),
  LDCLRAL_B("ldclralb", 0x38E01000, Form.ATOMIC, Width.W, 0),
  LDEORAL_B("ldeoralb", 0x38E02000, Form.ATOMIC, Width.W, 0),
  LDSETAL_B("ldsetalb", 0x38E03000, Form.ATOMIC, Width.W, 0),
  SWPAL_B("swpalb", 0x38E08000, Form.ATOMIC, Width.W, 0),
  CASAL_B("casalb", 0x08E0FC00, Form.ATOMIC, Width.W, 0),
  LDAXR_H("ldaxrh", 0x485FFC00, Form.ACQUIRE, Width.W, 0),
  STLXR_H("stlxrh", 0x4800FC00, Form.EXCLUSIVE, Width.W, 0),
  LDAR_H("ldarh", 0x48DFFC00, Form.ACQUIRE, Width.W, 0),
  STLR_H("stlrh", 0x489FFC00, Form.ACQUIRE, Width.W, 0),
  LDADDAL_H("ldaddalh", 0x78E00000, Form.ATOMIC, Width.W, 0),
  LDCLRAL_H("ldclralh", 0x78E01000, Form.ATOMIC, Width.W, 0),
  LDEORAL_H("ldeoralh", 0x78E02000, Form.ATOMIC, Width.W, 0),
  LDSETAL_H("ldsetalh", 0x78E03000, Form.ATOMIC, Width.W, 0),
  SWPAL_H("swpalh", 0x78E08000, Form.ATOMIC, Width.W, 0),
  CASAL_H("casalh", 0x48E0FC00, Form.ATOMIC, Width.W, 0),
  LDAXR_W("ldaxr", 0x885FFC00, Form.ACQUIRE, Width.W, 0),
  STLXR_W("stlxr", 0x8800FC00, Form.EXCLUSIVE, Width.W, 0),
  LDAR_W("ldar", 0x88DFFC00, Form.ACQUIRE, Width.W, 0),
  STLR_W("stlr", 0x889FFC00, Form.ACQUIRE, Width.W, 0),
  LDADDAL_W("ldaddal", 0xB8E00000, Form.ATOMIC, Width.W, 0),
  LDCLRAL_W("ldclral", 0xB8E01000, Form.ATOMIC, Width.W, 0),
  LDEORAL_W("ldeoral", 0xB8E02000, Form.ATOMIC, Width.W, 0),
  LDSETAL_W("ldsetal", 0xB8E03000, Form.ATOMIC, Width.W, 0),
  SWPAL_W("swpal", 0xB8E08000, Form.ATOMIC, Width.W, 0),
  CASAL_W("casal", 0x88E0FC00, Form.ATOMIC, Width.W, 0),
  LDAXR_X("ldaxr", 0xC85FFC00, Form.ACQUIRE, Width.X, 0),
  STLXR_X("stlxr", 0xC800FC00, Form.EXCLUSIVE, Width.X, 0),
  LDAR_X("ldar", 0xC8DFFC00, Form.ACQUIRE, Width.X, 0),
  STLR_X("stlr", 0xC89FFC00, Form.ACQUIRE, Width.X, 0),
  LDADDAL_X("ldaddal", 0xF8E00000, Form.ATOMIC, Width.X, 0),
  LDCLRAL_X("ldclral", 0xF8E01000, Form.ATOMIC, Width.X, 0),
  LDEORAL_X("ldeoral", 0xF8E02000, Form.ATOMIC, Width.X, 0),
  LDSETAL_X("ldsetal", 0xF8E03000, Form.ATOMIC, Width.X, 0),
  SWPAL_X("swpal", 0xF8E08000, Form.ATOMIC, Width.X, 0),
  CASAL_X("casal", 0xC8E0FC00, Form.ATOMIC, Width.X, 0),
  // Floats.
  FADD("fadd", 0x1E202800, Form.FRRR, Width.FLOAT, 0),
  FSUB("fsub", 0x1E203800, Form.FRRR, Width.FLOAT, 0),
  FMUL("fmul", 0x1E200800, Form.FRRR, Width.FLOAT, 0),
  FDIV("fdiv", 0x1E201800, Form.FRRR, Width.FLOAT, 0),
  FMAX("fmax", 0x1E204800, Form.FRRR, Width.FLOAT, 0),
  FMIN("fmin", 0x1E205800, Form.FRRR, Width.FLOAT, 0),
  FMOV("fmov", 0x1E204000, Form.FRR, Width.FLOAT, 0),
  FABS("fabs", 0x1E20C000, Form.FRR, Width.FLOAT, 0),
  FNEG("fneg", 0x1E214000, Form.FRR, Width.FLOAT, 0),
  FSQRT("fsqrt", 0x1E21C000, Form.FRR, Width.FLOAT, 0),
  FRINTN("frintn", 0x1E244000, Form.FRR, Width.FLOAT, 0),
  FRINTP("frintp", 0x1E24C000, Form.FRR, Width.FLOAT, 0),
  FRINTM("frintm", 0x1E254000, Form.FRR, Width.FLOAT, 0),
  FRINTZ("frintz", 0x1E25C000, Form.FRR, Width.FLOAT, 0),
  FCVT_D_S("fcvt d s", 0x1E22C000, Form.FRR_MIXED, Width.NONE, 0),
  FCVT_S_D("fcvt s d", 0x1E624000, Form.FRR_MIXED, Width.NONE, 0),
  FMOV_S_W("fmov s w", 0x1E270000, Form.FRR_MIXED, Width.NONE, 0),
  FMOV_W_S("fmov w s", 0x1E260000, Form.FRR_MIXED, Width.NONE, 0),
  FMOV_D_X("fmov d x", 0x9E670000, Form.FRR_MIXED, Width.NONE, 0),
  FMOV_X_D("fmov x d", 0x9E660000, Form.FRR_MIXED, Width.NONE, 0),
  FCMP("fcmp", 0x1E202000, Form.FCMP, Width.FLOAT, 0),
  FCMP_ZERO("fcmp", 0x1E202008, Form.FCMP_ZERO, Width.FLOAT, 0),
  FCSEL("fcsel", 0x1E200C00, Form.FCSEL, Width.FLOAT, 0),
  FMOV_I("fmov", 0x1E201000, Form.FIMMEDIATE, Width.FLOAT, 0),
  SCVTF("scvtf", 0x1E220000, Form.FROM_INTEGER, Width.BOTH, 0),
  UCVTF("ucvtf", 0x1E230000, Form.FROM_INTEGER, Width.BOTH, 0),
  FCVTZS("fcvtzs", 0x1E380000, Form.TO_INTEGER, Width.BOTH, 0),
  FCVTZU("fcvtzu", 0x1E390000, Form.TO_INTEGER, Width.BOTH, 0),
  // Vectors: lanes of 8, 16, 32 and 64 bits, as the last column says, lowest first.
  ADD_V("add", 0x0E208400, Form.VRRR, Width.NONE, 15),
  SUB_V("sub", 0x2E208400, Form.VRRR, Width.NONE, 15),
  MUL_V("mul", 0x0E209C00, Form.VRRR, Width.NONE, 7),
  SQADD("sqadd", 0x0E200C00, Form.VRRR, Width.NONE, 15),
  UQADD("uqadd", 0x2E200C00, Form.VRRR, Width.NONE, 15),
  SQSUB("sqsub", 0x0E202C00, Form.VRRR, Width.NONE, 15),
  UQSUB("uqsub", 0x2E202C00, Form.VRRR, Width.NONE, 15),
  SMAX("smax", 0x0E206400, Form.VRRR, Width.NONE, 7),
  UMAX("umax", 0x2E206400, Form.VRRR, Width.NONE, 7),
  SMIN("smin", 0x0E206C00, Form.VRRR, Width.NONE, 7),
  UMIN("umin", 0x2E206C00, Form.VRRR, Width.NONE, 7),
  URHADD("urhadd", 0x2E201400, Form.VRRR, Width.NONE, 7),
  SQRDMULH("sqrdmulh", 0x2E20B400, Form.VRRR, Width.NONE, 6),
  CMEQ("cmeq", 0x2E208C00, Form.VRRR, Width.NONE, 15),
  CMGT("cmgt", 0x0E203400, Form.VRRR, Width.NONE, 15),
  CMGE("cmge", 0x0E203C00, Form.VRRR, Width.NONE, 15),
  CMHI("cmhi", 0x2E203400, Form.VRRR, Width.NONE, 15),
  CMHS("cmhs", 0x2E203C00, Form.VRRR, Width.NONE, 15),
  SSHL("sshl", 0x0E204400, Form.VRRR, Width.NONE, 15),
  USHL("ushl", 0x2E204400, Form.VRRR, Width.NONE, 15),
  ADDP("addp", 0x0E20BC00, Form.VRRR, Width.NONE, 15),
  UMAXP("umaxp", 0x2E20A400, Form.VRRR, Width.NONE, 7),
  MLA("mla", 0x0E209400, Form.VRRR, Width.NONE, 7),
  ZIP1("zip1", 0x0E003800, Form.VRRR, Width.NONE, 15),
  ZIP2("zip2", 0x0E007800, Form.VRRR, Width.NONE, 15),
  UZP1("uzp1", 0x0E001800, Form.VRRR, Width.NONE, 15),
  UZP2("uzp2", 0x0E005800, Form.VRRR, Width.NONE, 15),
  TRN1("trn1", 0x0E002800, Form.VRRR, Width.NONE, 15),
  TRN2("trn2", 0x0E006800, Form.VRRR, Width.NONE, 15),
  AND_V("and", 0x0E201C00, Form.VRRR_BITS, Width.NONE, 0),
  BIC_V("bic", 0x0E601C00, Form.VRRR_BITS, Width.NONE, 0),
  ORR_V("orr", 0x0EA01C00, Form.VRRR_BITS, Width.NONE, 0),
  ORN_V("orn", 0x0EE01C00, Form.VRRR_BITS, Width.NONE, 0),
  EOR_V("eor", 0x2E201C00, Form.VRRR_BITS, Width.NONE, 0),
  BSL("bsl", 0x2E601C00, Form.VRRR_BITS, Width.NONE, 0),
  BIT("bit", 0x2EA01C00, Form.VRRR_BITS, Width.NONE, 0),
  BIF("bif", 0x2EE01C00, Form.VRRR_BITS, Width.NONE, 0),
  FADD_V("fadd", 0x0E20D400, Form.VRRR_FLOAT, Width.NONE, 0),
  FSUB_V("fsub", 0x0EA0D400, Form.VRRR_FLOAT, Width.NONE, 0),
  FMUL_V("fmul", 0x2E20DC00, Form.VRRR_FLOAT, Width.NONE, 0),
  FDIV_V("fdiv", 0x2E20FC00, Form.VRRR_FLOAT, Width.NONE, 0),
  FMAX_V("fmax", 0x0E20F400, Form.VRRR_FLOAT, Width.NONE, 0),
  FMIN_V("fmin", 0x0EA0F400, Form.VRRR_FLOAT, Width.NONE, 0),
  FCMEQ("fcmeq", 0x0E20E400, Form.VRRR_FLOAT, Width.NONE, 0),
  FCMGE("fcmge", 0x2E20E400, Form.VRRR_FLOAT, Width.NONE, 0),
  FCMGT("fcmgt", 0x2EA0E400, Form.VRRR_FLOAT, Width.NONE, 0),
  FMLA("fmla", 0x0E20CC00, Form.VRRR_FLOAT, Width.NONE, 0),
  FMLS("fmls", 0x0EA0CC00, Form.VRRR_FLOAT, Width.NONE, 0),
  NEG_V("neg", 0x2E20B800, Form.VRR, Width.NONE, 15),
  ABS_V("abs", 0x0E20B800, Form.VRR, Width.NONE, 15),
  CNT("cnt", 0x0E205800, Form.VRR, Width.NONE, 1),
  NOT_V("not", 0x2E205800, Form.VRR, Width.NONE, 1),
  REV64("rev64", 0x0E200800, Form.VRR, Width.NONE, 7),
  CMEQ_ZERO("cmeq", 0x0E209800, Form.VRR_ZERO, Width.NONE, 15),
  CMLT_ZERO("cmlt", 0x0E20A800, Form.VRR_ZERO, Width.NONE, 15),
  SADDLP("saddlp", 0x0E202800, Form.VRR_PAIRS, Width.NONE, 7),
  UADDLP("uaddlp", 0x2E202800, Form.VRR_PAIRS, Width.NONE, 7),
  XTN("xtn", 0x0E212800, Form.VRR_NARROW, Width.NONE, 7),
  SQXTN("sqxtn", 0x0E214800, Form.VRR_NARROW, Width.NONE, 7),
  SQXTUN("sqxtun", 0x2E212800, Form.VRR_NARROW, Width.NONE, 7),
  UQXTN("uqxtn", 0x2E214800, Form.VRR_NARROW, Width.NONE, 7),
  FABS_V("fabs", 0x0EA0F800, Form.VRR_FLOAT, Width.NONE, 0),
  FNEG_V("fneg", 0x2EA0F800, Form.VRR_FLOAT, Width.NONE, 0),
  FSQRT_V("fsqrt", 0x2EA1F800, Form.VRR_FLOAT, Width.NONE, 0),
  FRINTN_V("frintn", 0x0E218800, Form.VRR_FLOAT, Width.NONE, 0),
  FRINTM_V("frintm", 0x0E219800, Form.VRR_FLOAT, Width.NONE, 0),
  FRINTP_V("frintp", 0x0EA18800, Form.VRR_FLOAT, Width.NONE, 0),
  FRINTZ_V("frintz", 0x0EA19800, Form.VRR_FLOAT, Width.NONE, 0),
  FCVTZS_V("fcvtzs", 0x0EA1B800, Form.VRR_FLOAT, Width.NONE, 0),
  FCVTZU_V("fcvtzu", 0x2EA1B800, Form.VRR_FLOAT, Width.NONE, 0),
  SCVTF_V("scvtf", 0x0E21D800, Form.VRR_FLOAT, Width.NONE, 0),
  UCVTF_V("ucvtf", 0x2E21D800, Form.VRR_FLOAT, Width.NONE, 0),
  FCVTN("fcvtn", 0x0E616800, Form.VNARROW_FLOAT, Width.NONE, 0),
  FCVTL("fcvtl", 0x0E617800, Form.VLENGTHEN_FLOAT, Width.NONE, 0),
  ADDV("addv", 0x0E31B800, Form.VACROSS, Width.NONE, 7),
  UMAXV("umaxv", 0x2E30A800, Form.VACROSS, Width.NONE, 7),
  UMINV("uminv", 0x2E31A800, Form.VACROSS, Width.NONE, 7),
  SMULL("smull", 0x0E20C000, Form.VRRR_LONG, Width.NONE, 7),
  UMULL("umull", 0x2E20C000, Form.VRRR_LONG, Width.NONE, 7),
  SMLAL("smlal", 0x0E208000, Form.VRRR_LONG, Width.NONE, 7),
  UMLAL("umlal", 0x2E208000, Form.VRRR_LONG, Width.NONE, 7),
  SHL_V("shl", 0x0F005400, Form.VSHIFT_LEFT, Width.NONE, 15),
  SSHR("sshr", 0x0F000400, Form.VSHIFT_RIGHT, Width.NONE, 15),
  USHR("ushr", 0x2F000400, Form.VSHIFT_RIGHT, Width.NONE, 15),
  USRA("usra", 0x2F001400, Form.VSHIFT_RIGHT, Width.NONE, 15),
  SSHLL("sshll", 0x0F00A400, Form.VSHIFT_LONG, Width.NONE, 7),
  USHLL("ushll", 0x2F00A400, Form.VSHIFT_LONG, Width.NONE, 7),
  SHRN("shrn", 0x0F008400, Form.VSHIFT_NARROW, Width.NONE, 7),
  DUP_LANE("dup", 0x0E000400, Form.DUP_LANE, Width.NONE, 15),
  DUP("dup", 0x0E000C00, Form.DUP_REGISTER, Width.NONE, 15),
  INS("ins", 0x4E001C00, Form.INSERT_REGISTER, Width.NONE, 15),
  INS_LANE("ins", 0x6E000400, Form.INSERT_LANE, Width.NONE, 15),
  UMOV("umov", 0x0E003C00, Form.EXTRACT_LANE, Width.NONE, 15),
  SMOV("smov", 0x0E002C00, Form.EXTRACT_LANE, Width.NONE, 3),
  DUP_SCALAR("dup", 0x5E000400, Form.SCALAR_LANE, Width.NONE, 15),
  EXT("ext", 0x2E000000, Form.VEXTRACT, Width.NONE, 0),
  TBL("tbl", 0x0E000000, Form.TABLE, Width.NONE, 0),
  TBL2("tbl", 0x0E002000, Form.TABLE, Width.NONE, 0),
  MOVI_B("movi", 0x0F00E400, Form.VIMMEDIATE, Width.NONE, 0),
  MOVI_D("movi", 0x2F00E400, Form.VIMMEDIATE, Width.NONE, 0),
  LD1R("ld1r", 0x0D40C000, Form.LOAD_REPLICATED, Width.NONE, 15),
  LD1("ld1", 0x0D400000, Form.LOAD_LANE, Width.NONE, 15),
  ST1("st1", 0x0D000000, Form.LOAD_LANE, Width.NONE, 15);

  /** Which operands there are, and where in the word; d is at bit 0, n at bit 5, m at bit 16, a at bit 10. */
  enum Form {
    /** d, n, m shifted by an amount. */
    RRR_SHIFTED,
    /** d or sp, n or sp, m extended and shifted by 0 to 4. */
    RRR_EXTENDED,
    RRR,
    RR,
    /** d, n, m, a. */
    RRRR,
    /** d, n, m, condition. */
    CSEL,
    /** n, m, flags, condition. */
    CCMP,
    /** n, a number from 0 to 31, flags, condition. */
    CCMP_I,
    /** d or sp, n or sp, a number of 12 bits that may be shifted by 12. */
    RRI,
    /** d or sp, n, a pattern of bits. */
    LOGICAL,
    /** d, 16 bits, where they go. */
    WIDE,
    /** d, n, immr, imms. */
    BITFIELD,
    /** d, n, m, the lowest bit. */
    EXTRACT,
    /** A label within 128 MiB. */
    BRANCH,
    /** A condition, a label within 1 MiB. */
    BRANCH_COND,
    /** d, a label within 1 MiB. */
    BRANCH_COMPARE,
    /** d, the number of a bit, a label within 32 KiB. */
    BRANCH_TEST,
    /** n. */
    JUMP,
    /** d, a label within 1 MiB. */
    ADDRESS,
    IMMEDIATE16,
    NONE,
    /** d; the system register or operation belongs to the mnemonic. */
    SYSTEM,
    /** d, [n or sp, offset or index]. */
    MEMORY,
    /** d, a, [n or sp, offset]. */
    PAIR,
    PAIR_PRE,
    PAIR_POST,
    /** d, a label within 1 MiB. */
    LITERAL,
    /** d, [n or sp]. */
    ACQUIRE,
    /** m, the status; d; [n or sp]. */
    EXCLUSIVE,
    /** m, d, [n or sp]. */
    ATOMIC,
    FRRR,
    FRR,
    /** d and n of the register files that the mnemonic names. */
    FRR_MIXED,
    /** n, m. */
    FCMP,
    /** n. */
    FCMP_ZERO,
    /** d, n, m, condition. */
    FCSEL,
    /** d, a small constant. */
    FIMMEDIATE,
    /** d of floats, n of integers. */
    FROM_INTEGER,
    /** d of integers, n of floats. */
    TO_INTEGER,
    VRRR,
    /** Bits, not lanes. */
    VRRR_BITS,
    /** Lanes of 32 bits, or with bit 22 of 64. */
    VRRR_FLOAT,
    VRR,
    /** d, n, 0. */
    VRR_ZERO,
    /** The lanes of d are twice as wide as those of n. */
    VRR_PAIRS,
    /** The lanes of d are half as wide as those of n, and go to its lower half, or with Q to its upper one. */
    VRR_NARROW,
    VRR_FLOAT,
    VNARROW_FLOAT,
    VLENGTHEN_FLOAT,
    /** d is one lane. */
    VACROSS,
    /** The lanes of d are twice as wide as those of n and m; of these the lower half, or with Q the upper one. */
    VRRR_LONG,
    /** d, n, an amount from 0. */
    VSHIFT_LEFT,
    /** d, n, an amount from 1. */
    VSHIFT_RIGHT,
    VSHIFT_LONG,
    VSHIFT_NARROW,
    /** d, lane of n. */
    DUP_LANE,
    /** d, n of integers. */
    DUP_REGISTER,
    /** Lane of d, n of integers. */
    INSERT_REGISTER,
    /** Lane of d, lane of n. */
    INSERT_LANE,
    /** d of integers, lane of n. */
    EXTRACT_LANE,
    /** d as a scalar, lane of n. */
    SCALAR_LANE,
    /** d, n, m, the first byte. */
    VEXTRACT,
    /** d, n and perhaps the next one, m. */
    TABLE,
    /** d, 8 bits. */
    VIMMEDIATE,
    /** d, [n or sp]. */
    LOAD_REPLICATED,
    /** Lane of d, [n or sp]. */
    LOAD_LANE
  }

  /** The width of registers. */
  enum Width {
    NONE,
    /** 32 bits, or with bit 31 64. */
    BOTH,
    W,
    X,
    B,
    H,
    S,
    D,
    Q,
    /** Floats of 32 bits, or with bit 22 of 64. */
    FLOAT
  }

  final String mnemonic;
  final int bits;
  final Form form;
  final Width width;

  /** The lanes that there may be, or the scale of an offset. */
  final int lanes;

  Instruction(String mnemonic, int bits, Form form, Width width, int lanes) {
    this.mnemonic = mnemonic;
    this.bits = bits;
    this.form = form;
    this.width = width;
    this.lanes = lanes;
  }
}

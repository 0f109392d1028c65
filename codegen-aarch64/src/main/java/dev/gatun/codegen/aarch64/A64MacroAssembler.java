package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.backend.CpuFeatures;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.ObjectAssembler;
import dev.gatun.backend.PollAssembler;
import dev.gatun.backend.TrapSites;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.DescriptorLayout;
import dev.gatun.layout.FrameLayout;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.wasm.Opcode;
import java.util.Arrays;

/**
 * The macro-assembler of AArch64: frames, moves, memory, the context and calls. Arithmetic is in {@link A64Arithmetic}.
 *
 * <p>Registers: 0 to 30 are general-purpose, 32 to 63 are v0 to v31. x28 holds the context, x27 the base of memory 0;
 * x16, x17, v30 and v31 are scratch, x18 is the platform's. The frame:
 *
 * <pre>
 *   fp + 16 + 8k   k-th cell of the area of arguments, which the return pops, and of results
 *   fp + 8         return address
 *   fp             the caller's fp
 *   fp - 8         context (not in a leaf)
 *   fp - 16 - 8s   slot s
 *   sp + 8k        k-th outgoing cell
 * </pre>
 */
abstract class A64MacroAssembler extends MacroAssembler {
  static final int CONTEXT = 28;
  static final int MEMORY = 27;
  static final int SCRATCH = 16;

  /** For addresses; destroyed by every access that is far from its base. */
  static final int FAR = 17;

  /** v31, as the assembler counts. */
  static final int FLOAT_SCRATCH = 31;

  /** v30, as the assembler counts. */
  static final int VECTOR_SCRATCH = 30;

  /** Where the numbers of vector registers start. */
  static final int FLOATS = 32;

  /** The register of a table index or reference by which is called; it holds no argument. */
  private static final int CALLEE = 10;

  /** Where a call through a function's record leaves the caller's context, for host functions. */
  static final int CALLER_CONTEXT = 10;

  /** The number of the built-in that is called. */
  static final int BUILTIN = 10;

  private static final int[] INTEGER_HOMES = {3, 2, 4, 5, 6, 7, 8, 9, 19, 20, 21, 22, 23, 24, 25, 26};
  private static final int[] FLOAT_HOMES = {33, 34, 35, 36, 37, 38, 39, 40, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57};

  static final long REGISTERS = 0xFFFFL | 0xFFL << 19 | (1L << 30) - 1 << FLOATS;

  /**
   * A frame above this size is checked against the stack limit exactly; the headroom below the limit covers smaller
   * ones.
   */
  private static final int LARGE_FRAME = 16 * 1024;

  /** Room that an access and what readies it may take. */
  private static final int ACCESS = 64;

  final Assembler asm = new Assembler();
  final CpuFeatures<A64Feature> features;
  private final A64Objects objects = new A64Objects(this);
  private final A64Polls polls = new A64Polls(this);
  private final A64Contexts contexts = new A64Contexts(this);

  private boolean leaf;
  private boolean largeFrame;
  private int ownParameterCells;
  private boolean calleeMayBeNull;
  private boolean calleeIsLikelyOwn;
  private int framePatch;
  private int limitPatch;

  // Where handlers compute the stack pointer.
  private int[] handlerPatch = new int[8];
  private int handlers;

  private final TrapSites traps = new TrapSites();

  A64MacroAssembler(CpuFeatures<A64Feature> features) {
    this.features = features;
  }

  @Override
  public long registers() {
    return REGISTERS;
  }

  @Override
  public boolean isFloat(int register) {
    return register >= FLOATS;
  }

  @Override
  public int[] pinnable(boolean floats) {
    return floats ? FLOAT_HOMES : INTEGER_HOMES;
  }

  @Override
  public int alignment() {
    return 16;
  }

  // One function.

  @Override
  public void begin() {
    asm.reset();
    pcTable.clear();
    traps.clear();
    polls.begin();
    contexts.begin();
    handlers = 0;
    objects.begin();
  }

  /** Two instructions that subtract a frame's size, which is patched in. */
  int subtractFrame(int destination, int source) {
    asm.reserve(8);
    int at = asm.position();
    asm.emit(NOP);
    asm.emitImmediate(SUB_I, true, destination, source, 0);
    return at;
  }

  private static final int MAX_FRAME = (1 << 24) - 16; // what two instructions can subtract

  /** Beyond the largest frame the difference is 0: below every limit, so that no such function can be entered. */
  private void patchFrame(int at, int destination, int source, int frame) {
    int low = frame & 0xfff;
    int high = frame >>> 12;
    if (frame > MAX_FRAME) {
      asm.patch(at + 4, MOVZ.bits | 1 << 31 | (destination == SP ? FAR : destination)); // mov x17, 0
    } else if (high == 0) {
      asm.patch(at + 4, SUB_I.bits | 1 << 31 | low << 10 | source << 5 | destination);
    } else {
      asm.patch(at, SUB_I.bits | 1 << 31 | 1 << 22 | high << 10 | source << 5 | destination);
      asm.patch(at + 4, SUB_I.bits | 1 << 31 | low << 10 | destination << 5 | destination);
    }
  }

  @Override
  public void enter(boolean isLeaf, int mostSlots, int parameterCells) {
    leaf = isLeaf;
    ownParameterCells = parameterCells;
    largeFrame = 8 * mostSlots > LARGE_FRAME;
    asm.emitPair(STP_X_PRE, FP, LR, SP, -16); //                        stp fp, lr, [sp, #-16]!
    asm.emitImmediate(ADD_I, true, FP, SP, 0); //                       mov fp, sp
    if (largeFrame) {
      limitPatch = polls.checkLargeFrame();
    } else if (!leaf) {
      polls.checkStack();
    }
    framePatch = subtractFrame(SP, SP); //                              sub sp, sp, frame
    if (!leaf) {
      storeTo(Kind.I64, FP, -8, CONTEXT); //                            str ctx, [fp, -8]
    }
  }

  @Override
  public void leave() {
    asm.emitImmediate(ADD_I, true, SP, FP, 0); //                       mov sp, fp
    asm.emitPair(LDP_X_POST, FP, LR, SP, 16); //                        ldp fp, lr, [sp], #16
    addToStackPointer(8 * ownParameterCells);
    asm.emit(RET, false, 0, LR);
  }

  @Override
  public void end(int slots, int outgoing) {
    endArithmetic();
    objects.end();
    polls.end();
    contexts.end();
    for (int i = 0; i < traps.count(); i++) {
      asm.bind(traps.label(i));
      wasmOffset = traps.wasmOffset(i);
      trap(traps.code(i));
    }
    int frame = 8 + 8 * slots + 8 * outgoing + 15 & -16;
    patchFrame(framePatch, SP, SP, frame);
    for (int i = 0; i < handlers; i++) {
      patchFrame(handlerPatch[i], FAR, FP, frame);
    }
    if (frame > MAX_FRAME && !largeFrame) {
      throw new IllegalStateException("a frame of " + frame + " bytes was said to be small");
    }
    patchFrame(largeFrame ? limitPatch : framePatch, largeFrame ? FAR : SP, SP, frame);
    asm.writePool();
  }

  /** Emits the slow paths of arithmetic, which stand after the function. */
  abstract void endArithmetic();

  @Override
  public void enterHandler() {
    if (handlers == handlerPatch.length) {
      handlerPatch = Arrays.copyOf(handlerPatch, 2 * handlers);
    }
    // In one step at last: the frame is in use, and a signal may come in between.
    handlerPatch[handlers++] = subtractFrame(FAR, FP); //               sub x17, fp, frame
    asm.emitImmediate(ADD_I, true, SP, FAR, 0); //                      mov sp, x17
    contexts.restore();
  }

  @Override
  public int exceptionRegister() {
    return 0;
  }

  @Override
  public int[] data() {
    return asm.data();
  }

  @Override
  public int size() {
    return asm.position();
  }

  @Override
  public byte[] code() {
    return asm.buffer();
  }

  /** A label to jump to when the current instruction traps. */
  int trapLabel(TrapCode code) {
    int label = traps.find(code, wasmOffset);
    if (label == TrapSites.NONE) {
      label = asm.newLabel();
      traps.add(code, wasmOffset, label);
    }
    return label;
  }

  /** The offset in the module of what is being compiled. */
  int wasmOffset() {
    return wasmOffset;
  }

  /** Records that the next instruction may fault. */
  void mayFault(TrapCode code) {
    asm.reserve(8);
    pcTable.add(asm.position(), code, wasmOffset);
  }

  /** Records that the last instruction was a call. */
  void called() {
    pcTable.add(asm.position(), TrapCode.CALL, wasmOffset);
  }

  // Labels and jumps.

  @Override
  public int newLabel() {
    return asm.newLabel();
  }

  @Override
  public void bind(int label) {
    asm.bind(label);
  }

  @Override
  public void bindLoop(int label) {
    asm.bind(label);
  }

  @Override
  public void jump(int label) {
    asm.emit(B, label);
  }

  @Override
  public void branch(int condition, int label) {
    asm.emitBranch(condition, label);
  }

  @Override
  public int negate(int condition) {
    return condition ^ 1;
  }

  @Override
  public void jumpTable(int index, int[] targets, int count) {
    int table = asm.newLabel();
    compareWithConstant(false, index, count); //                                 cmp index, count
    branch(HS, targets[count]); //                                               b.hs default
    asm.reserve(4 * count + ACCESS);
    asm.emitAddress(SCRATCH, table); //                                          adr x16, table
    asm.emitIndexed(LDRSW, FAR, SCRATCH, index, Assembler.UXTX, true); //        ldrsw x17, [x16, index, lsl #2]
    asm.emitShifted(ADD, true, SCRATCH, SCRATCH, FAR, Assembler.LSL, 0); //      add x16, x16, x17
    asm.emit(BR, false, 0, SCRATCH); //                                          br x16
    asm.emitTable(table, targets, count);
  }

  /** Compares an integer with a constant of any size. */
  void compareWithConstant(boolean wide, int register, long constant) {
    if (Assembler.isArithmetic(constant)) {
      asm.emitImmediate(SUBS_I, wide, ZERO, register, (int) constant); //        cmp register, constant
    } else if (Assembler.isArithmetic(-constant)) {
      asm.emitImmediate(ADDS_I, wide, ZERO, register, (int) -constant); //       cmn register, -constant
    } else {
      asm.movConstant(SCRATCH, wide ? constant : constant & 0xffff_ffffL);
      asm.emitShifted(SUBS, wide, ZERO, register, SCRATCH, Assembler.LSL, 0); // cmp register, x16
    }
  }

  @Override
  public void trapIf(int condition, TrapCode code) {
    branch(condition, trapLabel(code));
  }

  /** A load through null faults as an access out of bounds does. */
  @Override
  public void trap(TrapCode code) {
    asm.movConstant(SCRATCH, 0); //     mov x16, 0
    mayFault(code);
    asm.emitMemory(LDR_W, SCRATCH, SCRATCH, 0); // ldr w16, [x16]
  }

  // Moves.

  static boolean wide(int kind) {
    return kind == Kind.I64;
  }

  static int number(int register) {
    return register >= FLOATS ? register - FLOATS : register;
  }

  @Override
  public void move(int kind, int destination, int source) {
    if (destination == source) {
      return;
    }
    if (Kind.isFloat(kind)) {
      asm.emitVector(ORR_V, true, 0, number(destination), number(source), number(source));
    } else {
      asm.emitShifted(ORR, wide(kind), destination, ZERO, source, Assembler.LSL, 0);
    }
  }

  @Override
  public void constant(int kind, int destination, long bits) {
    switch (kind) {
      case Kind.I32 -> asm.movConstant(destination, bits & 0xffff_ffffL);
      case Kind.I64 -> asm.movConstant(destination, bits);
      default -> {
        int to = number(destination);
        if (bits == 0) {
          asm.emitVectorImmediate(MOVI_D, true, to, 0);
        } else {
          asm.movConstant(SCRATCH, kind == Kind.F32 ? bits & 0xffff_ffffL : bits);
          asm.emit(kind == Kind.F32 ? FMOV_S_W : FMOV_D_X, false, to, SCRATCH);
        }
      }
    }
  }

  static Instruction loadForm(int kind) {
    return switch (kind) {
      case Kind.I32 -> LDR_W;
      case Kind.F32 -> LDR_S;
      case Kind.F64 -> LDR_D;
      case Kind.V128 -> LDR_Q;
      default -> LDR_X;
    };
  }

  static Instruction storeForm(int kind) {
    return switch (kind) {
      case Kind.I32 -> STR_W;
      case Kind.F32 -> STR_S;
      case Kind.F64 -> STR_D;
      case Kind.V128 -> STR_Q;
      default -> STR_X;
    };
  }

  /** An access at any offset from a base that is no scratch register. */
  void access(Instruction i, int register, int base, long offset) {
    if (Assembler.isOffset(i, offset)) {
      asm.emitMemory(i, number(register), base, (int) offset);
    } else {
      asm.movConstant(FAR, offset);
      asm.emitIndexed(i, number(register), base, FAR, Assembler.UXTX, false);
    }
  }

  void loadFrom(int kind, int destination, int base, int offset) {
    access(loadForm(kind), destination, base, offset);
  }

  void storeTo(int kind, int base, int offset, int source) {
    access(storeForm(kind), source, base, offset);
  }

  private void storeConstantTo(int kind, int base, int offset, long bits) {
    if (kind == Kind.V128) {
      asm.emitVectorImmediate(MOVI_D, true, FLOAT_SCRATCH, 0); // the only constant
      access(STR_Q, FLOAT_SCRATCH, base, offset);
      return;
    }
    boolean wide = kind == Kind.I64 || kind == Kind.F64;
    int source = ZERO;
    if (bits != 0) {
      source = SCRATCH;
      asm.movConstant(SCRATCH, wide ? bits : bits & 0xffff_ffffL);
    }
    access(wide ? STR_X : STR_W, source, base, offset);
  }

  /** Offset of a slot from fp. */
  static int slot(int slot) {
    return FrameLayout.slot(slot);
  }

  @Override
  public void loadSlot(int kind, int destination, int slot) {
    loadFrom(kind, destination, FP, slot(slot));
  }

  @Override
  public void storeSlot(int kind, int slot, int source) {
    storeTo(kind, FP, slot(slot), source);
  }

  @Override
  public void storeSlotConstant(int kind, int slot, long bits) {
    storeConstantTo(kind, FP, slot(slot), bits);
  }

  private void copy(int kind, int base, int offset, int slot) {
    int through = kind == Kind.V128 ? FLOAT_SCRATCH : SCRATCH;
    int as = kind == Kind.F32 ? Kind.I32 : kind == Kind.F64 ? Kind.I64 : kind;
    loadFrom(as, through, FP, slot(slot));
    storeTo(as, base, offset, through);
  }

  @Override
  public void copySlot(int kind, int destination, int source) {
    copy(kind, FP, slot(destination), source);
  }

  @Override
  public void exchange(int kind, int a, int b) {
    int through = Kind.isFloat(kind) ? FLOATS + FLOAT_SCRATCH : SCRATCH;
    int whole = Kind.isFloat(kind) ? kind : Kind.I64;
    move(whole, through, a);
    move(whole, a, b);
    move(whole, b, through);
  }

  @Override
  public void loadOutgoing(int kind, int destination, int cell) {
    loadFrom(kind, destination, SP, 8 * cell);
  }

  @Override
  public void storeOutgoing(int kind, int cell, int source) {
    storeTo(kind, SP, 8 * cell, source);
  }

  @Override
  public void storeOutgoingConstant(int kind, int cell, long bits) {
    storeConstantTo(kind, SP, 8 * cell, bits);
  }

  @Override
  public void copySlotToOutgoing(int kind, int cell, int slot) {
    copy(kind, SP, 8 * cell, slot);
  }

  // Linear memory. Every address is the base + index + offset in 64 bits: the index is a zero-extended i32 and the
  // offset below 2^32, so the sum is below the memory's reservation of 8 GiB and a guard.

  /** An access to linear memory, which may fault. */
  void emitAccess(Instruction i, int register, int index, long offset) {
    boolean whole = index != MacroAssembler.NONE && (index & ADDRESS) != 0;
    int base = whole ? index & ~ADDRESS : MEMORY;
    int added = whole ? MacroAssembler.NONE : index;
    if (added == MacroAssembler.NONE && Assembler.isOffset(i, offset)) {
      mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
      asm.emitMemory(i, number(register), base, (int) offset);
      return;
    }
    if (added == MacroAssembler.NONE) {
      asm.movConstant(FAR, offset); //                                  mov x17, offset
      added = FAR;
    } else if (offset != 0) {
      addOffset(FAR, added, offset);
      added = FAR;
    }
    mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    asm.emitIndexed(i, number(register), base, added, Assembler.UXTX, false);
  }

  /** {@code destination = register + offset}; the destination is not the register unless the offset is short. */
  private void addOffset(int destination, int register, long offset) {
    if (Assembler.isArithmetic(offset)) {
      asm.emitImmediate(ADD_I, true, destination, register, (int) offset); // add d, register, offset
    } else {
      asm.movConstant(destination, offset); //                              mov d, offset
      asm.emitShifted(ADD, true, destination, destination, register, Assembler.LSL, 0); // add d, d, register
    }
  }

  /** Puts the sum of all that an address consists of into a register that is none of the index's and x17. */
  void emitAddress(int destination, int index, long offset) {
    boolean whole = index != MacroAssembler.NONE && (index & ADDRESS) != 0;
    int base = whole ? index & ~ADDRESS : MEMORY;
    if (index != MacroAssembler.NONE && !whole) {
      asm.emitShifted(ADD, true, destination, MEMORY, index, Assembler.LSL, 0); // add d, base, index
      base = destination;
    }
    if (Assembler.isArithmetic(offset)) {
      asm.emitImmediate(ADD_I, true, destination, base, (int) offset); //          add d, d, offset
    } else {
      asm.movConstant(FAR, offset);
      asm.emitShifted(ADD, true, destination, base, FAR, Assembler.LSL, 0); //     add d, d, x17
    }
  }

  @Override
  public void memoryAddress(int destination, int memoryOffset, int index) {
    loadContext(Kind.I64, SCRATCH, memoryOffset); //                               ldr x16, [ctx, memory]
    loadFrom(Kind.I64, SCRATCH, SCRATCH, DescriptorLayout.BASE); //                ldr x16, [x16, base]
    if (index == MacroAssembler.NONE) {
      move(Kind.I64, destination, SCRATCH);
    } else {
      asm.emitShifted(ADD, true, destination, SCRATCH, index, Assembler.LSL, 0);
    }
  }

  @Override
  public void checkBounds(int temporary, int memoryOffset, int index, boolean wide, long offset, int width) {
    int trap = trapLabel(TrapCode.MEMORY_BOUNDS_CHECK);
    long end = offset + width;
    if (Long.compareUnsigned(end, offset) < 0) {
      jump(trap); // no memory has its last byte there
      return;
    }
    loadContext(Kind.I64, temporary, memoryOffset); //                             ldr t, [ctx, memory]
    asm.movConstant(SCRATCH, end); //                                              mov x16, end
    if (index != MacroAssembler.NONE) {
      asm.emitShifted(wide ? ADDS : ADD, true, SCRATCH, SCRATCH, index, Assembler.LSL, 0); // adds x16, x16, index
      if (wide) {
        branch(HS, trap); //                                                       b.cs trap
      }
    }
    loadFrom(Kind.I64, FAR, temporary, DescriptorLayout.LENGTH); //                ldr x17, [t, length]
    asm.emitShifted(SUBS, true, ZERO, SCRATCH, FAR, Assembler.LSL, 0); //          cmp x16, x17
    branch(HI, trap); //                                                           b.hi trap
  }

  @Override
  public void checkedAddress(int destination, int memoryOffset, int index, boolean wide, long offset, int width) {
    checkBounds(destination, memoryOffset, index, wide, offset, width);
    if (Long.compareUnsigned(offset + width, offset) < 0) {
      return;
    }
    loadFrom(Kind.I64, destination, destination, DescriptorLayout.BASE); //        ldr d, [d, base]
    asm.emitShifted(ADD, true, destination, destination, SCRATCH, Assembler.LSL, 0); // add d, d, x16
    asm.emitImmediate(SUB_I, true, destination, destination, width); //            sub d, d, width
  }

  @Override
  public void load(Opcode opcode, int destination, int index, long offset) {
    Instruction form =
        switch (opcode) {
          case I32_LOAD, I64_LOAD32_U -> LDR_W;
          case I64_LOAD -> LDR_X;
          case F32_LOAD -> LDR_S;
          case F64_LOAD -> LDR_D;
          case V128_LOAD -> LDR_Q;
          case I32_LOAD8_S -> LDRSB_W;
          case I32_LOAD8_U, I64_LOAD8_U -> LDRB;
          case I32_LOAD16_S -> LDRSH_W;
          case I32_LOAD16_U, I64_LOAD16_U -> LDRH;
          case I64_LOAD8_S -> LDRSB_X;
          case I64_LOAD16_S -> LDRSH_X;
          case I64_LOAD32_S -> LDRSW;
          default -> null;
        };
    if (form == null) {
      loadVector(opcode, destination, index, offset);
    } else {
      emitAccess(form, destination, index, offset);
    }
  }

  /** Loads that fill a vector. */
  abstract void loadVector(Opcode opcode, int destination, int index, long offset);

  private static Instruction storeForm(Opcode opcode) {
    return switch (opcode) {
      case I32_STORE, I64_STORE32 -> STR_W;
      case I64_STORE -> STR_X;
      case I32_STORE8, I64_STORE8 -> STRB;
      case I32_STORE16, I64_STORE16 -> STRH;
      case F32_STORE -> STR_S;
      case F64_STORE -> STR_D;
      case V128_STORE -> STR_Q;
      default -> throw new IllegalArgumentException(opcode.text());
    };
  }

  @Override
  public void store(Opcode opcode, int source, int index, long offset) {
    emitAccess(storeForm(opcode), source, index, offset);
  }

  @Override
  public boolean storesConstant(Opcode opcode, long constant) {
    return constant == 0 && opcode != Opcode.V128_STORE;
  }

  @Override
  public void storeConstant(Opcode opcode, long constant, int index, long offset) {
    Instruction form =
        switch (opcode) {
          case F32_STORE -> STR_W;
          case F64_STORE -> STR_X;
          default -> storeForm(opcode);
        };
    emitAccess(form, ZERO, index, offset);
  }

  @Override
  public void memorySize(int destination, int memoryOffset, int pageSizeLog2) {
    loadContext(Kind.I64, SCRATCH, memoryOffset);
    loadFrom(Kind.I64, destination, SCRATCH, DescriptorLayout.LENGTH);
    if (pageSizeLog2 > 0) {
      asm.emitBitfield(UBFM, true, destination, destination, pageSizeLog2, 63); // lsr d, d, log2
    }
  }

  @Override
  public void memoryCopy(int toOffset, boolean toWide, int fromOffset, boolean fromWide) {
    loadOutgoing(addressKind(toWide), BulkMemoryStubs.DESTINATION, 2);
    loadOutgoing(addressKind(fromWide), BulkMemoryStubs.SOURCE, 3);
    loadOutgoing(addressKind(toWide && fromWide), BulkMemoryStubs.LENGTH, 4);
    loadContext(Kind.I64, BulkMemoryStubs.TO_MEMORY, toOffset);
    loadContext(Kind.I64, BulkMemoryStubs.FROM_MEMORY, fromOffset);
    callStub(VmContextLayout.MEMORY_COPY_STUB, Builtin.MEMORY_COPY.number());
  }

  @Override
  public void memoryFill(int memoryOffset, boolean wide) {
    loadOutgoing(addressKind(wide), BulkMemoryStubs.DESTINATION, 1);
    loadOutgoing(Kind.I32, BulkMemoryStubs.VALUE, 2);
    loadOutgoing(addressKind(wide), BulkMemoryStubs.LENGTH, 3);
    loadContext(Kind.I64, BulkMemoryStubs.TO_MEMORY, memoryOffset);
    callStub(VmContextLayout.MEMORY_FILL_STUB, Builtin.MEMORY_FILL.number());
  }

  private static int addressKind(boolean wide) {
    return wide ? Kind.I64 : Kind.I32;
  }

  // The context.

  @Override
  public void loadContext(int kind, int destination, int offset) {
    loadFrom(kind, destination, CONTEXT, offset);
  }

  @Override
  public void storeContext(int kind, int offset, int source) {
    storeTo(kind, CONTEXT, offset, source);
  }

  @Override
  public void contextAddress(int destination, int offset) {
    addOffset(destination, CONTEXT, offset);
  }

  @Override
  public void loadContextIndirect(int kind, int destination, int offset) {
    loadContext(Kind.I64, SCRATCH, offset);
    loadFrom(kind, destination, SCRATCH, 0);
  }

  @Override
  public void storeContextIndirect(int kind, int offset, int source) {
    loadContext(Kind.I64, SCRATCH, offset);
    storeTo(kind, SCRATCH, 0, source);
  }

  /** Leaves the address of a table's first element in x16, after checking an index; traps if it is out of bounds. */
  private void tableElements(int tableOffset, int index, TrapCode code) {
    loadContext(Kind.I64, SCRATCH, tableOffset); //                             ldr x16, [ctx, table]
    loadFrom(Kind.I64, FAR, SCRATCH, DescriptorLayout.LENGTH); //               ldr x17, [x16, length]
    asm.emitShifted(SUBS, true, ZERO, index, FAR, Assembler.LSL, 0); //         cmp index, x17
    branch(HS, trapLabel(code)); //                                             b.hs trap
    loadFrom(Kind.I64, SCRATCH, SCRATCH, DescriptorLayout.BASE); //             ldr x16, [x16, base]
  }

  @Override
  public void tableGet(int destination, int tableOffset, int index) {
    tableElements(tableOffset, index, TrapCode.TABLE_OUT_OF_BOUNDS);
    asm.emitIndexed(LDR_X, destination, SCRATCH, index, Assembler.UXTX, true);
  }

  @Override
  public void tableSet(int tableOffset, int index, int source) {
    tableElements(tableOffset, index, TrapCode.TABLE_OUT_OF_BOUNDS);
    asm.emitIndexed(STR_X, source, SCRATCH, index, Assembler.UXTX, true);
  }

  @Override
  public ObjectAssembler objects() {
    return objects;
  }

  @Override
  public PollAssembler polls() {
    return polls;
  }

  @Override
  public void tableSize(int destination, int tableOffset) {
    loadContext(Kind.I64, SCRATCH, tableOffset);
    loadFrom(Kind.I32, destination, SCRATCH, DescriptorLayout.LENGTH);
  }

  // Calls.

  private void callRegister(int register) {
    asm.reserve(8);
    asm.emit(BLR, false, 0, register);
    called();
  }

  @Override
  public void callSlot(int slotOffset, int parameterCells, boolean contextMayChange) {
    loadContext(Kind.I64, SCRATCH, slotOffset); //                              ldr x16, [ctx, slot]
    callRegister(SCRATCH); //                                                   blr x16
    // The callee has popped its cells; the frame is of one size throughout.
    addToStackPointer(-8 * parameterCells);
    if (contextMayChange) {
      contexts.restore();
    }
  }

  private void addToStackPointer(int bytes) {
    Instruction form = bytes < 0 ? SUB_I : ADD_I;
    int magnitude = Math.abs(bytes);
    if (magnitude >>> 12 != 0) {
      asm.emitImmediate(form, true, SP, SP, magnitude & ~0xfff);
    }
    if ((magnitude & 0xfff) != 0) {
      asm.emitImmediate(form, true, SP, SP, magnitude & 0xfff);
    }
  }

  @Override
  public void tailCallSlot(int slotOffset, int parameterCells) {
    replaceFrame(parameterCells);
    loadContext(Kind.I64, SCRATCH, slotOffset); //                              ldr x16, [ctx, slot]
    asm.emit(BR, false, 0, SCRATCH); //                                         br x16
  }

  @Override
  public void callCallee(int parameterCells) {
    if (calleeIsLikelyOwn) {
      contexts.enterUnlessOwn(calleeMayBeNull);
    } else {
      contexts.enter(calleeMayBeNull);
    }
    loadFrom(Kind.I64, SCRATCH, SCRATCH, FuncRefLayout.CODE); //                ldr x16, [x16, code]
    callRegister(SCRATCH); //                                                   blr x16
    addToStackPointer(-8 * parameterCells);
    if (calleeIsLikelyOwn) {
      contexts.restoreUnlessOwn();
    } else {
      contexts.restore();
    }
  }

  @Override
  public void tailCallCallee(int parameterCells) {
    contexts.enter(calleeMayBeNull);
    move(Kind.I64, 0, SCRATCH); //                                              mov x0, x16
    replaceFrame(parameterCells);
    loadFrom(Kind.I64, SCRATCH, 0, FuncRefLayout.CODE); //                      ldr x16, [x0, code]
    asm.emit(BR, false, 0, SCRATCH); //                                         br x16
  }

  /**
   * Gives up the frame for a callee, whose parameter cells are at the stack pointer: they move up, to end where the
   * function's own end. The cells of results, above, stay where the caller looks for them. Destroys x1 and the scratch
   * registers.
   */
  private void replaceFrame(int parameterCells) {
    int to = 16 + 8 * (ownParameterCells - parameterCells);
    asm.emitPair(LDP_X, 1, LR, FP, 0); //                                       ldp x1, lr, [fp]
    // Last one first, as the two areas may overlap.
    for (int i = parameterCells - 1; i >= 0; i--) {
      loadFrom(Kind.I64, SCRATCH, SP, 8 * i);
      storeTo(Kind.I64, FP, to + 8 * i, SCRATCH);
    }
    int distance = Math.abs(to);
    Instruction form = to < 0 ? SUB_I : ADD_I;
    int base = FP;
    if (distance >>> 12 != 0) {
      asm.emitImmediate(form, true, FAR, FP, distance & ~0xfff);
      base = FAR;
    }
    asm.emitImmediate(form, true, SP, base, distance & 0xfff); //               add sp, fp, to
    move(Kind.I64, FP, 1); //                                                   mov fp, x1
  }

  @Override
  public int calleeRegister() {
    return CALLEE;
  }

  @Override
  public void calleeFromImport(int importOffset) {
    calleeMayBeNull = false;
    calleeIsLikelyOwn = false;
    loadContext(Kind.I64, SCRATCH, importOffset);
  }

  @Override
  public void calleeFromTable(int tableOffset, int rttOffset, int depth, int index) {
    calleeMayBeNull = false;
    calleeIsLikelyOwn = true;
    tableElements(tableOffset, index, TrapCode.UNDEFINED_ELEMENT);
    asm.emitIndexed(LDR_X, SCRATCH, SCRATCH, index, Assembler.UXTX, true); //   ldr x16, [x16, index, lsl #3]
    checkFunctionType(rttOffset, depth, index);
  }

  @Override
  public void calleeFromReference(int register) {
    calleeMayBeNull = true;
    calleeIsLikelyOwn = true;
    move(Kind.I64, SCRATCH, register);
  }

  /** Traps unless the function record in x16 is there and of a type; a register is destroyed. */
  private void checkFunctionType(int rttOffset, int depth, int temporary) {
    mayFault(TrapCode.UNINITIALIZED_ELEMENT);
    loadFrom(Kind.I64, temporary, SCRATCH, FuncRefLayout.RTT); //               ldr t, [x16, rtt]
    int mismatch = trapLabel(TrapCode.INDIRECT_CALL_TYPE_MISMATCH);
    if (depth >= RttLayout.MIN_DISPLAY) {
      loadFrom(Kind.I32, FAR, temporary, RttLayout.DEPTH); //                   ldr w17, [t, depth]
      asm.emitImmediate(SUBS_I, false, ZERO, FAR, depth); //                    cmp w17, depth
      branch(LO, mismatch); //                                                  b.lo trap
    }
    if (depth != RttLayout.EXACT) {
      loadFrom(Kind.I64, temporary, temporary, RttLayout.DISPLAY + 8 * depth); // ldr t, [t, display]
    }
    loadContext(Kind.I64, FAR, rttOffset); //                                   ldr x17, [ctx, type]
    asm.emitShifted(SUBS, true, ZERO, temporary, FAR, Assembler.LSL, 0); //     cmp t, x17
    branch(NE, mismatch); //                                                    b.ne trap
  }

  @Override
  public void callBuiltin(int number) {
    callStub(VmContextLayout.BUILTIN_STUB, number);
  }

  private void callStub(int stubOffset, int number) {
    asm.movConstant(BUILTIN, number & 0xffff_ffffL); //                         mov w10, number
    loadContext(Kind.I64, SCRATCH, stubOffset); //                              ldr x16, [ctx, stub]
    callRegister(SCRATCH); //                                                   blr x16
  }
}

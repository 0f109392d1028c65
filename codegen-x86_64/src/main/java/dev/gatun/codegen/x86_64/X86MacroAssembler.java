package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

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
 * The sequences of x86-64 for what the baseline compiler asks: frames, moves, memory, tables and calls. Arithmetic is
 * in {@link X86Arithmetic}.
 *
 * <p>Registers: 0 to 15 are general-purpose, 16 to 31 are xmm0 to xmm15. r14 holds the context, r15 the base of memory
 * 0, r11, xmm14 and xmm15 are scratch; rsp and rbp hold the frame:
 *
 * <pre>
 *   rbp + 16 + 8k   k-th cell of the area of arguments, which the return pops, and of results
 *   rbp + 8         return address
 *   rbp             the caller's rbp
 *   rbp - 8         context (not in a leaf)
 *   rbp - 16 - 8s   slot s
 *   rsp + 8k        k-th outgoing cell
 * </pre>
 */
abstract class X86MacroAssembler extends MacroAssembler {
  /**
   * What functions and loops are aligned to. Processors fetch decoded instructions by lines of 32 or 64 bytes, and a
   * small loop in one line more runs up to half as fast.
   */
  private static final int LOOP_ALIGNMENT = 64;

  static final int CONTEXT = R14;
  static final int MEMORY = R15;
  static final int SCRATCH = R11;

  /** xmm15, as the assembler counts. */
  static final int FLOAT_SCRATCH = 15;

  /** xmm14, as the assembler counts: a second one, for vectors. */
  static final int VECTOR_SCRATCH = 14;

  /** Where the numbers of vector registers start. */
  static final int FLOATS = 16;

  /** The register of a table index or reference by which is called; it holds no argument. */
  private static final int CALLEE = R10;

  /** Where a call through a function's record leaves the caller's context, for host functions. It holds no argument. */
  static final int CALLER_CONTEXT = R10;

  private static final int[] INTEGER_HOMES = {RSI, RDI, R8, R9, RBX, R12, R13};
  private static final int[] FLOAT_HOMES = {17, 18, 19, 20, 21, 22, 23, 24, 25};

  static final long REGISTERS =
      0xFFFFL & ~(1L << RSP | 1L << RBP | 1L << SCRATCH | 1L << CONTEXT | 1L << MEMORY) | 0x3FFFL << FLOATS;

  // Conditions beyond the condition codes: equality of floats needs the parity flag too.
  static final int FLOAT_EQ = 16;
  static final int FLOAT_NE = 17;

  /**
   * A frame above this size is checked against the stack limit exactly; the headroom below the limit covers smaller
   * ones.
   */
  private static final int LARGE_FRAME = 16 * 1024;

  final CpuFeatures<X86Feature> features;
  final Assembler asm;
  private final X86Objects objects;
  private final X86Polls polls;
  private final X86Contexts contexts;

  private boolean leaf;
  private boolean largeFrame;
  private int ownParameterCells;
  private boolean calleeMayBeNull;
  private boolean calleeIsLikelyOwn;
  private int framePatch;

  // Where handlers compute the stack pointer.
  private int[] handlerPatch = new int[8];
  private int handlers;

  private int limitPatch;

  private final TrapSites traps = new TrapSites();

  X86MacroAssembler(CpuFeatures<X86Feature> features) {
    this.features = features;
    this.asm = new Assembler(features.has(X86Feature.AVX));
    this.objects = new X86Objects(this);
    this.polls = new X86Polls(this);
    this.contexts = new X86Contexts(this);
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
    return LOOP_ALIGNMENT;
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

  @Override
  public void enter(boolean isLeaf, int mostSlots, int parameterCells) {
    leaf = isLeaf;
    ownParameterCells = parameterCells;
    largeFrame = 8 * mostSlots > LARGE_FRAME;
    asm.push(RBP); //                                       push rbp
    asm.emit(MOV_RM, true, RBP, RSP); //                    mov rbp, rsp
    if (largeFrame) {
      limitPatch = polls.checkLargeFrame();
    } else if (!leaf) {
      polls.checkStack();
    }
    asm.emit(SUB_MI32, true, RSP); //                       sub rsp, frame
    asm.immediate(SUB_MI32, 0);
    framePatch = asm.position() - 4;
    if (!leaf) {
      asm.emitMemory(MOV_MR, true, CONTEXT, RBP, NONE, 0, -8); // mov [rbp - 8], r14
    }
  }

  @Override
  public void leave() {
    asm.leave();
    asm.ret(8 * ownParameterCells);
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
    asm.patch(framePatch, frame);
    for (int i = 0; i < handlers; i++) {
      asm.patch(handlerPatch[i], -frame);
    }
    if (largeFrame) {
      asm.patch(limitPatch, -frame);
    }
    asm.checkLabels();
    asm.emitPool();
  }

  /** Emits the slow paths of arithmetic, which stand after the function. */
  abstract void endArithmetic();

  @Override
  public void enterHandler() {
    if (handlers == handlerPatch.length) {
      handlerPatch = Arrays.copyOf(handlerPatch, 2 * handlers);
    }
    asm.emitMemory(LEA, true, RSP, RBP, NONE, 0, Integer.MIN_VALUE); //      lea rsp, [rbp - frame]
    handlerPatch[handlers++] = asm.position() - 4;
    contexts.restore();
  }

  @Override
  public int exceptionRegister() {
    return RAX;
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
    asm.align(LOOP_ALIGNMENT);
    asm.bind(label);
  }

  @Override
  public void jump(int label) {
    asm.jmp(label);
  }

  @Override
  public void branch(int condition, int label) {
    if (condition == FLOAT_EQ) {
      int skip = asm.newLabel();
      asm.jccShort(P, skip); //   jp skip
      asm.jcc(E, label); //       je label
      asm.bind(skip);
    } else if (condition == FLOAT_NE) {
      asm.jcc(P, label); //       jp label
      asm.jcc(NE, label); //      jne label
    } else {
      asm.jcc(condition, label);
    }
  }

  @Override
  public int negate(int condition) {
    return condition ^ 1;
  }

  /** Tables of at most this many entries become a chain of compares. */
  private static final int MAX_COMPARES = 3;

  @Override
  public void jumpTable(int index, int[] targets, int count) {
    if (count <= MAX_COMPARES) {
      for (int i = 0; i < count; i++) {
        compareWithConstant(false, index, i);
        asm.jcc(E, targets[i]);
      }
      asm.jmp(targets[count]);
      return;
    }
    int table = asm.newLabel();
    compareWithConstant(false, index, count);
    asm.jcc(AE, targets[count]); //                                   jae default
    asm.leaLabel(SCRATCH, table); //                                  lea r11, [rip + table]
    asm.emitMemory(MOVSXD, true, index, SCRATCH, index, 2, 0); //     movsxd index, [r11 + 4 * index]
    asm.emit(ADD_RM, true, index, SCRATCH); //                        add index, r11
    asm.emit(JMP_M, false, index); //                                 jmp index
    while ((asm.position() & 3) != 0) {
      asm.hlt();
    }
    asm.bind(table);
    int start = asm.position();
    for (int i = 0; i < count; i++) {
      asm.dlLabel(targets[i], start);
    }
    asm.endData(start);
  }

  /** {@code cmp register, constant}, or test where that is shorter. */
  void compareWithConstant(boolean wide, int register, int constant) {
    if (constant == 0) {
      asm.emit(TEST_MR, wide, register, register);
    } else {
      Instruction form = constant == (byte) constant ? CMP_MI8 : CMP_MI32;
      asm.emit(form, wide, register);
      asm.immediate(form, constant);
    }
  }

  @Override
  public void trapIf(int condition, TrapCode code) {
    branch(condition, trapLabel(code));
  }

  @Override
  public void trap(TrapCode code) {
    mayFault(code);
    asm.hlt();
  }

  // Moves.

  static boolean wide(int kind) {
    return kind == Kind.I64;
  }

  @Override
  public void move(int kind, int destination, int source) {
    if (destination == source) {
      return;
    }
    if (Kind.isFloat(kind)) {
      asm.emit(MOVAPS, false, destination - FLOATS, source - FLOATS);
    } else {
      asm.emit(MOV_RM, wide(kind), destination, source);
    }
  }

  @Override
  public void constant(int kind, int destination, long bits) {
    switch (kind) {
      case Kind.I32 -> asm.movConstant(destination, bits & 0xffff_ffffL);
      case Kind.I64 -> asm.movConstant(destination, bits);
      default -> {
        int to = destination - FLOATS;
        if (bits == 0) {
          asm.emit(XORPS, false, to, to);
        } else {
          asm.emitPool(kind == Kind.F32 ? MOVSS_RM : MOVSD_RM, false, to, bits, 0);
        }
      }
    }
  }

  static Instruction loadForm(int kind) {
    return switch (kind) {
      case Kind.F32 -> MOVSS_RM;
      case Kind.F64 -> MOVSD_RM;
      case Kind.V128 -> MOVUPS_RM;
      default -> MOV_RM;
    };
  }

  static Instruction storeForm(int kind) {
    return switch (kind) {
      case Kind.F32 -> MOVSS_MR;
      case Kind.F64 -> MOVSD_MR;
      case Kind.V128 -> MOVUPS_MR;
      default -> MOV_MR;
    };
  }

  private static int number(int kind, int register) {
    return Kind.isFloat(kind) ? register - FLOATS : register;
  }

  void loadFrom(int kind, int destination, int base, int displacement) {
    asm.emitMemory(loadForm(kind), wide(kind), number(kind, destination), base, NONE, 0, displacement);
  }

  void storeTo(int kind, int base, int displacement, int source) {
    asm.emitMemory(storeForm(kind), wide(kind), number(kind, source), base, NONE, 0, displacement);
  }

  private void storeConstantTo(int kind, int base, int displacement, long bits) {
    if (kind == Kind.V128) {
      asm.emit(XORPS, false, FLOAT_SCRATCH, FLOAT_SCRATCH); // the only constant
      asm.emitMemory(MOVUPS_MR, false, FLOAT_SCRATCH, base, NONE, 0, displacement);
      return;
    }
    boolean wide = kind == Kind.I64 || kind == Kind.F64;
    if (!wide || bits == (int) bits) {
      asm.emitMemory(MOV_MI32, wide, base, NONE, 0, displacement);
      asm.immediate(MOV_MI32, (int) bits);
    } else {
      asm.movConstant(SCRATCH, bits);
      asm.emitMemory(MOV_MR, true, SCRATCH, base, NONE, 0, displacement);
    }
  }

  /** Displacement of a slot from rbp. */
  static int slot(int slot) {
    return FrameLayout.slot(slot);
  }

  @Override
  public void loadSlot(int kind, int destination, int slot) {
    loadFrom(kind, destination, RBP, slot(slot));
  }

  @Override
  public void storeSlot(int kind, int slot, int source) {
    storeTo(kind, RBP, slot(slot), source);
  }

  @Override
  public void storeSlotConstant(int kind, int slot, long bits) {
    storeConstantTo(kind, RBP, slot(slot), bits);
  }

  private void copy(int kind, int base, int displacement, int slot) {
    if (kind == Kind.V128) {
      asm.emitMemory(MOVUPS_RM, false, FLOAT_SCRATCH, RBP, NONE, 0, slot(slot));
      asm.emitMemory(MOVUPS_MR, false, FLOAT_SCRATCH, base, NONE, 0, displacement);
      return;
    }
    boolean wide = kind == Kind.I64 || kind == Kind.F64;
    asm.emitMemory(MOV_RM, wide, SCRATCH, RBP, NONE, 0, slot(slot));
    asm.emitMemory(MOV_MR, wide, SCRATCH, base, NONE, 0, displacement);
  }

  @Override
  public void copySlot(int kind, int destination, int source) {
    copy(kind, RBP, slot(destination), source);
  }

  @Override
  public void exchange(int kind, int a, int b) {
    if (Kind.isFloat(kind)) {
      asm.emit(MOVAPS, false, FLOAT_SCRATCH, a - FLOATS);
      asm.emit(MOVAPS, false, a - FLOATS, b - FLOATS);
      asm.emit(MOVAPS, false, b - FLOATS, FLOAT_SCRATCH);
    } else {
      asm.emit(XCHG, true, a, b);
    }
  }

  @Override
  public void loadOutgoing(int kind, int destination, int cell) {
    loadFrom(kind, destination, RSP, 8 * cell);
  }

  @Override
  public void storeOutgoing(int kind, int cell, int source) {
    storeTo(kind, RSP, 8 * cell, source);
  }

  @Override
  public void storeOutgoingConstant(int kind, int cell, long bits) {
    storeConstantTo(kind, RSP, 8 * cell, bits);
  }

  @Override
  public void copySlotToOutgoing(int kind, int cell, int slot) {
    copy(kind, RSP, 8 * cell, slot);
  }

  // Linear memory. Every address is r15 + index + offset in 64 bits: the index is a zero-extended i32 and the offset
  // below 2^32, so the sum is below the memory's reservation of 8 GiB and a guard. A displacement is signed, so an
  // offset from 2^31 up is added in a register.

  // An ADDRESS has the base and the index in it: what is added is the offset alone.

  private int addressBase;
  private int addressIndex;
  private int addressDisplacement;

  private void address(int index, long offset) {
    boolean whole = index != MacroAssembler.NONE && (index & ADDRESS) != 0;
    addressBase = whole ? index & ~ADDRESS : MEMORY;
    if (offset <= Integer.MAX_VALUE) {
      addressIndex = whole ? NONE : index;
      addressDisplacement = (int) offset;
    } else {
      asm.movConstant(SCRATCH, offset); //            mov r11d, offset
      if (index != MacroAssembler.NONE && !whole) {
        asm.emit(ADD_RM, true, SCRATCH, index); //    add r11, index
      }
      addressIndex = SCRATCH;
      addressDisplacement = 0;
    }
  }

  @Override
  public void memoryAddress(int destination, int memoryOffset, int index) {
    loadContext(Kind.I64, SCRATCH, memoryOffset); //                                             mov r11, [r14 + memory]
    if (index == MacroAssembler.NONE) {
      loadFrom(Kind.I64, destination, SCRATCH, DescriptorLayout.BASE); //                         mov to, [r11 + base]
    } else {
      move(Kind.I64, destination, index);
      asm.emitMemory(ADD_RM, true, destination, SCRATCH, NONE, 0, DescriptorLayout.BASE); //      add to, [r11 + base]
    }
  }

  @Override
  public void checkBounds(int temporary, int memoryOffset, int index, boolean wide, long offset, int width) {
    int trap = trapLabel(TrapCode.MEMORY_BOUNDS_CHECK);
    long end = offset + width;
    if (Long.compareUnsigned(end, offset) < 0) {
      asm.jmp(trap); // no memory has its last byte there
      return;
    }
    loadContext(Kind.I64, temporary, memoryOffset); //                                            mov t, [r14 + memory]
    boolean hasIndex = index != MacroAssembler.NONE;
    if (hasIndex && !wide && end == (int) end) {
      asm.emitMemory(LEA, true, SCRATCH, index, NONE, 0, (int) end); //                           lea r11, [index + end]
    } else {
      asm.movConstant(SCRATCH, end); //                                                           mov r11, end
      if (hasIndex) {
        asm.emit(ADD_RM, true, SCRATCH, index); //                                                add r11, index
        if (wide) {
          asm.jcc(B, trap); //                                                                    jc trap
        }
      }
    }
    asm.emitMemory(CMP_RM, true, SCRATCH, temporary, NONE, 0, DescriptorLayout.LENGTH); //        cmp r11, [t + length]
    asm.jcc(A, trap); //                                                                          ja trap
  }

  @Override
  public void checkedAddress(int destination, int memoryOffset, int index, boolean wide, long offset, int width) {
    checkBounds(destination, memoryOffset, index, wide, offset, width);
    loadFrom(Kind.I64, destination, destination, DescriptorLayout.BASE); //                       mov to, [to + base]
    asm.emitMemory(LEA, true, destination, destination, SCRATCH, 0, -width); //               lea to, [to + r11 - width]
  }

  /** Puts the sum of all that an address consists of into a register. */
  void emitAddress(int destination, int index, long offset) {
    address(index, offset);
    asm.emitMemory(LEA, true, destination, addressBase, addressIndex, 0, addressDisplacement);
  }

  /** An instruction that accesses linear memory, and may fault. */
  void emitAccess(Instruction i, boolean wide, int reg, int index, long offset) {
    address(index, offset);
    mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    asm.emitMemory(i, wide, reg, addressBase, addressIndex, 0, addressDisplacement);
  }

  /** The same with a source more: with AVX any register, else the destination. */
  void emitAccess3(Instruction i, boolean wide, int destination, int first, int index, long offset) {
    address(index, offset);
    mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    asm.emitMemory3(i, wide, destination, first, addressBase, addressIndex, 0, addressDisplacement);
  }

  @Override
  public void load(Opcode opcode, int destination, int index, long offset) {
    switch (opcode) {
      case I32_LOAD, I64_LOAD32_U -> emitAccess(MOV_RM, false, destination, index, offset);
      case I64_LOAD -> emitAccess(MOV_RM, true, destination, index, offset);
      case F32_LOAD -> emitAccess(MOVSS_RM, false, destination - FLOATS, index, offset);
      case F64_LOAD -> emitAccess(MOVSD_RM, false, destination - FLOATS, index, offset);
      case I32_LOAD8_S -> emitAccess(MOVSX8, false, destination, index, offset);
      case I32_LOAD8_U, I64_LOAD8_U -> emitAccess(MOVZX8, false, destination, index, offset);
      case I32_LOAD16_S -> emitAccess(MOVSX16, false, destination, index, offset);
      case I32_LOAD16_U, I64_LOAD16_U -> emitAccess(MOVZX16, false, destination, index, offset);
      case I64_LOAD8_S -> emitAccess(MOVSX8, true, destination, index, offset);
      case I64_LOAD16_S -> emitAccess(MOVSX16, true, destination, index, offset);
      case I64_LOAD32_S -> emitAccess(MOVSXD, true, destination, index, offset);
      default -> loadVector(opcode, destination, index, offset);
    }
  }

  /** Loads that fill a vector. */
  abstract void loadVector(Opcode opcode, int destination, int index, long offset);

  @Override
  public void store(Opcode opcode, int source, int index, long offset) {
    switch (opcode) {
      case I32_STORE, I64_STORE32 -> emitAccess(MOV_MR, false, source, index, offset);
      case I64_STORE -> emitAccess(MOV_MR, true, source, index, offset);
      case I32_STORE8, I64_STORE8 -> emitAccess(MOV8_MR, false, source, index, offset);
      case I32_STORE16, I64_STORE16 -> emitAccess(MOV16_MR, false, source, index, offset);
      case F32_STORE -> emitAccess(MOVSS_MR, false, source - FLOATS, index, offset);
      case F64_STORE -> emitAccess(MOVSD_MR, false, source - FLOATS, index, offset);
      case V128_STORE -> emitAccess(MOVUPS_MR, false, source - FLOATS, index, offset);
      default -> throw new IllegalArgumentException(opcode.text());
    }
  }

  @Override
  public boolean storesConstant(Opcode opcode, long constant) {
    return switch (opcode) {
      case I64_STORE, F64_STORE -> constant == (int) constant;
      case V128_STORE -> false;
      default -> true;
    };
  }

  @Override
  public void storeConstant(Opcode opcode, long constant, int index, long offset) {
    Instruction form =
        switch (opcode) {
          case I32_STORE8, I64_STORE8 -> MOV8_MI;
          case I32_STORE16, I64_STORE16 -> MOV16_MI;
          default -> MOV_MI32;
        };
    boolean wide = opcode == Opcode.I64_STORE || opcode == Opcode.F64_STORE;
    emitAccess(form, wide, 0, index, offset);
    asm.immediate(form, (int) constant);
  }

  @Override
  public void memorySize(int destination, int memoryOffset, int pageSizeLog2) {
    loadContext(Kind.I64, SCRATCH, memoryOffset);
    loadFrom(Kind.I64, destination, SCRATCH, DescriptorLayout.LENGTH);
    if (pageSizeLog2 > 0) {
      asm.emit(SHR_MI, true, destination);
      asm.immediate(SHR_MI, pageSizeLog2);
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
    asm.emitMemory(LEA, true, destination, CONTEXT, NONE, 0, offset);
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

  /** Leaves the address of a table's first element in r11, after checking an index; traps if it is out of bounds. */
  private void tableElements(int tableOffset, int index, TrapCode code) {
    loadContext(Kind.I64, SCRATCH, tableOffset); //                                               mov r11, [r14 + table]
    asm.emitMemory(CMP_RM, true, index, SCRATCH, NONE, 0, DescriptorLayout.LENGTH); //         cmp index, [r11 + length]
    asm.jcc(AE, trapLabel(code)); //                                                              jae trap
    loadFrom(Kind.I64, SCRATCH, SCRATCH, DescriptorLayout.BASE); //                               mov r11, [r11 + base]
  }

  @Override
  public void tableGet(int destination, int tableOffset, int index) {
    tableElements(tableOffset, index, TrapCode.TABLE_OUT_OF_BOUNDS);
    asm.emitMemory(MOV_RM, true, destination, SCRATCH, index, 3, 0);
  }

  @Override
  public void tableSet(int tableOffset, int index, int source) {
    tableElements(tableOffset, index, TrapCode.TABLE_OUT_OF_BOUNDS);
    asm.emitMemory(MOV_MR, true, source, SCRATCH, index, 3, 0);
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

  @Override
  public void callSlot(int slotOffset, int parameterCells, boolean contextMayChange) {
    asm.emitMemory(CALL_M, false, CONTEXT, NONE, 0, slotOffset); //          call [r14 + slot]
    called();
    retakeParameterCells(parameterCells);
    if (contextMayChange) {
      contexts.restore();
    }
  }

  /** Takes back the cells that the callee has popped, since the frame is of one size throughout. */
  private void retakeParameterCells(int parameterCells) {
    if (parameterCells > 0) {
      addToStackPointer(-8 * parameterCells); //                             sub rsp, 8 * cells
    }
  }

  private void addToStackPointer(int bytes) {
    Instruction form = bytes == (byte) bytes ? ADD_MI8 : ADD_MI32;
    asm.emit(form, true, RSP);
    asm.immediate(form, bytes);
  }

  @Override
  public void tailCallSlot(int slotOffset, int parameterCells) {
    replaceFrame(parameterCells);
    asm.emitMemory(JMP_M, false, CONTEXT, NONE, 0, slotOffset); //           jmp [r14 + slot]
  }

  @Override
  public void callCallee(int parameterCells) {
    if (calleeIsLikelyOwn) {
      contexts.enterUnlessOwn(calleeMayBeNull);
    } else {
      contexts.enter(calleeMayBeNull);
    }
    asm.emitMemory(CALL_M, false, SCRATCH, NONE, 0, FuncRefLayout.CODE); //  call [r11 + code]
    called();
    retakeParameterCells(parameterCells);
    if (calleeIsLikelyOwn) {
      contexts.restoreUnlessOwn();
    } else {
      contexts.restore();
    }
  }

  @Override
  public void tailCallCallee(int parameterCells) {
    contexts.enter(calleeMayBeNull);
    replaceFrame(parameterCells);
    asm.emitMemory(JMP_M, false, SCRATCH, NONE, 0, FuncRefLayout.CODE); //   jmp [r11 + code]
  }

  /**
   * Gives up the frame for a callee, whose parameter cells are at the stack pointer: they move up, to end where the
   * function's own end, with the return address below them. The cells of results, above, stay where the caller looks
   * for them.
   */
  private void replaceFrame(int parameterCells) {
    int down = 8 * (parameterCells - ownParameterCells);
    if (down == 0) {
      moveCells(parameterCells, 16);
      asm.leave();
      return;
    }
    // The cells may overlap the frame's head.
    loadFrom(Kind.I64, RDX, RBP, 8); //                                      mov rdx, [rbp + 8]
    loadFrom(Kind.I64, RCX, RBP, 0); //                                      mov rcx, [rbp]
    moveCells(parameterCells, 16 - down);
    storeTo(Kind.I64, RBP, 8 - down, RDX); //                                mov [rbp + 8 - down], rdx
    asm.emitMemory(LEA, true, RSP, RBP, NONE, 0, 8 - down); //               lea rsp, [rbp + 8 - down]
    move(Kind.I64, RBP, RCX); //                                             mov rbp, rcx
  }

  /** Moves cells from the stack pointer up to an offset from rbp. Last one first, as the two areas may overlap. */
  private void moveCells(int cells, int displacement) {
    for (int i = cells - 1; i >= 0; i--) {
      loadFrom(Kind.I64, RAX, RSP, 8 * i);
      storeTo(Kind.I64, RBP, displacement + 8 * i, RAX);
    }
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
    asm.emitMemory(MOV_RM, true, SCRATCH, SCRATCH, index, 3, 0); //                       mov r11, [r11 + 8 * index]
    checkFunctionType(rttOffset, depth, index);
  }

  @Override
  public void calleeFromReference(int register) {
    calleeMayBeNull = true;
    calleeIsLikelyOwn = true;
    move(Kind.I64, SCRATCH, register);
  }

  /** Traps unless the function record in r11 is there and of a type; a register is destroyed. */
  private void checkFunctionType(int rttOffset, int depth, int temporary) {
    mayFault(TrapCode.UNINITIALIZED_ELEMENT);
    loadFrom(Kind.I64, temporary, SCRATCH, FuncRefLayout.RTT); //                         mov t, [r11 + rtt]
    int mismatch = trapLabel(TrapCode.INDIRECT_CALL_TYPE_MISMATCH);
    if (depth >= RttLayout.MIN_DISPLAY) {
      asm.emitMemory(CMP_MI32, false, temporary, NONE, 0, RttLayout.DEPTH); //            cmp [t + depth], depth
      asm.immediate(CMP_MI32, depth);
      asm.jcc(B, mismatch); //                                                            jb trap
    }
    if (depth != RttLayout.EXACT) {
      loadFrom(Kind.I64, temporary, temporary, RttLayout.DISPLAY + 8 * depth); //         mov t, [t + display]
    }
    asm.emitMemory(CMP_RM, true, temporary, CONTEXT, NONE, 0, rttOffset); //              cmp t, [r14 + type]
    asm.jcc(NE, mismatch); //                                                             jne trap
  }

  @Override
  public void callBuiltin(int number) {
    callStub(VmContextLayout.BUILTIN_STUB, number);
  }

  private void callStub(int stubOffset, int number) {
    asm.movConstant(RAX, number & 0xffff_ffffL); //                                       mov eax, number
    asm.emitMemory(CALL_M, false, CONTEXT, NONE, 0, stubOffset); //                       call [r14 + stub]
    called();
  }
}

package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.A64MacroAssembler.CONTEXT;
import static dev.gatun.codegen.aarch64.A64MacroAssembler.MEMORY;
import static dev.gatun.codegen.aarch64.A64MacroAssembler.SCRATCH;
import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

import dev.gatun.backend.Backend;
import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.KeptRegisters;
import dev.gatun.backend.Kind;
import dev.gatun.backend.Signature;
import dev.gatun.bindings.linux.AArch64;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;

/**
 * The code between Java and wasm on AArch64 Linux: entries, calls out of wasm, lazy compilation, traps.
 *
 * <p>An entry leaves this on the Java thread's stack, and {@link StoreLayout#ENTRY_SP} points to its end, so that
 * whoever leaves wasm, at whatever depth, finds the way back ({@link #leaveEntry}):
 *
 * <pre>
 *   [ENTRY_SP]        WASM_SP before the entry, ENTRY_SP before the entry
 *   [ENTRY_SP + 16]   x19 to x28, d8 to d15, fp, lr
 * </pre>
 *
 * <p>A call out of wasm switches back to that stack, since HotSpot accepts no upcall from another one. An upcall that
 * finds too little stack ends the JVM, so at the first call out of an entry the stack is read, page by page, as far
 * down as Java code may need: HotSpot's guard page then faults in our code, which is an ordinary trap. Later calls out
 * of that entry start from the same place, and need not look again.
 */
final class Stubs {
  /**
   * What an upcall is given: HotSpot itself wants about 84 KiB, and class initialisation in a host function its share.
   */
  private static final int HOST_STACK = 192 * 1024;

  /** Steps of the probe; the guard zones are 16 KiB. Not a multiple of a page, for the sake of the cache. */
  private static final int PROBE_STEP = 12 * 1024 + 64;

  /** Bytes of what an entry leaves on the Java thread's stack. */
  private static final int ENTRY_FRAME = 192;

  private static final int FAR = A64MacroAssembler.FAR;

  private final Assembler asm = new Assembler();

  private void load(int to, int base, int offset) {
    asm.emitMemory(LDR_X, to, base, offset);
  }

  private void store(int base, int offset, int from) {
    asm.emitMemory(STR_X, from, base, offset);
  }

  private void move(int to, int from) {
    asm.emitShifted(ORR, true, to, ZERO, from, Assembler.LSL, 0);
  }

  /** A move in which either may be the stack pointer. */
  private void moveStackPointer(int to, int from) {
    asm.emitImmediate(ADD_I, true, to, from, 0);
  }

  private void addToStackPointer(int bytes) {
    int magnitude = Math.abs(bytes);
    Instruction form = bytes < 0 ? SUB_I : ADD_I;
    if (magnitude >>> 12 != 0) {
      asm.emitImmediate(form, true, SP, SP, magnitude & ~0xfff);
    }
    if ((magnitude & 0xfff) != 0) {
      asm.emitImmediate(form, true, SP, SP, magnitude & 0xfff);
    }
  }

  private void access(Instruction i, int register, int base, int offset) {
    if (Assembler.isOffset(i, offset)) {
      asm.emitMemory(i, A64MacroAssembler.number(register), base, offset);
    } else {
      asm.movConstant(FAR, offset);
      asm.emitIndexed(i, A64MacroAssembler.number(register), base, FAR, Assembler.UXTX, false);
    }
  }

  private void loadValue(int kind, int register, int base, int offset) {
    access(A64MacroAssembler.loadForm(kind), register, base, offset);
  }

  /** Stores a value to its cells; an i32 with its upper half, which is zero. */
  private void storeValue(int kind, int base, int offset, int register) {
    access(A64MacroAssembler.storeForm(kind == Kind.I32 ? Kind.I64 : kind), register, base, offset);
  }

  /** Copies a value that is in memory. */
  private void copyCells(int kind, int toBase, int to, int fromBase, int from) {
    for (int i = 0; i < Kind.cells(kind); i++) {
      access(LDR_X, SCRATCH, fromBase, from + 8 * i);
      access(STR_X, SCRATCH, toBase, to + 8 * i);
    }
  }

  private void jump(int register) {
    asm.emit(BR, false, 0, register);
  }

  private void call(int register) {
    asm.emit(BLR, false, 0, register);
  }

  private void beginFrame(int bytes) {
    asm.emitPair(STP_X_PRE, FP, LR, SP, -16);
    moveStackPointer(FP, SP);
    addToStackPointer(-(bytes + 15 & -16));
  }

  private void endFrame() {
    moveStackPointer(SP, FP);
    asm.emitPair(LDP_X_POST, FP, LR, SP, 16);
  }

  // Entry.

  /** {@code int trampoline(x0, x1, x2, target x3)}. */
  static byte[] trampoline() {
    Assembler asm = new Assembler();
    asm.emit(BR, false, 0, 3); // br x3
    return asm.copy();
  }

  /**
   * {@code int flush(start x0, end x1)}: cleans the data caches to where instructions are fetched from, then
   * invalidates the instruction caches (Arm architecture reference manual, B2.7.4).
   */
  static byte[] flush() {
    Assembler asm = new Assembler();
    int type = 3;
    asm.emit(READ_CTR, true, type, 0); //                                mrs x3, ctr_el0
    flushLines(asm, CLEAN_DATA, type, 16);
    flushLines(asm, INVALIDATE_CODE, type, 0);
    asm.emit(ISB);
    asm.movConstant(0, 0);
    asm.emit(RET, false, 0, LR);
    return asm.copy();
  }

  /** One operation on every line of the range; the cache type register has the logarithm of a line's words at a bit. */
  private static void flushLines(Assembler asm, Instruction operation, int type, int bit) {
    int line = 4;
    int at = 5;
    asm.emitBitfield(UBFM, true, line, type, bit, bit + 3); //           ubfx x4, x3, bit, 4
    asm.movConstant(at, 4);
    asm.emit(LSLV, true, line, at, line); //                             lsl x4, 4, x4
    asm.emitImmediate(SUB_I, true, at, line, 1);
    asm.emitShifted(BIC, true, at, 0, at, Assembler.LSL, 0); //          x5 = start of the first line
    int loop = asm.newLabel();
    asm.bind(loop);
    asm.emit(operation, true, at, 0); //                                 dc cvau, x5
    asm.emitShifted(ADD, true, at, at, line, Assembler.LSL, 0);
    asm.emitShifted(SUBS, true, ZERO, at, 1, Assembler.LSL, 0);
    asm.emitBranch(LO, loop);
    asm.emit(DSB_ISH);
  }

  private void calleeSaved(Instruction integers, Instruction floats, Instruction frame) {
    for (int i = 0; i < 5; i++) {
      asm.emitPair(integers, 19 + 2 * i, 20 + 2 * i, SP, 16 + 16 * i);
    }
    for (int i = 0; i < 4; i++) {
      asm.emitPair(floats, 8 + 2 * i, 9 + 2 * i, SP, 96 + 16 * i);
    }
    asm.emitPair(frame, FP, LR, SP, 160);
  }

  /** {@code int enter(context x0, code x1, cells x2)}. */
  byte[] entryThunk(Signature signature, CallingConvention convention) {
    int[] params = new int[signature.paramCount()];
    int[] results = new int[signature.resultCount()];
    int area = convention.locate(signature, params, results);
    int storeRecord = 11;
    int cells = 12;
    int code = 13;
    beginEntry();
    moveStackPointer(SP, 14);
    load(MEMORY, CONTEXT, VmContextLayout.MEMORY_BASE);
    // What the return needs, where the stack pointer will be again.
    asm.emitPair(STP_X_PRE, cells, SCRATCH, SP, -16);
    int areaSize = 8 * area + 15 & -16;
    addToStackPointer(-areaSize);
    for (int i = 0; i < params.length; i++) {
      if (params[i] < 0) {
        copyCells(signature.param(i), SP, 8 * (-1 - params[i]), cells, 8 * signature.paramCell(i));
      }
    }
    for (int i = 0; i < params.length; i++) {
      if (params[i] >= 0) {
        loadValue(signature.param(i), params[i], cells, 8 * signature.paramCell(i));
      }
    }
    move(FP, ZERO); // the chain of frames ends here
    call(code);
    int popped = 8 * convention.parameterCells(signature);
    load(storeRecord, CONTEXT, VmContextLayout.STORE);
    access(LDR_X, cells, SP, areaSize - popped);
    access(LDR_X, 14, SP, areaSize - popped + 8);
    for (int i = 0; i < results.length; i++) {
      if (results[i] >= 0) {
        storeValue(signature.result(i), cells, 8 * signature.resultCell(i), results[i]);
      } else {
        copyCells(signature.result(i), cells, 8 * signature.resultCell(i), SP, 8 * (-1 - results[i]) - popped);
      }
    }
    asm.movConstant(0, Backend.RETURNED);
    moveStackPointer(SP, 14);
    undoEntry(storeRecord);
    return asm.copy();
  }

  /**
   * Makes an entry: with the store in x11, cells in x12, the second argument in x13, the wasm stack pointer in x14, and
   * that of the Java thread in the scratch register.
   */
  private void beginEntry() {
    int storeRecord = 11;
    addToStackPointer(-ENTRY_FRAME);
    calleeSaved(STP_X, STP_D, STP_X);
    move(CONTEXT, 0);
    move(13, 1);
    move(12, 2);
    load(storeRecord, CONTEXT, VmContextLayout.STORE);
    access(LDR_X, 14, storeRecord, StoreLayout.WASM_SP);
    access(LDR_X, 15, storeRecord, StoreLayout.ENTRY_SP);
    asm.emitPair(STP_X, 14, 15, SP, 0);
    moveStackPointer(SCRATCH, SP);
    access(STR_X, SCRATCH, storeRecord, StoreLayout.ENTRY_SP);
  }

  /**
   * {@code int resume(context of the host function x0, stack pointer x1, cells x2)}: an entry to a stack that is in
   * place, as if its host thunk had just stored its arguments.
   */
  byte[] resumeThunk(Signature signature, CallingConvention convention, long upcall) {
    int storeRecord = 11;
    beginEntry();
    // What the entry of the outermost frame had put there for the return, through which that frame returns now.
    asm.emitPair(STP_X, 12, SCRATCH, 14, -16);
    access(LDR_X, FP, storeRecord, StoreLayout.EXIT_FP);
    access(LDR_X, A64MacroAssembler.CALLER_CONTEXT, storeRecord, StoreLayout.RESUME_CONTEXT);
    moveStackPointer(SP, 13);
    callHost(signature, convention, upcall);
    return asm.copy();
  }

  /** With the status in w0: undoes the innermost entry of a store and returns to Java. */
  private void leaveEntry(int storeRecord) {
    access(LDR_X, 14, storeRecord, StoreLayout.ENTRY_SP);
    asm.emitLogical(AND_I, true, 14, 14, LogicalImmediate.encode(~(long) StoreLayout.PROBED, true));
    moveStackPointer(SP, 14);
    undoEntry(storeRecord);
  }

  /** The same with the stack pointer already where the entry left it. */
  private void undoEntry(int storeRecord) {
    asm.emitPair(LDP_X, 14, 15, SP, 0);
    access(STR_X, 14, storeRecord, StoreLayout.WASM_SP);
    access(STR_X, 15, storeRecord, StoreLayout.ENTRY_SP);
    calleeSaved(LDP_X, LDP_D, LDP_X);
    addToStackPointer(ENTRY_FRAME);
    asm.emit(RET, false, 0, LR);
  }

  /** Where the signal handler continues: the context is in its register, as in all function code. */
  byte[] trapExit() {
    load(SCRATCH, CONTEXT, VmContextLayout.STORE);
    for (int r = 0; r < StoreLayout.REGISTERS; r++) {
      if ((A64MacroAssembler.REGISTERS >>> r & 1) != 0) {
        Instruction form = r < A64MacroAssembler.FLOATS ? STR_X : STR_D;
        access(form, r, SCRATCH, StoreLayout.TRAP_REGISTERS + 8 * r);
      }
    }
    move(11, SCRATCH);
    asm.movConstant(0, Backend.TRAPPED);
    leaveEntry(11);
    return asm.copy();
  }

  // Calls out of wasm.

  /**
   * Calls {@code int upcall(x0, x1, x2)} on the Java thread's stack; a status other than 0 leaves wasm. The frame
   * pointer must be that of the stub's own frame. All registers that wasm may use are dead here; those that the callee
   * saves hold what is needed behind.
   */
  private void callOut(long upcall) {
    int storeRecord = 21;
    int wasmSp = 19;
    int stackPointer = 20;
    load(storeRecord, CONTEXT, VmContextLayout.STORE);
    access(STR_X, FP, storeRecord, StoreLayout.EXIT_FP);
    access(LDR_X, 11, storeRecord, StoreLayout.ENTRY_SP);
    int probed = asm.newLabel();
    asm.emitTestAndBranch(TBNZ, 11, Integer.numberOfTrailingZeros(StoreLayout.PROBED), probed);
    for (int depth = PROBE_STEP; depth < HOST_STACK + PROBE_STEP; depth += PROBE_STEP) {
      asm.movConstant(FAR, -(long) depth);
      asm.emitIndexed(LDR_W, ZERO, 11, FAR, Assembler.UXTX, false); // ldr wzr, [x11, -depth]
    }
    asm.emitLogical(ORR_I, true, 11, 11, LogicalImmediate.encode(StoreLayout.PROBED, true));
    access(STR_X, 11, storeRecord, StoreLayout.ENTRY_SP);
    asm.bind(probed);
    moveStackPointer(stackPointer, SP);
    access(LDR_X, wasmSp, storeRecord, StoreLayout.WASM_SP);
    access(STR_X, stackPointer, storeRecord, StoreLayout.WASM_SP);
    asm.emitImmediate(SUB_I, true, SP, 11, StoreLayout.PROBED);
    asm.movConstant(SCRATCH, upcall);
    call(SCRATCH);
    access(STR_X, wasmSp, storeRecord, StoreLayout.WASM_SP);
    int returned = asm.newLabel();
    int resume = asm.newLabel();
    asm.emitCompareAndBranch(CBZ, false, 0, returned);
    asm.emitImmediate(SUBS_I, false, ZERO, 0, Backend.RESUME);
    asm.emitBranch(EQ, resume);
    asm.movConstant(0, Backend.PENDING);
    leaveEntry(storeRecord);
    // The handler computes its stack pointer itself; until then nothing above ours may be overwritten.
    asm.bind(resume);
    moveStackPointer(SP, stackPointer);
    access(LDR_X, FP, storeRecord, StoreLayout.RESUME_FP);
    access(LDR_X, 0, storeRecord, StoreLayout.RESUME_VALUE);
    access(LDR_X, SCRATCH, storeRecord, StoreLayout.RESUME_PC);
    jump(SCRATCH);
    asm.bind(returned);
    moveStackPointer(SP, stackPointer);
  }

  byte[] hostThunk(Signature signature, CallingConvention convention, long upcall) {
    int[] params = new int[signature.paramCount()];
    int[] results = new int[signature.resultCount()];
    convention.locate(signature, params, results);
    int cells = Math.max(1, Math.max(signature.paramCell(params.length), signature.resultCell(results.length)));
    beginFrame(8 * cells);
    for (int i = 0; i < params.length; i++) {
      if (params[i] >= 0) {
        storeValue(signature.param(i), SP, 8 * signature.paramCell(i), params[i]);
      }
    }
    for (int i = 0; i < params.length; i++) {
      if (params[i] < 0) {
        copyCells(signature.param(i), SP, 8 * signature.paramCell(i), FP, 16 + 8 * (-1 - params[i]));
      }
    }
    callHost(signature, convention, upcall);
    return asm.copy();
  }

  /** The rest of a host thunk, when the arguments are in the cells at the stack pointer. */
  private void callHost(Signature signature, CallingConvention convention, long upcall) {
    int[] params = new int[signature.paramCount()];
    int[] results = new int[signature.resultCount()];
    convention.locate(signature, params, results);
    move(0, A64MacroAssembler.CALLER_CONTEXT);
    load(1, CONTEXT, VmContextLayout.HOST_FUNCTION);
    moveStackPointer(2, SP);
    callOut(upcall);
    for (int i = 0; i < results.length; i++) {
      if (results[i] < 0) {
        copyCells(signature.result(i), FP, 16 + 8 * (-1 - results[i]), SP, 8 * signature.resultCell(i));
      }
    }
    for (int i = 0; i < results.length; i++) {
      if (results[i] >= 0) {
        loadValue(signature.result(i), results[i], SP, 8 * signature.resultCell(i));
      }
    }
    endFrame();
    addToStackPointer(8 * convention.parameterCells(signature));
    asm.emit(RET, false, 0, LR);
  }

  /** Called with the built-in's number in w10 and its cells at the caller's stack pointer. */
  byte[] builtinStub(long upcall) {
    beginFrame(0);
    move(0, CONTEXT);
    asm.emitBitfield(SBFM, true, 1, A64MacroAssembler.BUILTIN, 0, 31); // sxtw x1, w10
    asm.emitImmediate(ADD_I, true, 2, FP, 16);
    callOut(upcall);
    endFrame();
    asm.emit(RET, false, 0, LR);
    return asm.copy();
  }

  /** What emitted code may keep something in: all that the compiler gives out. */
  private static final KeptRegisters COMPILER_REGISTERS =
      new KeptRegisters(
          new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26},
          A64MacroAssembler.FLOATS,
          30);

  /** Called as a built-in is; the result is in the first cell, and no register has changed but scratch ones. */
  byte[] allocationStub(long upcall) {
    return keepingStub(Builtin.ALLOCATE, upcall);
  }

  /** Called anywhere in a function that has its frame pointer; no register has changed but scratch ones. */
  byte[] pollStub(long upcall) {
    return keepingStub(Builtin.POLL, upcall);
  }

  /** The displacement from the frame pointer of {@link #pollStub}'s frame of a register that it keeps. */
  static int keptRegister(int register) {
    return COMPILER_REGISTERS.displacement(register);
  }

  /** Calls a built-in with all registers kept on the wasm stack, where the collector finds what is live. */
  private byte[] keepingStub(Builtin builtin, long upcall) {
    KeptRegisters kept = COMPILER_REGISTERS;
    beginFrame(kept.frameSize());
    for (int i = 0; i < kept.integers(); i++) {
      store(SP, kept.integerOffset(i), kept.integer(i));
    }
    for (int i = 0; i < kept.vectors(); i++) {
      asm.emitMemory(STR_Q, i, SP, kept.vectorOffset(i));
    }
    move(0, CONTEXT);
    asm.movConstant(1, builtin.number());
    asm.emitImmediate(ADD_I, true, 2, FP, 16);
    callOut(upcall);
    for (int i = 0; i < kept.vectors(); i++) {
      asm.emitMemory(LDR_Q, i, SP, kept.vectorOffset(i));
    }
    for (int i = 0; i < kept.integers(); i++) {
      load(kept.integer(i), SP, kept.integerOffset(i));
    }
    endFrame();
    asm.emit(RET, false, 0, LR);
    return asm.copy();
  }

  static final int FIRST_ARGUMENT = 2;
  static final int ARGUMENTS = 8;
  static final int FIRST_FLOAT_ARGUMENT = 1;

  /** Jumped to with the function index in w16 and the function's arguments in place. */
  byte[] compileStub(long upcall) {
    int floats = 8 * (1 + ARGUMENTS) + 8;
    beginFrame(floats + 16 * ARGUMENTS);
    store(SP, 0, SCRATCH);
    for (int i = 0; i < ARGUMENTS; i++) {
      store(SP, 8 * (1 + i), FIRST_ARGUMENT + i);
      asm.emitMemory(STR_Q, FIRST_FLOAT_ARGUMENT + i, SP, floats + 16 * i);
    }
    move(0, CONTEXT);
    asm.movConstant(1, Builtin.COMPILE.number());
    moveStackPointer(2, SP);
    callOut(upcall);
    for (int i = 0; i < ARGUMENTS; i++) {
      load(FIRST_ARGUMENT + i, SP, 8 * (1 + i));
      asm.emitMemory(LDR_Q, FIRST_FLOAT_ARGUMENT + i, SP, floats + 16 * i);
    }
    load(SCRATCH, SP, 0);
    endFrame();
    jump(SCRATCH);
    return asm.copy();
  }

  static final int LAZY_THUNK_SIZE = 12;

  /** A row of {@code movz w16, index; movk w16, index, lsl #16; b tail}, and the tail that jumps to the stub. */
  static byte[] lazyThunks(int first, int count, long compileStub) {
    Assembler asm = new Assembler();
    int tail = asm.newLabel();
    for (int i = 0; i < count; i++) {
      asm.emitWide(MOVZ, false, SCRATCH, first + i & 0xffff, 0);
      asm.emitWide(MOVK, false, SCRATCH, first + i >>> 16, 1);
      asm.emit(B, tail);
    }
    asm.bind(tail);
    asm.movConstant(FAR, compileStub);
    asm.emit(BR, false, 0, FAR);
    return asm.copy();
  }

  // Traps.

  /**
   * {@code void handler(int w0, siginfo_t* x1, ucontext_t* x2)}. In function code the context register is valid at
   * every instruction, so the store is found through it.
   */
  static byte[] signalHandler(long codeStart, long codeEnd, long trapExit, Backend.PreviousHandlers previous) {
    Stubs stubs = new Stubs();
    Assembler asm = stubs.asm;
    int notOurs = asm.newLabel();
    int bus = asm.newLabel();
    int fpe = asm.newLabel();
    int pc = 3;
    int context = 4;
    int storeRecord = 5;
    int value = 6;
    int registers = AArch64.UCONTEXT_REGISTERS();
    stubs.load(pc, 2, AArch64.UCONTEXT_PC());
    asm.movConstant(value, codeStart);
    asm.emitShifted(SUBS, true, ZERO, pc, value, Assembler.LSL, 0);
    asm.emitBranch(LO, notOurs);
    asm.movConstant(value, codeEnd);
    asm.emitShifted(SUBS, true, ZERO, pc, value, Assembler.LSL, 0);
    asm.emitBranch(HS, notOurs);
    stubs.load(context, 2, registers + 8 * CONTEXT);
    stubs.load(storeRecord, context, VmContextLayout.STORE);
    stubs.access(STR_X, pc, storeRecord, StoreLayout.TRAP_PC);
    stubs.access(STR_X, context, storeRecord, StoreLayout.TRAP_CONTEXT);
    stubs.load(value, 1, AArch64.SIGINFO_ADDRESS());
    stubs.access(STR_X, value, storeRecord, StoreLayout.TRAP_ADDRESS);
    asm.emitMemory(LDRSW, value, 1, AArch64.SIGINFO_CODE());
    stubs.access(STR_X, value, storeRecord, StoreLayout.TRAP_SIGNAL_CODE);
    asm.emitShifted(ORR, false, value, ZERO, 0, Assembler.LSL, 0);
    stubs.access(STR_X, value, storeRecord, StoreLayout.TRAP_SIGNAL);
    stubs.load(value, 2, registers + 8 * FP);
    stubs.access(STR_X, value, storeRecord, StoreLayout.TRAP_FP);
    stubs.load(value, 2, AArch64.UCONTEXT_SP());
    stubs.access(STR_X, value, storeRecord, StoreLayout.TRAP_SP);
    asm.movConstant(value, trapExit);
    stubs.store(2, AArch64.UCONTEXT_PC(), value);
    asm.emit(RET, false, 0, LR);
    // The handlers that were there before get the signal as if we were not; arguments are still in place.
    asm.bind(notOurs);
    asm.emitImmediate(SUBS_I, false, ZERO, 0, LibC.SIGBUS());
    asm.emitBranch(EQ, bus);
    asm.emitImmediate(SUBS_I, false, ZERO, 0, LibC.SIGFPE());
    asm.emitBranch(EQ, fpe);
    asm.movConstant(SCRATCH, previous.segv());
    stubs.jump(SCRATCH);
    asm.bind(bus);
    asm.movConstant(SCRATCH, previous.bus());
    stubs.jump(SCRATCH);
    asm.bind(fpe);
    asm.movConstant(SCRATCH, previous.fpe());
    stubs.jump(SCRATCH);
    return asm.copy();
  }
}

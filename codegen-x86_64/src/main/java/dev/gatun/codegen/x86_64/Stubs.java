package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.backend.Backend;
import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.KeptRegisters;
import dev.gatun.backend.Kind;
import dev.gatun.backend.Signature;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.bindings.linux.X86_64;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;

/**
 * The code between Java and wasm on x86-64 Linux: entries, calls out of wasm, lazy compilation, traps.
 *
 * <p>An entry leaves this on the Java thread's stack, and {@link StoreLayout#ENTRY_SP} points to its end, so that
 * whoever leaves wasm, at whatever depth, finds the way back ({@link #leaveEntry}):
 *
 * <pre>
 *   [ENTRY_SP]       WASM_SP before the entry
 *   [ENTRY_SP + 8]   ENTRY_SP before the entry
 *   [ENTRY_SP + 16]  padding
 *   [ENTRY_SP + 24]  r15, r14, r13, r12, rbx, rbp, return address
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

  /**
   * Steps of the probe; the guard zones are 16 KiB. Not a multiple of a page, or all reads would compete for one set of
   * the first-level cache.
   */
  private static final int PROBE_STEP = 12 * 1024 + 64;

  private final Assembler asm = new Assembler();

  private void load(int to, int base, int displacement) {
    asm.emitMemory(MOV_RM, true, to, base, NONE, 0, displacement);
  }

  private void store(int base, int displacement, int from) {
    asm.emitMemory(MOV_MR, true, from, base, NONE, 0, displacement);
  }

  private void move(int to, int from) {
    asm.emit(MOV_RM, true, to, from);
  }

  private void addToStackPointer(int bytes) {
    asm.emitMemory(LEA, true, RSP, RSP, NONE, 0, bytes);
  }

  private void loadValue(int kind, int register, int base, int displacement) {
    int number = Kind.isFloat(kind) ? register - X86MacroAssembler.FLOATS : register;
    asm.emitMemory(X86MacroAssembler.loadForm(kind), kind == Kind.I64, number, base, NONE, 0, displacement);
  }

  /** Stores a value to its cells; an i32 with its upper half, which is zero. */
  private void storeValue(int kind, int base, int displacement, int register) {
    int number = Kind.isFloat(kind) ? register - X86MacroAssembler.FLOATS : register;
    asm.emitMemory(X86MacroAssembler.storeForm(kind), !Kind.isFloat(kind), number, base, NONE, 0, displacement);
  }

  /** Copies a value that is in memory. */
  private void copyCells(int kind, int toBase, int to, int fromBase, int from) {
    for (int i = 0; i < Kind.cells(kind); i++) {
      load(R11, fromBase, from + 8 * i);
      store(toBase, to + 8 * i, R11);
    }
  }

  // Entry.

  /** {@code int trampoline(rdi, rsi, rdx, target rcx)}. */
  static byte[] trampoline() {
    Assembler asm = new Assembler();
    asm.emit(JMP_M, false, RCX); // jmp rcx
    return asm.copy();
  }

  /** {@code int enter(context rdi, code rsi, cells rdx)}. */
  byte[] entryThunk(Signature signature, CallingConvention convention) {
    int[] params = new int[signature.paramCount()];
    int[] results = new int[signature.resultCount()];
    int area = convention.locate(signature, params, results);
    beginEntry();
    load(RSP, RCX, StoreLayout.WASM_SP);
    load(X86MacroAssembler.MEMORY, RDI, VmContextLayout.MEMORY_BASE);
    move(RAX, RSI);
    // What the return needs, where the stack pointer will be again: no chain of loads through the store.
    asm.emitMemory(PUSH_M, false, RCX, NONE, 0, StoreLayout.ENTRY_SP);
    asm.push(RDX);
    int areaSize = 8 * area + 15 & -16;
    if (areaSize > 0) {
      addToStackPointer(-areaSize);
    }
    for (int i = 0; i < params.length; i++) {
      if (params[i] < 0) {
        copyCells(signature.param(i), RSP, 8 * (-1 - params[i]), RDX, 8 * signature.paramCell(i));
      }
    }
    for (int i = 0; i < params.length; i++) {
      if (params[i] >= 0) {
        loadValue(signature.param(i), params[i], RDX, 8 * signature.paramCell(i));
      }
    }
    asm.emit(XOR_RM, false, RBP, RBP); // the chain of frames ends here
    asm.emit(CALL_M, false, RAX);
    int popped = 8 * convention.parameterCells(signature);
    load(RCX, X86MacroAssembler.CONTEXT, VmContextLayout.STORE);
    if (results.length > 0) {
      load(R10, RSP, areaSize - popped);
      for (int i = 0; i < results.length; i++) {
        if (results[i] >= 0) {
          storeValue(signature.result(i), R10, 8 * signature.resultCell(i), results[i]);
        } else {
          copyCells(
              signature.result(i), R10, 8 * signature.resultCell(i), RSP, 8 * (-1 - results[i]) - popped);
        }
      }
    }
    asm.movConstant(RAX, Backend.RETURNED);
    load(RSP, RSP, areaSize - popped + 8);
    undoEntry();
    return asm.copy();
  }

  /** With the context in rdi and the cells in rdx: makes an entry, and leaves the store in rcx. */
  private void beginEntry() {
    asm.push(RBP);
    asm.push(RBX);
    asm.push(R12);
    asm.push(R13);
    asm.push(R14);
    asm.push(R15);
    asm.push(RDX); // keeps the stack aligned
    move(X86MacroAssembler.CONTEXT, RDI);
    asm.emitMemory(LEA, true, RCX, RDX, NONE, 0, -StoreLayout.BUFFER);
    asm.emitMemory(PUSH_M, false, RCX, NONE, 0, StoreLayout.ENTRY_SP);
    asm.emitMemory(PUSH_M, false, RCX, NONE, 0, StoreLayout.WASM_SP);
    store(RCX, StoreLayout.ENTRY_SP, RSP);
  }

  /**
   * {@code int resume(context of the host function rdi, stack pointer rsi, cells rdx)}: an entry to a stack that is in
   * place, as if its host thunk had just stored its arguments.
   */
  byte[] resumeThunk(Signature signature, CallingConvention convention, long upcall) {
    beginEntry();
    // What the entry of the outermost frame had put there for the return, through which that frame returns now.
    load(R8, RCX, StoreLayout.WASM_SP);
    store(R8, -8, RSP);
    store(R8, -16, RDX);
    load(RBP, RCX, StoreLayout.EXIT_FP);
    move(RSP, RSI);
    load(X86MacroAssembler.CALLER_CONTEXT, RCX, StoreLayout.RESUME_CONTEXT);
    callHost(signature, convention, upcall);
    return asm.copy();
  }

  /** With the store in rcx and the status in eax: undoes the innermost entry and returns to Java. */
  private void leaveEntry() {
    load(R8, RCX, StoreLayout.ENTRY_SP);
    asm.emit(AND_MI8, true, R8);
    asm.immediate(AND_MI8, ~StoreLayout.PROBED);
    move(RSP, R8);
    undoEntry();
  }

  /** The same with the stack pointer already where the entry left it. */
  private void undoEntry() {
    asm.pop(R8);
    store(RCX, StoreLayout.WASM_SP, R8);
    asm.pop(R8);
    store(RCX, StoreLayout.ENTRY_SP, R8);
    asm.pop(R8);
    asm.pop(R15);
    asm.pop(R14);
    asm.pop(R13);
    asm.pop(R12);
    asm.pop(RBX);
    asm.pop(RBP);
    asm.ret();
  }

  /** Where the signal handler continues: the context is in its register, as in all function code. */
  byte[] trapExit() {
    int storeRecord = X86MacroAssembler.SCRATCH;
    load(storeRecord, X86MacroAssembler.CONTEXT, VmContextLayout.STORE);
    for (int r = 0; r < StoreLayout.REGISTERS; r++) {
      if ((X86MacroAssembler.REGISTERS >>> r & 1) != 0) {
        int cell = StoreLayout.TRAP_REGISTERS + 8 * r;
        if (r < X86MacroAssembler.FLOATS) {
          store(storeRecord, cell, r);
        } else {
          asm.emitMemory(MOVSD_MR, false, r - X86MacroAssembler.FLOATS, storeRecord, NONE, 0, cell);
        }
      }
    }
    move(RCX, storeRecord);
    asm.movConstant(RAX, Backend.TRAPPED);
    leaveEntry();
    return asm.copy();
  }

  // Calls out of wasm.

  /**
   * Calls {@code int upcall(rdi, rsi, rdx)} on the Java thread's stack; a status other than 0 leaves wasm. The frame
   * pointer must be that of the stub's own frame. All registers that wasm may use are dead here.
   */
  private void callOut(long upcall) {
    load(R13, X86MacroAssembler.CONTEXT, VmContextLayout.STORE);
    store(R13, StoreLayout.EXIT_FP, RBP);
    load(RAX, R13, StoreLayout.ENTRY_SP);
    int probed = asm.newLabel();
    asm.emit(TEST8_MI, false, RAX);
    asm.immediate(TEST8_MI, StoreLayout.PROBED);
    asm.jcc(NE, probed);
    for (int depth = PROBE_STEP; depth < HOST_STACK + PROBE_STEP; depth += PROBE_STEP) {
      asm.emitMemory(TEST_MR, false, RAX, RAX, NONE, 0, -depth); // test [rax - depth], eax
    }
    asm.emit(OR_MI8, true, RAX);
    asm.immediate(OR_MI8, StoreLayout.PROBED);
    store(R13, StoreLayout.ENTRY_SP, RAX);
    asm.bind(probed);
    move(RBX, RSP);
    load(R12, R13, StoreLayout.WASM_SP);
    store(R13, StoreLayout.WASM_SP, RSP);
    asm.emitMemory(LEA, true, RSP, RAX, NONE, 0, -StoreLayout.PROBED);
    asm.movConstant(RAX, upcall);
    asm.emit(CALL_M, false, RAX);
    store(R13, StoreLayout.WASM_SP, R12);
    asm.emit(TEST_MR, false, RAX, RAX);
    int returned = asm.newLabel();
    int resume = asm.newLabel();
    asm.jcc(E, returned);
    asm.emit(CMP_MI8, false, RAX);
    asm.immediate(CMP_MI8, Backend.RESUME);
    asm.jccShort(E, resume);
    move(RCX, R13);
    asm.movConstant(RAX, Backend.PENDING);
    leaveEntry();
    // The handler computes its stack pointer itself; until then nothing above ours may be overwritten.
    asm.bind(resume);
    move(RSP, RBX);
    load(RBP, R13, StoreLayout.RESUME_FP);
    load(RAX, R13, StoreLayout.RESUME_VALUE);
    asm.emitMemory(JMP_M, false, R13, NONE, 0, StoreLayout.RESUME_PC);
    asm.bind(returned);
    move(RSP, RBX);
  }

  byte[] hostThunk(Signature signature, CallingConvention convention, long upcall) {
    int[] params = new int[signature.paramCount()];
    int[] results = new int[signature.resultCount()];
    convention.locate(signature, params, results);
    int cells = Math.max(1, Math.max(signature.paramCell(params.length), signature.resultCell(results.length)));
    asm.push(RBP);
    move(RBP, RSP);
    addToStackPointer(-(8 * cells + 15 & -16));
    for (int i = 0; i < params.length; i++) {
      if (params[i] >= 0) {
        storeValue(signature.param(i), RSP, 8 * signature.paramCell(i), params[i]);
      }
    }
    for (int i = 0; i < params.length; i++) {
      if (params[i] < 0) {
        copyCells(signature.param(i), RSP, 8 * signature.paramCell(i), RBP, 16 + 8 * (-1 - params[i]));
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
    move(RDI, X86MacroAssembler.CALLER_CONTEXT);
    load(RSI, X86MacroAssembler.CONTEXT, VmContextLayout.HOST_FUNCTION);
    move(RDX, RSP);
    callOut(upcall);
    for (int i = 0; i < results.length; i++) {
      if (results[i] < 0) {
        copyCells(signature.result(i), RBP, 16 + 8 * (-1 - results[i]), RSP, 8 * signature.resultCell(i));
      }
    }
    for (int i = 0; i < results.length; i++) {
      if (results[i] >= 0) {
        loadValue(signature.result(i), results[i], RSP, 8 * signature.resultCell(i));
      }
    }
    asm.leave();
    asm.ret(8 * convention.parameterCells(signature));
  }

  /** Called with the built-in's number in eax and its cells at the caller's stack pointer. */
  byte[] builtinStub(long upcall) {
    asm.push(RBP);
    move(RBP, RSP);
    move(RDI, X86MacroAssembler.CONTEXT);
    asm.emit(MOVSXD, true, RSI, RAX);
    asm.emitMemory(LEA, true, RDX, RBP, NONE, 0, 16);
    callOut(upcall);
    asm.leave();
    asm.ret();
    return asm.copy();
  }

  /** What emitted code may keep something in: all that the compiler gives out. */
  private static final KeptRegisters COMPILER_REGISTERS =
      new KeptRegisters(
          new int[] {RAX, RCX, RDX, RBX, RSI, RDI, R8, R9, R10, R12, R13},
          X86MacroAssembler.FLOATS,
          15);

  /** Called as a built-in is; the result is in the first cell, and no register has changed but r11. */
  byte[] allocationStub(long upcall) {
    return keepingStub(Builtin.ALLOCATE, upcall);
  }

  /** Called anywhere in a function that has its frame pointer; no register has changed but r11. */
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
    asm.push(RBP);
    move(RBP, RSP);
    addToStackPointer(-kept.frameSize());
    for (int i = 0; i < kept.integers(); i++) {
      store(RSP, kept.integerOffset(i), kept.integer(i));
    }
    for (int i = 0; i < kept.vectors(); i++) {
      asm.emitMemory(MOVUPS_MR, false, i, RSP, NONE, 0, kept.vectorOffset(i));
    }
    move(RDI, X86MacroAssembler.CONTEXT);
    asm.movConstant(RSI, builtin.number());
    asm.emitMemory(LEA, true, RDX, RBP, NONE, 0, 16);
    callOut(upcall);
    for (int i = 0; i < kept.vectors(); i++) {
      asm.emitMemory(MOVUPS_RM, false, i, RSP, NONE, 0, kept.vectorOffset(i));
    }
    for (int i = 0; i < kept.integers(); i++) {
      load(kept.integer(i), RSP, kept.integerOffset(i));
    }
    asm.leave();
    asm.ret();
    return asm.copy();
  }

  private static final int[] ARGUMENT_REGISTERS = {RDI, RSI, R8, R9, RBX, R12};
  private static final int FLOAT_ARGUMENTS = 8;

  /** Jumped to with the function index in r11d and the function's arguments in place. */
  byte[] compileStub(long upcall) {
    int saved = ARGUMENT_REGISTERS.length + 2 * FLOAT_ARGUMENTS;
    asm.push(RBP);
    move(RBP, RSP);
    addToStackPointer(-(8 * (1 + saved) + 15 & -16));
    store(RSP, 0, R11);
    for (int i = 0; i < ARGUMENT_REGISTERS.length; i++) {
      store(RSP, 8 * (1 + i), ARGUMENT_REGISTERS[i]);
    }
    int floats = 8 * (1 + ARGUMENT_REGISTERS.length);
    for (int i = 0; i < FLOAT_ARGUMENTS; i++) {
      asm.emitMemory(MOVUPS_MR, false, 1 + i, RSP, NONE, 0, floats + 16 * i);
    }
    move(RDI, X86MacroAssembler.CONTEXT);
    asm.movConstant(RSI, Builtin.COMPILE.number());
    move(RDX, RSP);
    callOut(upcall);
    for (int i = 0; i < FLOAT_ARGUMENTS; i++) {
      asm.emitMemory(MOVUPS_RM, false, 1 + i, RSP, NONE, 0, floats + 16 * i);
    }
    for (int i = 0; i < ARGUMENT_REGISTERS.length; i++) {
      load(ARGUMENT_REGISTERS[i], RSP, 8 * (1 + i));
    }
    load(RAX, RSP, 0);
    asm.leave();
    asm.emit(JMP_M, false, RAX);
    return asm.copy();
  }

  static final int LAZY_THUNK_SIZE = 12;

  /** A row of {@code mov r11d, index; jmp tail}, and the tail that jumps to the stub. */
  static byte[] lazyThunks(int first, int count, long compileStub) {
    Assembler asm = new Assembler();
    int tail = count * LAZY_THUNK_SIZE;
    for (int i = 0; i < count; i++) {
      asm.db(0x41); //                          mov r11d, index
      asm.db(0xBB);
      asm.dl(first + i);
      asm.db(0xE9); //                          jmp tail
      asm.dl(tail - (asm.position() + 4));
      asm.hlt();
    }
    asm.movConstant(RAX, compileStub); //       mov rax, stub
    asm.emit(JMP_M, false, RAX); //             jmp rax
    return asm.copy();
  }

  // Traps.

  /**
   * {@code void handler(int edi, siginfo_t* rsi, ucontext_t* rdx)}. In function code the context register is valid at
   * every instruction, so the store is found through it.
   */
  static byte[] signalHandler(long codeStart, long codeEnd, long trapExit, Backend.PreviousHandlers previous) {
    Stubs stubs = new Stubs();
    Assembler asm = stubs.asm;
    int notOurs = asm.newLabel();
    int bus = asm.newLabel();
    int fpe = asm.newLabel();
    stubs.load(R8, RDX, X86_64.UCONTEXT_RIP());
    asm.movConstant(RAX, codeStart);
    asm.emit(CMP_RM, true, R8, RAX);
    asm.jcc(B, notOurs);
    asm.movConstant(RAX, codeEnd);
    asm.emit(CMP_RM, true, R8, RAX);
    asm.jcc(AE, notOurs);
    stubs.load(RCX, RDX, X86_64.UCONTEXT_R14());
    stubs.load(R9, RCX, VmContextLayout.STORE);
    stubs.store(R9, StoreLayout.TRAP_PC, R8);
    stubs.store(R9, StoreLayout.TRAP_CONTEXT, RCX);
    stubs.load(RAX, RSI, X86_64.SIGINFO_ADDRESS());
    stubs.store(R9, StoreLayout.TRAP_ADDRESS, RAX);
    asm.emitMemory(MOVSXD, true, RAX, RSI, NONE, 0, X86_64.SIGINFO_CODE());
    stubs.store(R9, StoreLayout.TRAP_SIGNAL_CODE, RAX);
    asm.emit(MOV_RM, false, RAX, RDI);
    stubs.store(R9, StoreLayout.TRAP_SIGNAL, RAX);
    stubs.load(RAX, RDX, X86_64.UCONTEXT_RBP());
    stubs.store(R9, StoreLayout.TRAP_FP, RAX);
    stubs.load(RAX, RDX, X86_64.UCONTEXT_RSP());
    stubs.store(R9, StoreLayout.TRAP_SP, RAX);
    asm.movConstant(RAX, trapExit);
    stubs.store(RDX, X86_64.UCONTEXT_RIP(), RAX);
    asm.ret();
    // The handlers that were there before get the signal as if we were not; arguments are still in place.
    asm.bind(notOurs);
    asm.emit(CMP_MI8, false, RDI);
    asm.immediate(CMP_MI8, LibC.SIGBUS());
    asm.jcc(E, bus);
    asm.emit(CMP_MI8, false, RDI);
    asm.immediate(CMP_MI8, LibC.SIGFPE());
    asm.jcc(E, fpe);
    asm.movConstant(RAX, previous.segv());
    asm.emit(JMP_M, false, RAX);
    asm.bind(bus);
    asm.movConstant(RAX, previous.bus());
    asm.emit(JMP_M, false, RAX);
    asm.bind(fpe);
    asm.movConstant(RAX, previous.fpe());
    asm.emit(JMP_M, false, RAX);
    return asm.copy();
  }

  /** {@code void cpuid(leaf rdi, subleaf rsi, cells rdx)}: eax, ebx, ecx and edx into four 8-byte cells. */
  static byte[] cpuid() {
    Stubs stubs = new Stubs();
    Assembler asm = stubs.asm;
    asm.push(RBX);
    move32(asm, RAX, RDI);
    move32(asm, RCX, RSI);
    stubs.move(R8, RDX);
    asm.cpuid();
    stubs.store(R8, 0, RAX);
    stubs.store(R8, 8, RBX);
    stubs.store(R8, 16, RCX);
    stubs.store(R8, 24, RDX);
    asm.pop(RBX);
    asm.ret();
    return asm.copy();
  }

  /** {@code void xgetbv(number rdi, rsi, cells rdx)}: eax and edx of an extended control register into two cells. */
  static byte[] xgetbv() {
    Stubs stubs = new Stubs();
    Assembler asm = stubs.asm;
    move32(asm, RCX, RDI);
    stubs.move(R8, RDX);
    asm.xgetbv();
    stubs.store(R8, 0, RAX);
    stubs.store(R8, 8, RDX);
    asm.ret();
    return asm.copy();
  }

  private static void move32(Assembler asm, int to, int from) {
    asm.emit(MOV_RM, false, to, from);
  }
}

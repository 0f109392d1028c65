package dev.gatun.memory;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * Machine code that faults, and a trap handler that survives it: the contract which the engine's backends fulfil, in as
 * few bytes as it takes. Runs on x86-64 alone.
 */
final class Faults {
  private Faults() {}

  static final byte HLT = (byte) 0xF4;
  static final int SIGBUS = 7;
  static final int SIGFPE = 8;
  static final int SIGSEGV = 11;

  /** The entry's results. */
  static final int RETURNED = 0;

  static final int TRAPPED = 1;

  /** {@code mov rax, [rdi]; ret}. */
  static final byte[] LOAD = bytes(0x48, 0x8B, 0x07, 0xC3);

  /** {@code mov [rdi], rax; ret}. */
  static final byte[] STORE = bytes(0x48, 0x89, 0x07, 0xC3);

  /** {@code hlt}. */
  static final byte[] HALT = bytes(0xF4);

  /** {@code mov eax, 1; cdq; xor ecx, ecx; idiv ecx; ret}. */
  static final byte[] DIVIDE_BY_ZERO = bytes(0xB8, 1, 0, 0, 0, 0x99, 0x31, 0xC9, 0xF7, 0xF9, 0xC3);

  /** {@code mov eax, 0x80000000; cdq; or ecx, -1; idiv ecx; ret}. */
  static final byte[] DIVIDE_OVERFLOW = bytes(0xB8, 0, 0, 0, 0x80, 0x99, 0x83, 0xC9, 0xFF, 0xF7, 0xF9, 0xC3);

  /** Clears rbx, rbp, r12, r13 and r15, which belong to the caller, and then {@code hlt}. */
  static final byte[] CLOBBER =
      bytes(0x31, 0xDB, 0x31, 0xED, 0x45, 0x31, 0xE4, 0x45, 0x31, 0xED, 0x45, 0x31, 0xFF, 0xF4);

  private static final CodeArena ARENA = CodeArena.of(HLT);

  private static final MethodHandle ENTER =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  /** Counts signals that were passed on to HotSpot. */
  private static final MemorySegment PASSED_ON = Arena.global().allocate(8, 8);

  // pop r15; pop r14; pop r13; pop r12; pop rbx; pop rbp; ret
  private static final int[] LEAVE = {0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5B, 0x5D, 0xC3};

  private static final MemorySegment ENTRY = MemorySegment.ofAddress(ARENA.addStub(entry()));

  static {
    TrapHandler.install(Faults::emitHandler);
  }

  static byte[] bytes(int... values) {
    return new MachineCode().emit(values).toBytes();
  }

  /** Skips a test, aloud, on machines that don't understand its code. */
  static void assumeArchitecture() {
    String architecture = System.getProperty("os.arch");
    assumeTrue(architecture.equals("amd64"), "the machine code of this test is for x86-64; this is " + architecture);
  }

  /** {@code int enter(record rdi, code rsi, argument rdx)}. */
  private static byte[] entry() {
    return new MachineCode()
        .emit(0x55) //                   push rbp
        .emit(0x53) //                   push rbx
        .emit(0x41, 0x54) //             push r12
        .emit(0x41, 0x55) //             push r13
        .emit(0x41, 0x56) //             push r14
        .emit(0x41, 0x57) //             push r15
        .emit(0x49, 0x89, 0xFE) //       mov r14, rdi
        .emit(0x49, 0x89, 0x26) //       mov [r14], rsp
        .emit(0x48, 0x89, 0xD7) //       mov rdi, rdx
        .emit(0xFF, 0xD6) //             call rsi
        .emit(0x49, 0x89, 0x46, 0x08) // mov [r14 + 8], rax
        .emit(0x31, 0xC0) //             xor eax, eax
        .emit(LEAVE)
        .toBytes();
  }

  private static byte[] trapExit() {
    return new MachineCode()
        .emit(0x49, 0x8B, 0x26) //              mov rsp, [r14]
        .emit(0xB8, TRAPPED, 0, 0, 0) //        mov eax, TRAPPED
        .emit(LEAVE)
        .toBytes();
  }

  /** {@code void handler(int edi, siginfo_t* rsi, ucontext_t* rdx)}. */
  private static long emitHandler(long segv, long bus, long fpe) {
    final int notOurs = 0;
    final int toBus = 1;
    final int toFpe = 2;
    final int below = 0x82;
    final int aboveOrEqual = 0x83;
    final int equal = 0x84;
    return ARENA.addStub(
        new MachineCode()
            .emit(0x4C, 0x8B, 0x82, 0xA8, 0, 0, 0) // mov r8, [rdx + 168]   rip
            .movRax(ARENA.functionStart())
            .emit(0x49, 0x39, 0xC0) //                cmp r8, rax
            .jump(below, notOurs)
            .movRax(ARENA.functionEnd())
            .emit(0x49, 0x39, 0xC0) //                cmp r8, rax
            .jump(aboveOrEqual, notOurs)
            .emit(0x48, 0x8B, 0x4A, 0x58) //          mov rcx, [rdx + 88]   r14
            .emit(0x4C, 0x89, 0x41, 0x10) //          mov [rcx + 16], r8
            .emit(0x48, 0x8B, 0x46, 0x10) //          mov rax, [rsi + 16]   si_addr
            .emit(0x48, 0x89, 0x41, 0x18) //          mov [rcx + 24], rax
            .emit(0x48, 0x63, 0xC7) //                movsxd rax, edi
            .emit(0x48, 0x89, 0x41, 0x20) //          mov [rcx + 32], rax
            .emit(0x48, 0x8B, 0x82, 0xA0, 0, 0, 0) // mov rax, [rdx + 160]  rsp
            .emit(0x48, 0x89, 0x41, 0x28) //          mov [rcx + 40], rax
            .movRax(ARENA.addStub(trapExit()))
            .emit(0x48, 0x89, 0x82, 0xA8, 0, 0, 0) // mov [rdx + 168], rax
            .emit(0xC3) //                            ret
            .place(notOurs)
            .movRax(PASSED_ON.address())
            .emit(0xF0, 0x48, 0xFF, 0x00) //          lock inc qword [rax]
            .emit(0x83, 0xFF, SIGBUS) //              cmp edi, SIGBUS
            .jump(equal, toBus)
            .emit(0x83, 0xFF, SIGFPE) //              cmp edi, SIGFPE
            .jump(equal, toFpe)
            .movRax(segv)
            .emit(0xFF, 0xE0) //                      jmp rax
            .place(toBus)
            .movRax(bus)
            .emit(0xFF, 0xE0) //                      jmp rax
            .place(toFpe)
            .movRax(fpe)
            .emit(0xFF, 0xE0) //                      jmp rax
            .toBytes());
  }

  /** How many signals have been passed on to the JVM's handlers. */
  static long passedOn() {
    return PASSED_ON.get(ValueLayout.JAVA_LONG, 0);
  }

  /** Puts code into the arena's function region. */
  static long function(byte[] code) {
    CodeArena.Block block = ARENA.allocate(code.length);
    ARENA.write(block.address(), code, code.length);
    return block.address();
  }

  /** What one thread needs to run code, and what it learns of a trap. */
  static final class Activation {
    private final MemorySegment memory = Arena.ofAuto().allocate(48, 8);

    /** Calls code with an argument; returns {@link #RETURNED} or {@link #TRAPPED}. */
    int run(long code, long argument) {
      try {
        return (int) ENTER.invokeExact(ENTRY, memory.address(), code, argument);
      } catch (Throwable e) {
        throw new AssertionError(e);
      } finally {
        Reference.reachabilityFence(memory);
      }
    }

    long result() {
      return memory.get(ValueLayout.JAVA_LONG, 8);
    }

    long trapPc() {
      return memory.get(ValueLayout.JAVA_LONG, 16);
    }

    long trapAddress() {
      return memory.get(ValueLayout.JAVA_LONG, 24);
    }

    int trapSignal() {
      return (int) memory.get(ValueLayout.JAVA_LONG, 32);
    }

    long trapStackPointer() {
      return memory.get(ValueLayout.JAVA_LONG, 40);
    }
  }
}

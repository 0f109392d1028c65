package dev.gatun.memory;

import dev.gatun.bindings.linux.X86_64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For x86-64; the record is in r14. */
final class X86FaultingCode implements FaultingCode {
  // pop r15; pop r14; pop r13; pop r12; pop rbx; pop rbp; ret
  private static final int[] LEAVE = {0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5B, 0x5D, 0xC3};

  private static byte[] bytes(int... values) {
    return new X86Bytes().emit(values).toBytes();
  }

  @Override
  public byte filler() {
    return (byte) 0xF4; // hlt
  }

  @Override
  public byte @Nullable [] flush() {
    return null;
  }

  @Override
  public byte[] entry() {
    return new X86Bytes()
        .emit(0x55) //                     push rbp
        .emit(0x53) //                     push rbx
        .emit(0x41, 0x54) //               push r12
        .emit(0x41, 0x55) //               push r13
        .emit(0x41, 0x56) //               push r14
        .emit(0x41, 0x57) //               push r15
        .emit(0x49, 0x89, 0xFE) //         mov r14, rdi
        .emit(0x49, 0x89, 0x26) //         mov [r14 + STACK_POINTER], rsp
        .emit(0x48, 0x89, 0xD7) //         mov rdi, rdx
        .emit(0xFF, 0xD6) //               call rsi
        .emit(0x49, 0x89, 0x46, RESULT) // mov [r14 + RESULT], rax
        .emit(0x31, 0xC0) //               xor eax, eax
        .emit(LEAVE)
        .toBytes();
  }

  @Override
  public byte[] trapExit() {
    return new X86Bytes()
        .emit(0x49, 0x8B, 0x26) //       mov rsp, [r14 + STACK_POINTER]
        .emit(0xB8, TRAPPED, 0, 0, 0) // mov eax, TRAPPED
        .emit(LEAVE)
        .toBytes();
  }

  @Override
  public byte[] handler(long start, long end, long trapExit, long passedOn, long segv, long bus, long fpe) {
    final int notOurs = 0;
    final int toBus = 1;
    final int toFpe = 2;
    final int below = 0x82;
    final int aboveOrEqual = 0x83;
    final int equal = 0x84;
    return new X86Bytes()
        .emit(0x4C, 0x8B, 0x82).displacement(X86_64.UCONTEXT_RIP()) // mov r8, [rdx + rip]
        .movRax(start)
        .emit(0x49, 0x39, 0xC0) //                                     cmp r8, rax
        .jump(below, notOurs)
        .movRax(end)
        .emit(0x49, 0x39, 0xC0) //                                     cmp r8, rax
        .jump(aboveOrEqual, notOurs)
        .emit(0x48, 0x8B, 0x8A).displacement(X86_64.UCONTEXT_R14()) // mov rcx, [rdx + r14]
        .emit(0x4C, 0x89, 0x41, TRAP_PC) //                            mov [rcx + TRAP_PC], r8
        .emit(0x48, 0x8B, 0x46, X86_64.SIGINFO_ADDRESS()) //           mov rax, [rsi + address]
        .emit(0x48, 0x89, 0x41, TRAP_ADDRESS) //                       mov [rcx + TRAP_ADDRESS], rax
        .emit(0x48, 0x63, 0xC7) //                                     movsxd rax, edi
        .emit(0x48, 0x89, 0x41, TRAP_SIGNAL) //                        mov [rcx + TRAP_SIGNAL], rax
        .emit(0x48, 0x8B, 0x82).displacement(X86_64.UCONTEXT_RSP()) // mov rax, [rdx + rsp]
        .emit(0x48, 0x89, 0x41, TRAP_STACK_POINTER) //                 mov [rcx + TRAP_STACK_POINTER], rax
        .movRax(trapExit)
        .emit(0x48, 0x89, 0x82).displacement(X86_64.UCONTEXT_RIP()) // mov [rdx + rip], rax
        .emit(0xC3) //                                                 ret
        .place(notOurs)
        .movRax(passedOn)
        .emit(0xF0, 0x48, 0xFF, 0x00) //                               lock inc qword [rax]
        .emit(0x83, 0xFF, SIGBUS) //                                   cmp edi, SIGBUS
        .jump(equal, toBus)
        .emit(0x83, 0xFF, SIGFPE) //                                   cmp edi, SIGFPE
        .jump(equal, toFpe)
        .movRax(segv)
        .emit(0xFF, 0xE0) //                                           jmp rax
        .place(toBus)
        .movRax(bus)
        .emit(0xFF, 0xE0) //                                           jmp rax
        .place(toFpe)
        .movRax(fpe)
        .emit(0xFF, 0xE0) //                                           jmp rax
        .toBytes();
  }

  @Override
  public byte[] chainedHandler(long passedOn, long previous) {
    return new X86Bytes()
        .movRax(passedOn)
        .emit(0xF0, 0x48, 0xFF, 0x00) // lock inc qword [rax]
        .movRax(previous)
        .emit(0xFF, 0xE0) //             jmp rax
        .toBytes();
  }

  @Override
  public byte[] load() {
    return bytes(0x48, 0x8B, 0x07, 0xC3); // mov rax, [rdi]; ret
  }

  @Override
  public byte[] store() {
    return bytes(0x48, 0x89, 0x07, 0xC3); // mov [rdi], rax; ret
  }

  @Override
  public byte[] constant(int value) {
    return new X86Bytes().emit(0xB8).displacement(value).emit(0xC3).toBytes(); // mov eax, value; ret
  }

  @Override
  public byte[] halt() {
    return bytes(0xF4); // hlt
  }

  @Override
  public Fault clobber() {
    // xor ebx, ebx; xor ebp, ebp; xor r12d, r12d; xor r13d, r13d; xor r15d, r15d; hlt
    byte[] code = bytes(0x31, 0xDB, 0x31, 0xED, 0x45, 0x31, 0xE4, 0x45, 0x31, 0xED, 0x45, 0x31, 0xFF, 0xF4);
    return new Fault(code, SIGSEGV, code.length - 1, false);
  }

  @Override
  public byte[] descend() {
    return new X86Bytes()
        .emit(0x48, 0x8B, 0x4F, 0x08) // mov rcx, [rdi + 8]
        .emit(0x48, 0x8B, 0x27) //       mov rsp, [rdi]
        .emit(0x50) //             loop: push rax
        .emit(0x48, 0x39, 0xCC) //       cmp rsp, rcx
        .emit(0x77, 0xFA) //             ja loop
        .emit(0xF4) //                   hlt
        .toBytes();
  }

  @Override
  public List<Fault> faults() {
    return List.of(
        new Fault(load(), SIGSEGV, 0, true),
        new Fault(store(), SIGSEGV, 0, true),
        new Fault(halt(), SIGSEGV, 0, false),
        // mov eax, 1; cdq; xor ecx, ecx; idiv ecx; ret
        new Fault(bytes(0xB8, 1, 0, 0, 0, 0x99, 0x31, 0xC9, 0xF7, 0xF9, 0xC3), SIGFPE, 8, false),
        // mov eax, 0x80000000; cdq; or ecx, -1; idiv ecx; ret
        new Fault(bytes(0xB8, 0, 0, 0, 0x80, 0x99, 0x83, 0xC9, 0xFF, 0xF7, 0xF9, 0xC3), SIGFPE, 9, false));
  }
}

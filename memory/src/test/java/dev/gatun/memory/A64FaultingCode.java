package dev.gatun.memory;

import dev.gatun.bindings.linux.AArch64;
import java.util.List;

/** For AArch64; the record is in x28. */
final class A64FaultingCode implements FaultingCode {
  private static final int RECORD = 28;

  private static final int[] LEAVE = {
    0xA94153F3, // ldp x19, x20, [sp, #16]
    0xA9425BF5, // ldp x21, x22, [sp, #32]
    0xA94363F7, // ldp x23, x24, [sp, #48]
    0xA9446BF9, // ldp x25, x26, [sp, #64]
    0xA94573FB, // ldp x27, x28, [sp, #80]
    0x6D4627E8, // ldp d8, d9, [sp, #96]
    0x6D472FEA, // ldp d10, d11, [sp, #112]
    0x6D4837EC, // ldp d12, d13, [sp, #128]
    0x6D493FEE, // ldp d14, d15, [sp, #144]
    0xA8CA7BFD, // ldp x29, x30, [sp], #160
    0xD65F03C0, // ret
  };

  // Loads and stores of x8, x9 and x10 without their displacements.
  private static final int LDR_X8_X2 = 0xF9400048;
  private static final int LDR_X9_X1 = 0xF9400029;
  private static final int LDR_X9_X2 = 0xF9400049;
  private static final int LDR_X10_X2 = 0xF940004A;
  private static final int STR_X8_X10 = 0xF9000148;
  private static final int STR_X9_X10 = 0xF9000149;
  private static final int STR_X9_X2 = 0xF9000049;

  private static final int CMP_X8_X9 = 0xEB09011F;
  private static final int[] COUNT_AT_X9 = {
    0xC85FFD2A, // loop: ldaxr x10, [x9]
    0x9100054A, //       add x10, x10, #1
    0xC80BFD2A, //       stlxr w11, x10, [x9]
    0x35FFFFAB, //       cbnz w11, loop
  };

  private static final int BR_X9 = 0xD61F0120;
  private static final int RET = 0xD65F03C0;

  /** {@code mov x16, 0; ldr w16, [x16]}. */
  private static final int[] HALT = {0xD2800010, 0xB9400210};

  private static byte[] bytes(int... words) {
    return new A64Words().emit(words).toBytes();
  }

  @Override
  public byte filler() {
    return 0; // udf
  }

  /** In steps of the shortest line there can be. */
  @Override
  public byte[] flush() {
    return bytes(
        0x927CEC03, //       and x3, x0, #-16
        0xD50B7B23, // data: dc cvau, x3
        0x91004063, //       add x3, x3, #16
        0xEB01007F, //       cmp x3, x1
        0x54FFFFA3, //       b.lo data
        0xD5033B9F, //       dsb ish
        0x927CEC03, //       and x3, x0, #-16
        0xD50B7523, // code: ic ivau, x3
        0x91004063, //       add x3, x3, #16
        0xEB01007F, //       cmp x3, x1
        0x54FFFFA3, //       b.lo code
        0xD5033B9F, //       dsb ish
        0xD5033FDF, //       isb
        0x52800000, //       mov w0, #0
        RET);
  }

  @Override
  public byte[] entry() {
    return new A64Words()
        .emit(0xA9B67BFD) // stp x29, x30, [sp, #-160]!
        .emit(0xA90153F3) // stp x19, x20, [sp, #16]
        .emit(0xA9025BF5) // stp x21, x22, [sp, #32]
        .emit(0xA90363F7) // stp x23, x24, [sp, #48]
        .emit(0xA9046BF9) // stp x25, x26, [sp, #64]
        .emit(0xA90573FB) // stp x27, x28, [sp, #80]
        .emit(0x6D0627E8) // stp d8, d9, [sp, #96]
        .emit(0x6D072FEA) // stp d10, d11, [sp, #112]
        .emit(0x6D0837EC) // stp d12, d13, [sp, #128]
        .emit(0x6D093FEE) // stp d14, d15, [sp, #144]
        .emit(0xAA0003FC) // mov x28, x0
        .emit(0x910003E9) // mov x9, sp
        .emit(0xF9000389) // str x9, [x28, #STACK_POINTER]
        .emit(0xAA0203E0) // mov x0, x2
        .emit(0xD63F0020) // blr x1
        .emit(0xF9000780) // str x0, [x28, #RESULT]
        .emit(0x52800000) // mov w0, #0
        .emit(LEAVE)
        .toBytes();
  }

  @Override
  public byte[] trapExit() {
    return new A64Words()
        .emit(0xF9400389) //                ldr x9, [x28, #STACK_POINTER]
        .emit(0x9100013F) //                mov sp, x9
        .emit(0x52800000 | TRAPPED << 5) // mov w0, #TRAPPED
        .emit(LEAVE)
        .toBytes();
  }

  @Override
  public byte[] handler(long start, long end, long trapExit, long passedOn, long segv, long bus, long fpe) {
    final int notOurs = 0;
    final int toBus = 1;
    final int toFpe = 2;
    final int equal = 0;
    final int higherOrSame = 2;
    final int lower = 3;
    return new A64Words()
        .access(LDR_X8_X2, AArch64.UCONTEXT_PC())
        .movX9(start)
        .emit(CMP_X8_X9)
        .branch(lower, notOurs)
        .movX9(end)
        .emit(CMP_X8_X9)
        .branch(higherOrSame, notOurs)
        .access(LDR_X10_X2, AArch64.UCONTEXT_REGISTERS() + 8 * RECORD)
        .access(STR_X8_X10, TRAP_PC)
        .access(LDR_X9_X1, AArch64.SIGINFO_ADDRESS())
        .access(STR_X9_X10, TRAP_ADDRESS)
        .emit(0x93407C09) //                 sxtw x9, w0
        .access(STR_X9_X10, TRAP_SIGNAL)
        .access(LDR_X9_X2, AArch64.UCONTEXT_SP())
        .access(STR_X9_X10, TRAP_STACK_POINTER)
        .movX9(trapExit)
        .access(STR_X9_X2, AArch64.UCONTEXT_PC())
        .emit(RET)
        .place(notOurs)
        .movX9(passedOn)
        .emit(COUNT_AT_X9)
        .emit(0x7100001F | SIGBUS << 10) //  cmp w0, #SIGBUS
        .branch(equal, toBus)
        .emit(0x7100001F | SIGFPE << 10) //  cmp w0, #SIGFPE
        .branch(equal, toFpe)
        .movX9(segv)
        .emit(BR_X9)
        .place(toBus)
        .movX9(bus)
        .emit(BR_X9)
        .place(toFpe)
        .movX9(fpe)
        .emit(BR_X9)
        .toBytes();
  }

  @Override
  public byte[] chainedHandler(long passedOn, long previous) {
    return new A64Words().movX9(passedOn).emit(COUNT_AT_X9).movX9(previous).emit(BR_X9).toBytes();
  }

  @Override
  public byte[] load() {
    return bytes(0xF9400000, RET); // ldr x0, [x0]
  }

  @Override
  public byte[] store() {
    return bytes(0xF9000000, RET); // str x0, [x0]
  }

  @Override
  public byte[] constant(int value) {
    return bytes(0x52800000 | value << 5, RET); // movz w0, #value
  }

  @Override
  public byte[] halt() {
    return bytes(HALT);
  }

  @Override
  public Fault clobber() {
    A64Words words = new A64Words();
    for (int register = 19; register <= 29; register++) {
      if (register != RECORD) {
        words.emit(0xD2800000 | register); // mov x, #0
      }
    }
    for (int register = 8; register <= 15; register++) {
      words.emit(0x2F00E400 | register); // movi d, #0
    }
    byte[] code = words.emit(HALT).toBytes();
    return new Fault(code, SIGSEGV, code.length - 4, false);
  }

  @Override
  public byte[] descend() {
    return new A64Words()
        .emit(0xF9400409) //       ldr x9, [x0, #8]
        .emit(0xF940000A) //       ldr x10, [x0]
        .emit(0x9100015F) //       mov sp, x10
        .emit(0xF81F0FEA) // loop: str x10, [sp, #-16]!
        .emit(0xEB2963FF) //       cmp sp, x9
        .emit(0x54FFFFC8) //       b.hi loop
        .emit(HALT)
        .toBytes();
  }

  @Override
  public List<Fault> faults() {
    return List.of(
        new Fault(load(), SIGSEGV, 0, true),
        new Fault(store(), SIGSEGV, 0, true),
        new Fault(halt(), SIGSEGV, 4, false),
        // adr x0, .+6; br x0: where no instruction can be
        new Fault(bytes(0x50000020, 0xD61F0000), SIGBUS, 6, false));
  }
}

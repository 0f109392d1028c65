package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;
import static dev.gatun.codegen.x86_64.X86MacroAssembler.SCRATCH;

import dev.gatun.backend.AtomicOperation;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.TrapCode;

/**
 * Atomic accesses; the methods of {@link MacroAssembler} of the same names come here. Loads are plain ones: it is the
 * stores, which are locked, that order them (Intel SDM volume 3, 9.2). Addresses are in registers; r11 is scratch.
 */
final class X86Atomics {
  private static final int LOCK = 0xF0;

  private final X86MacroAssembler masm;
  private final Assembler asm;

  X86Atomics(X86MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  /** An access by an address, which may fault, under a lock or not. */
  private void access(boolean locked, Instruction i, boolean wide, int register, int address) {
    masm.mayFault(TrapCode.MEMORY_OUT_OF_BOUNDS);
    if (locked) {
      asm.db(LOCK);
    }
    asm.emitMemory(i, wide, register, address, NONE, 0, 0);
  }

  void address(int destination, int index, long offset, int width) {
    masm.emitAddress(destination, index, offset);
    if (width > 1) {
      asm.emit(TEST8_MI, false, destination);
      asm.immediate(TEST8_MI, width - 1); //                        test destination's low byte, width - 1
      asm.jcc(NE, masm.trapLabel(TrapCode.UNALIGNED_ATOMIC)); //    jne trap
    }
  }

  void load(int width, int destination, int address) {
    access(false, width == 1 ? MOVZX8 : width == 2 ? MOVZX16 : MOV_RM, width == 8, destination, address);
  }

  void store(int width, int source, int address) {
    asm.emit(MOV_RM, true, SCRATCH, source); //                     mov r11, source
    access(false, width == 1 ? XCHG8 : width == 2 ? XCHG16 : XCHG, width == 8, SCRATCH, address);
  }

  static int result(AtomicOperation operation) {
    return switch (operation) {
      case AND, OR, XOR, COMPARE_EXCHANGE -> RAX;
      default -> MacroAssembler.NONE;
    };
  }

  void modify(AtomicOperation operation, int width, int destination, int address, int value) {
    switch (operation) {
      case ADD, SUBTRACT -> {
        move(destination, value);
        if (operation == AtomicOperation.SUBTRACT) {
          asm.emit(NEG, true, destination);
        }
        access(true, width == 1 ? XADD8 : width == 2 ? XADD16 : XADD, width == 8, destination, address);
        extend(width, destination);
      }
      case EXCHANGE -> {
        move(destination, value);
        access(false, width == 1 ? XCHG8 : width == 2 ? XCHG16 : XCHG, width == 8, destination, address);
        extend(width, destination);
      }
      case AND -> loop(AND_RM, width, address, value);
      case OR -> loop(OR_RM, width, address, value);
      case XOR -> loop(XOR_RM, width, address, value);
      default -> throw new IllegalArgumentException(operation.name());
    }
  }

  private void move(int destination, int source) {
    if (destination != source) {
      asm.emit(MOV_RM, true, destination, source);
    }
  }

  /** What is above the width in a result is not of memory. */
  private void extend(int width, int register) {
    switch (width) {
      case 1 -> asm.emit(MOVZX8, false, register, register);
      case 2 -> asm.emit(MOVZX16, false, register, register);
      case 4 -> asm.emit(MOV_RM, false, register, register);
      default -> {}
    }
  }

  /** In rax what was read. */
  private void loop(Instruction operation, int width, int address, int value) {
    load(width, RAX, address);
    int again = asm.newLabel();
    asm.bind(again);
    asm.emit(MOV_RM, true, SCRATCH, RAX); //                        mov r11, rax
    asm.emit(operation, true, SCRATCH, value); //                   op r11, value
    exchangeIfEqual(width, address, SCRATCH);
    asm.jcc(NE, again);
  }

  private void exchangeIfEqual(int width, int address, int replacement) {
    access(
        true, width == 1 ? CMPXCHG8 : width == 2 ? CMPXCHG16 : CMPXCHG, width == 8, replacement, address);
  }

  void compareExchange(int width, int address, int replacement) {
    exchangeIfEqual(width, address, replacement);
    extend(width, RAX);
  }

  void fence() {
    asm.db(LOCK); //                                                lock or dword [rsp], 0
    asm.emitMemory(OR_MI8, false, RSP, NONE, 0, 0);
    asm.immediate(OR_MI8, 0);
  }
}

package dev.gatun.codegen.x86_64;

import static dev.gatun.codegen.x86_64.Instruction.*;
import static dev.gatun.codegen.x86_64.Registers.*;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.ObjectAssembler;
import dev.gatun.backend.SlowAllocations;
import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.layout.SizeClasses;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.wasm.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * Objects of the heap on x86-64. A null is found by the fault of the access itself where the field lies in the first
 * page of the address space then, which is never mapped.
 */
final class X86Objects implements ObjectAssembler {
  private static final int SCRATCH = X86MacroAssembler.SCRATCH;
  private static final int CONTEXT = X86MacroAssembler.CONTEXT;

  /** An access of any width below this, through null, faults in the first page. */
  private static final int FAULTING = 4096 - 16;

  private final X86MacroAssembler masm;
  private final Assembler asm;

  private final SlowAllocations allocations = new SlowAllocations();

  X86Objects(X86MacroAssembler masm) {
    this.masm = masm;
    this.asm = masm.asm;
  }

  void begin() {
    allocations.clear();
  }

  // Allocation.

  @Override
  public void allocate(int destination, int temporary, int rttOffset, int size, int length) {
    int sizeClass = SizeClasses.of(size);
    if (sizeClass < 0) {
      callRuntime(destination, rttOffset, length, NONE);
      return;
    }
    int cells = StoreLayout.FREE_CELLS + 8 * sizeClass;
    int slow = asm.newLabel();
    int back = asm.newLabel();
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                mov r11, [r14 + store]
    masm.loadFrom(Kind.I64, destination, SCRATCH, cells); //                      mov d, [r11 + cells]
    asm.emit(TEST_MR, true, destination, destination); //                         test d, d
    asm.jcc(E, slow); //                                                          jz slow
    masm.loadFrom(Kind.I64, temporary, destination, ObjectLayout.NEXT_FREE); //   mov t, [d + next]
    masm.storeTo(Kind.I64, SCRATCH, cells, temporary); //                         mov [r11 + cells], t
    masm.loadContext(Kind.I64, SCRATCH, rttOffset); //                            mov r11, [r14 + rtt]
    masm.storeTo(Kind.I64, destination, ObjectLayout.RTT, SCRATCH); //            mov [d], r11
    if (length != NO_LENGTH) {
      storeWord(destination, ObjectLayout.ARRAY_LENGTH, length);
    }
    asm.bind(back);
    addSlow(slow, back, destination, rttOffset, length, NONE);
  }

  private void addSlow(int label, int back, int destination, int rttOffset, int length, int lengthRegister) {
    allocations.add(label, back, destination, rttOffset, length, lengthRegister, masm.wasmOffset());
  }

  /** Emits the allocations that ask the runtime. */
  void end() {
    for (int i = 0; i < allocations.count(); i++) {
      masm.at(allocations.wasmOffset(i));
      asm.bind(allocations.label(i));
      int destination = allocations.destination(i);
      callRuntime(destination, allocations.rttOffset(i), allocations.length(i), allocations.lengthRegister(i));
      asm.jmp(allocations.back(i));
    }
  }

  private void callRuntime(int destination, int rttOffset, int length, int lengthRegister) {
    masm.loadContext(Kind.I64, SCRATCH, rttOffset); //                                            mov r11, [r14 + rtt]
    masm.storeTo(Kind.I64, RSP, 0, SCRATCH); //                                                   mov [rsp], r11
    if (lengthRegister == NONE) {
      storeWord(RSP, 8, Math.max(length, 0)); //                                                  mov [rsp + 8], length
    } else {
      masm.storeTo(Kind.I64, RSP, 8, lengthRegister);
    }
    asm.emitMemory(CALL_M, false, CONTEXT, NONE, 0, VmContextLayout.ALLOCATION_STUB); //          call [r14 + stub]
    masm.called();
    masm.loadFrom(Kind.I64, destination, RSP, 0); //                                              mov d, [rsp]
  }

  private void storeWord(int base, int displacement, int value) {
    asm.emitMemory(MOV_MI32, true, base, NONE, 0, displacement);
    asm.immediate(MOV_MI32, value);
  }

  @Override
  public void allocateArray(int destination, int temporary, int rttOffset, int length, int storage, int value) {
    int scale = scale(storage);
    int slow = asm.newLabel();
    int back = asm.newLabel();
    int done = asm.newLabel();
    asm.emit(CMP_MI32, false, length); //                                            cmp length, most
    asm.immediate(CMP_MI32, SizeClasses.SMALL - ObjectLayout.ELEMENTS >> scale);
    asm.jcc(A, slow); //                                                             ja slow
    words(length, scale, ObjectLayout.ELEMENTS); //                                  r11 = words of the object
    masm.loadContext(Kind.I64, temporary, VmContextLayout.STORE); //                 mov t, [r14 + store]
    // movzx r11d, byte [t + r11 + classes]
    asm.emitMemory(MOVZX8, false, SCRATCH, temporary, SCRATCH, 0, StoreLayout.SIZE_CLASSES);
    asm.emitMemory(LEA, true, temporary, temporary, SCRATCH, 3, StoreLayout.FREE_CELLS); // lea t, [t + 8 * r11 + cells]
    masm.loadFrom(Kind.I64, destination, temporary, 0); //                           mov d, [t]
    asm.emit(TEST_MR, true, destination, destination); //                            test d, d
    asm.jcc(E, slow); //                                                             jz slow
    masm.loadFrom(Kind.I64, SCRATCH, destination, ObjectLayout.NEXT_FREE); //        mov r11, [d + next]
    masm.storeTo(Kind.I64, temporary, 0, SCRATCH); //                                mov [t], r11
    masm.loadContext(Kind.I64, SCRATCH, rttOffset); //                               mov r11, [r14 + rtt]
    masm.storeTo(Kind.I64, destination, ObjectLayout.RTT, SCRATCH); //               mov [d], r11
    masm.storeTo(Kind.I64, destination, ObjectLayout.ARRAY_LENGTH, length); //       mov [d + 8], length
    if (value == MacroAssembler.NONE) {
      // What the runtime allocates is zero.
      words(length, scale, 0); //                                                    r11 = words of the elements
      fill(destination, temporary, SCRATCH, ValueType.I64, MacroAssembler.NONE, done);
      asm.bind(done);
      addSlow(slow, done, destination, rttOffset, NO_LENGTH, length);
    } else {
      asm.bind(back);
      fill(destination, temporary, length, storage, value, done);
      asm.bind(done);
      addSlow(slow, back, destination, rttOffset, NO_LENGTH, length);
    }
  }

  /** Leaves in r11 how many words so many elements take, and so many bytes before them. */
  private void words(int length, int scale, int bytes) {
    asm.emit(MOV_RM, false, SCRATCH, length); //                   mov r11d, length
    if (scale > 0) {
      asm.emit(SHL_MI, false, SCRATCH); //                         shl r11d, scale
      asm.immediate(SHL_MI, scale);
    }
    asm.emit(ADD_MI8, false, SCRATCH); //                          add r11d, bytes + 7
    asm.immediate(ADD_MI8, bytes + 7);
    asm.emit(SHR_MI, false, SCRATCH); //                           shr r11d, 3
    asm.immediate(SHR_MI, 3);
  }

  /** Sets elements of an array to a value, or to zero; goes on at a label, which stands behind. */
  private void fill(int array, int index, int count, int storage, int value, int done) {
    int next = asm.newLabel();
    asm.emit(XOR_RM, false, index, index); //                      xor i, i
    asm.emit(TEST_MR, false, count, count); //                     test count, count
    asm.jcc(E, done); //                                           jz done
    asm.bind(next);
    if (value == MacroAssembler.NONE) {
      asm.emitMemory(MOV_MI32, true, array, index, scale(storage), ObjectLayout.ELEMENTS); // mov [element], 0
      asm.immediate(MOV_MI32, 0);
    } else {
      emitStore(storage, value, array, index, scale(storage), ObjectLayout.ELEMENTS);
    }
    asm.emit(INC, false, index); //                                inc i
    asm.emit(CMP_RM, false, index, count); //                      cmp i, count
    asm.jcc(B, next); //                                           jb next
  }

  @Override
  public void clear(int object, int offset, int words) {
    int at = offset;
    int left = words;
    if (left > 1) {
      asm.emit(XORPS, false, X86MacroAssembler.FLOAT_SCRATCH, X86MacroAssembler.FLOAT_SCRATCH);
    }
    for (; left > 1; left -= 2) {
      asm.emitMemory(MOVUPS_MR, false, X86MacroAssembler.FLOAT_SCRATCH, object, NONE, 0, at);
      at += 16;
    }
    if (left > 0) {
      storeWord(object, at, 0);
    }
  }

  // Fields and elements.

  /** Readies the next instruction, an access to an object, for the object's being null. */
  private void nullCheck(int object, int offset, @Nullable TrapCode ifNull) {
    if (ifNull == null) {
      return;
    }
    if (offset <= FAULTING) {
      masm.mayFault(ifNull);
    } else {
      asm.emit(TEST_MR, true, object, object); //   test object, object
      asm.jcc(E, masm.trapLabel(ifNull)); //        jz trap
    }
  }

  private static boolean wide(int storage) {
    return switch (storage) {
      case ValueType.I8, ValueType.I16, ValueType.I32 -> false;
      default -> true;
    };
  }

  private static int number(int storage, int register) {
    return switch (storage) {
      case ValueType.F32, ValueType.F64, ValueType.V128 -> register - X86MacroAssembler.FLOATS;
      default -> register;
    };
  }

  private void emitLoad(
      int storage, boolean signed, int destination, int base, int index, int scale, int displacement) {
    Instruction form =
        switch (storage) {
          case ValueType.I8 -> signed ? MOVSX8 : MOVZX8;
          case ValueType.I16 -> signed ? MOVSX16 : MOVZX16;
          case ValueType.F32 -> MOVSS_RM;
          case ValueType.F64 -> MOVSD_RM;
          case ValueType.V128 -> MOVUPS_RM;
          default -> MOV_RM;
        };
    asm.emitMemory(form, wide(storage), number(storage, destination), base, index, scale, displacement);
  }

  private void emitStore(int storage, int source, int base, int index, int scale, int displacement) {
    Instruction form =
        switch (storage) {
          case ValueType.I8 -> MOV8_MR;
          case ValueType.I16 -> MOV16_MR;
          case ValueType.F32 -> MOVSS_MR;
          case ValueType.F64 -> MOVSD_MR;
          case ValueType.V128 -> MOVUPS_MR;
          default -> MOV_MR;
        };
    asm.emitMemory(form, wide(storage), number(storage, source), base, index, scale, displacement);
  }

  @Override
  public void load(int storage, boolean signed, int destination, int object, int offset, TrapCode ifNull) {
    nullCheck(object, offset, ifNull);
    emitLoad(storage, signed, destination, object, NONE, 0, offset);
  }

  @Override
  public void store(int storage, int object, int offset, int source, @Nullable TrapCode ifNull) {
    nullCheck(object, offset, ifNull);
    emitStore(storage, source, object, NONE, 0, offset);
  }

  @Override
  public boolean storesConstant(int storage, long bits) {
    return switch (storage) {
      case ValueType.I8, ValueType.I16, ValueType.I32, ValueType.F32 -> true;
      case ValueType.V128 -> false;
      default -> bits == (int) bits;
    };
  }

  @Override
  public void storeConstant(int storage, int object, int offset, long bits, @Nullable TrapCode ifNull) {
    Instruction form =
        switch (storage) {
          case ValueType.I8 -> MOV8_MI;
          case ValueType.I16 -> MOV16_MI;
          default -> MOV_MI32;
        };
    boolean wide = storage != ValueType.F32 && wide(storage);
    nullCheck(object, offset, ifNull);
    asm.emitMemory(form, wide, object, NONE, 0, offset);
    asm.immediate(form, (int) bits);
  }

  @Override
  public void arrayLength(int destination, int array) {
    load(ValueType.I32, false, destination, array, ObjectLayout.ARRAY_LENGTH, TrapCode.NULL_ARRAY);
  }

  /** The scale of an element's index as encodings have it. */
  private static int scale(int storage) {
    return switch (storage) {
      case ValueType.I8 -> 0;
      case ValueType.I16 -> 1;
      case ValueType.I32, ValueType.F32 -> 2;
      default -> 3;
    };
  }

  private void checkIndex(int array, int index) {
    masm.mayFault(TrapCode.NULL_ARRAY);
    asm.emitMemory(CMP_RM, false, index, array, NONE, 0, ObjectLayout.ARRAY_LENGTH); //   cmp index, [array + length]
    asm.jcc(AE, masm.trapLabel(TrapCode.ARRAY_OUT_OF_BOUNDS)); //                         jae trap
  }

  /** The register that holds the index for an access: for vectors twice the index, since no scale is 16. */
  private int scaledIndex(int storage, int index) {
    if (storage != ValueType.V128) {
      return index;
    }
    asm.emitMemory(LEA, true, SCRATCH, index, index, 0, 0); // lea r11, [index + index]
    return SCRATCH;
  }

  @Override
  public void loadElement(int storage, boolean signed, int destination, int array, int index) {
    checkIndex(array, index);
    int scaled = scaledIndex(storage, index);
    emitLoad(storage, signed, destination, array, scaled, scale(storage), ObjectLayout.ELEMENTS);
  }

  @Override
  public void storeElement(int storage, int array, int index, int source) {
    checkIndex(array, index);
    int scaled = scaledIndex(storage, index);
    emitStore(storage, source, array, scaled, scale(storage), ObjectLayout.ELEMENTS);
  }

  // Numbers of 31 bits.

  @Override
  public void makeI31(int destination, int source) {
    asm.emitMemory(LEA, false, destination, source, source, 0, 1); // lea d, [source + source + 1], in 32 bits
  }

  @Override
  public void loadI31(int destination, int source, boolean signed) {
    asm.emit(TEST_MR, false, source, source); //                  test source, source
    asm.jcc(E, masm.trapLabel(TrapCode.NULL_I31)); //             jz trap
    masm.move(Kind.I32, destination, source);
    Instruction shift = signed ? SAR_MI : SHR_MI;
    asm.emit(shift, false, destination); //                       sar d, 1
    asm.immediate(shift, 1);
  }

  // Tests.

  @Override
  public void test(TypeTest test, int reference, int pass, int fail) {
    int yes = pass == MacroAssembler.NONE ? asm.newLabel() : pass;
    int no = fail == MacroAssembler.NONE ? asm.newLabel() : fail;
    asm.emit(TEST_MR, true, reference, reference); //   test reference, reference
    asm.jcc(E, test.nullable() ? yes : no); //          jz
    int heap = test.heap();
    if (ValueType.isIndexed(heap)) {
      if (ValueType.top(heap) != ValueType.FUNCREF) {
        testI31(reference, no);
      }
      compareRtt(test, reference, no);
      decide(E, pass, yes, no);
    } else {
      switch (heap) {
        case ValueType.ANYREF, ValueType.FUNCREF, ValueType.EXTERNREF, ValueType.EXNREF -> {
          if (pass != MacroAssembler.NONE) {
            asm.jmp(yes);
          }
        }
        case ValueType.I31REF -> {
          asm.emit(TEST_MI32, false, reference); //     test reference, 1
          asm.immediate(TEST_MI32, 1);
          decide(NE, pass, yes, no);
        }
        case ValueType.EQREF -> {
          testI31(reference, yes);
          compareKind(reference, RttLayout.ARRAY);
          decide(BE, pass, yes, no);
        }
        case ValueType.STRUCTREF, ValueType.ARRAYREF -> {
          testI31(reference, no);
          compareKind(reference, heap == ValueType.STRUCTREF ? RttLayout.STRUCT : RttLayout.ARRAY);
          decide(E, pass, yes, no);
        }
        default -> {
          // Below it is nothing but null.
          if (fail != MacroAssembler.NONE) {
            asm.jmp(no);
          }
        }
      }
    }
    asm.bind(pass == MacroAssembler.NONE ? yes : no);
  }

  /** Jumps on a condition that decides the test; falls through where no label was given. */
  private void decide(int condition, int pass, int yes, int no) {
    if (pass == MacroAssembler.NONE) {
      asm.jcc(condition ^ 1, no);
    } else {
      asm.jcc(condition, yes);
    }
  }

  private void testI31(int reference, int label) {
    asm.emit(TEST_MI32, false, reference); //   test reference, 1
    asm.immediate(TEST_MI32, 1);
    asm.jcc(NE, label); //                      jnz
  }

  private void compareKind(int reference, int kind) {
    masm.loadFrom(Kind.I64, SCRATCH, reference, ObjectLayout.RTT); //               mov r11, [reference]
    asm.emitMemory(CMP_MI8, false, SCRATCH, NONE, 0, RttLayout.KIND); //            cmp [r11 + kind], kind
    asm.immediate(CMP_MI8, kind);
  }

  /** Compares the type of an object, or the entry of its display, with the one that is wanted. */
  private void compareRtt(TypeTest test, int reference, int no) {
    int depth = test.depth();
    masm.loadFrom(Kind.I64, SCRATCH, reference, ObjectLayout.RTT); //                   mov r11, [reference]
    if (depth >= RttLayout.MIN_DISPLAY) {
      asm.emitMemory(CMP_MI32, false, SCRATCH, NONE, 0, RttLayout.DEPTH); //            cmp [r11 + depth], depth
      asm.immediate(CMP_MI32, depth);
      asm.jcc(B, no); //                                                                jb no
    }
    if (depth != RttLayout.EXACT) {
      masm.loadFrom(Kind.I64, SCRATCH, SCRATCH, RttLayout.DISPLAY + 8 * depth); //      mov r11, [r11 + display]
    }
    asm.emitMemory(CMP_RM, true, SCRATCH, CONTEXT, NONE, 0, test.rttOffset()); //       cmp r11, [r14 + rtt]
  }

  @Override
  public int trapLabel(TrapCode code) {
    return masm.trapLabel(code);
  }
}

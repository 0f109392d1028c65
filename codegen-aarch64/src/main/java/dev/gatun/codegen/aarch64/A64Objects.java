package dev.gatun.codegen.aarch64;

import static dev.gatun.codegen.aarch64.Instruction.*;
import static dev.gatun.codegen.aarch64.Registers.*;

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
 * Objects of the heap on AArch64. A null is found by the fault of the access itself where the field lies in the first
 * page of the address space then, which is never mapped.
 */
final class A64Objects implements ObjectAssembler {
  private static final int SCRATCH = A64MacroAssembler.SCRATCH;
  private static final int FAR = A64MacroAssembler.FAR;

  /** An access of any width below this, through null, faults in the first page. */
  private static final int FAULTING = 4096 - 16;

  private final A64MacroAssembler masm;
  private final Assembler asm;

  private final SlowAllocations allocations = new SlowAllocations();

  A64Objects(A64MacroAssembler masm) {
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
      callRuntime(destination, rttOffset, length, MacroAssembler.NONE);
      return;
    }
    int cells = StoreLayout.FREE_CELLS + 8 * sizeClass;
    int slow = asm.newLabel();
    int back = asm.newLabel();
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.STORE); //                ldr x16, [ctx, store]
    masm.loadFrom(Kind.I64, destination, SCRATCH, cells); //                      ldr d, [x16, cells]
    asm.emitCompareAndBranch(CBZ, true, destination, slow); //                    cbz d, slow
    masm.loadFrom(Kind.I64, temporary, destination, ObjectLayout.NEXT_FREE); //   ldr t, [d, next]
    masm.storeTo(Kind.I64, SCRATCH, cells, temporary); //                         str t, [x16, cells]
    masm.loadContext(Kind.I64, SCRATCH, rttOffset); //                            ldr x16, [ctx, rtt]
    masm.storeTo(Kind.I64, destination, ObjectLayout.RTT, SCRATCH); //            str x16, [d]
    if (length != NO_LENGTH) {
      storeWord(destination, ObjectLayout.ARRAY_LENGTH, length);
    }
    asm.bind(back);
    addSlow(slow, back, destination, rttOffset, length, MacroAssembler.NONE);
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
      masm.jump(allocations.back(i));
    }
  }

  private void callRuntime(int destination, int rttOffset, int length, int lengthRegister) {
    masm.loadContext(Kind.I64, SCRATCH, rttOffset); //                            ldr x16, [ctx, rtt]
    masm.storeTo(Kind.I64, SP, 0, SCRATCH); //                                    str x16, [sp]
    if (lengthRegister == MacroAssembler.NONE) {
      storeWord(SP, 8, Math.max(length, 0)); //                                   str length, [sp, 8]
    } else {
      masm.storeTo(Kind.I64, SP, 8, lengthRegister);
    }
    masm.loadContext(Kind.I64, SCRATCH, VmContextLayout.ALLOCATION_STUB); //      ldr x16, [ctx, stub]
    asm.reserve(8);
    asm.emit(BLR, false, 0, SCRATCH); //                                          blr x16
    masm.called();
    masm.loadFrom(Kind.I64, destination, SP, 0); //                               ldr d, [sp]
  }

  private void storeWord(int base, int offset, int value) {
    int source = ZERO;
    if (value != 0) {
      source = SCRATCH;
      asm.movConstant(SCRATCH, value);
    }
    masm.storeTo(Kind.I64, base, offset, source);
  }

  @Override
  public void allocateArray(int destination, int temporary, int rttOffset, int length, int storage, int value) {
    int scale = scale(storage);
    int slow = asm.newLabel();
    int back = asm.newLabel();
    int done = asm.newLabel();
    masm.compareWithConstant(false, length, SizeClasses.SMALL - ObjectLayout.ELEMENTS >> scale); // cmp length, most
    masm.branch(HI, slow); //                                                        b.hi slow
    words(length, scale, ObjectLayout.ELEMENTS); //                                  w16 = words of the object
    masm.loadContext(Kind.I64, temporary, VmContextLayout.STORE); //                 ldr t, [ctx, store]
    asm.movConstant(FAR, StoreLayout.SIZE_CLASSES);
    asm.emitShifted(ADD, true, FAR, FAR, SCRATCH, Assembler.LSL, 0); //              add x17, x17, x16
    asm.emitIndexed(LDRB, SCRATCH, temporary, FAR, Assembler.UXTX, false); //        ldrb w16, [t, x17]
    asm.emitShifted(ADD, true, temporary, temporary, SCRATCH, Assembler.LSL, 3); //  add t, t, x16, lsl #3
    asm.movConstant(FAR, StoreLayout.FREE_CELLS);
    asm.emitShifted(ADD, true, temporary, temporary, FAR, Assembler.LSL, 0); //      add t, t, cells
    masm.loadFrom(Kind.I64, destination, temporary, 0); //                           ldr d, [t]
    asm.emitCompareAndBranch(CBZ, true, destination, slow); //                       cbz d, slow
    masm.loadFrom(Kind.I64, SCRATCH, destination, ObjectLayout.NEXT_FREE); //        ldr x16, [d, next]
    masm.storeTo(Kind.I64, temporary, 0, SCRATCH); //                                str x16, [t]
    masm.loadContext(Kind.I64, SCRATCH, rttOffset); //                               ldr x16, [ctx, rtt]
    masm.storeTo(Kind.I64, destination, ObjectLayout.RTT, SCRATCH); //               str x16, [d]
    masm.storeTo(Kind.I64, destination, ObjectLayout.ARRAY_LENGTH, length); //       str length, [d, 8]
    if (value == MacroAssembler.NONE) {
      // What the runtime allocates is zero.
      words(length, scale, 0); //                                                    w16 = words of the elements
      fill(destination, temporary, SCRATCH, ValueType.I64, ZERO, done);
      asm.bind(done);
      addSlow(slow, done, destination, rttOffset, NO_LENGTH, length);
    } else {
      asm.bind(back);
      fill(destination, temporary, length, storage, value, done);
      asm.bind(done);
      addSlow(slow, back, destination, rttOffset, NO_LENGTH, length);
    }
  }

  /** Leaves in w16 how many words so many elements take, and so many bytes before them. */
  private void words(int length, int scale, int bytes) {
    asm.movConstant(FAR, bytes + 7); //                                              mov w17, bytes + 7
    asm.emitShifted(ADD, false, SCRATCH, FAR, length, Assembler.LSL, scale); //      add w16, w17, length, lsl scale
    asm.emitBitfield(UBFM, false, SCRATCH, SCRATCH, 3, 31); //                       lsr w16, w16, 3
  }

  /** Sets elements of an array to a value; goes on at a label, which stands behind. */
  private void fill(int array, int index, int count, int storage, int value, int done) {
    int next = asm.newLabel();
    asm.movConstant(index, 0); //                                                    mov i, 0
    asm.emitCompareAndBranch(CBZ, false, count, done); //                            cbz count, done
    asm.bind(next);
    elementAddress(storage, array, index);
    asm.emitMemory(storeForm(storage), A64MacroAssembler.number(value), FAR, ObjectLayout.ELEMENTS);
    asm.emitImmediate(ADD_I, false, index, index, 1); //                             add i, i, 1
    asm.emitShifted(SUBS, false, ZERO, index, count, Assembler.LSL, 0); //           cmp i, count
    masm.branch(LO, next); //                                                        b.lo next
  }

  @Override
  public void clear(int object, int offset, int words) {
    for (int i = 0; i < words; i++) {
      masm.storeTo(Kind.I64, object, offset + 8 * i, ZERO);
    }
  }

  // Fields and elements.

  private static Instruction loadForm(int storage, boolean signed) {
    return switch (storage) {
      case ValueType.I8 -> signed ? LDRSB_W : LDRB;
      case ValueType.I16 -> signed ? LDRSH_W : LDRH;
      case ValueType.I32 -> LDR_W;
      case ValueType.F32 -> LDR_S;
      case ValueType.F64 -> LDR_D;
      case ValueType.V128 -> LDR_Q;
      default -> LDR_X;
    };
  }

  private static Instruction storeForm(int storage) {
    return switch (storage) {
      case ValueType.I8 -> STRB;
      case ValueType.I16 -> STRH;
      case ValueType.I32 -> STR_W;
      case ValueType.F32 -> STR_S;
      case ValueType.F64 -> STR_D;
      case ValueType.V128 -> STR_Q;
      default -> STR_X;
    };
  }

  /** An access to a field, which faults if the object is null, or is preceded by a test. */
  private void field(Instruction i, int register, int object, int offset, @Nullable TrapCode ifNull) {
    if (ifNull != null && offset > FAULTING) {
      asm.emitCompareAndBranch(CBZ, true, object, masm.trapLabel(ifNull)); //   cbz object, trap
    }
    int base = object;
    int rest = offset;
    if (!Assembler.isOffset(i, offset)) {
      asm.movConstant(FAR, offset);
      asm.emitShifted(ADD, true, FAR, FAR, object, Assembler.LSL, 0); //         add x17, offset, object
      base = FAR;
      rest = 0;
    }
    if (ifNull != null && offset <= FAULTING) {
      masm.mayFault(ifNull);
    }
    asm.emitMemory(i, A64MacroAssembler.number(register), base, rest);
  }

  @Override
  public void load(int storage, boolean signed, int destination, int object, int offset, TrapCode ifNull) {
    field(loadForm(storage, signed), destination, object, offset, ifNull);
  }

  @Override
  public void store(int storage, int object, int offset, int source, @Nullable TrapCode ifNull) {
    field(storeForm(storage), source, object, offset, ifNull);
  }

  @Override
  public boolean storesConstant(int storage, long bits) {
    return bits == 0 && storage != ValueType.V128;
  }

  @Override
  public void storeConstant(int storage, int object, int offset, long bits, @Nullable TrapCode ifNull) {
    Instruction form =
        switch (storage) {
          case ValueType.F32 -> STR_W;
          case ValueType.F64 -> STR_X;
          default -> storeForm(storage);
        };
    field(form, ZERO, object, offset, ifNull);
  }

  @Override
  public void arrayLength(int destination, int array) {
    load(ValueType.I32, false, destination, array, ObjectLayout.ARRAY_LENGTH, TrapCode.NULL_ARRAY);
  }

  /** The logarithm of an element's size. */
  private static int scale(int storage) {
    return switch (storage) {
      case ValueType.I8 -> 0;
      case ValueType.I16 -> 1;
      case ValueType.I32, ValueType.F32 -> 2;
      case ValueType.V128 -> 4;
      default -> 3;
    };
  }

  private void checkIndex(int array, int index) {
    masm.mayFault(TrapCode.NULL_ARRAY);
    asm.emitMemory(LDR_W, FAR, array, ObjectLayout.ARRAY_LENGTH); //              ldr w17, [array, length]
    asm.emitShifted(SUBS, false, ZERO, index, FAR, Assembler.LSL, 0); //          cmp index, w17
    masm.branch(HS, masm.trapLabel(TrapCode.ARRAY_OUT_OF_BOUNDS)); //             b.hs trap
  }

  /** Leaves in x17 the address of an element but for the array's head. */
  private void elementAddress(int storage, int array, int index) {
    asm.emitShifted(ADD, true, FAR, array, index, Assembler.LSL, scale(storage)); // add x17, array, index, lsl scale
  }

  @Override
  public void loadElement(int storage, boolean signed, int destination, int array, int index) {
    checkIndex(array, index);
    elementAddress(storage, array, index);
    asm.emitMemory(
        loadForm(storage, signed), A64MacroAssembler.number(destination), FAR, ObjectLayout.ELEMENTS);
  }

  @Override
  public void storeElement(int storage, int array, int index, int source) {
    checkIndex(array, index);
    elementAddress(storage, array, index);
    asm.emitMemory(storeForm(storage), A64MacroAssembler.number(source), FAR, ObjectLayout.ELEMENTS);
  }

  // Numbers of 31 bits.

  @Override
  public void makeI31(int destination, int source) {
    asm.emitBitfield(UBFM, false, destination, source, 31, 30); //                lsl d, source, 1
    asm.emitLogical(ORR_I, false, destination, destination, LogicalImmediate.encode(1, false)); // orr d, d, 1
  }

  @Override
  public void loadI31(int destination, int source, boolean signed) {
    asm.emitCompareAndBranch(CBZ, false, source, masm.trapLabel(TrapCode.NULL_I31)); // cbz source, trap
    asm.emitBitfield(signed ? SBFM : UBFM, false, destination, source, 1, 31); //       asr d, source, 1
  }

  // Tests.

  @Override
  public void test(TypeTest test, int reference, int pass, int fail) {
    int yes = pass == MacroAssembler.NONE ? asm.newLabel() : pass;
    int no = fail == MacroAssembler.NONE ? asm.newLabel() : fail;
    asm.emitCompareAndBranch(CBZ, true, reference, test.nullable() ? yes : no); //   cbz reference
    int heap = test.heap();
    if (ValueType.isIndexed(heap)) {
      if (ValueType.top(heap) != ValueType.FUNCREF) {
        testI31(reference, no);
      }
      compareRtt(test, reference, no);
      decide(EQ, pass, yes, no);
    } else {
      switch (heap) {
        case ValueType.ANYREF, ValueType.FUNCREF, ValueType.EXTERNREF, ValueType.EXNREF -> {
          if (pass != MacroAssembler.NONE) {
            masm.jump(yes);
          }
        }
        case ValueType.I31REF -> {
          asm.emitLogical(ANDS_I, true, ZERO, reference, LogicalImmediate.encode(1, true)); // tst reference, 1
          decide(NE, pass, yes, no);
        }
        case ValueType.EQREF -> {
          testI31(reference, yes);
          compareKind(reference, RttLayout.ARRAY);
          decide(LS, pass, yes, no);
        }
        case ValueType.STRUCTREF, ValueType.ARRAYREF -> {
          testI31(reference, no);
          compareKind(reference, heap == ValueType.STRUCTREF ? RttLayout.STRUCT : RttLayout.ARRAY);
          decide(EQ, pass, yes, no);
        }
        default -> {
          // Below it is nothing but null.
          if (fail != MacroAssembler.NONE) {
            masm.jump(no);
          }
        }
      }
    }
    if (pass == MacroAssembler.NONE) {
      asm.bind(yes);
    }
    if (fail == MacroAssembler.NONE) {
      asm.bind(no);
    }
  }

  /** Goes on where the condition says; falls through where that stands next. */
  private void decide(int condition, int pass, int yes, int no) {
    if (pass == MacroAssembler.NONE) {
      masm.branch(condition ^ 1, no);
    } else {
      masm.branch(condition, yes);
    }
  }

  private void testI31(int reference, int label) {
    asm.emitTestAndBranch(TBNZ, reference, 0, label); //                             tbnz reference, 0
  }

  private void compareKind(int reference, int kind) {
    masm.loadFrom(Kind.I64, SCRATCH, reference, ObjectLayout.RTT); //                ldr x16, [reference]
    masm.loadFrom(Kind.I32, SCRATCH, SCRATCH, RttLayout.KIND); //                    ldr w16, [x16, kind]
    asm.emitImmediate(SUBS_I, false, ZERO, SCRATCH, kind); //                        cmp w16, kind
  }

  /** Compares the type of an object, or the entry of its display, with the one that is wanted. */
  private void compareRtt(TypeTest test, int reference, int no) {
    int depth = test.depth();
    masm.loadFrom(Kind.I64, SCRATCH, reference, ObjectLayout.RTT); //                ldr x16, [reference]
    if (depth >= RttLayout.MIN_DISPLAY) {
      masm.loadFrom(Kind.I32, FAR, SCRATCH, RttLayout.DEPTH); //                     ldr w17, [x16, depth]
      asm.emitImmediate(SUBS_I, false, ZERO, FAR, depth); //                         cmp w17, depth
      masm.branch(LO, no); //                                                        b.lo no
    }
    if (depth != RttLayout.EXACT) {
      masm.loadFrom(Kind.I64, SCRATCH, SCRATCH, RttLayout.DISPLAY + 8 * depth); //   ldr x16, [x16, display]
    }
    masm.loadContext(Kind.I64, FAR, test.rttOffset()); //                            ldr x17, [ctx, rtt]
    asm.emitShifted(SUBS, true, ZERO, SCRATCH, FAR, Assembler.LSL, 0); //            cmp x16, x17
  }

  @Override
  public int trapLabel(TrapCode code) {
    return masm.trapLabel(code);
  }
}

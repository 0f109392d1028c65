package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.ObjectAssembler;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.ObjectLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.layout.StructLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.ArrayType;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.FieldType;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.StructType;
import dev.gatun.wasm.ValueType;
import java.util.List;

/** Compiles what makes and accesses structs, arrays and i31, and tests and casts of references. */
final class Aggregates {
  /** Objects of more words are allocated by the runtime, which clears them. */
  private static final int MAX_CLEARED_WORDS = 32;

  private final Walk walk;
  private final MacroAssembler masm;
  private final ObjectAssembler objects;
  private final FrameState state;
  private final Calls calls;

  Aggregates(Walk walk, Calls calls) {
    this.walk = walk;
    this.masm = walk.masm;
    this.objects = walk.masm.objects();
    this.state = walk.state;
    this.calls = calls;
  }

  void compile(Opcode opcode) {
    switch (opcode) {
      case STRUCT_NEW -> newStruct();
      case STRUCT_NEW_DEFAULT -> newDefaultStruct();
      case STRUCT_GET, STRUCT_GET_U -> getField(false);
      case STRUCT_GET_S -> getField(true);
      case STRUCT_SET -> setField();
      case ARRAY_NEW -> newArray(false);
      case ARRAY_NEW_DEFAULT -> newArray(true);
      case ARRAY_NEW_FIXED -> newFixedArray();
      case ARRAY_NEW_DATA -> segment(Builtin.ARRAY_NEW_DATA, 2, Kind.I64);
      case ARRAY_NEW_ELEM -> segment(Builtin.ARRAY_NEW_ELEM, 2, Kind.I64);
      case ARRAY_GET, ARRAY_GET_U -> getElement(false);
      case ARRAY_GET_S -> getElement(true);
      case ARRAY_SET -> setElement();
      case ARRAY_LEN -> {
        int array = state.popRegister();
        int to = walk.target(Kind.I32, array);
        objects.arrayLength(to, array);
        walk.finish(Kind.I32, to);
      }
      case ARRAY_FILL -> calls.builtin(Builtin.ARRAY_FILL, 4, NONE, walk.reader.readU32());
      case ARRAY_COPY -> {
        int destination = walk.reader.readU32();
        walk.reader.readU32();
        calls.builtin(Builtin.ARRAY_COPY, 5, NONE, destination);
      }
      case ARRAY_INIT_DATA -> segment(Builtin.ARRAY_INIT_DATA, 4, NONE);
      case ARRAY_INIT_ELEM -> segment(Builtin.ARRAY_INIT_ELEM, 4, NONE);
      case REF_TEST -> test(readTest(false));
      case REF_TEST_NULL -> test(readTest(true));
      case REF_CAST -> cast(readTest(false));
      case REF_CAST_NULL -> cast(readTest(true));
      case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {}
      case REF_I31 -> {
        int from = state.popRegister();
        int to = walk.target(Kind.I64, from);
        objects.makeI31(to, from);
        walk.finish(Kind.I64, to);
      }
      case I31_GET_S, I31_GET_U -> {
        int from = state.popRegister();
        int to = walk.target(Kind.I32, from);
        objects.loadI31(to, from, opcode == Opcode.I31_GET_S);
        walk.finish(Kind.I32, to);
      }
      default -> throw new AssertionError(opcode);
    }
  }

  private void segment(Builtin builtin, int operands, int result) {
    int type = walk.reader.readU32();
    calls.builtin(builtin, operands, result, type, walk.reader.readU32());
  }

  // Structs.

  private StructType struct(int type) {
    return (StructType) walk.module.definedType(type).composite();
  }

  /** Allocates an object while its operands are still on the stack; the register it is in is locked. */
  private int allocate(int type, int size, int length) {
    walk.outgoing = Math.max(walk.outgoing, 2);
    int object = state.allocate(Kind.I64);
    state.lock(object);
    int temporary = state.allocate(Kind.I64);
    objects.allocate(object, temporary, walk.layout.rtt(type), size, length);
    return object;
  }

  /** Pops a value into a field of a new object. */
  private void initialize(int storage, int object, int offset) {
    if (state.topIsConstant() && objects.storesConstant(storage, state.topConstant())) {
      objects.storeConstant(storage, object, offset, state.topConstant(), null);
      state.drop();
    } else {
      long locked = state.locked();
      objects.store(storage, object, offset, state.popRegister(), null);
      state.relock(locked);
    }
  }

  private void newStruct() {
    int type = walk.reader.readU32();
    StructType struct = struct(type);
    List<FieldType> fields = struct.fields();
    int[] offsets = StructLayout.offsets(struct);
    int object = allocate(type, offsets[fields.size()], ObjectAssembler.NO_LENGTH);
    for (int i = fields.size() - 1; i >= 0; i--) {
      initialize(fields.get(i).storage(), object, offsets[i]);
    }
    state.pushRegister(Kind.I64, object);
  }

  private void newDefaultStruct() {
    int type = walk.reader.readU32();
    StructType struct = struct(type);
    int size = StructLayout.offsets(struct)[struct.fields().size()];
    int words = (size - ObjectLayout.FIELDS) / 8;
    if (words > MAX_CLEARED_WORDS) {
      calls.builtin(Builtin.STRUCT_NEW_DEFAULT, 0, Kind.I64, type);
      return;
    }
    int object = allocate(type, size, ObjectAssembler.NO_LENGTH);
    objects.clear(object, ObjectLayout.FIELDS, words);
    state.pushRegister(Kind.I64, object);
  }

  private void getField(boolean signed) {
    StructType struct = struct(walk.reader.readU32());
    int index = walk.reader.readU32();
    FieldType field = struct.fields().get(index);
    int kind = ValueType.kind(field.unpacked());
    int object = state.popRegister();
    int to = walk.target(kind, Kind.isFloat(kind) ? NONE : object);
    objects.load(field.storage(), signed, to, object, StructLayout.offset(struct, index), TrapCode.NULL_STRUCTURE);
    walk.finish(kind, to);
  }

  private void setField() {
    StructType struct = struct(walk.reader.readU32());
    int index = walk.reader.readU32();
    int storage = struct.fields().get(index).storage();
    int offset = StructLayout.offset(struct, index);
    if (state.topIsConstant() && objects.storesConstant(storage, state.topConstant())) {
      long constant = state.topConstant();
      state.drop();
      objects.storeConstant(storage, state.popRegister(), offset, constant, TrapCode.NULL_STRUCTURE);
      return;
    }
    int value = state.popRegister();
    objects.store(storage, state.popRegister(), offset, value, TrapCode.NULL_STRUCTURE);
  }

  // Arrays.

  private FieldType element(int type) {
    return ((ArrayType) walk.module.definedType(type).composite()).element();
  }

  private void newArray(boolean zero) {
    int type = walk.reader.readU32();
    FieldType element = element(type);
    if (element.storage() == ValueType.V128) {
      calls.builtin(zero ? Builtin.ARRAY_NEW_DEFAULT : Builtin.ARRAY_NEW, zero ? 1 : 2, Kind.I64, type);
      return;
    }
    if (zero && state.topIsConstant()) {
      long length = state.topConstant() & 0xffff_ffffL;
      if (length <= MAX_CLEARED_WORDS * 8L / element.size()) {
        state.drop();
        int size = ObjectLayout.ELEMENTS + (int) length * element.size() + 7 & -8;
        int array = allocate(type, size, (int) length);
        objects.clear(array, ObjectLayout.ELEMENTS, (size - ObjectLayout.ELEMENTS) / 8);
        state.pushRegister(Kind.I64, array);
        return;
      }
    }
    walk.outgoing = Math.max(walk.outgoing, 2);
    int length = state.popRegister();
    int value = zero ? NONE : state.popRegister();
    int array = state.allocate(Kind.I64);
    state.lock(array);
    int temporary = state.allocate(Kind.I64);
    objects.allocateArray(array, temporary, walk.layout.rtt(type), length, element.storage(), value);
    state.pushRegister(Kind.I64, array);
  }

  private void newFixedArray() {
    int type = walk.reader.readU32();
    int count = walk.reader.readU32();
    FieldType element = element(type);
    int end = ObjectLayout.ELEMENTS + count * element.size();
    int array = allocate(type, end + 7 & -8, count);
    for (int i = count - 1; i >= 0; i--) {
      initialize(element.storage(), array, ObjectLayout.ELEMENTS + i * element.size());
    }
    state.pushRegister(Kind.I64, array);
  }

  private void getElement(boolean signed) {
    FieldType element = element(walk.reader.readU32());
    int kind = ValueType.kind(element.unpacked());
    int index = state.popRegister();
    int array = state.popRegister();
    int to = walk.target(kind, Kind.isFloat(kind) ? NONE : index);
    objects.loadElement(element.storage(), signed, to, array, index);
    walk.finish(kind, to);
  }

  private void setElement() {
    int storage = element(walk.reader.readU32()).storage();
    int value = state.popRegister();
    int index = state.popRegister();
    int array = state.popRegister();
    objects.storeElement(storage, array, index, value);
  }

  // Tests and casts.

  /** Reads a heap type as what to test for. */
  ObjectAssembler.TypeTest readTest(boolean nullable) {
    long heap = walk.reader.readS33();
    if (heap < 0) {
      return new ObjectAssembler.TypeTest((int) heap & 0x7f, 0, 0, nullable);
    }
    DefinedType type = walk.module.definedType((int) heap);
    int depth = type.isFinal() ? RttLayout.EXACT : type.depth();
    return new ObjectAssembler.TypeTest(
        ValueType.reference(type.id()), walk.layout.rtt((int) heap), depth, nullable);
  }

  private void test(ObjectAssembler.TypeTest test) {
    int reference = state.popRegister();
    // The result is made before the test is over, so it may not take the reference's place.
    int to = state.result(Kind.I32, NONE);
    int end = masm.newLabel();
    masm.constant(Kind.I32, to, 0);
    objects.test(test, reference, NONE, end);
    masm.constant(Kind.I32, to, 1);
    masm.bind(end);
    state.pushRegister(Kind.I32, to);
  }

  private void cast(ObjectAssembler.TypeTest test) {
    objects.test(test, state.topInRegister(), NONE, objects.trapLabel(TrapCode.CAST_FAILURE));
  }
}

package dev.gatun.fuzz.generate;

import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;

/** Constant expressions, without their end. */
final class Constants {
  private final Body.Context context;
  private final Choices choices;

  Constants(Body.Context context) {
    this.context = context;
    this.choices = context.choices();
  }

  private boolean has(Feature feature) {
    return context.features().contains(feature);
  }

  /** An integer. */
  byte[] number(int type, long value) {
    BinaryWriter out = new BinaryWriter();
    integer(out, type, value);
    return out.toByteArray();
  }

  private static void integer(BinaryWriter out, int type, long value) {
    Body.op(out, type == ValueType.I64 ? Opcode.I64_CONST : Opcode.I32_CONST);
    out.signed(value);
  }

  /** A value of a type; a reference type must be nullable. */
  byte[] of(int type) {
    BinaryWriter out = new BinaryWriter();
    write(out, type, 2);
    return out.toByteArray();
  }

  private void write(BinaryWriter out, int type, int depth) {
    int global = has(Feature.GC) && choices.oneIn(4) ? global(type) : -1;
    if (global >= 0) {
      Body.op(out, Opcode.GLOBAL_GET);
      out.unsigned(global);
      return;
    }
    switch (type) {
      case ValueType.I32, ValueType.I64 -> {
        boolean wide = type == ValueType.I64;
        integer(out, type, wide ? choices.i64() : choices.i32());
        while (has(Feature.EXTENDED_CONSTANTS) && choices.oneIn(3)) {
          integer(out, type, wide ? choices.i64() : choices.i32());
          int operation = choices.below(3);
          Body.op(out, wide
              ? operation == 0 ? Opcode.I64_ADD : operation == 1 ? Opcode.I64_SUB : Opcode.I64_MUL
              : operation == 0 ? Opcode.I32_ADD : operation == 1 ? Opcode.I32_SUB : Opcode.I32_MUL);
        }
      }
      case ValueType.F32 -> {
        Body.op(out, Opcode.F32_CONST);
        out.littleEndian(choices.f32(), 4);
      }
      case ValueType.F64 -> {
        Body.op(out, Opcode.F64_CONST);
        out.littleEndian(choices.f64(), 8);
      }
      case ValueType.V128 -> {
        Body.op(out, Opcode.V128_CONST);
        out.littleEndian(choices.vectorHalf(), 8);
        out.littleEndian(choices.vectorHalf(), 8);
      }
      default -> reference(out, type, depth);
    }
  }

  private void reference(BinaryWriter out, int type, int depth) {
    Types types = context.draft().types;
    int top = types.top(type);
    if (top == ValueType.FUNCREF && choices.percent(70)) {
      for (int tries = 0; tries < 6; tries++) {
        int function = choices.below(context.draft().functions.size());
        int own = ValueType.nonNull(ValueType.reference(context.draft().functions.get(function)));
        if (type == ValueType.FUNCREF || types.matches(own, type)) {
          Body.op(out, Opcode.REF_FUNC);
          out.unsigned(function);
          return;
        }
      }
    }
    if (has(Feature.GC) && choices.percent(70)) {
      if (types.matches(ValueType.I31REF, type) || type == ValueType.EXTERNREF) {
        integer(out, ValueType.I32, choices.i32());
        Body.op(out, Opcode.REF_I31);
        if (type == ValueType.EXTERNREF) {
          Body.op(out, Opcode.EXTERN_CONVERT_ANY);
        }
        return;
      }
      if (depth > 0 && top == ValueType.ANYREF && object(out, type, depth - 1)) {
        return;
      }
    }
    Body.op(out, Opcode.REF_NULL);
    Types.writeHeapType(out, type);
  }

  private boolean object(BinaryWriter out, int type, int depth) {
    Types types = context.draft().types;
    for (int i = 0; i < types.count(); i++) {
      if (!types.matches(ValueType.reference(i), type) || !types.isDefaultable(types.composite(i))) {
        continue;
      }
      switch (types.composite(i)) {
        case Types.Struct struct -> {
          boolean defaults = choices.oneIn(2);
          for (Types.Field field : struct.fields()) {
            if (!defaults) {
              write(out, Types.unpacked(field.type()), depth);
            }
          }
          Body.op(out, defaults ? Opcode.STRUCT_NEW_DEFAULT : Opcode.STRUCT_NEW);
          out.unsigned(i);
          return true;
        }
        case Types.Array array -> {
          int count = choices.below(4);
          for (int element = 0; element < count; element++) {
            write(out, Types.unpacked(array.element().type()), depth);
          }
          Body.op(out, Opcode.ARRAY_NEW_FIXED);
          out.unsigned(i);
          out.unsigned(count);
          return true;
        }
        case Types.Function function -> { }
      }
    }
    return false;
  }

  /** An immutable global that has been defined before, or -1. */
  private int global(int type) {
    for (int i = 0; i < context.draft().globals.size(); i++) {
      Draft.Global global = context.draft().globals.get(i);
      if (!global.mutable() && global.type() == type) {
        return i;
      }
    }
    return -1;
  }
}

package dev.gatun;

import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.StructType;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.util.Arrays;

/**
 * Evaluates the constant expressions of one instance (spec 3.4.13), which are valid. They may make objects, and so
 * collect: what is on the stack meanwhile is shown to the collector.
 */
final class ConstantEvaluator {
  private final Instance instance;
  private final WasmModule wasm;
  private long[] stack = new long[8];

  /** The upper halves of vectors. */
  private long[] high = new long[8];

  private int top;

  ConstantEvaluator(Instance instance) {
    this.instance = instance;
    this.wasm = instance.module().wasm();
  }

  /**
   * The bits of an expression's value: of a vector the lower half. The next expression may collect, so they must be
   * where the collector looks by then.
   */
  long evaluate(WasmModule.ConstantExpression expression) {
    top = 0;
    StoreRoots roots = instance.store().roots();
    roots.push(this);
    try {
      BinaryReader reader = new BinaryReader(wasm.bytes(), expression.start(), expression.end());
      for (Opcode opcode = Instructions.read(reader); opcode != Opcode.END; opcode = Instructions.read(reader)) {
        apply(opcode, reader);
      }
      return stack[0];
    } finally {
      roots.pop();
    }
  }

  /** The upper half of the vector to which the last expression was evaluated. */
  long high() {
    return high[0];
  }

  /** What may be references. */
  long[] values() {
    return stack;
  }

  private void push(long bits) {
    push(bits, 0);
  }

  private void push(long bits, long upper) {
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, 2 * top);
      high = Arrays.copyOf(high, 2 * top);
    }
    high[top] = upper;
    stack[top++] = bits;
  }

  private void apply(Opcode opcode, BinaryReader reader) {
    switch (opcode) {
      case I32_CONST -> push(reader.readS32() & 0xffff_ffffL);
      case I64_CONST -> push(reader.readS64());
      case F32_CONST -> push(reader.readInt() & 0xffff_ffffL);
      case F64_CONST -> push(reader.readLong());
      case V128_CONST -> {
        long low = reader.readLong();
        push(low, reader.readLong());
      }
      case GLOBAL_GET -> {
        Global global = instance.globals[reader.readU32()];
        push(global.bits(), global.highBits());
      }
      case REF_NULL -> {
        Instructions.skipImmediates(reader, opcode);
        push(0);
      }
      case REF_FUNC -> push(instance.reference(reader.readU32()));
      case REF_I31 -> stack[top - 1] = (stack[top - 1] << 1 | 1) & 0xffff_ffffL;
      case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {}
      case STRUCT_NEW -> {
        int type = reader.readU32();
        int fields = ((StructType) wasm.definedType(type).composite()).fields().size();
        replace(fields, instance.objects.newStruct(type, stack, high, top - fields));
      }
      case STRUCT_NEW_DEFAULT -> push(instance.objects.newDefaultStruct(reader.readU32()));
      case ARRAY_NEW -> {
        int type = reader.readU32();
        replace(2, instance.objects.newArray(type, stack[top - 2], high[top - 2], (int) stack[top - 1]));
      }
      case ARRAY_NEW_DEFAULT -> {
        int type = reader.readU32();
        replace(1, instance.objects.newArray(type, 0, 0, (int) stack[top - 1]));
      }
      case ARRAY_NEW_FIXED -> {
        int type = reader.readU32();
        int count = reader.readU32();
        replace(count, instance.objects.newFixedArray(type, stack, high, top - count, count));
      }
      default -> arithmetic(opcode);
    }
  }

  private void replace(int operands, long result) {
    top -= operands;
    push(result);
  }

  private void arithmetic(Opcode opcode) {
    long right = stack[--top];
    long left = stack[top - 1];
    long result =
        switch (opcode) {
          case I32_ADD, I64_ADD -> left + right;
          case I32_SUB, I64_SUB -> left - right;
          case I32_MUL, I64_MUL -> left * right;
          default -> throw new AssertionError(opcode);
        };
    stack[top - 1] = opcode.result() == ValueType.I32 ? result & 0xffff_ffffL : result;
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.ValueType;

/** Compiles what makes and tests references, and what accesses tables. */
final class References {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final Calls calls;
  private final Conditions conditions;

  References(Walk walk, Calls calls, Conditions conditions) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.calls = calls;
    this.conditions = conditions;
  }

  void table(Opcode opcode) {
    int first = walk.reader.readU32();
    switch (opcode) {
      case TABLE_GET -> {
        int index = state.popRegister();
        int to = walk.target(Kind.I64, index);
        masm.tableGet(to, walk.layout.table(first), index);
        walk.finish(Kind.I64, to);
      }
      case TABLE_SET -> {
        int value = state.popRegister();
        int index = state.popRegister();
        masm.tableSet(walk.layout.table(first), index, value);
      }
      case TABLE_SIZE -> {
        int kind = indexKind(first);
        int to = walk.target(kind, NONE);
        masm.tableSize(to, walk.layout.table(first));
        walk.finish(kind, to);
      }
      case TABLE_GROW -> calls.builtin(Builtin.TABLE_GROW, 2, indexKind(first), first);
      case TABLE_FILL -> calls.builtin(Builtin.TABLE_FILL, 3, NONE, first);
      case TABLE_COPY -> calls.builtin(Builtin.TABLE_COPY, 3, NONE, first, walk.reader.readU32());
      case TABLE_INIT -> calls.builtin(Builtin.TABLE_INIT, 3, NONE, walk.reader.readU32(), first);
      case ELEM_DROP -> calls.builtin(Builtin.ELEM_DROP, 0, NONE, first);
      default -> throw new AssertionError(opcode);
    }
  }

  /** The kind of a table's indices and sizes. */
  private int indexKind(int table) {
    return ValueType.kind(walk.module.tables()[table].indexType());
  }

  void reference(Opcode opcode) {
    switch (opcode) {
      case REF_NULL -> {
        Instructions.skipImmediates(walk.reader, opcode);
        state.pushConstant(Kind.I64, 0);
      }
      case REF_EQ -> conditions.comparison(Opcode.I64_EQ);
      case REF_IS_NULL -> conditions.comparison(Opcode.I64_EQZ);
      case REF_AS_NON_NULL -> {
        int register = state.topInRegister();
        masm.trapIf(masm.negate(masm.testNonZero(Kind.I64, register)), TrapCode.NULL_REFERENCE);
      }
      case REF_FUNC -> {
        int function = walk.reader.readU32();
        int to = walk.target(Kind.I64, NONE);
        if (function < walk.module.importedFunctions()) {
          masm.loadContext(Kind.I64, to, walk.layout.importEntry(function));
        } else {
          masm.contextAddress(to, walk.layout.funcRef(function));
        }
        walk.finish(Kind.I64, to);
      }
      default -> throw new AssertionError(opcode);
    }
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.CallingConvention;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.RttLayout;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.ValueType;

/** Compiles calls: of functions, and of the runtime's built-ins. */
final class Calls {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final CallingConvention convention;
  private final Joins joins;
  private final ParallelMove moves;

  private int[] params = new int[64];
  private int[] results = new int[64];

  Calls(Walk walk, CallingConvention convention, Joins joins, ParallelMove moves) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.convention = convention;
    this.joins = joins;
    this.moves = moves;
  }

  /** {@code call} and {@code return_call}. */
  void call(boolean tail) {
    int callee = walk.reader.readU32();
    Signature type = walk.module.functionType(callee).signature();
    passArguments(type, NONE, tail);
    if (callee < walk.module.importedFunctions()) {
      masm.calleeFromImport(walk.layout.importEntry(callee));
      transfer(type, tail);
    } else if (tail) {
      masm.tailCallSlot(walk.layout.slot(callee), convention.parameterCells(type));
      walk.reachable = false;
    } else {
      masm.callSlot(walk.layout.slot(callee), convention.parameterCells(type), walk.module.tailCallsOut());
      receiveResults(type);
    }
  }

  /** {@code call_indirect} and {@code return_call_indirect}. */
  void callIndirect(boolean tail) {
    int typeIndex = walk.reader.readU32();
    int table = walk.reader.readU32();
    Signature type = walk.module.type(typeIndex).signature();
    passArguments(type, ValueType.kind(walk.module.tables()[table].indexType()), tail);
    DefinedType expected = walk.module.definedType(typeIndex);
    int depth = expected.isFinal() ? RttLayout.EXACT : expected.depth();
    masm.calleeFromTable(walk.layout.table(table), walk.layout.rtt(typeIndex), depth, masm.calleeRegister());
    transfer(type, tail);
  }

  /** {@code call_ref} and {@code return_call_ref}. */
  void callReference(boolean tail) {
    Signature type = walk.module.type(walk.reader.readU32()).signature();
    passArguments(type, Kind.I64, tail);
    masm.calleeFromReference(masm.calleeRegister());
    transfer(type, tail);
  }

  /** Calls the callee that has been named. */
  private void transfer(Signature type, boolean tail) {
    if (tail) {
      masm.tailCallCallee(convention.parameterCells(type));
      walk.reachable = false;
    } else {
      masm.callCallee(convention.parameterCells(type));
      receiveResults(type);
    }
  }

  /**
   * Moves the arguments of a call into place, and saves what is live across it; across a tail call nothing is.
   *
   * @param callee kind of the table index or reference that lies on top of the arguments and goes to the register where
   *     such a call wants it; or NONE
   */
  private void passArguments(Signature type, int callee, boolean tail) {
    int count = type.paramCount();
    int extra = callee == NONE ? 0 : 1;
    params = Walk.room(params, count);
    results = Walk.room(results, type.resultCount());
    walk.outgoing = Math.max(walk.outgoing, convention.locate(type, params, results));
    if (!tail) {
      state.spills.saveForCall(count + extra);
    }
    int first = state.depth - count - extra;
    for (int i = 0; i < count; i++) {
      if (params[i] < 0) {
        moveToCell(first + i, -1 - params[i]);
      } else {
        joins.moveToRegister(type.param(i), first + i, params[i]);
      }
    }
    if (callee != NONE) {
      joins.moveToRegister(callee, first + count, masm.calleeRegister());
    }
    moves.flush();
    state.dropTo(first);
  }

  private void moveToCell(int operand, int cell) {
    int kind = state.kind[operand];
    switch (state.place[operand]) {
      case FrameState.CONST -> masm.storeOutgoingConstant(kind, cell, state.value[operand]);
      case FrameState.REGISTER -> masm.storeOutgoing(kind, cell, state.register[operand]);
      case FrameState.LOCAL -> {
        int local = (int) state.value[operand];
        if ((state.localFacts[local] & FrameState.IN_REGISTER) != 0) {
          masm.storeOutgoing(kind, cell, state.localRegister[local]);
        } else if ((state.localFacts[local] & FrameState.STORED) != 0) {
          masm.copySlotToOutgoing(kind, cell, state.slotOf(local));
        } else {
          masm.storeOutgoingConstant(kind, cell, state.localConstant[local]);
        }
      }
      default -> masm.copySlotToOutgoing(kind, cell, state.operandSlot(operand));
    }
  }

  private void receiveResults(Signature type) {
    state.spills.registersDied();
    int count = type.resultCount();
    for (int i = 0; i < count; i++) {
      if (results[i] >= 0) {
        state.lock(results[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      int kind = type.result(i);
      int register = results[i];
      if (register < 0) {
        register = state.allocate(kind);
        masm.loadOutgoing(kind, register, -1 - results[i]);
      }
      state.pushRegister(kind, register);
      state.relock(state.locked() & ~(1L << register));
    }
  }

  /** Calls the runtime: immediates first, then operands, in cells of 8 bytes. */
  void builtin(Builtin builtin, int operands, int result, long... immediates) {
    passToBuiltin(operands, immediates);
    masm.callBuiltin(builtin.number());
    state.spills.registersDied();
    if (result != NONE) {
      int to = walk.target(result, NONE);
      masm.loadOutgoing(result, to, 0);
      walk.finish(result, to);
    }
  }

  /** Moves what a built-in takes to its cells, and saves what is live across it. */
  void passToBuiltin(int operands, long... immediates) {
    int first = state.depth - operands;
    int cells = immediates.length;
    for (int i = 0; i < operands; i++) {
      cells += Kind.cells(state.kind[first + i]);
    }
    walk.outgoing = Math.max(walk.outgoing, cells);
    state.spills.saveForCall(operands);
    for (int i = 0; i < immediates.length; i++) {
      masm.storeOutgoingConstant(Kind.I64, i, immediates[i]);
    }
    int cell = immediates.length;
    for (int i = 0; i < operands; i++) {
      moveToCell(first + i, cell);
      cell += Kind.cells(state.kind[first + i]);
    }
    state.dropTo(first);
  }
}

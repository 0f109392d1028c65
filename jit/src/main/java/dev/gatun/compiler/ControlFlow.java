package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.ObjectAssembler;
import dev.gatun.backend.Signature;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import java.util.Arrays;

/** Compiles structured control: blocks, branches, returns. */
final class ControlFlow {
  private static final byte[] NO_KINDS = {};

  /** In the flags of a branch on a cast: null passes. */
  private static final int TARGET_IS_NULLABLE = 2;

  private static final byte[][] ONE_KIND = {{0}, {1}, {2}, {3}, {4}};

  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final ControlStack control;
  private final Joins joins;
  private final ParallelMove moves;
  private final Conditions conditions;
  private final Calls calls;
  private final Aggregates aggregates;
  private final Exceptions exceptions;

  /** Structures opened so far, whose facts are numbered in their order. */
  private int controls;

  private int[] resultLocations = {};
  private int[] tableTargets = new int[16];
  private int[] tableLabels = new int[16];
  private int[] edgeLabel = new int[16];

  ControlFlow(
      Walk walk, ControlStack control, Joins joins, ParallelMove moves, Conditions conditions, Calls calls,
      Aggregates aggregates, Exceptions exceptions) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.control = control;
    this.joins = joins;
    this.moves = moves;
    this.conditions = conditions;
    this.calls = calls;
    this.aggregates = aggregates;
    this.exceptions = exceptions;
  }

  /** Opens the function. Results go to the locations that the calling convention gave. */
  void begin(int[] resultLocations) {
    this.resultLocations = resultLocations;
    controls = 0;
    control.depth = 0;
    int at = control.push();
    control.type[at] = ControlStack.FUNCTION;
    control.height[at] = 0;
    control.params[at] = NO_KINDS;
    control.results[at] = walk.signature.results();
  }

  void compile(Opcode opcode) {
    switch (opcode) {
      case NOP -> {}
      case UNREACHABLE -> {
        masm.trap(TrapCode.UNREACHABLE);
        walk.reachable = false;
      }
      case BLOCK -> open(ControlStack.BLOCK);
      case LOOP -> {
        int number = controls;
        int at = open(ControlStack.LOOP);
        joins.enterLoop(at, walk.facts.containsCall(number));
        masm.bindLoop(control.label[at]);
        if (walk.options.polls()) {
          masm.polls().checkStack();
        }
      }
      case IF -> openIf();
      case TRY_TABLE -> openTryTable();
      case TRY -> exceptions.open(open(ControlStack.TRY));
      case CATCH, CATCH_ALL -> exceptions.handler(opcode == Opcode.CATCH_ALL, this::branch);
      case DELEGATE -> delegate();
      case THROW -> exceptions.raise();
      case THROW_REF -> exceptions.raiseReference();
      case RETHROW -> exceptions.rethrow(label());
      case ELSE -> elseArm();
      case END -> end();
      case BR -> {
        branch(label());
        walk.reachable = false;
      }
      case BR_IF -> branchIf(label());
      case BR_TABLE -> branchTable();
      case BR_ON_CAST -> branchOnCast(true);
      case BR_ON_CAST_FAIL -> branchOnCast(false);
      case RETURN -> {
        returnValues();
        walk.reachable = false;
      }
      case BR_ON_NULL -> branchOnNull(label());
      case BR_ON_NON_NULL -> branchOnNonNull(label());
      case CALL -> calls.call(false);
      case CALL_INDIRECT -> calls.callIndirect(false);
      case CALL_REF -> calls.callReference(false);
      case RETURN_CALL -> calls.call(true);
      case RETURN_CALL_INDIRECT -> calls.callIndirect(true);
      case RETURN_CALL_REF -> calls.callReference(true);
      default -> throw new AssertionError(opcode);
    }
  }

  /** Walks over code that can't be reached, up to the {@code else} or {@code end} after which the rest can be. */
  void skip(Opcode opcode) {
    int nested = 0;
    while (true) {
      switch (opcode) {
        case BLOCK, LOOP, IF, TRY, TRY_TABLE -> {
          nested++;
          controls++;
        }
        case CATCH, CATCH_ALL -> {
          if (nested == 0) {
            exceptions.handler(opcode == Opcode.CATCH_ALL, this::branch);
            return;
          }
        }
        case DELEGATE -> {
          if (nested-- == 0) {
            delegate();
            return;
          }
        }
        case ELSE -> {
          if (nested == 0) {
            elseArm();
            return;
          }
        }
        case END -> {
          if (nested-- == 0) {
            end();
            return;
          }
        }
        default -> {}
      }
      Instructions.skipImmediates(walk.reader, opcode);
      opcode = walk.next();
    }
  }

  /** Reads a label immediate as an index of the control stack. */
  private int label() {
    return control.depth - 1 - walk.reader.readU32();
  }

  /** Opens a structure whose operands are on the stack and whose condition, if it is an if, has been popped. */
  private int open(byte type) {
    int blockType = walk.reader.readBlockType();
    int number = controls++;
    int at = control.push();
    control.type[at] = type;
    control.label[at] = masm.newLabel();
    control.written[at] = walk.facts.written(number);
    if (blockType >= 0) {
      Signature block = walk.module.type(blockType).signature();
      control.params[at] = block.params();
      control.results[at] = block.results();
    } else {
      control.params[at] = NO_KINDS;
      control.results[at] = blockType == BinaryReader.NO_RESULT ? NO_KINDS : ONE_KIND[-1 - blockType];
    }
    control.height[at] = state.depth - control.params[at].length;
    int end = walk.facts.endOffset(number);
    control.target[at] = type == ControlStack.LOOP ? state.position : end;
    state.detachBefore(walk.facts.written(number), end);
    return at;
  }

  /** Opens a try_table, whose handlers stand between its type and its body. */
  private void openTryTable() {
    int at = open(ControlStack.TRY_TABLE);
    exceptions.open(at, exceptions.readHandlers(walk.reader));
  }

  private void delegate() {
    int at = control.depth - 1;
    exceptions.delegate(at, at - 1 - walk.reader.readU32());
    end();
  }

  private void openIf() {
    conditions.prepare();
    int number = controls;
    int at = open(ControlStack.IF);
    if (walk.facts.elseOffset(number) != 0) {
      control.elseLabel[at] = masm.newLabel();
      control.atElse(at).record(state, state.depth, 0);
      masm.branch(masm.negate(conditions.emit()), control.elseLabel[at]);
    } else {
      control.elseLabel[at] = NONE;
      joins.decide(at);
      conditions.negatePrepared();
      branchOnCondition(at);
    }
  }

  private void elseArm() {
    int at = control.depth - 1;
    if (walk.reachable) {
      branch(at);
    }
    masm.bind(control.elseLabel[at]);
    control.atElse(at).restore(state);
    control.type[at] = ControlStack.ELSE;
    walk.reachable = true;
  }

  private void end() {
    int at = control.depth - 1;
    switch (control.type[at]) {
      case ControlStack.TRY_TABLE -> exceptions.endTryTable(at, this::branch);
      case ControlStack.TRY, ControlStack.CATCH -> exceptions.endTry(at);
      default -> {}
    }
    if (at == 0) {
      if (walk.reachable) {
        returnValues();
      }
    } else if (control.type[at] != ControlStack.LOOP && control.decided[at]) {
      if (walk.reachable && joins.needsMoves(at)) {
        joins.conform(at);
      }
      masm.bind(control.label[at]);
      control.atLabel(at).restore(state);
      walk.reachable = true;
    }
    control.depth--;
  }

  /** Branches to a structure's label, or returns. */
  private void branch(int at) {
    if (at == 0) {
      returnValues();
      return;
    }
    joins.decide(at);
    if (joins.needsMoves(at)) {
      joins.conform(at);
    }
    masm.jump(control.label[at]);
  }

  private void branchIf(int at) {
    conditions.prepare();
    branchOn(at);
  }

  /** {@code br_on_null}: the reference stays on the stack where it does not branch. */
  private void branchOnNull(int at) {
    int register = state.topInRegister();
    int top = state.depth - 1;
    int local = state.place[top] == FrameState.LOCAL ? (int) state.value[top] : NONE;
    state.drop();
    conditions.prepareTest(Opcode.I64_EQZ, register, false);
    branchOn(at);
    if (local != NONE) {
      state.pushLocal(local);
    } else {
      state.pushRegister(Kind.I64, register);
    }
  }

  /** {@code br_on_non_null}: the branch takes the reference along. */
  private void branchOnNonNull(int at) {
    conditions.prepareTest(Opcode.I64_EQZ, state.topInRegister(), true);
    branchOn(at);
    state.drop();
  }

  /** Branches to a structure's label, or returns, if the prepared condition holds. */
  private void branchOn(int at) {
    if (at == 0) {
      int skip = masm.newLabel();
      masm.branch(masm.negate(conditions.emit()), skip);
      returnValues();
      masm.bind(skip);
    } else {
      joins.decide(at);
      branchOnCondition(at);
    }
  }

  /** Branches to a decided label if the prepared condition holds. */
  private void branchOnCondition(int at) {
    if (joins.needsMoves(at)) {
      int skip = masm.newLabel();
      masm.branch(masm.negate(conditions.emit()), skip);
      joins.conform(at);
      masm.jump(control.label[at]);
      masm.bind(skip);
    } else {
      masm.branch(conditions.emit(), control.label[at]);
    }
  }

  /** Branches if the reference on top of the stack passes a test, or if it does not; it stays where it is. */
  private void branchOnCast(boolean ifPassed) {
    int flags = walk.reader.readByte();
    int at = label();
    walk.reader.readS33();
    ObjectAssembler.TypeTest test = aggregates.readTest((flags & TARGET_IS_NULLABLE) != 0);
    ObjectAssembler objects = masm.objects();
    int reference = state.topInRegister();
    if (at > 0) {
      joins.decide(at);
      if (!joins.needsMoves(at)) {
        int label = control.label[at];
        objects.test(test, reference, ifPassed ? label : NONE, ifPassed ? NONE : label);
        return;
      }
    }
    int skip = masm.newLabel();
    objects.test(test, reference, ifPassed ? NONE : skip, ifPassed ? skip : NONE);
    if (at == 0) {
      returnValues();
    } else {
      joins.conform(at);
      masm.jump(control.label[at]);
    }
    masm.bind(skip);
  }

  private void branchTable() {
    int count = walk.reader.readU32();
    tableTargets = Walk.room(tableTargets, count + 1);
    tableLabels = Walk.room(tableLabels, count + 1);
    edgeLabel = Walk.room(edgeLabel, control.depth);
    Arrays.fill(edgeLabel, 0, control.depth, NONE);
    int index = state.popRegister();
    if (!state.isReusable(index)) {
      int copy = state.result(Kind.I32, NONE);
      masm.move(Kind.I32, copy, index);
      index = copy;
    }
    for (int i = 0; i <= count; i++) {
      tableTargets[i] = label();
      if (tableTargets[i] > 0) {
        joins.decide(tableTargets[i]);
      }
    }
    for (int i = 0; i <= count; i++) {
      int at = tableTargets[i];
      if (edgeLabel[at] == NONE && (at == 0 || joins.needsMoves(at))) {
        edgeLabel[at] = masm.newLabel();
      }
      tableLabels[i] = edgeLabel[at] != NONE ? edgeLabel[at] : control.label[at];
    }
    masm.jumpTable(index, tableLabels, count);
    for (int at = 0; at < control.depth; at++) {
      if (edgeLabel[at] != NONE) {
        masm.bind(edgeLabel[at]);
        if (at == 0) {
          returnValues();
        } else {
          joins.conform(at);
          masm.jump(control.label[at]);
        }
      }
    }
    walk.reachable = false;
  }

  /** Moves the topmost operands to where the caller expects the results, and returns. The tracked state stays. */
  private void returnValues() {
    int first = state.depth - walk.signature.resultCount();
    for (int i = 0; i < walk.signature.resultCount(); i++) {
      int location = resultLocations[i];
      int kind = walk.signature.result(i);
      if (location < 0) {
        joins.moveToSlot(kind, first + i, location);
      } else {
        joins.moveToRegister(kind, first + i, location);
      }
    }
    moves.flush();
    masm.leave();
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.HandlerTable;
import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.ExceptionLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Instructions;
import java.util.Arrays;

/**
 * Compiles throws and handlers: try_table, and the legacy try with its catches.
 *
 * <p>An exception arrives at a handler from any call in the protected code, with nothing in registers but the
 * exception. So all paths must agree on where everything is: operands below the structure are in their slots from its
 * start on, and at each call inside, every local that is live is stored ({@link FrameState#protectedUntil}). A handler
 * of try_table is a few instructions behind the protected code that take the values out of the exception and branch to
 * its label; one of the legacy try is followed by its body.
 */
final class Exceptions {
  private final Walk walk;
  private final MacroAssembler masm;
  private final FrameState state;
  private final ControlStack control;
  private final Calls calls;
  private final HandlerTable.Builder table = new HandlerTable.Builder();

  // By control structure that protects code.
  private int[] start = new int[16];

  /** Where the protected code ends; NONE while the walk is in it. */
  private int[] end = new int[16];

  /** What {@link FrameState#protectedUntil} is around it. */
  private int[] protectedAround = new int[16];

  /** Slot of the exception that a legacy handler has caught: one for each depth of structures, or NONE. */
  private int[] slot = new int[16];

  /** The handlers: kind, tag and label of try_table's; tag and code offset of legacy ones. */
  private int[][] clauses = new int[16][];

  private int[] clauseCount = new int[16];
  private Snapshot[] atHandler = new Snapshot[16];

  Exceptions(Walk walk, ControlStack control, Calls calls) {
    this.walk = walk;
    this.masm = walk.masm;
    this.state = walk.state;
    this.control = control;
    this.calls = calls;
  }

  /** Starts a function. */
  void begin() {
    table.clear();
    Arrays.fill(slot, NONE);
  }

  /** The handlers of the function. */
  HandlerTable table() {
    return table.build();
  }

  // Throws.

  /** {@code throw}. */
  void raise() {
    int tag = walk.reader.readU32();
    calls.builtin(Builtin.THROW, walk.module.tagType(tag).paramCount(), NONE, tag);
    walk.reachable = false;
  }

  /** {@code throw_ref}. */
  void raiseReference() {
    calls.builtin(Builtin.THROW_REF, 1, NONE);
    walk.reachable = false;
  }

  /** {@code rethrow}. */
  void rethrow(int at) {
    int register = state.allocate(Kind.I64);
    masm.loadSlot(Kind.I64, register, slot[at]);
    state.pushRegister(Kind.I64, register);
    raiseReference();
  }

  // Protected code.

  private void room(int at) {
    if (at >= start.length) {
      int capacity = 2 * at;
      start = Arrays.copyOf(start, capacity);
      end = Arrays.copyOf(end, capacity);
      protectedAround = Arrays.copyOf(protectedAround, capacity);
      int known = slot.length;
      slot = Arrays.copyOf(slot, capacity);
      Arrays.fill(slot, known, capacity, NONE);
      clauses = Arrays.copyOf(clauses, capacity);
      clauseCount = Arrays.copyOf(clauseCount, capacity);
      atHandler = Arrays.copyOf(atHandler, capacity);
    }
    if (clauses[at] == null) {
      clauses[at] = new int[12];
      atHandler[at] = new Snapshot();
    }
  }

  /** Begins the code that a structure, which has just been opened, protects. */
  void open(int at) {
    room(at);
    clauseCount[at] = 0;
    state.spills.operandsToSlots(0);
    atHandler[at].record(state, control.height[at], 0);
    protectedAround[at] = state.protectedUntil;
    state.protectedUntil = Math.max(state.protectedUntil, control.target[at]);
    start[at] = masm.size();
    end[at] = NONE;
  }

  /** Reads the handlers of a try_table, which stand before its body, for {@link #open}. */
  int[] readHandlers(BinaryReader reader) {
    int[] handlers = new int[3 * reader.readU32()];
    for (int i = 0; i < handlers.length; i += 3) {
      int kind = reader.readByte();
      handlers[i] = kind;
      handlers[i + 1] = kind <= Instructions.CATCH_REF ? reader.readU32() : HandlerTable.ANY_TAG;
      handlers[i + 2] = reader.readU32();
    }
    return handlers;
  }

  /** {@link #open} of a try_table with its handlers. */
  void open(int at, int[] handlers) {
    open(at);
    clauses[at] = handlers;
    clauseCount[at] = handlers.length;
  }

  /** Ends the protected code of a structure. */
  private void endProtected(int at) {
    if (end[at] == NONE) {
      end[at] = masm.size();
      state.protectedUntil = protectedAround[at];
    }
  }

  /** Whether nothing in the code that a structure protects can have thrown. */
  private boolean isEmpty(int at) {
    return end[at] == start[at];
  }

  /** Branches to a label of the function, or returns. */
  interface Brancher {
    void branch(int at);
  }

  /**
   * Ends a try_table: emits its handlers.
   *
   * @param at the innermost structure
   */
  void endTryTable(int at, Brancher brancher) {
    endProtected(at);
    if (isEmpty(at) || clauseCount[at] == 0) {
      return;
    }
    if (walk.reachable) {
      brancher.branch(at);
      walk.reachable = false;
    }
    int[] handlers = clauses[at];
    table.range(start[at], end[at], at);
    for (int i = 0; i < clauseCount[at]; i += 3) {
      int kind = handlers[i];
      table.handler(handlers[i + 1], masm.size());
      int exception = enter(at);
      if (kind <= Instructions.CATCH_REF) {
        pushValues(handlers[i + 1], exception);
      }
      if (kind == Instructions.CATCH_REF || kind == Instructions.CATCH_ALL_REF) {
        state.pushRegister(Kind.I64, exception);
      }
      state.unlock();
      brancher.branch(at - 1 - handlers[i + 2]);
    }
  }

  /**
   * Where control arrives with an exception: makes the state that all throws agree on; returns the exception's
   * register.
   */
  private int enter(int at) {
    atHandler[at].restore(state);
    for (int local = 0; local < state.locals; local++) {
      if (!state.isLiveAt(local, state.position)) {
        state.kill(local);
      } else if (state.hasBegunBy(local, control.target[at])) {
        state.arriveStored(local);
      } else {
        state.uncache(local); // zero still, but a branch may have put that into its home
      }
    }
    masm.enterHandler();
    int exception = masm.exceptionRegister();
    state.lock(exception);
    return exception;
  }

  private void pushValues(int tag, int exception) {
    Signature values = walk.module.tagType(tag).signature();
    for (int i = 0; i < values.paramCount(); i++) {
      int kind = values.param(i);
      int register = state.allocate(kind);
      int storage = walk.module.tagType(tag).param(i);
      masm.objects()
          .load(storage, false, register, exception, ExceptionLayout.offset(values, i), TrapCode.NULL_EXCEPTION);
      state.pushRegister(kind, register);
    }
  }

  // The legacy structure.

  /** Whether a structure is a legacy try, or in one of its handlers. */
  boolean isTry(int at) {
    return control.type[at] == ControlStack.TRY || control.type[at] == ControlStack.CATCH;
  }

  /** {@code catch} or {@code catch_all}: ends what was before, and begins a handler. */
  void handler(boolean all, Brancher brancher) {
    int at = control.depth - 1;
    int tag = all ? HandlerTable.ANY_TAG : walk.reader.readU32();
    endProtected(at);
    if (walk.reachable) {
      brancher.branch(at);
    }
    if (control.type[at] == ControlStack.TRY) {
      control.type[at] = ControlStack.CATCH;
      if (slot[at] == NONE) {
        slot[at] = state.newSlot(Kind.I64);
      }
    }
    if (clauseCount[at] + 2 > clauses[at].length) {
      clauses[at] = Arrays.copyOf(clauses[at], 2 * clauseCount[at] + 2);
    }
    clauses[at][clauseCount[at]++] = tag;
    clauses[at][clauseCount[at]++] = masm.size();
    int exception = enter(at);
    masm.storeSlot(Kind.I64, slot[at], exception);
    if (!all) {
      pushValues(tag, exception);
    }
    walk.reachable = true;
  }

  /** Ends a legacy try. */
  void endTry(int at) {
    endProtected(at);
    if (!isEmpty(at) && clauseCount[at] > 0) {
      table.range(start[at], end[at], at);
      for (int i = 0; i < clauseCount[at]; i += 2) {
        table.handler(clauses[at][i], clauses[at][i + 1]);
      }
    }
  }

  /** Ends a legacy try that leaves its exceptions to the handlers around another structure, or of the caller. */
  void delegate(int at, int to) {
    endProtected(at);
    if (!isEmpty(at)) {
      table.range(start[at], end[at], at);
      table.delegate(to);
    }
  }
}

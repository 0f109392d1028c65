package dev.gatun.compiler;

import static dev.gatun.compiler.FrameState.CONST;
import static dev.gatun.compiler.FrameState.CONSTANT;
import static dev.gatun.compiler.FrameState.IN_REGISTER;
import static dev.gatun.compiler.FrameState.LOCAL;
import static dev.gatun.compiler.FrameState.REGISTER;
import static dev.gatun.compiler.FrameState.SLOT;
import static dev.gatun.compiler.FrameState.STORED;

import dev.gatun.backend.MacroAssembler;

/**
 * Where paths of control meet: decides the state at a label, and emits the moves that bring another path into it.
 *
 * <p>The first path to reach a label decides. Later paths to a label that is not yet bound may weaken what is known of
 * a local to what both paths provide, which costs nothing; only where they have nothing in common does the later path
 * store or load. At a loop's header the state is decided on entry: a local with a home is in it, any other is in its
 * slot, so that a loop without calls has no moves on its back edge.
 *
 * <p>A label's state never names a constant for a local that is written in the structure, and never an alias of such a
 * local (aliases are detached when the structure is entered): so both mean the same on every path.
 */
final class Joins {
  private final MacroAssembler masm;
  private final FrameState state;
  private final ControlStack control;
  private final ParallelMove moves;

  Joins(MacroAssembler masm, FrameState state, ControlStack control, ParallelMove moves) {
    this.masm = masm;
    this.state = state;
    this.control = control;
    this.moves = moves;
  }

  /**
   * Makes sure that the state at a forward label is decided. May store locals and load constants, which changes the
   * current state but not what is locked; leaves conditions dead.
   */
  void decide(int at) {
    if (control.decided[at]) {
      return;
    }
    control.decided[at] = true;
    int target = control.target[at];
    long written = control.written[at];
    for (int local = 0; local < state.locals; local++) {
      int facts = state.localFacts[local];
      if (facts == 0 || !state.isLiveAt(local, target)) {
        continue;
      }
      boolean hasHome = state.home(local) != MacroAssembler.NONE;
      if (!hasHome && (facts & (IN_REGISTER | STORED)) == IN_REGISTER) {
        state.storeLocal(local);
      } else if (facts == CONSTANT && changes(written, local, target)) {
        materialize(local, hasHome && !state.homeIsTaken(local));
      }
    }
    byte[] carried = control.carried(at);
    int height = control.height[at];
    Snapshot label = control.atLabel(at);
    label.record(state, height, carried.length);
    for (int local = 0; local < state.locals; local++) {
      int facts = label.localFacts[local];
      if (!state.isLiveAt(local, target)) {
        facts = 0;
      } else {
        if (changes(written, local, target)) {
          facts &= ~CONSTANT;
        }
        if (state.home(local) == MacroAssembler.NONE) {
          facts &= ~IN_REGISTER;
        }
      }
      label.localFacts[local] = (byte) facts;
    }
    // One result travels in a register if there is one; several travel in the slots of their depth.
    int first = state.depth - carried.length;
    for (int i = 0; i < carried.length; i++) {
      label.operandKind[height + i] = carried[i];
      label.operandPlace[height + i] = SLOT;
    }
    if (carried.length == 1) {
      int register = state.place[first] == REGISTER ? state.register[first] : state.freeTemporary(carried[0]);
      if (register != MacroAssembler.NONE) {
        label.operandPlace[height] = REGISTER;
        label.operandRegister[height] = register;
      }
    }
  }

  /** Whether a local may have another value at a label than where the structure was entered. */
  private boolean changes(long written, int local, int target) {
    return FrameState.isWritten(written, local) && state.hasBegunBy(local, target);
  }

  private void materialize(int local, boolean hasHome) {
    if (hasHome) {
      long locked = state.locked();
      state.localInRegister(local);
      state.relock(locked);
    } else {
      state.storeLocal(local);
    }
  }

  /**
   * Decides the state at a loop's header and makes the current state that state. Call when the loop is entered.
   *
   * @param containsCall a call in the loop empties the registers: what the loop only reads is then not forced into them
   */
  void enterLoop(int at, boolean containsCall) {
    long written = control.written[at];
    int target = control.target[at];
    for (int local = 0; local < state.locals; local++) {
      int facts = state.localFacts[local];
      if (facts == 0) {
        continue;
      }
      if (!state.isLiveAt(local, target)) {
        state.kill(local);
        continue;
      }
      boolean isWritten = changes(written, local, target);
      if (state.home(local) != MacroAssembler.NONE) {
        if (isWritten) {
          materialize(local, true);
          state.localFacts[local] = IN_REGISTER;
        } else if (facts == STORED && !containsCall) {
          materialize(local, true);
        }
      } else if (isWritten) {
        state.storeLocal(local);
        state.uncache(local);
        state.localFacts[local] = STORED;
      } else if ((facts & CONSTANT) == 0) {
        state.storeLocal(local);
        state.uncache(local);
      } else {
        state.uncache(local);
      }
    }
    state.spills.operandsToSlots(control.params[at].length);
    control.atLabel(at).record(state, state.depth, 0);
    control.decided[at] = true;
  }

  /**
   * Whether bringing the current state into a label's needs any code. Weakens the label's state where that avoids it.
   */
  boolean needsMoves(int at) {
    Snapshot label = control.atLabel(at);
    boolean bound = control.type[at] == ControlStack.LOOP;
    for (int local = 0; local < state.locals; local++) {
      int wanted = label.localFacts[local];
      int common = wanted & state.localFacts[local];
      if (common != wanted) {
        if (bound || common == 0) {
          return true;
        }
        label.localFacts[local] = (byte) common;
      }
    }
    int height = control.height[at];
    for (int i = 0; i < height; i++) {
      if (label.operandPlace[i] != state.place[i]
          || state.place[i] == REGISTER && label.operandRegister[i] != state.register[i]) {
        return true;
      }
    }
    byte[] carried = control.carried(at);
    int first = state.depth - carried.length;
    for (int i = 0; i < carried.length; i++) {
      int from = first + i;
      int to = height + i;
      if (label.operandPlace[to] == REGISTER) {
        if (state.place[from] != REGISTER || state.register[from] != label.operandRegister[to]) {
          return true;
        }
      } else if (from != to || state.place[from] != SLOT) {
        return true;
      }
    }
    return false;
  }

  /**
   * Emits the moves from the current state into a label's. The tracked state stays what it was, so that a path which
   * does not take the branch can go on.
   */
  void conform(int at) {
    Snapshot label = control.atLabel(at);
    boolean bound = control.type[at] == ControlStack.LOOP;
    int height = control.height[at];
    byte[] carried = control.carried(at);
    int first = state.depth - carried.length;

    // Stores first: they read registers that the later moves overwrite.
    for (int local = 0; local < state.locals; local++) {
      int wanted = label.localFacts[local];
      int has = state.localFacts[local];
      if (!bound && (wanted & has) != 0) {
        wanted &= has;
        label.localFacts[local] = (byte) wanted;
      }
      if ((wanted & STORED) != 0 && (has & STORED) == 0) {
        if ((has & IN_REGISTER) != 0) {
          masm.storeSlot(state.localKind[local], state.slotOf(local), state.localRegister[local]);
        } else {
          masm.storeSlotConstant(state.localKind[local], state.slotOf(local), state.localConstant[local]);
        }
      }
    }
    for (int i = 0; i < height; i++) {
      if (label.operandPlace[i] == SLOT && state.place[i] == REGISTER) {
        masm.storeSlot(state.kind[i], state.operandSlot(i), state.register[i]);
      }
    }
    // Ascending: a value's slot at the label never lies above a slot still to be read.
    for (int i = 0; i < carried.length; i++) {
      if (label.operandPlace[height + i] == SLOT) {
        moveToSlot(carried[i], first + i, state.operandSlot(height + i, carried[i]));
      }
    }
    if (carried.length == 1 && label.operandPlace[height] == REGISTER) {
      moveToRegister(carried[0], first, label.operandRegister[height]);
    }
    for (int i = 0; i < height; i++) {
      if (label.operandPlace[i] == REGISTER) {
        if (state.place[i] == SLOT) {
          moves.slot(state.kind[i], label.operandRegister[i], state.operandSlot(i));
        } else {
          moves.register(state.kind[i], label.operandRegister[i], state.register[i]);
        }
      }
    }
    moves.flush();
    for (int local = 0; local < state.locals; local++) {
      if ((label.localFacts[local] & IN_REGISTER) != 0 && (state.localFacts[local] & IN_REGISTER) == 0) {
        int home = state.home(local);
        if ((state.localFacts[local] & CONSTANT) != 0) {
          masm.constant(state.localKind[local], home, state.localConstant[local]);
        } else {
          masm.loadSlot(state.localKind[local], home, state.slotOf(local));
        }
      }
    }
  }

  /** Writes an operand to a slot; sources in registers are not changed. */
  void moveToSlot(int kind, int operand, int slot) {
    switch (state.place[operand]) {
      case CONST -> masm.storeSlotConstant(kind, slot, state.value[operand]);
      case REGISTER -> masm.storeSlot(kind, slot, state.register[operand]);
      case LOCAL -> {
        int local = (int) state.value[operand];
        if ((state.localFacts[local] & IN_REGISTER) != 0) {
          masm.storeSlot(kind, slot, state.localRegister[local]);
        } else if ((state.localFacts[local] & STORED) != 0) {
          masm.copySlot(kind, slot, state.slotOf(local));
        } else {
          masm.storeSlotConstant(kind, slot, state.localConstant[local]);
        }
      }
      default -> {
        if (state.operandSlot(operand) != slot) {
          masm.copySlot(kind, slot, state.operandSlot(operand));
        }
      }
    }
  }

  /** Collects the move of an operand to a register; {@link ParallelMove#flush} emits it. */
  void moveToRegister(int kind, int operand, int register) {
    switch (state.place[operand]) {
      case CONST -> moves.constant(kind, register, state.value[operand]);
      case REGISTER -> moves.register(kind, register, state.register[operand]);
      case LOCAL -> {
        int local = (int) state.value[operand];
        if ((state.localFacts[local] & IN_REGISTER) != 0) {
          moves.register(kind, register, state.localRegister[local]);
        } else if ((state.localFacts[local] & STORED) != 0) {
          moves.slot(kind, register, state.slotOf(local));
        } else {
          moves.constant(kind, register, state.localConstant[local]);
        }
      }
      default -> moves.slot(kind, register, state.operandSlot(operand));
    }
  }
}

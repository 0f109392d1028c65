package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;
import static dev.gatun.compiler.FrameState.CONST;
import static dev.gatun.compiler.FrameState.IN_REGISTER;
import static dev.gatun.compiler.FrameState.LOCAL;
import static dev.gatun.compiler.FrameState.REGISTER;
import static dev.gatun.compiler.FrameState.SLOT;

import dev.gatun.backend.MacroAssembler;

/** Brings the values of a function to its frame: before calls, at which all registers die, and at loops. */
final class Spills {
  private final FrameState state;
  private final MacroAssembler masm;

  Spills(FrameState state, MacroAssembler masm) {
    this.state = state;
    this.masm = masm;
  }

  /**
   * Makes the state one that survives a call: live locals are stored, operands are in their slots, except the topmost
   * ones, which are the call's arguments and are left where they are.
   */
  void saveForCall(int arguments) {
    for (int i = 0; i < state.depth - arguments; i++) {
      if (state.place[i] == REGISTER) {
        masm.storeSlot(state.kind[i], state.operandSlot(i), state.register[i]);
        state.registerUses[state.register[i]]--;
        state.place[i] = SLOT;
      }
    }
    // An argument is consumed by the call: being one does not keep a local alive across it.
    for (int i = state.depth - arguments; i < state.depth; i++) {
      if (state.place[i] == LOCAL) {
        state.aliases[(int) state.value[i]]--;
      }
    }
    for (int r = 0; r < 64; r++) {
      int local = state.registerLocal[r];
      if (local != NONE && state.isLiveAt(local, state.position)) {
        state.storeLocal(local);
      }
    }
    if (state.protectedUntil >= 0) {
      for (int local = 0; local < state.locals; local++) {
        boolean isLive = state.localFacts[local] != 0 && state.isLiveAt(local, state.position);
        if (isLive && state.hasBegunBy(local, state.protectedUntil)) {
          state.storeLocal(local);
        }
      }
    }
    for (int i = state.depth - arguments; i < state.depth; i++) {
      if (state.place[i] == LOCAL) {
        state.aliases[(int) state.value[i]]++;
      }
    }
  }

  /** After a call: nothing is in a register any more. */
  void registersDied() {
    for (int r = 0; r < 64; r++) {
      int local = state.registerLocal[r];
      if (local != NONE) {
        state.localFacts[local] &= ~IN_REGISTER;
        state.localRegister[local] = NONE;
        state.registerLocal[r] = NONE;
      }
    }
  }

  /** Puts every operand that is in a register into its slot, and the topmost ones wherever they are. */
  void operandsToSlots(int topmost) {
    for (int i = 0; i < state.depth; i++) {
      boolean forced = i >= state.depth - topmost;
      switch (state.place[i]) {
        case REGISTER -> {
          masm.storeSlot(state.kind[i], state.operandSlot(i), state.register[i]);
          state.registerUses[state.register[i]]--;
          state.place[i] = SLOT;
        }
        case CONST -> {
          if (forced) {
            masm.storeSlotConstant(state.kind[i], state.operandSlot(i), state.value[i]);
            state.place[i] = SLOT;
          }
        }
        case LOCAL -> {
          if (forced) {
            int local = (int) state.value[i];
            if ((state.localFacts[local] & IN_REGISTER) != 0) {
              masm.storeSlot(state.kind[i], state.operandSlot(i), state.localRegister[local]);
            } else {
              masm.copySlot(state.kind[i], state.operandSlot(i), state.slotOf(local));
            }
            state.aliases[local]--;
            state.place[i] = SLOT;
          }
        }
        default -> {}
      }
    }
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;
import static dev.gatun.compiler.FrameState.IN_REGISTER;
import static dev.gatun.compiler.FrameState.LOCAL;
import static dev.gatun.compiler.FrameState.REGISTER;
import static dev.gatun.compiler.FrameState.SLOT;
import static dev.gatun.compiler.FrameState.STORED;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;

/** Checks that a {@link FrameState} keeps its contract; for tests and for hunting bugs of the compiler. */
final class FrameCheck {
  private final FrameState state;
  private final MacroAssembler masm;

  FrameCheck(FrameState state, MacroAssembler masm) {
    this.state = state;
    this.masm = masm;
  }

  /**
   * Checks the contract.
   *
   * @throws IllegalStateException naming what is broken
   */
  void check() {
    int[] uses = new int[64];
    int[] aliasCount = new int[state.locals];
    for (int i = 0; i < state.depth; i++) {
      if (state.place[i] == REGISTER) {
        int r = state.register[i];
        uses[r]++;
        require((state.temporaries >>> r & 1) != 0, "operand outside of the temporaries", r);
        require(masm.isFloat(r) == Kind.isFloat(state.kind[i]), "operand in the wrong file", r);
      } else if (state.place[i] == LOCAL) {
        aliasCount[(int) state.value[i]]++;
        require(state.localFacts[(int) state.value[i]] != 0, "alias of a dead local", (int) state.value[i]);
      } else if (state.place[i] == SLOT) {
        require(state.slots.hasOperand(i, state.kind[i]), "operand in no slot", i);
      }
    }
    for (int r = 0; r < 64; r++) {
      require(uses[r] == state.registerUses[r], "use count of register", r);
      int local = state.registerLocal[r];
      if (local != NONE) {
        boolean agrees = state.localRegister[local] == r && (state.localFacts[local] & IN_REGISTER) != 0;
        require(agrees, "register's local disagrees", r);
        require(uses[r] == 0, "register with a local and an operand", r);
        int home = state.home(local);
        boolean mayBeThere = home == r || home == NONE && (state.temporaries >>> r & 1) != 0;
        require(mayBeThere, "local in a foreign register", local);
      }
    }
    for (int local = 0; local < state.locals; local++) {
      require(state.aliases[local] == aliasCount[local], "alias count of local", local);
      if ((state.localFacts[local] & IN_REGISTER) != 0) {
        require(state.registerLocal[state.localRegister[local]] == local, "local's register disagrees", local);
      } else {
        require(state.localRegister[local] == NONE, "local with a register it is not in", local);
      }
      if ((state.localFacts[local] & STORED) != 0) {
        require(state.slots.hasLocal(local), "stored local without a slot", local);
      }
    }
  }

  private void require(boolean holds, String what, int which) {
    if (!holds) {
      throw new IllegalStateException(
          "compiler state broken at body offset " + state.position + ": " + what + " " + which);
    }
  }
}

package dev.gatun.compiler;

import static dev.gatun.backend.MacroAssembler.NONE;

import dev.gatun.backend.Kind;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.PollAssembler;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;

/**
 * Charges for a function piece by piece. A piece is what runs from its start to its end if nothing traps: it ends with
 * a branch, a call, or where a branch may arrive. It is charged for as a whole, before its first instruction; by how
 * much is patched in when its end is known. So what an execution costs depends on the wasm alone, not on how
 * instructions are folded or on what the processor is, and nothing runs for which there is no fuel.
 *
 * <p>An instruction costs 1 unit, those that only structure the code nothing. Instructions that fill, copy or make many
 * bytes or elements cost 1 unit more for each 64 of them, whether they trap or not.
 *
 * <p>Every way around a loop has an instruction that costs, and so has every recursion; its piece is charged for each
 * time.
 */
final class FuelMeter {
  /** Bytes or elements for one unit, as a power of 2. */
  private static final int BULK_SHIFT = 6;

  /** Counts with a bit from this one on trap: nothing is so large. They cost less than they say, but are no way out. */
  private static final int COUNT_BITS = 38;

  /** Above so many units, what is known beforehand of a bulk operation is charged for when it runs. */
  private static final int MOST_KNOWN = 1 << 20;

  private final MacroAssembler masm;
  private final PollAssembler polls;
  private final FrameState state;
  private boolean on;

  /** The charge for the piece that the walk is in, or NONE: it has cost nothing yet. */
  private int charge;

  private int units;

  FuelMeter(MacroAssembler masm, FrameState state) {
    this.masm = masm;
    this.polls = masm.polls();
    this.state = state;
  }

  /** Starts a function. */
  void begin(boolean charging) {
    on = charging;
    charge = NONE;
  }

  /** Charges for an instruction that is about to be compiled, with its operands on the stack. */
  void instruction(Opcode opcode) {
    if (!on) {
      return;
    }
    switch (opcode) {
      case NOP, BLOCK, TRY, TRY_TABLE -> {}
      case LOOP, ELSE, END, CATCH, CATCH_ALL, DELEGATE -> endPiece();
      case MEMORY_FILL,
          MEMORY_COPY,
          MEMORY_INIT,
          TABLE_GROW,
          TABLE_FILL,
          TABLE_COPY,
          TABLE_INIT,
          ARRAY_NEW,
          ARRAY_NEW_DEFAULT,
          ARRAY_NEW_DATA,
          ARRAY_NEW_ELEM,
          ARRAY_FILL,
          ARRAY_COPY,
          ARRAY_INIT_DATA,
          ARRAY_INIT_ELEM -> {
        add(1);
        addBulk();
      }
      default -> {
        add(1);
        if (opcode.shape() == Shape.CONTROL) {
          endPiece();
        }
      }
    }
  }

  /** Charges for one instruction that has been folded into the one before. */
  void folded() {
    if (on) {
      add(1);
    }
  }

  private void add(int more) {
    if (charge == NONE) {
      charge = polls.chargeFuel();
      units = 0;
    }
    units += more;
  }

  private void endPiece() {
    if (charge != NONE) {
      polls.setFuel(charge, units);
      charge = NONE;
    }
  }

  /** Charges for the count on top of the stack, an i32 or an i64 by what is counted. */
  private void addBulk() {
    int kind = state.kind[state.depth - 1];
    if (state.topIsConstant()) {
      long count = kind == Kind.I32 ? state.topConstant() & 0xffff_ffffL : state.topConstant();
      long known = (count & (1L << COUNT_BITS) - 1) >>> BULK_SHIFT;
      if (known + units < MOST_KNOWN) {
        units += (int) known;
        return;
      }
    }
    int count = state.topInRegister();
    state.lock(count);
    int amount = state.allocate(Kind.I64);
    masm.move(kind, amount, count);
    int unused = 64 - COUNT_BITS;
    if (kind == Kind.I64) {
      masm.binaryConstant(Opcode.I64_SHL, amount, amount, unused);
      masm.binaryConstant(Opcode.I64_SHR_U, amount, amount, unused + BULK_SHIFT);
    } else {
      masm.binaryConstant(Opcode.I64_SHR_U, amount, amount, BULK_SHIFT);
    }
    polls.chargeFuel(amount);
    state.unlock();
  }
}

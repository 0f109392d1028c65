package dev.gatun.compiler;

import dev.gatun.backend.PcTable;
import dev.gatun.layout.TrapCode;

/**
 * Looks over the compiler's shoulder while it compiles a function once more, to learn where locals are at one place.
 *
 * <p>For a call in the line of the code that is what holds when the call is emitted. For a trap, and for what is called
 * out of line with all registers kept, it is what held when the instruction began: no instruction that can fault writes
 * a local before it does. A loop is the exception, since its check runs in each iteration: there it is what holds when
 * the loop has begun.
 */
final class LocalSearch implements PcTable.Listener {
  private final FrameState state;
  private final int position;
  private final int wasmOffset;
  private final LocalPlaces places;
  private boolean walking = true;
  private boolean exact;

  /**
   * A search.
   *
   * @param position of the trap or the return address in the code
   * @param wasmOffset of the instruction in the module
   * @param places is filled
   */
  LocalSearch(FrameState state, int position, int wasmOffset, LocalPlaces places) {
    this.state = state;
    this.position = position;
    this.wasmOffset = wasmOffset;
    this.places = places;
  }

  /** An instruction begins, or a loop has. */
  void at(int instruction) {
    if (instruction == wasmOffset && !exact) {
      take();
    }
  }

  /** What is emitted from now on is out of line. */
  void walked() {
    walking = false;
  }

  @Override
  public void added(int at, TrapCode code) {
    if (walking && at == position && code == TrapCode.CALL) {
      exact = true;
      take();
    }
  }

  private void take() {
    for (int local = 0; local < state.locals; local++) {
      int facts = state.localFacts[local];
      if ((facts & FrameState.STORED) != 0) {
        places.inSlot(local, state.slotOf(local));
      } else if ((facts & FrameState.CONSTANT) != 0) {
        places.constant(local, state.localConstant[local]);
      } else {
        places.unknown(local);
      }
    }
  }
}

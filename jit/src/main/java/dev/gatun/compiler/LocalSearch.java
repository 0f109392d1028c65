package dev.gatun.compiler;

import dev.gatun.backend.PcTable;
import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.BinaryReader;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;

/**
 * Looks over the compiler's shoulder while it compiles a function once more, to learn where locals are at one place.
 *
 * <p>For a call in the line of the code that is what holds when the call is emitted. For a trap, and for what is called
 * out of line with all registers kept, it is what held when the instruction began: no instruction that can fault writes
 * a local before it does. A loop is the exception, since its check runs in each iteration: there it is what holds when
 * the loop has begun.
 *
 * <p>Of the registers, only the homes of locals are looked at, since an instruction may need any other before it
 * faults. A result may be computed in the home of the local that will be set to it: what is set soon after a fault is
 * not known. Of calls, those of the stub of polls alone keep registers, and nothing is half done there.
 */
final class LocalSearch implements PcTable.Listener {
  /** How many instructions may be compiled into one that writes the home of the local that is set behind them. */
  private static final int SOON = 4;

  private final FrameState state;
  private final int position;
  private final int wasmOffset;
  private final boolean call;
  private final LocalPlaces places;
  private boolean walking = true;
  private boolean exact;

  /**
   * A search.
   *
   * @param position of the trap or the return address in the code
   * @param entry what the code's table has for that position
   * @param places is filled
   */
  LocalSearch(FrameState state, int position, PcTable.Entry entry, LocalPlaces places) {
    this.state = state;
    this.position = position;
    this.wasmOffset = entry.wasmOffset();
    this.call = entry.code() == TrapCode.CALL;
    this.places = places;
  }

  /** An instruction begins, or a loop has. */
  void at(Walk walk) {
    if (walk.instruction == wasmOffset && !exact) {
      take();
      takeHomes();
      if (!call) {
        forgetWhatIsSetSoon(new BinaryReader(walk.reader.bytes, walk.instruction, walk.reader.limit));
      }
    }
  }

  private void takeHomes() {
    for (int local = 0; local < state.locals; local++) {
      if (state.localFacts[local] == FrameState.IN_REGISTER && state.localRegister[local] == state.home(local)) {
        places.inRegister(local, state.home(local));
      }
    }
  }

  private void forgetWhatIsSetSoon(BinaryReader reader) {
    for (int i = 0; i < SOON && reader.position < reader.limit; i++) {
      Opcode opcode = Instructions.read(reader);
      if (opcode == Opcode.LOCAL_SET || opcode == Opcode.LOCAL_TEE) {
        int local = reader.readU32();
        if (places.isInRegister(local)) {
          places.unknown(local);
        }
      } else {
        Instructions.skipImmediates(reader, opcode);
      }
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

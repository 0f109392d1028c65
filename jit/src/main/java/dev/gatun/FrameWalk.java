package dev.gatun;

import dev.gatun.layout.FrameLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.memory.GuardedStack;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.NativeMemory;
import java.util.ArrayList;
import java.util.List;

/** Finds the frames of the innermost run of wasm in a store, where they lie. For the thread that uses the store. */
final class FrameWalk {
  /** Frames beyond this many are left out. */
  private static final int MAX_FRAMES = 1000;

  private FrameWalk() {}

  /**
   * A frame of a function.
   *
   * @param at where it is in its code
   * @param isCall whether that is a return address, and not an instruction that trapped
   * @param pointer its frame pointer
   * @param context the record of its instance
   * @param registers where its registers are
   */
  record Frame(CodeRegistry.Location at, boolean isCall, long pointer, long context, Registers registers) {}

  /** Where the registers of a frame are kept. */
  sealed interface Registers {
    /** The address of a register, or 0 if it is lost. */
    long address(int register);
  }

  /** All registers are dead at a call. */
  private record Lost() implements Registers {
    @Override
    public long address(int register) {
      return 0;
    }
  }

  /** In {@link StoreLayout#TRAP_REGISTERS}, at an address. */
  private record Trapped(long cells) implements Registers {
    @Override
    public long address(int register) {
      return cells + 8L * register;
    }
  }

  /** In the frame of the stub of polls, which has a frame pointer. */
  private record Polled(Machine machine, long pointer) implements Registers {
    @Override
    public long address(int register) {
      return pointer + machine.keptRegister(register);
    }
  }

  private static final Registers LOST = new Lost();

  /** The frames at a trap in the code of a function, whose place in the code is given; innermost first. */
  static List<Frame> fromTrap(Store store, CodeRegistry.Location at) {
    long record = store.record();
    long pointer = NativeMemory.getLong(record + StoreLayout.TRAP_FP);
    List<Frame> frames = new ArrayList<>();
    long context = NativeMemory.getLong(record + StoreLayout.TRAP_CONTEXT);
    frames.add(new Frame(at, false, pointer, context, new Trapped(record + StoreLayout.TRAP_REGISTERS)));
    addCallers(store, pointer, 0, frames);
    return frames;
  }

  /**
   * The frames above one that is not a function's: a thunk or stub through which wasm has called; innermost first.
   *
   * @param pointer that frame, or 0 if there is none
   * @param context the context of the innermost function if that frame is the stub's of polls, which may be called
   *     before the function has put it in its own; else 0
   */
  static List<Frame> above(Store store, long pointer, long context) {
    List<Frame> frames = new ArrayList<>();
    addCallers(store, pointer, context, frames);
    return frames;
  }

  private static void addCallers(Store store, long pointer, long polled, List<Frame> frames) {
    GuardedStack stack = store.resources().stack();
    long callee = pointer;
    boolean isPoll = polled != 0;
    while (callee != 0 && stack.contains(callee) && frames.size() < MAX_FRAMES) {
      CodeRegistry.Location at = CodeRegistry.find(NativeMemory.getLong(callee + FrameLayout.RETURN_ADDRESS));
      long caller = NativeMemory.getLong(callee + FrameLayout.CALLER);
      if (caller <= callee || !stack.contains(caller)) {
        return;
      }
      if (at != null) {
        long context = isPoll ? polled : NativeMemory.getLong(caller + FrameLayout.CONTEXT);
        frames.add(new Frame(at, true, caller, context, isPoll ? new Polled(store.machine(), callee) : LOST));
        isPoll = false;
      }
      callee = caller;
    }
  }
}

package dev.gatun;

import dev.gatun.layout.FrameLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.memory.GuardedStack;
import dev.gatun.runtime.CodeRegistry;
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
   * @param registers address of its registers, see {@link StoreLayout#TRAP_REGISTERS}; 0 if they are not known
   */
  record Frame(CodeRegistry.Location at, boolean isCall, long pointer, long context, long registers) {}

  /** The frames at a trap in the code of a function, whose place in the code is given; innermost first. */
  static List<Frame> fromTrap(Store store, CodeRegistry.Location at) {
    long record = store.record();
    long pointer = NativeMemory.getLong(record + StoreLayout.TRAP_FP);
    List<Frame> frames = new ArrayList<>();
    long context = NativeMemory.getLong(record + StoreLayout.TRAP_CONTEXT);
    frames.add(new Frame(at, false, pointer, context, record + StoreLayout.TRAP_REGISTERS));
    addCallers(store.resources().stack(), pointer, 0, frames);
    return frames;
  }

  /**
   * The frames above one that is not a function's: a thunk or stub through which wasm has called; innermost first.
   *
   * @param pointer that frame, or 0 if there is none
   * @param context the context of the innermost function if it may not be in its frame, else 0
   */
  static List<Frame> above(Store store, long pointer, long context) {
    List<Frame> frames = new ArrayList<>();
    addCallers(store.resources().stack(), pointer, context, frames);
    return frames;
  }

  private static void addCallers(GuardedStack stack, long pointer, long innermost, List<Frame> frames) {
    long callee = pointer;
    long known = innermost;
    while (callee != 0 && stack.contains(callee) && frames.size() < MAX_FRAMES) {
      CodeRegistry.Location at = CodeRegistry.find(NativeMemory.getLong(callee + FrameLayout.RETURN_ADDRESS));
      long caller = NativeMemory.getLong(callee + FrameLayout.CALLER);
      if (caller <= callee || !stack.contains(caller)) {
        return;
      }
      if (at != null) {
        long context = known != 0 ? known : NativeMemory.getLong(caller + FrameLayout.CONTEXT);
        frames.add(new Frame(at, true, caller, context, 0));
        known = 0;
      }
      callee = caller;
    }
  }
}

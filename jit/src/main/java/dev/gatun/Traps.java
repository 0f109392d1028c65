package dev.gatun;

import dev.gatun.backend.PcTable;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.TrapCode;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the traps of a store, with the frames of wasm, and tells of them. For the thread that uses the store. */
final class Traps {
  /** Frames beyond this many are left out of a backtrace. */
  private static final int MAX_FRAMES = 128;

  private final Store store;
  private final long record;

  /** The context of the function whose check of the stack has failed, which may not be in its frame yet; else 0. */
  private long polled;

  Traps(Store store) {
    this.store = store;
    this.record = store.record();
  }

  /** Says that wasm is at a check of the stack or of the fuel of a function with a context; 0 if it is not any more. */
  void polled(long context) {
    polled = context;
  }

  /** The trap that the signal handler has noted. */
  RuntimeException trapped() {
    long pc = NativeMemory.getLong(record + StoreLayout.TRAP_PC);
    long frame = NativeMemory.getLong(record + StoreLayout.TRAP_FP);
    if (CodeRegistry.isThunk(pc)) {
      long context = store.machine().isPollStub(pc) ? NativeMemory.getLong(record + StoreLayout.TRAP_CONTEXT) : 0;
      Trap trap = Trap.of(store.noRoom(pc), null, new Backtrace(callers(frame), true));
      return told(trap, null, frame, context);
    }
    CodeRegistry.Location at = CodeRegistry.find(pc);
    PcTable.Entry entry = at == null ? null : at.module().describe(at.function(), at.offset(), false);
    if (at == null || entry == null || !isPlausible(entry.code())) {
      throw Crash.report(store.machine(), record, at, entry);
    }
    CodeRegistry.Location[] callers = callers(frame);
    CodeRegistry.Location[] all = new CodeRegistry.Location[callers.length + 1];
    all[0] = at;
    System.arraycopy(callers, 0, all, 1, callers.length);
    return told(Trap.of(kindOf(entry.code()), null, new Backtrace(all, false)), at, 0, 0);
  }

  private static Trap.Kind kindOf(TrapCode code) {
    return switch (code) {
      case UNREACHABLE -> Trap.Kind.UNREACHABLE;
      case MEMORY_OUT_OF_BOUNDS, MEMORY_BOUNDS_CHECK -> Trap.Kind.MEMORY_OUT_OF_BOUNDS;
      case TABLE_OUT_OF_BOUNDS -> Trap.Kind.TABLE_OUT_OF_BOUNDS;
      case UNDEFINED_ELEMENT -> Trap.Kind.UNDEFINED_ELEMENT;
      case UNINITIALIZED_ELEMENT -> Trap.Kind.UNINITIALIZED_ELEMENT;
      case INDIRECT_CALL_TYPE_MISMATCH -> Trap.Kind.INDIRECT_CALL_TYPE_MISMATCH;
      case NULL_FUNCTION_REFERENCE -> Trap.Kind.NULL_FUNCTION_REFERENCE;
      case NULL_REFERENCE -> Trap.Kind.NULL_REFERENCE;
      case INTEGER_DIVIDE_BY_ZERO -> Trap.Kind.INTEGER_DIVIDE_BY_ZERO;
      case INTEGER_OVERFLOW -> Trap.Kind.INTEGER_OVERFLOW;
      case INVALID_CONVERSION_TO_INTEGER -> Trap.Kind.INVALID_CONVERSION_TO_INTEGER;
      case NULL_STRUCTURE -> Trap.Kind.NULL_STRUCTURE;
      case NULL_ARRAY -> Trap.Kind.NULL_ARRAY;
      case NULL_I31 -> Trap.Kind.NULL_I31;
      case ARRAY_OUT_OF_BOUNDS -> Trap.Kind.ARRAY_OUT_OF_BOUNDS;
      case CAST_FAILURE -> Trap.Kind.CAST_FAILURE;
      case UNALIGNED_ATOMIC -> Trap.Kind.UNALIGNED_ATOMIC;
      case NULL_EXCEPTION -> Trap.Kind.NULL_EXCEPTION;
      case CALL -> throw new AssertionError("a call can't trap");
    };
  }

  /**
   * A fault that its instruction was allowed to have touched a memory of ours, or null; any other is a bug of the
   * compiler.
   */
  private boolean isPlausible(TrapCode code) {
    long address = NativeMemory.getLong(record + StoreLayout.TRAP_ADDRESS);
    return switch (code) {
      case MEMORY_OUT_OF_BOUNDS -> store.resources().isMemory(address);
      case UNINITIALIZED_ELEMENT, NULL_FUNCTION_REFERENCE -> address >= 0 && address < 4096;
      default -> true;
    };
  }

  /**
   * A trap at the innermost call out of wasm; without frames if there is none.
   *
   * @param detail what there is to say beyond the kind, or null
   */
  Trap trap(Trap.Kind kind, @Nullable String detail) {
    boolean active = NativeMemory.getLong(record + StoreLayout.ENTRY_SP) != 0;
    long exit = active ? NativeMemory.getLong(record + StoreLayout.EXIT_FP) : 0;
    long context = polled;
    polled = 0;
    return told(Trap.of(kind, detail, new Backtrace(callers(exit), true)), null, exit, context);
  }

  /**
   * Tells of a trap.
   *
   * @param at where it happened, if that was in the code of a function; the rest means nothing then
   * @param exit the frame of the thunk or stub through which wasm has called out, or 0 if no wasm is running
   * @param context of the function that has called out if it may not be in its frame, else 0
   */
  private Trap told(Trap trap, CodeRegistry.@Nullable Location at, long exit, long context) {
    store.watch().trapped(trap);
    CoreDump.Handler handler = store.engine().coreDumps();
    if (handler != null) {
      List<FrameWalk.Frame> frames =
          at != null ? FrameWalk.fromTrap(store, at) : FrameWalk.above(store, exit, context);
      CoreDump.offer(handler, store, trap, frames);
    }
    return trap;
  }

  /** The return addresses above a frame, as far as it is wasm that they return to. */
  CodeRegistry.Location[] callers(long frame) {
    List<CodeRegistry.Location> found = new ArrayList<>();
    long at = frame;
    while (at != 0 && store.resources().stack().contains(at) && found.size() < MAX_FRAMES) {
      CodeRegistry.Location location = CodeRegistry.find(NativeMemory.getLong(at + 8));
      if (location != null) {
        found.add(location);
      }
      long next = NativeMemory.getLong(at);
      if (next <= at) {
        break;
      }
      at = next;
    }
    return found.toArray(new CodeRegistry.Location[0]);
  }
}

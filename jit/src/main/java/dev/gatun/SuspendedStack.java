package dev.gatun;

import dev.gatun.backend.Signature;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.HeldThunks;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.FunctionType;
import java.util.Arrays;

/**
 * The wasm stack of an instance that has called a host function, without any address that is valid in one place only.
 * Immutable.
 *
 * <p>Wasm's frames have what belongs to a place in two words each: the caller's frame pointer, and below the frame
 * pointer the context. The outermost frame also has the address in the entry thunk to which it returns. All else are
 * numbers, return addresses into code that does not move, or left over. References are refused: they look like numbers.
 */
final class SuspendedStack {
  /** Offset from a frame pointer of where a function keeps its context. */
  private static final int FRAME_CONTEXT = -8;

  /** Words from a frame pointer up to the return address. */
  private static final int RETURN_ADDRESS = 1;

  private static final int NONE = -1;

  /** Words at the top that belong to the entry; its successor fills them. */
  private static final int ENTRY_WORDS = 2;

  /** From the stack pointer up to the top of the stack. Words that belong to a place are 0. */
  private final long[] words;

  /** The words that are saved frame pointers, in the order of the frames, innermost first. Each points to the next. */
  private final int[] frames;

  /** The words that are contexts. */
  private final int[] contexts;

  /** The index of the host function, which is imported. */
  private final int function;

  /** The type of the function in the outermost frame. */
  private final FunctionType outermost;

  /** What the entry thunk is of; the word of the outermost frame's return address is an offset in it. */
  private final Signature entered;

  private SuspendedStack(
      long[] words, int[] frames, int[] contexts, int function, FunctionType outermost, Signature entered) {
    this.words = words;
    this.frames = frames;
    this.contexts = contexts;
    this.function = function;
    this.outermost = outermost;
    this.entered = entered;
  }

  /**
   * The stack of an instance now. The store is acquired, by a host function that the instance has called.
   *
   * @throws SnapshotException if there is something on the stack that can't be moved
   */
  static SuspendedStack capture(Instance instance) {
    Store store = instance.store();
    long record = store.record();
    long top = store.resources().stack().top();
    int function = store.callDepth() == 1 ? calledFunction(instance) : NONE;
    long entry = NativeMemory.getLong(record + StoreLayout.ENTRY_SP) & ~StoreLayout.PROBED;
    // What the entry has left there: where it found the wasm stack, and the entry before it.
    if (function == NONE || entry == 0 || NativeMemory.getLong(entry) != top || NativeMemory.getLong(entry + 8) != 0) {
      throw new SnapshotException(
          "the instance is running, and not in a call of a host function that it imports, made by wasm that Java has "
              + "called directly; take the snapshot there, or when none of its functions is called");
    }
    long start = NativeMemory.getLong(record + StoreLayout.WASM_SP);
    long[] words = NativeMemory.getLongs(start, top - start >> 3);
    Arrays.fill(words, words.length - ENTRY_WORDS, words.length, 0);
    int[] frames = new int[16];
    int[] contexts = new int[16];
    int count = 0;
    FunctionType outermost = instance.function(function).functionType();
    long frame = NativeMemory.getLong(record + StoreLayout.EXIT_FP);
    frames[0] = (int) (frame - start >> 3);
    for (long next = NativeMemory.getLong(frame); next != 0; next = NativeMemory.getLong(frame)) {
      CodeRegistry.Location at = CodeRegistry.find(NativeMemory.getLong(frame + 8));
      long context = NativeMemory.getLong(next + FRAME_CONTEXT);
      if (at == null || at.module() != instance.module().compiled() || context != instance.context()) {
        throw new AssertionError("a frame of another instance");
      }
      if (count + 2 > frames.length) {
        frames = Arrays.copyOf(frames, 2 * frames.length);
        contexts = Arrays.copyOf(contexts, 2 * contexts.length);
      }
      contexts[count] = (int) (next + FRAME_CONTEXT - start >> 3);
      count++;
      frames[count] = (int) (next - start >> 3);
      outermost = at.module().module().functionType(at.function());
      frame = next;
    }
    frames = Arrays.copyOf(frames, count + 1);
    contexts = Arrays.copyOf(contexts, count);
    for (int word : frames) {
      words[word] = 0;
    }
    for (int word : contexts) {
      words[word] = 0;
    }
    int returns = frames[count] + RETURN_ADDRESS;
    HeldThunks thunks = store.resources().thunks();
    Signature entered = thunks.signatureOfEntry(words[returns]);
    if (entered == null) {
      throw new AssertionError("the outermost frame does not return to an entry");
    }
    words[returns] -= thunks.entry(entered);
    refuseReferences(instance, words);
    return new SuspendedStack(words, frames, contexts, function, outermost, entered);
  }

  /** The index of the host function that the instance is calling; {@link #NONE} if it is none of its imports. */
  private static int calledFunction(Instance instance) {
    for (int i = 0; i < instance.functions.length; i++) {
      if (instance.functions[i] instanceof Func host && host.isHost() && host.hostCall().isCalledBy(instance)) {
        return i;
      }
    }
    return NONE;
  }

  private static void refuseReferences(Instance instance, long[] words) {
    Store store = instance.store();
    VmContextLayout layout = instance.module().compiled().layout();
    long first = instance.context() + layout.firstFuncRef();
    long size = layout.size() - layout.firstFuncRef();
    for (long word : words) {
      long offset = word - first;
      if (offset >= 0 && offset < size && offset % FuncRefLayout.SIZE == 0 || store.isFunction(word)) {
        throw new SnapshotException("a reference to a function is on the stack, in a local or an operand of wasm");
      }
      if (store.isInHeap(word)) {
        throw new SnapshotException("a reference to an object is on the stack, in a local or an operand of wasm");
      }
    }
  }

  /** The index of the imported function that is called when the stack is resumed. */
  int function() {
    return function;
  }

  /** The type of the function whose return ends the run. */
  FunctionType outermost() {
    return outermost;
  }

  /** Bytes of it. */
  long size() {
    return 8L * words.length;
  }

  /** The words for a stack with a top, and an instance with a context in a store that has these thunks. */
  long[] in(long top, long context, HeldThunks thunks) {
    long[] result = words.clone();
    long start = top - size();
    for (int i = 0; i + 1 < frames.length; i++) {
      result[frames[i]] = start + 8L * frames[i + 1];
    }
    for (int word : contexts) {
      result[word] = context;
    }
    result[frames[frames.length - 1] + RETURN_ADDRESS] += thunks.entry(entered);
    return result;
  }

  /** The frame pointer of the host function's thunk on a stack with a top. */
  long exit(long top) {
    return top - size() + 8L * frames[0];
  }
}

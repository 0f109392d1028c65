package dev.gatun;

import dev.gatun.backend.PcTable;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.StoreLayout;
import dev.gatun.profile.ProfileFrame;
import dev.gatun.profile.Samples;
import dev.gatun.profile.StackTree;
import dev.gatun.profile.ThreadProfile;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes samples of what runs in one store. Time comes in ticks of a {@link Profiler}; the thread that runs the wasm
 * collects those that have come since it last looked, and puts them down to where it is: at the next safepoint to the
 * wasm, and when a call out of wasm begins or ends to what ran until then. So time in Java is told from time in wasm
 * without anyone looking at a stack that is in use.
 *
 * <p>{@link #tick} and {@link #profile} are for any thread, the rest is for the thread that uses the store.
 */
final class StackSampler implements SafepointAction {
  /** Of a deeper stack the outermost frames are left out. */
  private static final int MAX_DEPTH = 8192;

  private static final ProfileFrame LEFT_OUT =
      new ProfileFrame(ProfileFrame.Kind.ENGINE, "[frames left out]");
  private static final ProfileFrame UNKNOWN = new ProfileFrame(ProfileFrame.Kind.ENGINE, "[entry]");

  /** In place of a return address: the frames left out. */
  private static final long LEFT_OUT_KEY = Long.MIN_VALUE;

  /** What the engine does when wasm asks for it: the instruction's name, or the work, in brackets. */
  private static final ProfileFrame[] BUILTINS = new ProfileFrame[Builtin.values().length];

  static {
    for (Builtin builtin : Builtin.values()) {
      String name = "[" + builtin.name().toLowerCase(Locale.ROOT).replaceFirst("_", ".") + "]";
      BUILTINS[builtin.ordinal()] = new ProfileFrame(ProfileFrame.Kind.ENGINE, name);
    }
  }

  private final Store store;
  private final long epoch;
  private final AtomicInteger ticks = new AtomicInteger();
  private volatile boolean requested;

  /** The calls out of wasm that have not returned: the frame of the exit, and who was called. */
  private long[] exits = new long[8];

  private @Nullable ProfileFrame[] callees = new ProfileFrame[8];
  private int calls;

  /** Innermost first: return addresses, and negative numbers for the callees. */
  private final long[] stack = new long[MAX_DEPTH];

  // Guarded by this.
  private final StackTree tree = new StackTree();
  private final Samples samples = new Samples();
  private final Map<Long, CodeRegistry.@Nullable Location> locations = new HashMap<>();
  private final Map<ProfileFrame, Integer> calleeNumbers = new HashMap<>();
  private final List<ProfileFrame> calleeFrames = new ArrayList<>();
  private String thread = "";

  /**
   * A sampler of a store.
   *
   * @param epoch the {@link System#nanoTime} at which the profile began
   */
  StackSampler(Store store, long epoch) {
    this.store = store;
    this.epoch = epoch;
  }

  /** Some time has passed. */
  void tick() {
    if (store.isClosed()) {
      return;
    }
    ticks.incrementAndGet();
    if (!requested) {
      requested = true;
      store.requestSafepoint(this);
    }
  }

  /** At a safepoint: what ran since is the wasm that is here. */
  @Override
  public void run(Store at) {
    requested = false;
    sampleWasm();
  }

  /**
   * Enters wasm from Java.
   *
   * @param code the function that is called
   * @return what entering it returns
   */
  int run(IntSupplier entry, long code) {
    if (calls == 0) {
      ticks.set(0); // that was before
    } else {
      sampleCall();
    }
    int status = entry.getAsInt();
    int weight = takeTicks();
    if (weight != 0) {
      stack[0] = code;
      record(addCalls(1), weight);
    }
    return status;
  }

  /** A call out of wasm begins. */
  void calling(ProfileFrame callee) {
    sampleWasm();
    if (calls == exits.length) {
      exits = Arrays.copyOf(exits, 2 * calls);
      callees = Arrays.copyOf(callees, 2 * calls);
    }
    exits[calls] = NativeMemory.getLong(store.record() + StoreLayout.EXIT_FP);
    callees[calls++] = callee;
  }

  /** The call that began last ends. */
  void called() {
    sampleCall();
    calls--;
  }

  /** The ticks since the last call; without a write as long as there is none, since this is asked at each call. */
  private int takeTicks() {
    return ticks.get() == 0 ? 0 : ticks.getAndSet(0);
  }

  private void sampleWasm() {
    int weight = takeTicks();
    if (weight != 0) {
      long exit = NativeMemory.getLong(store.record() + StoreLayout.EXIT_FP);
      // Java that was called and calls a function of Java has no frames of its own in between.
      boolean isNew = calls == 0 || exits[calls - 1] != exit;
      record(addCalls(isNew ? addWasm(exit, 0) : 0), weight);
    }
  }

  /** Runs a built-in of the engine, whose time is its own. */
  void callBuiltin(Instance instance, Builtin builtin, long cells) {
    calling(BUILTINS[builtin.ordinal()]);
    try {
      instance.callBuiltin(builtin, cells);
    } finally {
      called();
    }
  }

  private void sampleCall() {
    int weight = takeTicks();
    if (weight != 0) {
      record(addCalls(0), weight);
    }
  }

  /** Adds the calls out of wasm and what is below each to the stack. */
  private int addCalls(int from) {
    int depth = from;
    for (int i = calls - 1; i >= 0 && depth < MAX_DEPTH; i--) {
      stack[depth++] = -1 - number(callees[i]);
      if (i == 0 || exits[i - 1] != exits[i]) {
        depth = addWasm(exits[i], depth);
      }
    }
    return depth;
  }

  /** Adds the return addresses above the frame of an exit to the stack; returns its new depth. */
  private int addWasm(long exit, int from) {
    int depth = from;
    long at = exit;
    while (depth < MAX_DEPTH && at != 0 && store.resources().stack().contains(at)) {
      stack[depth++] = NativeMemory.getLong(at + 8);
      long next = NativeMemory.getLong(at);
      if (next <= at) {
        break;
      }
      at = next;
    }
    return depth;
  }

  private synchronized int number(@Nullable ProfileFrame callee) {
    ProfileFrame frame = callee == null ? UNKNOWN : callee;
    Integer known = calleeNumbers.putIfAbsent(frame, calleeFrames.size());
    if (known == null) {
      calleeFrames.add(frame);
      return calleeFrames.size() - 1;
    }
    return known;
  }

  private synchronized void record(int depth, int weight) {
    if (thread.isEmpty()) {
      thread = Thread.currentThread().getName();
    }
    int node = depth == MAX_DEPTH ? tree.child(StackTree.NONE, LEFT_OUT_KEY) : StackTree.NONE;
    for (int i = depth - 1; i >= 0; i--) {
      int size = tree.size();
      node = tree.child(node, stack[i]);
      if (tree.size() != size && stack[i] > 0) {
        // Now, since the code may be gone when the profile is looked at.
        locations.computeIfAbsent(stack[i], CodeRegistry::find);
      }
    }
    if (node != StackTree.NONE) {
      samples.add(System.nanoTime() - epoch, node, weight);
    }
  }

  /** What has been seen so far. */
  synchronized ThreadProfile profile() {
    return new Symbolizer().run();
  }

  /** Makes frames of return addresses, several where calls were inlined. */
  private final class Symbolizer {
    private final Map<ProfileFrame, Integer> numbers = new HashMap<>();
    private final List<ProfileFrame> frames = new ArrayList<>();
    private final StackTree symbolized = new StackTree();
    private final Map<Long, int[]> known = new HashMap<>();

    ThreadProfile run() {
      int[] nodes = new int[tree.size()];
      for (int node = 0; node < nodes.length; node++) {
        int at = tree.parent(node) == StackTree.NONE ? StackTree.NONE : nodes[tree.parent(node)];
        for (int frame : known.computeIfAbsent(tree.frame(node), this::find)) {
          at = symbolized.child(at, frame);
        }
        nodes[node] = at;
      }
      for (int node = 0; node < nodes.length; node++) {
        if (nodes[node] == StackTree.NONE) {
          nodes[node] = symbolized.child(StackTree.NONE, number(UNKNOWN));
        }
      }
      return new ThreadProfile(thread, frames, symbolized, samples.at(nodes));
    }

    private int number(ProfileFrame frame) {
      Integer before = numbers.putIfAbsent(frame, frames.size());
      if (before == null) {
        frames.add(frame);
        return frames.size() - 1;
      }
      return before;
    }

    /** The frames of a number in the tree, outermost first; none if it is no address in wasm. */
    private int[] find(long key) {
      if (key < 0) {
        return new int[] {number(key == LEFT_OUT_KEY ? LEFT_OUT : calleeFrames.get((int) (-1 - key)))};
      }
      CodeRegistry.Location location = locations.get(key);
      if (location == null) {
        return new int[0];
      }
      PcTable.Entry entry = location.module().describe(location.function(), location.offset(), true);
      List<WasmFrame> found = new ArrayList<>();
      Backtrace.add(
          location.module().module(), location.function(), entry == null ? -1 : entry.wasmOffset(), found);
      int[] result = new int[found.size()];
      for (int i = 0; i < result.length; i++) {
        WasmFrame frame = found.get(result.length - 1 - i);
        String name = frame.functionName();
        result[i] =
            number(
                new ProfileFrame(
                    ProfileFrame.Kind.WASM,
                    name == null ? "function " + frame.functionIndex() : name,
                    frame.module(),
                    frame.sourceFile(),
                    frame.line(),
                    frame.column(),
                    frame.offset(),
                    i));
      }
      return result;
    }
  }
}

package dev.gatun.runtime;

import dev.gatun.backend.HandlerTable;
import dev.gatun.backend.PcTable;
import dev.gatun.compiler.BaselineCompiler;
import dev.gatun.compiler.CodeOptions;
import dev.gatun.compiler.CompiledCode;
import dev.gatun.compiler.LocalPlaces;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.CodeArena;
import dev.gatun.memory.LinearMemory;
import dev.gatun.observe.Counters;
import dev.gatun.observe.FlightRecording;
import dev.gatun.observe.FunctionCompiledEvent;
import dev.gatun.observe.PerfMap;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.FunctionQueue;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A module and its machine code, which grows function by function as they are first called. Thread-safe; freed when its
 * last user has released it.
 */
public final class CompiledModule {
  private final WasmModule module;
  private final VmContextLayout layout;
  private final Machine machine;
  private final CodeSpace space;
  private final long[] code;

  /** The functions that a thread is compiling now. Guarded by {@link #code}. */
  private final BitSet underway = new BitSet();

  private final byte[] @Nullable [] pcTables;
  private final @Nullable HandlerTable[] handlers;
  private final Rtt[] rtts;
  private final Counters counters;
  private final @Nullable PerfMap perfMap;
  private final CodeOptions options;
  private final long id = Counters.nextNumber();
  private int functionsCompiled;
  private long compileNanos;

  /** What was loaded rather than compiled, or null. Guarded by {@link #code}. */
  private @Nullable CodeImage loaded;

  /** By function: 1 + its row in what was loaded, or 0. Guarded by {@link #code}. */
  private int[] rowOf = {};

  /** What the code that was loaded makes use of. Guarded by {@link #code}. */
  private String loadedFeatures = "";

  private volatile @Nullable Keeper keeper;
  private int users = 1;

  /** Who keeps the code of a module for other processes. */
  public interface Keeper {
    /** Code was compiled. Called by the thread that did it, often; to return at once. */
    void compiled();

    /** The last user is about to release the module: the code is still there, and will not be when this returns. */
    void closing();
  }

  /** Where the code of an image is read from. */
  @FunctionalInterface
  public interface CodeReader {
    /** Fills all of a segment; returns whether what it has read is what was once stored. */
    boolean readInto(MemorySegment code) throws IOException;
  }

  /**
   * A module none of whose functions is compiled yet, with one user.
   *
   * @param guardPages whether memories that can have guard pages will have them
   * @param options what the code does besides what the wasm says
   * @param counters what it is counted in
   * @param perfMap what its functions are written to, or null
   */
  public CompiledModule(
      WasmModule module,
      Machine machine,
      boolean guardPages,
      CodeOptions options,
      Counters counters,
      @Nullable PerfMap perfMap) {
    this.module = module;
    this.options = options;
    this.counters = counters;
    this.perfMap = perfMap;
    this.machine = machine;
    this.layout = layout(module, guardPages);
    this.space = new CodeSpace(machine.arena(), this);
    this.code = new long[module.functionCount()];
    this.pcTables = new byte[module.functionCount()][];
    this.handlers = new HandlerTable[module.functionCount()];
    this.rtts = new Rtt[module.typeCount()];
    for (int i = 0; i < rtts.length; i++) {
      rtts[i] = Rtt.of(module.definedType(i));
    }
    machine.lazyThunk(Math.max(0, module.functionCount() - 1));
    counters.moduleCompiled();
  }

  /**
   * How the records of a module's instances are laid out.
   *
   * @param guardPages whether memories that can have guard pages will have them
   */
  public static VmContextLayout layout(WasmModule module, boolean guardPages) {
    return new VmContextLayout(
        module.importedFunctions(),
        module.functionCount() - module.importedFunctions(),
        globalSizes(module),
        module.tables().length,
        guarded(module, guardPages),
        module.typeCount(),
        module.referenceIndex(),
        module.referenceCount());
  }

  private static byte[] globalSizes(WasmModule module) {
    byte[] sizes = new byte[module.globals().length];
    for (int i = 0; i < sizes.length; i++) {
      boolean isVector = i >= module.importedGlobals() && module.globals()[i].type() == ValueType.V128;
      sizes[i] = (byte) (isVector ? 16 : 8);
    }
    return sizes;
  }

  private static boolean[] guarded(WasmModule module, boolean guardPages) {
    WasmModule.MemoryDescription[] memories = module.memories();
    boolean[] guarded = new boolean[memories.length];
    for (int i = 0; i < guarded.length; i++) {
      guarded[i] =
          guardPages && memories[i].addressType() == ValueType.I32 && memories[i].pageSize() == LinearMemory.PAGE_SIZE;
    }
    return guarded;
  }

  public WasmModule module() {
    return module;
  }

  /** The number of the module in this process. */
  public long id() {
    return id;
  }

  public VmContextLayout layout() {
    return layout;
  }

  /** The run-time type of a type of the module. */
  public Rtt rtt(int type) {
    return rtts[type];
  }

  /**
   * Takes over code that was stored, for functions that are not compiled yet. To be called before any can be.
   *
   * @param features what that code makes use of
   * @param reader reads the code, whose position the image knows
   * @return whether it was taken; if not, nothing has changed
   * @throws IOException if it can't be read
   * @throws dev.gatun.system.OutOfAddressSpaceException if there is no room for it
   */
  public boolean load(CodeImage image, String features, CodeReader reader) throws IOException {
    if (!image.isConsistent(module.importedFunctions(), module.functionCount()) || image.codeLength() == 0) {
      return false;
    }
    CodeArena arena = machine.arena();
    CodeArena.Block block = arena.allocate(image.codeLength());
    boolean isGood = false;
    try {
      isGood = reader.readInto(arena.writable(block, image.codeLength()));
    } finally {
      if (!isGood) {
        arena.free(block);
      }
    }
    if (!isGood) {
      return false;
    }
    arena.makeVisible(block.address(), block.address() + image.codeLength());
    space.add(image, block);
    counters.codeLoaded(space.codeSize());
    int[] rows = new int[code.length];
    int count = image.count();
    synchronized (code) {
      for (int i = 0; i < count; i++) {
        int function = image.function(i);
        rows[function] = i + 1;
        code[function] = block.address() + image.codeOffset(i);
      }
      rowOf = rows;
      loaded = image;
      loadedFeatures = features;
    }
    PerfMap map = perfMap;
    if (map != null) {
      for (int i = 0; i < count; i++) {
        map.add(block.address() + image.codeOffset(i), image.codeSize(i), symbol(image.function(i)));
      }
    }
    return true;
  }

  /** Sets who is told of new code and of the end of the module. */
  public void setKeeper(Keeper who) {
    keeper = who;
  }

  /** Adds the code of all functions that are there to an image, as it is now. The caller is a user of the module. */
  public void store(CodeImage.Builder image) {
    int count = space.count();
    for (int i = 0; i < count; i++) {
      int function = space.function(i);
      byte[] table;
      HandlerTable handling;
      synchronized (code) {
        table = pcTable(function);
        handling = handlerTable(function);
      }
      if (table != null) {
        image.add(function, space.code(i), table, handling);
      }
    }
  }

  /** Null if the function has not been compiled. Called with the lock. */
  private byte @Nullable [] pcTable(int function) {
    byte[] table = pcTables[function];
    CodeImage image = loaded;
    if (table == null && image != null && rowOf[function] != 0) {
      table = image.pcTable(rowOf[function] - 1);
      pcTables[function] = table;
    }
    return table;
  }

  /** Called with the lock. */
  private HandlerTable handlerTable(int function) {
    HandlerTable table = handlers[function];
    if (table == null) {
      CodeImage image = loaded;
      if (image == null || rowOf[function] == 0) {
        return HandlerTable.EMPTY;
      }
      table = image.handlers(rowOf[function] - 1);
      handlers[function] = table;
    }
    return table;
  }

  /** Whether the code of a function that the module defines is there. */
  public boolean isCompiled(int function) {
    return code[function] != 0;
  }

  /** The address to call for a function that the module defines: its code, or a thunk that compiles it. */
  public long entry(int function) {
    long address = code[function];
    return address != 0 ? address : machine.lazyThunk(function);
  }

  /** The code of a function, compiled now if it has not been. A thread that finds another at it waits for that. */
  public long compile(int function) {
    if (!claim(function)) {
      return code[function];
    }
    BaselineCompiler compiler = machine.takeCompiler();
    compileClaimed(function, compiler);
    machine.returnCompiler(compiler);
    return code[function];
  }

  private void compileClaimed(int function, BaselineCompiler compiler) {
    boolean done = false;
    try {
      FunctionCompiledEvent event = FlightRecording.isOn() ? FunctionCompiledEvent.begun() : null;
      long begun = System.nanoTime();
      CompiledCode compiled = compiler.compile(module, layout, options, function);
      long address = publish(function, compiled, begun);
      if (event != null) {
        event.end(module, id, function, address, compiled.size());
      }
      done = true;
      Keeper known = keeper;
      if (known != null) {
        known.compiled();
      }
    } finally {
      if (!done) {
        abandon(function);
      }
    }
  }

  /** Whether this thread is to compile the function; if not, another has. */
  private boolean claim(int function) {
    boolean interrupted = false;
    boolean claimed;
    synchronized (code) {
      while (code[function] == 0 && underway.get(function)) {
        try {
          code.wait();
        } catch (InterruptedException e) {
          interrupted = true; // compiling takes a moment; the guest looks at its interruption soon
        }
      }
      claimed = code[function] == 0;
      underway.set(function, claimed);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return claimed;
  }

  private long publish(int function, CompiledCode compiled, long begun) {
    synchronized (code) {
      long address = space.add(function, compiled.code(), compiled.size(), machine.codeAlignment());
      pcTables[function] = compiled.pcTable();
      handlers[function] = compiled.handlers();
      code[function] = address;
      long nanos = System.nanoTime() - begun;
      functionsCompiled++;
      compileNanos += nanos;
      counters.functionCompiled(compiled.size(), nanos);
      if (perfMap != null) {
        perfMap.add(address, compiled.size(), symbol(function));
      }
      underway.clear(function);
      code.notifyAll();
      return address;
    }
  }

  private void abandon(int function) {
    synchronized (code) {
      underway.clear(function);
      code.notifyAll();
    }
  }

  /** What perf calls a function. */
  private String symbol(int function) {
    String name = module.functionName(function);
    String owner = module.name() == null ? "wasm" : module.name();
    return owner + ":" + (name == null ? "function " + function : name);
  }

  /** Compiles every function, on so many threads at most, this one included. */
  public void compileAll(int threads) {
    FunctionQueue.run(module, threads, new AllFunctions());
  }

  private final class AllFunctions implements FunctionQueue.Work {
    @Override
    public void doAll(FunctionQueue.Share functions) {
      BaselineCompiler compiler = machine.takeCompiler();
      for (int i = functions.next(); i != FunctionQueue.NONE; i = functions.next()) {
        if (claim(i)) {
          compileClaimed(i, compiler);
        }
      }
      machine.returnCompiler(compiler);
    }
  }

  /** What the code's table says of an offset in a function's code, or null. */
  public PcTable.@Nullable Entry describe(int function, int offset, boolean call) {
    byte[] table;
    synchronized (code) {
      table = pcTable(function);
    }
    return table == null ? null : PcTable.find(table, offset, call);
  }

  /**
   * Where the locals are at an offset in a function's code, or null if the code's table does not know that place. Takes
   * as long as compiling the function does.
   *
   * @param call whether the offset is a return address, and not that of an instruction that traps
   */
  public @Nullable LocalPlaces locals(int function, int offset, boolean call) {
    PcTable.Entry entry = describe(function, offset, call);
    if (entry == null) {
      return null;
    }
    byte[] bytes = machine.codeAt(address(function, 0), space.size(address(function, 0)));
    String features;
    synchronized (code) {
      features = loaded != null && rowOf[function] != 0 ? loadedFeatures : machine.features();
    }
    if (!features.equals(machine.features())) {
      return machine.newCompiler(features).locate(module, layout, options, function, offset, entry, bytes);
    }
    BaselineCompiler compiler = machine.takeCompiler();
    LocalPlaces places = compiler.locate(module, layout, options, function, offset, entry, bytes);
    machine.returnCompiler(compiler);
    return places;
  }

  /** The handlers of a function that has been compiled. */
  public HandlerTable handlers(int function) {
    synchronized (code) {
      return handlerTable(function);
    }
  }

  /** The address of a place in the code of a function that has been compiled. */
  public long address(int function, int offset) {
    return code[function] + offset;
  }

  /** Bytes of machine code so far. */
  public long codeSize() {
    return space.codeSize();
  }

  /** Functions whose code was loaded. */
  public int functionsLoaded() {
    synchronized (code) {
      return loaded == null ? 0 : loaded.count();
    }
  }

  /** Functions compiled so far. */
  public int functionsCompiled() {
    synchronized (code) {
      return functionsCompiled;
    }
  }

  /** Nanoseconds that threads have spent compiling its functions. */
  public long compileNanos() {
    synchronized (code) {
      return compileNanos;
    }
  }

  /** Adds a user: the code stays until it releases. */
  public synchronized void retain() {
    if (users == 0) {
      throw new IllegalStateException("the module is closed");
    }
    users++;
  }

  /** Ends a use; the last one frees the code. */
  public void release() {
    Keeper known = keeper;
    if (known != null && isLastUser()) {
      known.closing();
    }
    synchronized (this) {
      if (--users == 0) {
        counters.moduleFreed(space.codeSize());
        space.free();
      }
    }
  }

  private synchronized boolean isLastUser() {
    return users == 1;
  }
}

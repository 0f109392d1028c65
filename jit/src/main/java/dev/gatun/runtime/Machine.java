package dev.gatun.runtime;

import dev.gatun.backend.Backend;
import dev.gatun.backend.MacroAssembler;
import dev.gatun.backend.Signature;
import dev.gatun.compiler.BaselineCompiler;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.CodeArena;
import dev.gatun.memory.MemoryAccess;
import dev.gatun.memory.TrapHandler;
import dev.gatun.observe.PerfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The machine that code is compiled for and runs on: backend, code arena, stubs, the way in and the way out. One for
 * the process, since the arena, the signal handler and the upcall stub are. Thread-safe.
 */
public final class Machine {
  private static final FunctionDescriptor UPCALL =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

  /** Address of the trampoline; set before {@link Entry} is initialized. */
  private static long trampoline;

  /**
   * The one handle through which Java calls machine code: of a constant address, so that the JIT compiler inlines the
   * call. The thunk to run is the trampoline's last argument.
   */
  private static final class Entry {
    static final MethodHandle HANDLE =
        Linker.nativeLinker()
            .downcallHandle(
                MemorySegment.ofAddress(trampoline), UPCALL.appendArgumentLayouts(ValueLayout.JAVA_LONG));
  }

  private static @Nullable Machine instance;

  private final Backend backend;
  private final CodeArena arena;
  private final long upcall;
  private final long builtinStub;
  private final long allocationStub;
  private final long pollStub;
  private final long pollStubEnd;
  private final long memoryCopyStub;
  private final long memoryFillStub;
  private final long compileStub;
  private final boolean paranoid = Boolean.getBoolean("gatun.paranoid");
  private final Thunks entryThunks = new Thunks(this, Thunks.Kind.ENTRY);
  private final Thunks hostThunks = new Thunks(this, Thunks.Kind.HOST);
  private final Thunks resumeThunks = new Thunks(this, Thunks.Kind.RESUME);

  private final ConcurrentLinkedQueue<BaselineCompiler> compilers = new ConcurrentLinkedQueue<>();

  /** Lazy thunks come in rows, for the function indices that follow those of the row before. */
  private static final int THUNKS_IN_ROW = 4096;

  private long[] thunkRows = {};

  /** Code that lives as long as the process. */
  private final List<Stub> stubs = new ArrayList<>();

  /** What the names of code that is in no module begin with. */
  static final String PERF_PREFIX = "gatun:";

  private @Nullable PerfMap perfMap;
  private final int codeAlignment;

  /**
   * Stores by number. Numbers are reused. A thread reads only the element of a store that it has been handed. The
   * references are weak, so that a store that was dropped without being closed can be cleaned; one whose wasm runs is
   * held by its caller.
   */
  private static volatile @Nullable WeakReference<Upcalls>[] stores = newStores(64);

  private static int usedNumbers;
  private static final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();

  private Machine(Backend backend) {
    this.backend = backend;
    this.arena = CodeArena.of(backend.filler());
    trampoline = addStub("trampoline", backend.trampoline());
    byte[] flush = backend.flush();
    if (flush != null) {
      long flushStub = addStub("flush", flush);
      arena.setFlush((start, end) -> enter(flushStub, start, end, 0));
    }
    backend.detect(this::run);
    this.codeAlignment = backend.newMacroAssembler().alignment();
    MethodHandle dispatch;
    try {
      dispatch =
          MethodHandles.lookup()
              .findStatic(
                  Machine.class, "dispatch", MethodType.methodType(int.class, long.class, long.class, long.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
    // The stub lives as long as code may call it: for ever.
    upcall = Linker.nativeLinker().upcallStub(dispatch, UPCALL, Arena.global()).address();
    builtinStub = addThunk("built-in", backend.builtinStub(upcall));
    allocationStub = addThunk("allocation", backend.allocationStub(upcall));
    byte[] poll = backend.pollStub(upcall);
    pollStub = addThunk("poll", poll);
    pollStubEnd = pollStub + poll.length;
    memoryCopyStub = addStub("memory.copy", backend.memoryCopyStub());
    memoryFillStub = addStub("memory.fill", backend.memoryFillStub());
    compileStub = addThunk("compile", backend.compileStub(upcall));
    TrapHandler.install(
        (segv, bus, fpe) -> {
          long trapExit = addStub("trap exit", backend.trapExit());
          return addStub(
              "signal handler",
              backend.signalHandler(
                  arena.functionStart(), arena.functionEnd(), trapExit, new Backend.PreviousHandlers(segv, bus, fpe)));
        });
  }

  /**
   * The machine of this process, made at the first call.
   *
   * @throws UnsupportedOperationException if there is no backend for this platform; says which there are
   * @throws IllegalStateException if the JVM denies native access; says how it is given
   */
  public static synchronized Machine get() {
    Machine known = instance;
    if (known == null) {
      Preparation.throwFailure();
      Backend backend = findBackend();
      checkNativeAccess();
      known = new Machine(backend);
      instance = known;
    }
    return known;
  }

  /** In each module that needs it, before a class is initialized that relies on it. */
  private static void checkNativeAccess() {
    MemoryAccess.check();
    if (!Machine.class.getModule().isNativeAccessEnabled()) {
      try {
        MemorySegment.NULL.reinterpret(0);
      } catch (IllegalCallerException e) {
        throw MemoryAccess.denied(e);
      }
    }
  }

  private static Backend findBackend() {
    String architecture = System.getProperty("os.arch");
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      throw new UnsupportedOperationException(
          "Gatun runs on Linux for x86-64 (amd64) and AArch64 (aarch64); this is " + system + " on " + architecture);
    }
    if (System.getProperty("org.graalvm.nativeimage.imagecode") != null) {
      throw new UnsupportedOperationException(
          "Gatun does not run in a native image of GraalVM: what it compiles is linked by a JVM; run it on JDK 25 or"
              + " newer");
    }
    return backend(architecture);
  }

  /**
   * A backend of any architecture, to compile but not to run.
   *
   * @throws UnsupportedOperationException if there is none; says which there are
   */
  public static Backend backend(String architecture) {
    StringBuilder known = new StringBuilder();
    for (Backend backend : ServiceLoader.load(Backend.class, Machine.class.getClassLoader())) {
      if (backend.architecture().equals(architecture)) {
        return backend;
      }
      known.append(known.isEmpty() ? "" : ", ").append(backend.architecture());
    }
    throw new UnsupportedOperationException(
        "no Gatun backend for " + architecture + "; found: "
            + (known.isEmpty() ? "none (is gatun-codegen-* on the path?)" : known));
  }

  private long[] run(byte[] code, long first, long second) {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment cells = memory.allocate(32, 8);
      enter(arena.addStub(code), first, second, cells.address());
      return cells.toArray(ValueLayout.JAVA_LONG);
    }
  }

  // Code.

  CodeArena arena() {
    return arena;
  }

  int codeAlignment() {
    return codeAlignment;
  }

  /** The architecture as {@code os.arch} names it. */
  public String architecture() {
    return backend.architecture();
  }

  /** What the processor can do and code makes use of: {@link Backend#features}. */
  public String features() {
    return backend.features();
  }

  /** An empty image for code of this machine. */
  public CodeImage.Builder newImage() {
    return new CodeImage.Builder(backend.filler(), codeAlignment);
  }

  /** The class of the backend, which knows where it comes from. */
  public Class<?> backendClass() {
    return backend.getClass();
  }

  /** The bytes of compiled code at an address, for reports. */
  public byte[] codeAt(long address, int length) {
    return arena.read(address, length);
  }

  /** Bytes of function memory in use by all modules. */
  public long codeMemoryUsed() {
    return arena.used();
  }

  BaselineCompiler takeCompiler() {
    BaselineCompiler compiler = compilers.poll();
    if (compiler != null) {
      return compiler;
    }
    MacroAssembler masm = backend.newMacroAssembler();
    return new BaselineCompiler(masm, backend.callingConvention(), paranoid);
  }

  /** A compiler for a processor with other features than this one, as {@link #features} has them. */
  BaselineCompiler newCompiler(String features) {
    return new BaselineCompiler(backend.newMacroAssembler(features), backend.callingConvention(), paranoid);
  }

  /** Takes a compiler back. One that has failed is dropped by its user instead. */
  void returnCompiler(BaselineCompiler compiler) {
    compilers.add(compiler);
  }

  /** Code that lives as long as the process, and what it is. */
  private record Stub(long address, int size, String name) {}

  private long addStub(String name, byte[] code) {
    return named(name, arena.addStub(code), code.length);
  }

  /** Adds a stub that may fault in the probe of the host's stack. */
  private long addThunk(String name, byte[] code) {
    CodeArena.Block block = arena.allocate(code.length);
    arena.write(block.address(), code, code.length);
    CodeRegistry.add(block, null);
    return named(name, block.address(), code.length);
  }

  private long named(String name, long address, int size) {
    synchronized (stubs) {
      Stub stub = new Stub(address, size, name);
      stubs.add(stub);
      if (perfMap != null) {
        write(stub, perfMap);
      }
    }
    return address;
  }

  private static void write(Stub stub, PerfMap map) {
    map.add(stub.address, stub.size, PERF_PREFIX + stub.name);
  }

  /**
   * The map for perf of this process, made at the first call, with the stubs that there are.
   *
   * @throws java.io.UncheckedIOException if the file can't be made
   */
  public PerfMap perfMap() {
    PerfMap made;
    synchronized (stubs) {
      if (perfMap != null) {
        return perfMap;
      }
      made = PerfMap.create(PerfMap.defaultFile());
      for (Stub stub : stubs) {
        write(stub, made);
      }
      perfMap = made;
    }
    // Whoever adds a thunk now writes it, too, which does no harm; with the lock held it might wait for us.
    entryThunks.writeTo(made);
    hostThunks.writeTo(made);
    resumeThunks.writeTo(made);
    return made;
  }

  Thunks entryThunks() {
    return entryThunks;
  }

  Thunks hostThunks() {
    return hostThunks;
  }

  Thunks resumeThunks() {
    return resumeThunks;
  }

  /** Adds a thunk of a signature. */
  CodeArena.Block addThunk(Thunks.Kind kind, String name, Signature signature) {
    byte[] code =
        switch (kind) {
          case ENTRY -> backend.entryThunk(signature);
          case HOST -> backend.hostThunk(signature, upcall);
          case RESUME -> backend.resumeThunk(signature, upcall);
        };
    CodeArena.Block block = arena.allocate(code.length);
    arena.write(block.address(), code, code.length);
    if (kind != Thunks.Kind.ENTRY) {
      CodeRegistry.add(block, null);
    }
    synchronized (stubs) {
      if (perfMap != null) {
        perfMap.add(block.address(), code.length, PERF_PREFIX + name);
      }
    }
    return block;
  }

  /** Removes what {@link #addThunk(Thunks.Kind, String, Signature)} has added. */
  void removeThunk(CodeArena.Block block) {
    CodeRegistry.remove(block);
    arena.free(block);
  }

  /** The stub for {@link VmContextLayout#BUILTIN_STUB}. */
  public long builtinStub() {
    return builtinStub;
  }

  /** The routine for {@link VmContextLayout#MEMORY_COPY_STUB}. */
  public long memoryCopyStub() {
    return memoryCopyStub;
  }

  /** The routine for {@link VmContextLayout#MEMORY_FILL_STUB}. */
  public long memoryFillStub() {
    return memoryFillStub;
  }

  /** The stub for {@link VmContextLayout#ALLOCATION_STUB}. */
  public long allocationStub() {
    return allocationStub;
  }

  /** The stub for {@link StoreLayout#POLL_STUB}. */
  public long pollStub() {
    return pollStub;
  }

  /**
   * Where the stub for {@link StoreLayout#POLL_STUB} keeps a register of its caller, as a displacement from the stub's
   * frame pointer.
   */
  public int keptRegister(int register) {
    return backend.keptRegister(register);
  }

  /** Whether an address is in the stub for {@link StoreLayout#POLL_STUB}. */
  public boolean isPollStub(long address) {
    return address >= pollStub && address < pollStubEnd;
  }

  /** The thunk that compiles a function of whatever instance it is called in. */
  public long lazyThunk(int function) {
    int row = function / THUNKS_IN_ROW;
    long[] rows = thunkRows;
    if (row >= rows.length) {
      rows = addThunkRows(row + 1);
    }
    return rows[row] + (long) (function % THUNKS_IN_ROW) * backend.lazyThunkSize();
  }

  private synchronized long[] addThunkRows(int count) {
    long[] rows = thunkRows;
    int have = rows.length;
    if (count > have) {
      rows = Arrays.copyOf(rows, count);
      for (int row = have; row < count; row++) {
        byte[] code = backend.lazyThunks(row * THUNKS_IN_ROW, THUNKS_IN_ROW, compileStub);
        CodeArena.Block block = arena.allocate(code.length);
        arena.write(block.address(), code, code.length);
        rows[row] = named("not compiled yet", block.address(), code.length);
      }
      thunkRows = rows;
    }
    return rows;
  }

  // In and out.

  /**
   * Enters wasm through a thunk.
   *
   * @return a status of {@link Backend}
   */
  public static int enter(long thunk, long context, long code, long cells) {
    try {
      return (int) Entry.HANDLE.invokeExact(context, code, cells, thunk);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type can't be made otherwise.
  private static @Nullable WeakReference<Upcalls>[] newStores(int length) {
    return new WeakReference[length];
  }

  /** Gives a store a number, by which upcalls find it. The caller keeps what it registers alive. */
  public static synchronized int register(Upcalls store) {
    Integer number = freeNumbers.poll();
    if (number == null) {
      number = usedNumbers++;
      if (number == stores.length) {
        stores = Arrays.copyOf(stores, 2 * number);
      }
    }
    stores[number] = new WeakReference<>(store);
    return number;
  }

  /** Gives the number of a store that is no more to its successor. */
  public static synchronized void rebind(int number, Upcalls store) {
    stores[number] = new WeakReference<>(store);
  }

  /** Takes a store's number back. */
  public static synchronized void unregister(int number) {
    stores[number] = null;
    freeNumbers.add(number);
  }

  /** Every call out of wasm arrives here, on the Java thread's stack. */
  private static int dispatch(long context, long function, long cells) {
    int store =
        (int) function >= 0
            ? VmContextLayout.storeOfHostFunction(function)
            : NativeMemory.getInt(
                NativeMemory.getLong(context + VmContextLayout.STORE) + StoreLayout.STORE_NUMBER);
    WeakReference<Upcalls> reference = stores[store];
    Upcalls target = reference == null ? null : reference.get();
    if (target == null) {
      return 1;
    }
    return target.call(context, (int) function, cells);
  }
}

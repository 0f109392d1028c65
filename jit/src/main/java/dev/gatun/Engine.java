package dev.gatun;

import dev.gatun.cache.CodeFile;
import dev.gatun.cache.CodeStore;
import dev.gatun.cache.ModuleFile;
import dev.gatun.compiler.CodeOptions;
import dev.gatun.memory.LinearMemory;
import dev.gatun.observe.Counters;
import dev.gatun.observe.FlightRecording;
import dev.gatun.observe.ModuleCompiledEvent;
import dev.gatun.observe.PerfMap;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.Preparation;
import dev.gatun.text.TextFormat;
import dev.gatun.wasm.FunctionQueue;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.ModuleValidator;
import dev.gatun.wasm.WasmModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Compiles modules and makes stores. Immutable and thread-safe; an application needs one.
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="hello"}
 */
public final class Engine implements AutoCloseable {
  /** When functions are compiled. */
  public enum Compilation {
    /** Each when it is first called. */
    LAZY,
    /** All before {@link Engine#compile(byte[])} returns. */
    EAGER
  }

  /** How accesses beyond the end of a memory are caught. */
  public enum BoundsChecks {
    /** By pages that fault, which costs nothing; 8 GiB of address space for each memory. */
    GUARD_PAGES,
    /** By comparing each address. */
    EXPLICIT
  }

  /** Names the {@link BoundsChecks} of engines that do not choose: guard-pages, or explicit. */
  private static final String BOUNDS_PROPERTY = "gatun.bounds";

  /** Whether engines that do not choose write a map for perf: true or false. */
  private static final String PERF_MAP_PROPERTY = "gatun.perfMap";

  /** Units that stores begin with, for engines that do not choose whether there is fuel. */
  private static final String FUEL_PROPERTY = "gatun.fuel";

  private final Limits limits;
  private final Compilation compilation;
  private final int compilerThreads;
  private final @Nullable BoundsChecks chosenBounds;
  private final Counters counters = new Counters();
  private final @Nullable PerfMap perfMap;
  private final CoreDump.@Nullable Handler coreDumps;
  private volatile @Nullable BoundsChecks bounds;
  private final CodeOptions options;
  private final long initialFuel;
  private final @Nullable CodeStore codeStore;
  private volatile boolean closed;

  /** Samples each store that is made, or null. */
  private volatile @Nullable Profiler profiler;

  private Engine(Builder builder) {
    limits = builder.limits;
    compilation = builder.compilation;
    compilerThreads = builder.compilerThreads;
    chosenBounds = builder.bounds;
    coreDumps = builder.coreDumps;
    Preparation.begin();
    perfMap = builder.perfMap ? Machine.get().perfMap() : null;
    Boolean chosenFuel = builder.fuel;
    Long defaultFuel = chosenFuel == null ? Long.getLong(FUEL_PROPERTY) : null;
    boolean usesFuel = chosenFuel == null ? defaultFuel != null || limits.fuel().isPresent() : chosenFuel;
    initialFuel = defaultFuel == null ? 0 : defaultFuel;
    options = new CodeOptions(usesFuel, builder.polls);
    CodeCache cache = builder.codeCache;
    codeStore = cache == null ? null : cache.store();
  }

  /** An engine with the defaults. */
  public static Engine create() {
    return builder().build();
  }

  /** A builder. */
  public static Builder builder() {
    return new Builder();
  }

  /** What can be chosen about an engine. */
  public static final class Builder {
    private Limits limits = Limits.none();
    private Compilation compilation = Compilation.LAZY;
    private int compilerThreads = FunctionQueue.defaultThreads();
    private @Nullable BoundsChecks bounds;
    private CoreDump.@Nullable Handler coreDumps;
    private boolean perfMap = Boolean.getBoolean(PERF_MAP_PROPERTY);
    private @Nullable Boolean fuel;
    private boolean polls = true;
    private @Nullable CodeCache codeCache = CodeCache.named();

    private Builder() {}

    /** What guests may use in stores for which nothing else is said; if not set, {@link Limits#none}. */
    public Builder limits(Limits ofStores) {
      limits = ofStores;
      return this;
    }

    /** When functions are compiled; lazily if not set. */
    public Builder compilation(Compilation when) {
      compilation = when;
      return this;
    }

    /**
     * How many threads validate a module, and compile it if that is done {@linkplain Compilation#EAGER eagerly}: the
     * one that calls {@link Engine#compile(byte[])}, and daemon threads that end with the call. Small modules need no
     * more than the first. If not set, one for each processor, 16 at most.
     *
     * @param most for each call, the caller included; above 0
     * @throws IllegalArgumentException if it is not
     */
    public Builder compilerThreads(int most) {
      if (most < 1) {
        throw new IllegalArgumentException(most + " threads to compile on: must be 1 at least");
      }
      compilerThreads = most;
      return this;
    }

    /**
     * How accesses beyond the end of a memory are caught. If not set: by guard pages, unless the process has no
     * addresses for them (ulimit -v), or the system property {@code gatun.bounds} is {@code explicit}. Memories of
     * 64-bit addresses and of small pages always need explicit checks.
     */
    public Builder boundsChecks(BoundsChecks how) {
      bounds = how;
      return this;
    }

    /**
     * Whether functions are written to {@code /tmp/perf-PID.map} as they are compiled, which lets {@code perf report}
     * of Linux name them; so are the stubs of the engine. Slows the compiler down by a system call for each function.
     * The file can't say that code is gone: after modules were closed and others compiled, names may be wrong. HotSpot
     * writes the same file if it is told {@code -XX:+DumpPerfMapAtExit}. False if not set, unless the system property
     * {@code gatun.perfMap} is true.
     */
    public Builder perfMap(boolean write) {
      perfMap = write;
      return this;
    }

    /**
     * What is called at each trap, by the thread that has trapped, and can write a {@link CoreDump} of the store. It
     * may be called by several threads at once. Nothing if not set.
     */
    public Builder coreDumps(CoreDump.Handler handler) {
      coreDumps = handler;
      return this;
    }

    /**
     * Writes a {@link CoreDump} of the first traps to new files of a directory, which are named {@code
     * core-PID-TIME-N.wasm} with the milliseconds since 1970. A file that can't be written is told of by an exception
     * that the trap carries as a suppressed one.
     *
     * @param directory where; must exist when a trap happens
     * @param most how many dumps this builder's engines write at most, since a guest may trap a million times; above 0
     */
    public Builder coreDumps(Path directory, int most) {
      if (most < 1) {
        throw new IllegalArgumentException(most + " core dumps: must be 1 at least");
      }
      AtomicInteger count = new AtomicInteger();
      String prefix = "core-" + ProcessHandle.current().pid() + "-";
      return coreDumps(
          (trap, dump) -> {
            int number = count.get() < most ? count.incrementAndGet() : most + 1;
            if (number <= most) {
              dump.writeNew(directory.resolve(prefix + System.currentTimeMillis() + "-" + number + ".wasm"));
            }
          });
    }

    /**
     * Whether what is executed is counted, and ends when the fuel of its store is consumed: see {@link Store#fuel}.
     * Code is larger and slower for it. To bound the time that a guest takes, {@link Limits.Builder#timeout} costs
     * nothing; fuel is for bounds that are the same on each run and each machine.
     *
     * <pre>{@code
     * try (Engine engine = Engine.builder().fuel(true).build();
     *     Module module = engine.compile(Path.of("rules.wasm"));
     *     Store store = engine.newStore(Limits.builder().fuel(1_000_000).build())) {
     *   Instance rules = store.instantiate(module, Imports.none());
     *   rules.function("evaluate").call(1);
     *   System.out.println("took " + (1_000_000 - store.fuel()));
     * } catch (FuelException e) {
     *   System.out.println("took too long: " + e.backtrace());
     * }
     * }</pre>
     *
     * @param counted if not set, it is counted if the engine's {@link #limits} have fuel, or if the system property
     *     {@code gatun.fuel} says how many units stores begin with
     */
    public Builder fuel(boolean counted) {
      fuel = counted;
      return this;
    }

    /**
     * Where code is kept from run to run. Nowhere if not set, unless the system property {@code gatun.codeCache} names
     * a folder.
     *
     * @param cache null for nowhere
     */
    public Builder codeCache(@Nullable CodeCache cache) {
      codeCache = cache;
      return this;
    }

    /** Compiles loops that can't be interrupted, to measure what it costs that they can. */
    Builder polls(boolean inLoops) {
      polls = inLoops;
      return this;
    }

    /**
     * The engine.
     *
     * @throws java.io.UncheckedIOException if the map for perf can't be made
     */
    public Engine build() {
      return new Engine(this);
    }
  }

  /**
   * Decodes and validates a module, and compiles its functions unless that is left for later. The bytes are copied:
   * what is compiled later must be what was validated. An interruption of the thread does not end this, and is kept.
   *
   * @throws MalformedModuleException if the bytes are no module
   * @throws InvalidModuleException if the module is not valid
   * @throws UnsupportedFeatureException if it needs a feature that Gatun does not have
   */
  public Module compile(byte[] wasm) {
    return compileOwned(wasm.clone(), null);
  }

  /** Decided when it is first asked, which costs a few system calls at most. */
  boolean usesGuardPages() {
    BoundsChecks known = bounds;
    if (known == null) {
      known = chosenBounds != null ? chosenBounds : defaultBounds();
      bounds = known;
    }
    return known == BoundsChecks.GUARD_PAGES;
  }

  private static BoundsChecks defaultBounds() {
    String named = System.getProperty(BOUNDS_PROPERTY, "guard-pages");
    return switch (named) {
      case "explicit" -> BoundsChecks.EXPLICIT;
      case "guard-pages" -> LinearMemory.canGuard() ? BoundsChecks.GUARD_PAGES : BoundsChecks.EXPLICIT;
      default -> throw new IllegalArgumentException(
          "system property " + BOUNDS_PROPERTY + "=" + named + ": must be explicit or guard-pages");
    };
  }

  /** Whether code for some machine relies on guard pages, if the process that runs it has the addresses. */
  boolean wantsGuardPages() {
    return chosenBounds != null
        ? chosenBounds == BoundsChecks.GUARD_PAGES
        : !System.getProperty(BOUNDS_PROPERTY, "guard-pages").equals("explicit");
  }

  /**
   * Compiles bytes that nobody else can change.
   *
   * @param file where they come from, or null
   */
  private Module compileOwned(byte[] wasm, @Nullable ModuleFile file) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    if (CodeFile.isMagic(wasm)) {
      return compileOwned(StoredCode.wasmOf(wasm), null);
    }
    ModuleCompiledEvent event = FlightRecording.isOn() ? ModuleCompiledEvent.begun() : null;
    CodeStore store = codeStore;
    CompiledModule compiled =
        store == null ? validated(wasm) : new StoredCode(this).find(store.lookUp(wasm, file), wasm);
    if (compilation == Compilation.EAGER) {
      compileAll(compiled);
    }
    if (event != null) {
      end(event, compiled);
    }
    return new Module(this, compiled);
  }

  private static void end(ModuleCompiledEvent event, CompiledModule compiled) {
    WasmModule module = compiled.module();
    event.end(
        module.name(), compiled.id(), module.bytes().length, module.functionCount() - module.importedFunctions(),
        compiled.functionsLoaded(), compiled.codeSize());
  }

  private void compileAll(CompiledModule compiled) {
    boolean done = false;
    try {
      compiled.compileAll(compilerThreads);
      done = true;
    } finally {
      if (!done) {
        compiled.release();
      }
    }
  }

  /** A module none of whose functions is compiled. */
  private CompiledModule validated(byte[] wasm) {
    WasmModule module = ModuleDecoder.decode(wasm);
    ModuleValidator.validate(module, compilerThreads);
    return newModule(module);
  }

  CompiledModule newModule(WasmModule module) {
    return new CompiledModule(
        module, Machine.get(), module.memories().length > 0 && usesGuardPages(), options, counters, perfMap);
  }

  CodeOptions options() {
    return options;
  }

  int compilerThreads() {
    return compilerThreads;
  }

  /**
   * {@link #compile(byte[])} of a file in the binary or the text format.
   *
   * @throws IOException if the file can't be read
   */
  public Module compile(Path file) throws IOException {
    // Where no code is kept, nobody asks whose the file is, and no call of the system need be linked for that.
    boolean isOfHost = codeStore != null && file.getFileSystem().equals(FileSystems.getDefault());
    ModuleFile read = isOfHost ? ModuleFile.read(file.toAbsolutePath().toString()) : null;
    byte[] bytes = read == null ? Files.readAllBytes(file) : read.bytes();
    if (file.toString().endsWith(".wat") || isText(bytes)) {
      return compileText(new String(bytes, StandardCharsets.UTF_8));
    }
    return compileOwned(bytes, read);
  }

  /** The binary format starts with a zero byte, and a text never has one. */
  private static boolean isText(byte[] bytes) {
    return bytes.length > 0 && (bytes[0] == '(' || bytes[0] == ';' || Character.isWhitespace(bytes[0]));
  }

  /**
   * {@link #compile(byte[])} of a module in the text format.
   *
   * @throws MalformedTextException if the text is no module
   */
  public Module compileText(String module) {
    return compileOwned(TextFormat.parse(module), null);
  }

  /**
   * Compiles a module with all its functions, to be run later by {@link #loadTrusted} of an engine with the same
   * options, on this machine or another. The result contains the module as well.
   *
   * @param wasm in the binary format
   * @param target what the code is for
   * @param progress told of how much is done, from 0 to 1, often and by several threads at once; or null
   * @throws MalformedModuleException if the bytes are no module
   * @throws InvalidModuleException if the module is not valid
   * @throws UnsupportedFeatureException if it needs a feature that Gatun does not have
   * @throws IOException if it is not known of what build this Gatun is, or the result would be larger than 2 GiB
   */
  public byte[] precompile(byte[] wasm, Target target, @Nullable DoubleConsumer progress) throws IOException {
    return new StoredCode(this).precompile(wasm.clone(), target, progress);
  }

  /**
   * Whether a file looks as if {@link #precompile} had made it; nothing is promised of what else is in it.
   *
   * @throws IOException if it can't be read
   */
  public static boolean isPrecompiled(Path file) throws IOException {
    return StoredCode.isPrecompiled(file);
  }

  /**
   * Loads what {@link #precompile} has made, without validating or compiling it.
   *
   * <p><b>The file is trusted.</b> Its machine code runs as it is, outside of any sandbox, with all that this process
   * may do: as a program or a shared library would. Load only what you have compiled yourself, or got from someone
   * whose native programs you would run, over a way on which nobody could change it. A checksum finds damage, but not
   * malice. What is not trusted can be given to {@link #compile(Path)}, which compiles the module in it again.
   *
   * @throws IncompatibleCodeException if it was compiled by another build of Gatun, for other options than this
   *     engine's, or for another processor than this; says for which
   * @throws IOException if it can't be read, is none, or is damaged
   */
  public Module loadTrusted(Path precompiled) throws IOException {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    ModuleCompiledEvent event = FlightRecording.isOn() ? ModuleCompiledEvent.begun() : null;
    CompiledModule compiled = new StoredCode(this).load(precompiled);
    if (event != null) {
      end(event, compiled);
    }
    return new Module(this, compiled);
  }

  /** A store, in which instances can share what they export. */
  public Store newStore() {
    return newStore(limits);
  }

  /**
   * A store with other limits than the engine's.
   *
   * @throws IllegalArgumentException if they have fuel, and this engine does not count it
   */
  public Store newStore(Limits others) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    if (others.fuel().isPresent() && !options.fuel()) {
      throw new IllegalArgumentException(
          "limits of fuel, for an engine that does not count it: see Engine.Builder.fuel");
    }
    Store store = new Store(this, others);
    Profiler known = profiler;
    if (known != null) {
      known.add(store);
    }
    return store;
  }

  /**
   * Lets a profiler sample each store that is made from now on; null ends that.
   *
   * @throws IllegalStateException if another does
   */
  synchronized void profileStores(@Nullable Profiler with) {
    if (with != null && profiler != null) {
      throw new IllegalStateException("the engine's stores are being sampled by another profiler");
    }
    profiler = with;
  }

  boolean usesFuel() {
    return options.fuel();
  }

  /** The fuel of a store with such limits. */
  long initialFuel(Limits ofStore) {
    return ofStore.fuel().orElse(initialFuel);
  }

  /** What the engine has counted so far; also after it was closed, since its modules and stores go on. Thread-safe. */
  public EngineStatistics statistics() {
    return new EngineStatistics(
        counters.modulesCompiledSoFar(),
        counters.liveModules(),
        counters.functionsCompiledSoFar(),
        counters.liveCodeBytes(),
        Duration.ofNanos(counters.nanosOfCompiling()),
        counters.instancesCreatedSoFar(),
        counters.liveInstances(),
        counters.memories().memories(),
        counters.memories().reserved(),
        counters.memories().committed(),
        counters.trapsSoFar(),
        counters.interruptionsSoFar());
  }

  CoreDump.@Nullable Handler coreDumps() {
    return coreDumps;
  }

  Limits limits() {
    return limits;
  }

  Counters counters() {
    return counters;
  }

  /** Refuses further use. Modules and stores stay usable until they are closed themselves. */
  @Override
  public void close() {
    closed = true;
  }
}

package dev.gatun;

import dev.gatun.backend.PcTable;
import dev.gatun.compiler.LocalPlaces;
import dev.gatun.memory.LinearMemory;
import dev.gatun.observe.CoreFile;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds at a trap, to be written to a file in the core dump format of WebAssembly (tool-conventions,
 * Coredump.md), which debuggers of wasm read: the frames of the stack, the memories and the globals.
 *
 * <p>Given to a {@link Handler}, and usable only until that returns: nothing is copied before it is written. Not
 * thread-safe.
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="cores"}
 *
 * <p>The file has what memories hold but zeros, up to 960 MiB; references, and values that are in no place that can be
 * found, are missing from it, and so are the stacks of other threads and of calls into wasm further out. It holds
 * whatever secrets the guest had. Offsets of the frames count from the start of
 * the function's body, where its locals are declared.
 */
public final class CoreDump {
  /** Is called at each trap, when the state is still that of the trap. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Wasm has trapped; called by the thread that runs it, before anyone gets to see the trap. Must not use the store.
     * An exception is added to the trap as a suppressed one.
     *
     * @param dump can be written until this returns
     */
    void trapped(Trap trap, CoreDump dump) throws IOException;
  }

  private final Store store;
  private final List<FrameWalk.Frame> frames;
  private boolean over;

  private CoreDump(Store store, List<FrameWalk.Frame> frames) {
    this.store = store;
    this.frames = frames;
  }

  /** Lets a handler dump a store. */
  static void offer(Handler handler, Store store, Trap trap, List<FrameWalk.Frame> frames) {
    CoreDump dump = new CoreDump(store, frames);
    try {
      handler.trapped(trap, dump);
    } catch (IOException | RuntimeException e) {
      trap.addSuppressed(e);
    } finally {
      dump.over = true;
    }
  }

  /**
   * Writes the dump to a file, which is made or replaced. If it is made, only this user can read it.
   *
   * @throws IOException if the file can't be written
   * @throws IllegalStateException if the handler has returned
   */
  public void write(Path file) throws IOException {
    write(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
  }

  /** The same to a file that must not exist: who can make one in its folder can't lay a link there. */
  void writeNew(Path file) throws IOException {
    write(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  private void write(Path file, Set<StandardOpenOption> options) throws IOException {
    FileAttribute<?>[] attributes = {};
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      attributes =
          new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
          };
    }
    try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(file, options, attributes))) {
      write(out);
    }
  }

  /**
   * Writes the dump to a stream, and leaves it open.
   *
   * @throws IOException if the stream can't be written
   * @throws IllegalStateException if the handler has returned
   */
  public void write(OutputStream out) throws IOException {
    if (over) {
      throw new IllegalStateException("a core dump can be written only until its handler returns");
    }
    Contents contents = new Contents();
    for (Instance instance : store.instances()) {
      contents.add(instance);
    }
    List<CoreFile.Frame> stack = new ArrayList<>();
    for (FrameWalk.Frame frame : frames) {
      Integer instance = contents.instanceOf(frame.context());
      if (instance != null) {
        stack.add(contents.frame(frame, instance));
      }
    }
    String program = "";
    if (!stack.isEmpty()) {
      program = contents.modules.get(contents.instances.get(stack.getLast().instance()).module());
    }
    BufferedOutputStream buffered = new BufferedOutputStream(out);
    CoreFile.write(
        buffered,
        program,
        contents.modules,
        contents.instances,
        contents.memories,
        contents.globals,
        Thread.currentThread().getName(),
        stack);
    buffered.flush();
  }

  /** The lists of the file; what instances share is in them once. */
  private static final class Contents {
    final List<String> modules = new ArrayList<>();
    final List<CoreFile.Instance> instances = new ArrayList<>();
    final List<CoreFile.Memory> memories = new ArrayList<>();
    final List<CoreFile.Global> globals = new ArrayList<>();
    private final Map<Long, Integer> contexts = new HashMap<>();
    private final Map<CompiledModule, Integer> moduleIndex = new HashMap<>();
    private final Map<LinearMemory, Integer> memoryIndex = new HashMap<>();
    private final Map<Long, Integer> globalIndex = new HashMap<>();
    private final Map<Place, @Nullable LocalPlaces> localPlaces = new HashMap<>();

    /** A place in code, which many frames may have in common. */
    private record Place(CompiledModule module, int function, int offset) {}

    void add(Instance instance) {
      contexts.put(instance.context(), instances.size());
      CompiledModule module = instance.module().compiled();
      int[] ownMemories = new int[instance.memories.length];
      int memoryCount = 0;
      for (Memory memory : instance.memories) {
        if (memory != null) { // it is if a trap has ended the making of the instance
          ownMemories[memoryCount++] = add(memory);
        }
      }
      int[] ownGlobals = new int[instance.globals.length];
      int globalCount = 0;
      for (Global global : instance.globals) {
        if (global != null) {
          ownGlobals[globalCount++] = add(global);
        }
      }
      instances.add(
          new CoreFile.Instance(
              add(module), Arrays.copyOf(ownMemories, memoryCount), Arrays.copyOf(ownGlobals, globalCount)));
    }

    private int add(CompiledModule module) {
      Integer known = moduleIndex.get(module);
      if (known == null) {
        known = modules.size();
        String name = module.module().name();
        modules.add(name == null ? "module " + module.id() : name);
        moduleIndex.put(module, known);
      }
      return known;
    }

    private int add(Memory memory) {
      LinearMemory linear = memory.linear();
      Integer known = memoryIndex.get(linear);
      if (known == null) {
        known = memories.size();
        MemoryType type = memory.type();
        memories.add(
            new CoreFile.Memory(
                linear.segment(),
                linear.segment().byteSize() >>> linear.pageSizeLog2(),
                type.maxPages().isPresent() ? (Long) type.maxPages().getAsLong() : null,
                memory.isWide(),
                memory.isShared(),
                linear.pageSizeLog2()));
        memoryIndex.put(linear, known);
      }
      return known;
    }

    private int add(Global global) {
      Integer known = globalIndex.get(global.address());
      if (known == null) {
        known = globals.size();
        globals.add(new CoreFile.Global(FuncType.code(global.type().type()), global.bits(), global.highBits()));
        globalIndex.put(global.address(), known);
      }
      return known;
    }

    /** The instance with a context. */
    @Nullable Integer instanceOf(long context) {
      return contexts.get(context);
    }

    CoreFile.Frame frame(FrameWalk.Frame frame, int instance) {
      CompiledModule module = frame.at().module();
      int function = frame.at().function();
      PcTable.Entry entry = module.describe(function, frame.at().offset(), frame.isCall());
      int offset = entry == null ? 0 : Math.max(0, entry.wasmOffset() - module.module().bodyStart(function));
      return new CoreFile.Frame(instance, function, offset, locals(frame));
    }

    private CoreFile.Value[] locals(FrameWalk.Frame frame) {
      CompiledModule module = frame.at().module();
      int function = frame.at().function();
      Place place = new Place(module, function, frame.at().offset());
      if (!localPlaces.containsKey(place)) {
        localPlaces.put(place, module.locals(function, frame.at().offset(), frame.isCall()));
      }
      LocalPlaces places = localPlaces.get(place);
      if (places == null) {
        return unknown(module.module(), function);
      }
      CoreFile.Value[] values = new CoreFile.Value[places.count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(places, i, frame);
      }
      return values;
    }

    private static CoreFile.Value[] unknown(WasmModule module, int function) {
      CoreFile.Value[] values = new CoreFile.Value[module.facts(function).locals()];
      Arrays.fill(values, CoreFile.Value.UNKNOWN);
      return values;
    }

    private static CoreFile.Value value(LocalPlaces places, int local, FrameWalk.Frame frame) {
      int type = places.type(local);
      boolean isScalar =
          type == ValueType.I32 || type == ValueType.I64 || type == ValueType.F32 || type == ValueType.F64;
      if (isScalar && places.isConstant(local)) {
        return new CoreFile.Value(type, places.constant(local));
      }
      if (isScalar && places.isInFrame(local)) {
        return new CoreFile.Value(type, NativeMemory.getLong(frame.pointer() + places.displacement(local)));
      }
      long register = isScalar && places.isInRegister(local) ? frame.registers().address(places.register(local)) : 0;
      if (register != 0) {
        return new CoreFile.Value(type, NativeMemory.getLong(register));
      }
      return CoreFile.Value.UNKNOWN;
    }
  }
}

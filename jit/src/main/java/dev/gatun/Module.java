package dev.gatun;

import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.MemoryImage;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.wasm.BranchHints;
import dev.gatun.wasm.ExternKind;
import dev.gatun.wasm.WasmModule;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A validated module. Immutable, shared by all threads. One that is dropped without being closed is released by a
 * cleaner, as are its instances.
 */
public final class Module implements AutoCloseable {
  private final Engine engine;
  private final CompiledModule compiled;
  private final Views views = new Views();
  private final Cleaner.Cleanable cleanable;
  private boolean closed;

  private boolean imageBuilt;
  private @Nullable MemoryImage image;

  Module(Engine engine, CompiledModule compiled) {
    this.engine = engine;
    this.compiled = compiled;
    this.cleanable = StoreResources.CLEANER.register(this, new Release(compiled));
  }

  /** What must be done when the module is gone; does not refer to it. */
  private record Release(CompiledModule compiled) implements Runnable {
    @Override
    public void run() {
      compiled.release();
    }
  }

  /** The engine that has compiled it. */
  public Engine engine() {
    return engine;
  }

  /** The module's name, if it carries one. */
  public @Nullable String name() {
    return wasm().name();
  }

  WasmModule wasm() {
    return compiled.module();
  }

  Views views() {
    return views;
  }

  CompiledModule compiled() {
    return compiled;
  }

  /**
   * The compiled module, to be retained.
   *
   * @throws IllegalStateException if the module is closed
   */
  synchronized CompiledModule open() {
    if (closed) {
      throw new IllegalStateException("the module is closed");
    }
    return compiled;
  }

  /** What the module imports, in its order. */
  public List<ImportType> imports() {
    List<ImportType> imports = new ArrayList<>();
    for (WasmModule.Import i : wasm().imports()) {
      imports.add(new ImportType(i.module(), i.name(), type(i.kind(), i.index())));
    }
    return List.copyOf(imports);
  }

  /** What the module exports, in its order. */
  public List<ExportType> exports() {
    List<ExportType> exports = new ArrayList<>();
    for (WasmModule.Export e : wasm().exports()) {
      exports.add(new ExportType(e.name(), type(e.kind(), e.index())));
    }
    return List.copyOf(exports);
  }

  ExternType type(ExternKind kind, int index) {
    return switch (kind) {
      case FUNCTION -> FuncType.of(wasm().functionType(index));
      case TABLE -> tableType(index);
      case MEMORY -> memoryType(index);
      case GLOBAL -> globalType(index);
      case TAG -> new TagType(FuncType.of(wasm().tagType(index)).params());
    };
  }

  private static OptionalLong optional(long max) {
    return max == WasmModule.Limits.UNBOUNDED ? OptionalLong.empty() : OptionalLong.of(max);
  }

  TableType tableType(int index) {
    WasmModule.TableDescription table = wasm().tables()[index];
    return new TableType(
        ValType.of(table.type()), table.limits().min(), optional(table.limits().max()), ValType.of(table.indexType()));
  }

  MemoryType memoryType(int index) {
    WasmModule.MemoryDescription memory = wasm().memories()[index];
    return new MemoryType(
        memory.limits().min(),
        optional(memory.limits().max()),
        ValType.of(memory.addressType()),
        memory.shared(),
        memory.pageSize());
  }

  GlobalType globalType(int index) {
    WasmModule.GlobalDescription global = wasm().globals()[index];
    return new GlobalType(ValType.of(global.type()), global.mutable());
  }

  /**
   * Makes an instance in a store of its own, which is closed with the instance.
   *
   * @throws LinkException if an import is missing or of another type
   * @throws Trap if an active segment does not fit, or the start function traps
   * @throws LimitException if the instance needs more than the {@link Limits} allow
   * @throws dev.gatun.system.OutOfAddressSpaceException if the system has no room for it
   */
  public Instance instantiate(Imports imports) {
    return instantiate(imports, engine.newStore());
  }

  /** {@link #instantiate(Imports)} with other limits than the engine's. */
  public Instance instantiate(Imports imports, Limits limits) {
    return instantiate(imports, engine.newStore(limits));
  }

  private Instance instantiate(Imports imports, Store store) {
    try {
      Instance instance = store.instantiate(this, imports);
      instance.ownStore();
      return instance;
    } catch (Throwable e) {
      store.close();
      throw e;
    }
  }

  /** {@link #instantiate(Imports)} without imports. */
  public Instance instantiate() {
    return instantiate(Imports.none());
  }

  /**
   * Checks the custom sections whose contents the specification defines and that mean more than names: hints for
   * branches. What is wrong there does not keep a module from running.
   *
   * @throws MalformedModuleException if one can't be read
   * @throws InvalidModuleException if it speaks of what is not there
   */
  public void checkCustomSections() {
    BranchHints.check(wasm());
  }

  /** What is known of the module's code. Thread-safe. */
  public ModuleStatistics statistics() {
    return new ModuleStatistics(
        wasm().functionCount() - wasm().importedFunctions(),
        compiled.functionsCompiled(),
        compiled.functionsLoaded(),
        wasm().bytes().length,
        compiled.codeSize(),
        Duration.ofNanos(compiled.compileNanos()));
  }

  /** Bytes of machine code that have been compiled so far. */
  public long codeSize() {
    return compiled.codeSize();
  }

  /** The contents of memory 0 at first, as {@link FirstContents} knows them. */
  private @Nullable MemoryImage image() {
    if (!imageBuilt) {
      imageBuilt = true;
      image = FirstContents.of(wasm());
    }
    return image;
  }

  /**
   * Makes a memory of an instance; memory 0 with its first contents if those are known.
   *
   * @throws IllegalStateException if the module is closed: its image is gone, even if other instances keep its code
   */
  synchronized LinearMemory newMemory(int index) {
    if (closed) {
      throw new IllegalStateException("the module is closed");
    }
    boolean guarded = compiled.layout().isGuarded(index);
    return LinearMemory.create(Memory.plan(memoryType(index), guarded), index == 0 ? image() : null);
  }

  /** Whether an image takes the place of the active data segments, all of which are for memory 0. */
  synchronized boolean hasImage() {
    return image() != null;
  }

  /** Releases the module; its code stays as long as instances use it. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (image != null) {
        image.close();
      }
      cleanable.clean();
    }
  }
}

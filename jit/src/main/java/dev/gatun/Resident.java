package dev.gatun;

import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.LinearMemory;
import dev.gatun.observe.FlightRecording;
import dev.gatun.observe.InstanceCreatedEvent;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.WasmModule;
import org.jspecify.annotations.Nullable;

/**
 * The native part of an instance that was made from a snapshot: what it costs to make, and can be used by one store
 * after the other. Each use has a {@link Store}, an {@link Instance} and so on of its own; when their use has ended
 * they are closed for good, so they can't reach what the next use finds.
 *
 * <p>Used by one thread at a time.
 */
final class Resident {
  private final Snapshot snapshot;
  private final Limits limits;

  /** Bytes of what has been written that may stay in memory while nobody uses the place. */
  private final long keep;

  private final Module module;
  private final WasmModule wasm;
  private final VmContextLayout layout;
  private final InstanceState state;
  private final StoreResources resources;
  private final long context;
  private final long[] hosts;
  private final LinearMemory[] memories;
  private final TableElements[] tables;
  private final Rtt[] tags;

  // What the state is in this place.
  private final long[] globals;
  private final long[][] tableBits;
  private final long[] @Nullable [] elements;

  /** Segments that have been dropped are null. */
  private final WasmModule.@Nullable DataSegment[] data;

  private final boolean hasData;

  /** Null if the state is of an idle instance. */
  private final long @Nullable [] stack;

  private @Nullable Store store;

  /**
   * Makes a place for an instance.
   *
   * @param keep how many bytes of what has been written may stay in memory between two uses
   * @throws IllegalStateException if the snapshot is closed
   * @throws LimitException if the instance has more than the limits allow
   */
  Resident(Snapshot snapshot, Limits limits, long keep) {
    this.snapshot = snapshot;
    this.limits = limits;
    this.keep = keep;
    module = snapshot.module();
    wasm = module.wasm();
    CompiledModule compiled = module.compiled();
    layout = compiled.layout();
    state = snapshot.state();
    resources = new StoreResources(limits.stack(), module.engine().counters());
    hosts = new long[wasm.importedFunctions()];
    memories = new LinearMemory[wasm.memories().length];
    tables = new TableElements[wasm.tables().length];
    tags = new Rtt[wasm.tagCount()];
    tableBits = new long[tables.length][];
    elements = new long[state.elements().length][];
    data = wasm.data().clone();
    boolean anyData = false;
    for (int i = 0; i < data.length; i++) {
      if (state.data()[i]) {
        anyData = true;
      } else {
        data[i] = null;
      }
    }
    hasData = anyData;
    boolean done = false;
    try {
      resources.retain(compiled);
      Store first = new Store(module.engine(), limits, resources);
      store = first;
      context = first.allocate(layout.size());
      resources.initializeContext(context);
      NativeMemory.putLong(context + VmContextLayout.INSTANCE, 0);
      for (int i = 0; i < hosts.length; i++) {
        hosts[i] = resources.newHostRecord(wasm.definedFunctionType(i), i);
        NativeMemory.putLong(context + layout.importEntry(i), hosts[i]);
      }
      new Linking(first, module, Imports.none()).fillFunctions(context);
      long[] functions = functionAddresses();
      globals = state.globalsIn(functions);
      NativeMemory.putLongs(context + VmContextLayout.HEAD_SIZE, globals);
      for (int i = 0; i < tags.length; i++) {
        tags[i] = Tag.rtt(wasm.definedTagType(i));
      }
      for (int i = 0; i < elements.length; i++) {
        InstanceState.References segment = state.elements()[i];
        elements[i] = segment == null ? null : segment.in(functions);
      }
      makeTables(first, functions);
      makeMemories(first);
      stack = makeStack(first);
      fillStack();
      resources.seal();
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** For each function that can be referenced, the address of its record. */
  private long[] functionAddresses() {
    long[] addresses = new long[wasm.functionCount()];
    for (int i = 0; i < addresses.length; i++) {
      if (i < hosts.length) {
        addresses[i] = hosts[i];
      } else if (layout.hasFuncRef(i)) {
        addresses[i] = context + layout.funcRef(i);
      }
    }
    return addresses;
  }

  private void makeTables(Store first, long[] functions) {
    for (int i = 0; i < tables.length; i++) {
      tableBits[i] = state.tables()[i].in(functions);
      first.quota().claimElements(tableBits[i].length);
      tables[i] = resources.newTable(tableBits[i].length);
      tables[i].reset(tableBits[i]);
      NativeMemory.putLong(context + layout.table(i), tables[i].descriptor());
    }
  }

  private void makeMemories(Store first) {
    for (int i = 0; i < memories.length; i++) {
      LinearMemory.Plan declared = Memory.plan(module.memoryType(i), layout.isGuarded(i));
      LinearMemory.Plan grown =
          new LinearMemory.Plan(
              state.pages()[i], declared.maxPages(), declared.pageSizeLog2(), declared.guarded());
      first.quota().claimMemory(grown.minPages(), grown.pageSizeLog2());
      memories[i] = snapshot.newMemory(grown, state.images()[i]);
      resources.add(memories[i]);
      NativeMemory.putLong(context + layout.memory(i), memories[i].descriptorAddress());
      if (i == 0) {
        NativeMemory.putLong(context + VmContextLayout.MEMORY_BASE, memories[i].base());
      }
    }
  }

  private long @Nullable [] makeStack(Store first) {
    SuspendedStack suspended = state.stack();
    if (suspended == null) {
      return null;
    }
    if (suspended.size() > resources.stack().top() - resources.stack().limit()) {
      throw first.trap(Trap.Kind.CALL_STACK_EXHAUSTED);
    }
    return suspended.in(resources.stack().top(), context, resources.thunks());
  }

  private void fillStack() {
    if (stack != null) {
      NativeMemory.putLongs(resources.stack().top() - 8L * stack.length, stack);
    }
  }

  /**
   * The bodies that satisfy the imports of a module, which are functions all.
   *
   * @throws LinkException if one is missing, or of another type, or not a host function
   */
  HostFunction[] match(Imports imports) {
    WasmModule.Import[] wanted = wasm.imports();
    HostFunction[] bodies = new HostFunction[wanted.length];
    for (int i = 0; i < bodies.length; i++) {
      FuncType type = snapshot.importType(i);
      Object found = imports.find(module, wanted[i].module(), wanted[i].name(), type);
      if (!(found instanceof Imports.HostDefinition host && host.type().equals(type))) {
        return matchSlowly(imports);
      }
      bodies[i] = host.body();
    }
    return bodies;
  }

  /** As for any instance; says what is wrong. */
  private HostFunction[] matchSlowly(Imports imports) {
    Object[] found = new Linking(use(), module, imports).findImports();
    HostFunction[] bodies = new HostFunction[found.length];
    for (int i = 0; i < bodies.length; i++) {
      if (!(found[i] instanceof Imports.HostDefinition host)) {
        throw new LinkException("an instance of a snapshot imports host functions, not functions of a store");
      }
      bodies[i] = host.body();
    }
    return bodies;
  }

  /** The store for the next use. */
  private Store use() {
    Store next = store;
    if (next == null) {
      next = new Store(module.engine(), limits, resources);
      store = next;
    }
    return next;
  }

  /** Begins a use: an instance in the state of the snapshot. */
  Instance begin(HostFunction[] bodies) {
    InstanceCreatedEvent event = FlightRecording.isOn() ? InstanceCreatedEvent.begun() : null;
    Store next = use();
    next.quota().claimInstance();
    // Where all are dropped, nothing can change.
    Instance instance = new Instance(next, module, context, hasData ? data.clone() : data);
    next.add(instance);
    next.roots().add(instance);
    WasmModule.Import[] imports = wasm.imports(); // of functions alone
    for (int i = 0; i < hosts.length; i++) {
      Func host = next.adoptHost(wasm.definedFunctionType(i), hosts[i], bodies[i]);
      host.importedAs(imports[i]);
      instance.functions[i] = host;
    }
    for (int i = 0; i < tables.length; i++) {
      instance.tables[i] = next.adoptTable(module.tableType(i), tables[i]);
    }
    for (int i = 0; i < memories.length; i++) {
      instance.memories[i] = new Memory(next, memories[i], module.memoryType(i));
    }
    for (int i = 0; i < tags.length; i++) {
      instance.tags[i] = next.adoptTag(wasm.definedTagType(i), tags[i]);
    }
    for (int i = 0; i < instance.globals.length; i++) {
      instance.globals[i] = new Global(next, module.globalType(i), context + layout.global(i));
    }
    for (int i = 0; i < elements.length; i++) {
      instance.elements[i] = elements[i];
    }
    SuspendedStack suspended = state.stack();
    if (suspended != null) {
      long top = resources.stack().top();
      instance.suspend(new Suspension(suspended, top - suspended.size(), suspended.exit(top)));
    }
    next.watch().created(instance, event);
    return instance;
  }

  /**
   * Ends a use. Segments of its memories can't be accessed any more, and all its objects are closed. If another thread
   * runs in the instance, it is interrupted and waited for.
   *
   * @return whether everything is again as in the snapshot; if not, there is nothing left to be used
   * @throws IllegalStateException if a channel or a downcall is at work on a segment of a memory: the use has not ended
   */
  boolean end() {
    Store ended = use();
    if (!ended.isClosed()) {
      for (LinearMemory memory : memories) {
        memory.renewView();
      }
    }
    boolean reset = false;
    try {
      if (ended.retire()) {
        resources.watch().closed(false);
        reset = !resources.isOutgrown() && restore();
      }
      return reset;
    } finally {
      store = null;
      if (!reset && ended.isClosed()) {
        resources.close();
      }
    }
  }

  private boolean restore() {
    try {
      long left = keep - resources.reset(module.engine().counters(), keep);
      for (int i = 0; i < memories.length; i++) {
        left -= memories[i].reset(state.pages()[i], left);
      }
    } catch (dev.gatun.system.OutOfAddressSpaceException | IllegalStateException e) {
      return false; // the system is short of memory, or the snapshot is closed: a new place is as good
    }
    for (int i = 0; i < tables.length; i++) {
      tables[i].reset(tableBits[i]);
    }
    NativeMemory.putLongs(context + VmContextLayout.HEAD_SIZE, globals);
    fillStack();
    return true;
  }

  /** Gives everything back. There is no use now. */
  void close() {
    Store unused = store;
    if (unused != null) {
      unused.close();
    }
    resources.close();
  }
}

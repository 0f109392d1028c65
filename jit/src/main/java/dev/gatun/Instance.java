package dev.gatun;

import dev.gatun.layout.Builtin;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.ExternKind;
import dev.gatun.wasm.WasmModule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a module. Confined to one thread at a time, as its {@link Store} is.
 *
 * <p>Closing an instance that was made by {@link Module#instantiate} or {@link Snapshot#instantiate} closes its store.
 * An instance made by {@link Store#instantiate} lives as long as the store, since other instances may refer to what it
 * exports.
 */
public final class Instance implements AutoCloseable {
  private final Store store;
  private final Module module;
  private final long context;
  final Extern[] functions;
  final Table[] tables;
  final Memory[] memories;
  final Global[] globals;
  final Tag[] tags;

  /** Segments that have been dropped are null. */
  final WasmModule.@Nullable DataSegment[] data;

  final long[] @Nullable [] elements;

  final ObjectBuiltins objects;
  final ConstantEvaluator constants;

  private final Map<String, Extern> exports = new HashMap<>();
  private boolean ownsStore;
  private @Nullable Memory mainMemory;
  private boolean mainMemoryKnown;
  private @Nullable GuestMemory guestMemory;
  private @Nullable Suspension suspension;

  Instance(Store store, Module module, long context) {
    this(store, module, context, module.wasm().data().clone());
  }

  /** An instance with other data segments than the module's, since some have been dropped. */
  Instance(Store store, Module module, long context, WasmModule.@Nullable DataSegment[] data) {
    this.store = store;
    this.module = module;
    this.context = context;
    this.objects = new ObjectBuiltins(this);
    this.constants = new ConstantEvaluator(this);
    WasmModule wasm = module.wasm();
    functions = new Extern[wasm.importedFunctions()];
    tables = new Table[wasm.tables().length];
    memories = new Memory[wasm.memories().length];
    globals = new Global[wasm.globals().length];
    tags = new Tag[wasm.tagCount()];
    this.data = data;
    elements = new long[wasm.elements().length][];
  }

  /** The module of which this is an instance. */
  public Module module() {
    return module;
  }

  /** The store it lives in. */
  public Store store() {
    return store;
  }

  /** Address of the context record. */
  long context() {
    return context;
  }

  void ownStore() {
    ownsStore = true;
  }

  /** What is exported under a name. */
  public Optional<Extern> export(String name) {
    Extern known = exports.get(name);
    if (known == null) {
      for (WasmModule.Export export : module.wasm().exports()) {
        if (export.name().equals(name)) {
          known = extern(export.kind(), export.index());
          exports.put(name, known);
          break;
        }
      }
    }
    return Optional.ofNullable(known);
  }

  private Extern extern(ExternKind kind, int index) {
    return switch (kind) {
      case FUNCTION -> function(index);
      case TABLE -> tables[index];
      case MEMORY -> memories[index];
      case GLOBAL -> globals[index];
      case TAG -> tags[index];
    };
  }

  /** A function by its index; it must be one that can be referenced. */
  Func function(int index) {
    if (index < functions.length) {
      return (Func) functions[index];
    }
    Func func = store.func(context + module.compiled().layout().funcRef(index));
    if (func == null) {
      throw new AssertionError(index);
    }
    return func;
  }

  private <T extends Extern> T export(String name, Class<T> kind, String what) {
    Extern found = export(name).orElse(null);
    if (kind.isInstance(found)) {
      return kind.cast(found);
    }
    StringBuilder message = new StringBuilder("the module exports no ").append(what).append(" '").append(name)
        .append("'");
    if (found != null) {
      message.append("; that is a ").append(found.type().kind());
    }
    message.append("; its exports are:");
    int listed = 0;
    for (WasmModule.Export export : module.wasm().exports()) {
      if (listed++ == 20) {
        message.append(" ...");
        break;
      }
      message.append(' ').append(export.name());
    }
    throw new java.util.NoSuchElementException(message.toString());
  }

  /**
   * An exported function.
   *
   * @throws java.util.NoSuchElementException if there is none of this name; lists what there is
   */
  public Func function(String name) {
    return export(name, Func.class, "function");
  }

  /**
   * An exported memory.
   *
   * @throws java.util.NoSuchElementException if there is none of this name; lists what there is
   */
  public Memory memory(String name) {
    return export(name, Memory.class, "memory");
  }

  /**
   * An exported table.
   *
   * @throws java.util.NoSuchElementException if there is none of this name; lists what there is
   */
  public Table table(String name) {
    return export(name, Table.class, "table");
  }

  /**
   * An exported global.
   *
   * @throws java.util.NoSuchElementException if there is none of this name; lists what there is
   */
  public Global global(String name) {
    return export(name, Global.class, "global");
  }

  /**
   * An exported tag, by which exceptions that wasm has thrown are known.
   *
   * @throws java.util.NoSuchElementException if there is none of this name; lists what there is
   */
  public Tag tag(String name) {
    return export(name, Tag.class, "tag");
  }

  /**
   * The instance as an interface: each abstract method calls the function that is exported under the method's name, or
   * under that of an {@link Export} annotation. Kept in a {@code static final} field, a view costs no more than the
   * call itself. Further views for other instances of the module are cheap.
   *
   * {@snippet class="dev.gatun.snippets.ViewSnippets" region="interface"}
   * {@snippet class="dev.gatun.snippets.ViewSnippets" region="view"}
   *
   * <p>Types stand for each other as follows.
   *
   * <table>
   * <caption>Java and wasm</caption>
   * <tr><th>Java</th><th>wasm</th></tr>
   * <tr><td>int, long, float, double, {@link V128}</td><td>i32, i64, f32, f64, v128</td></tr>
   * <tr><td>boolean</td><td>i32: 0 or 1; as a result, anything but 0 is true</td></tr>
   * <tr><td>{@link Func}</td><td>a reference to a function</td></tr>
   * <tr><td>any other class, where wasm has a reference</td><td>that reference; what it is, is checked at the
   * call</td></tr>
   * <tr><td>String (UTF-8), byte[], MemorySegment, ByteBuffer</td><td>address and length in bytes, as two values of the
   * memory's address type; as a result also one i64 with the address in its upper half, if addresses are
   * i32</td></tr>
   * <tr><td>Object[], or a record of such types as its components</td><td>several results</td></tr>
   * <tr><td>{@link Memory}, {@link Table}, {@link Global}, {@link Tag}, of a method without parameters</td><td>that
   * export itself</td></tr>
   * </table>
   *
   * <p>Strings and bytes lie in the memory exported as "memory", else in memory 0. An argument is copied into memory
   * that the guest's {@linkplain Allocator allocator} gives, and freed after the call, unless that traps; a
   * MemorySegment that is part of the guest's memory is passed as it is. A result is the caller's: a String or a byte[]
   * is copied, then freed by the same allocator if it has a function for that and the method is not {@link Borrowed}; a
   * MemorySegment or a ByteBuffer is a view of the guest's memory, which is never freed here. Null is address 0 with
   * length 0; what is empty has another address.
   *
   * <p>Default and static methods stay what they are. If the interface is an {@link AutoCloseable}, its close() closes
   * this instance, see {@link #close}. Views are equal if they are identical. They are confined as the instance is, and
   * their methods throw what {@link Func#call} throws.
   *
   * @param type an interface, not sealed
   * @throws BindingException if methods do not fit; lists all of them, with the signatures of both sides
   * @throws IllegalArgumentException if the interface can't be implemented from here: if it is in a module, or of a
   *     class loader, other than the engine's, it must be public, exported or open, and visible to the engine; else see
   *     {@link #as(MethodHandles.Lookup, Class)}
   */
  public <T> T as(Class<T> type) {
    return module.views().view(this, null, type);
  }

  /**
   * The instance as an interface that need not be visible to Gatun, only to a caller.
   *
   * @param lookup {@link MethodHandles#lookup()}, called in a class that sees the interface
   * @param type see {@link #as(Class)}
   */
  public <T> T as(MethodHandles.Lookup lookup, Class<T> type) {
    return module.views().view(this, lookup, type);
  }

  /** The memory a host function works on: the one exported as "memory", else memory 0, else null. */
  @Nullable Memory mainMemory() {
    if (!mainMemoryKnown) {
      Extern exported = export("memory").orElse(null);
      mainMemory = exported instanceof Memory memory ? memory : memories.length > 0 ? memories[0] : null;
      mainMemoryKnown = true;
    }
    return mainMemory;
  }

  /**
   * Its memory as that in which strings and bytes are passed; it must have one.
   *
   * @param allocator null if nothing is to be allocated
   */
  GuestMemory guestMemory(@Nullable GuestAllocator allocator) {
    GuestMemory known = guestMemory;
    if (known == null || allocator != null && !allocator.equals(known.allocator())) {
      known = new GuestMemory(this, allocator);
      guestMemory = known;
    }
    return known;
  }

  /**
   * Whether the instance was made of a {@link Snapshot} that was taken of a running one, and has not been {@linkplain
   * #resume resumed}. Its functions can't be called then; all else can be used.
   */
  public boolean isSuspended() {
    return suspension != null;
  }

  /**
   * Goes on from where the snapshot was taken that the instance was made of: calls the host function that took it,
   * whatever this instance's imports have in its place, with the same arguments, then goes on behind the call. To be
   * called once.
   *
   * @return what the function returns that had been called from Java; see {@link Func#call}
   * @throws IllegalStateException if the instance is not suspended, if another thread runs in the store, or if it is
   *     closed
   * @throws Trap if wasm traps. The instance is not suspended any more then, as after anything else that is thrown
   */
  public @Nullable Object resume() {
    Suspension what = suspension;
    if (what == null) {
      throw new IllegalStateException(
          "the instance is not suspended: it was not made of a snapshot of a running one, or has been resumed");
    }
    return what.resume(this);
  }

  void suspend(Suspension what) {
    suspension = what;
    store.setSuspended(true);
  }

  void endSuspension() {
    suspension = null;
    store.setSuspended(false);
  }

  /** The stack with which it is suspended, or null. */
  @Nullable SuspendedStack suspendedStack() {
    Suspension what = suspension;
    return what == null ? null : what.stack();
  }

  /** Closes the instance's store, if it has one of its own. See {@link Store#close}. */
  @Override
  public void close() {
    if (ownsStore) {
      store.close();
    }
  }

  // Built-ins. Addresses, indices and sizes are of the type of the memory or table; the rest is i32 unless said
  // otherwise.

  /**
   * Does the work of a built-in. Only compiling is done here: a program begins with thousands of calls for that, and
   * the JVM's compiler, which turns to what is called often, would take a tenth of a second for all the others.
   */
  void callBuiltin(Builtin builtin, long cells) {
    switch (builtin) {
      case COMPILE -> NativeMemory.putLong(cells, compile(NativeMemory.getInt(cells)));
      case MEMORY_GROW, MEMORY_FILL, MEMORY_COPY, MEMORY_INIT -> callMemoryBuiltin(builtin, cells);
      case DATA_DROP -> data[NativeMemory.getInt(cells)] = null;
      case TABLE_GROW, TABLE_FILL, TABLE_COPY, TABLE_INIT -> callTableBuiltin(builtin, cells);
      case ELEM_DROP -> elements[NativeMemory.getInt(cells)] = null;
      case MEMORY_WAIT32, MEMORY_WAIT64, MEMORY_NOTIFY -> callAtomicBuiltin(builtin, cells);
      case THROW, THROW_REF, POLL -> throw new AssertionError(builtin);
      case ALLOCATE,
          STRUCT_NEW_DEFAULT,
          ARRAY_NEW,
          ARRAY_NEW_DEFAULT,
          ARRAY_NEW_DATA,
          ARRAY_NEW_ELEM,
          ARRAY_FILL,
          ARRAY_COPY,
          ARRAY_INIT_DATA,
          ARRAY_INIT_ELEM -> objects.call(builtin, cells);
    }
  }

  private void callMemoryBuiltin(Builtin builtin, long cells) {
    switch (builtin) {
      case MEMORY_GROW -> {
        Memory memory = memory(cells, 0);
        putSize(cells, memory.isWide(), memory.grow(operand(cells, 1, memory.isWide())));
      }
      case MEMORY_FILL -> {
        Memory memory = memory(cells, 0);
        long start = operand(cells, 1, memory.isWide());
        long length = operand(cells, 3, memory.isWide());
        memoryBounds(memory, start, length);
        fill(memory.bytes().asSlice(start, length), (byte) NativeMemory.getInt(cells + 16));
      }
      case MEMORY_COPY -> {
        Memory to = memory(cells, 0);
        Memory from = memory(cells, 1);
        long destination = operand(cells, 2, to.isWide());
        long source = operand(cells, 3, from.isWide());
        long length = operand(cells, 4, to.isWide() && from.isWide());
        memoryBounds(to, destination, length);
        memoryBounds(from, source, length);
        copy(from.bytes().asSlice(source, length), to.bytes().asSlice(destination, length));
      }
      case MEMORY_INIT -> {
        Memory memory = memory(cells, 0);
        initializeMemory(
            memory,
            NativeMemory.getInt(cells + 8),
            operand(cells, 2, memory.isWide()),
            operand(cells, 3, false),
            operand(cells, 4, false));
      }
      default -> throw new AssertionError(builtin);
    }
  }

  private void callTableBuiltin(Builtin builtin, long cells) {
    switch (builtin) {
      case TABLE_GROW -> {
        Table table = table(cells, 0);
        long old = table.growBits(operand(cells, 2, table.isWide()), NativeMemory.getLong(cells + 8));
        putSize(cells, table.isWide(), old);
      }
      case TABLE_FILL -> {
        Table table = table(cells, 0);
        long start = operand(cells, 1, table.isWide());
        long length = operand(cells, 3, table.isWide());
        tableBounds(table, start, length);
        NativeMemory.fill(table.base() + 8 * start, length, NativeMemory.getLong(cells + 16));
      }
      case TABLE_COPY -> {
        Table to = table(cells, 0);
        Table from = table(cells, 1);
        long destination = operand(cells, 2, to.isWide());
        long source = operand(cells, 3, from.isWide());
        long length = operand(cells, 4, to.isWide() && from.isWide());
        tableBounds(to, destination, length);
        tableBounds(from, source, length);
        NativeMemory.copy(from.base() + 8 * source, to.base() + 8 * destination, 8 * length);
      }
      case TABLE_INIT -> {
        Table table = table(cells, 0);
        initializeTable(
            table,
            NativeMemory.getInt(cells + 8),
            operand(cells, 2, table.isWide()),
            operand(cells, 3, false),
            operand(cells, 4, false));
      }
      default -> throw new AssertionError(builtin);
    }
  }

  private void callAtomicBuiltin(Builtin builtin, long cells) {
    switch (builtin) {
      case MEMORY_WAIT32, MEMORY_WAIT64 ->
          NativeMemory.putInt(cells, atomicWait(builtin == Builtin.MEMORY_WAIT64, cells));
      case MEMORY_NOTIFY -> {
        Memory memory = memory(cells, 0);
        long address = atomicAddress(memory, cells, 4);
        int count = NativeMemory.getInt(cells + 24);
        NativeMemory.putInt(cells, memory.linear().waiters().notify(address, count));
      }
      default -> throw new AssertionError(builtin);
    }
  }

  /** The address of an atomic access: the offset in cell 1 plus operand 2. */
  private long atomicAddress(Memory memory, long cells, int width) {
    long index = operand(cells, 2, memory.isWide());
    long address = index + NativeMemory.getLong(cells + 8);
    if (Long.compareUnsigned(address, index) < 0) {
      throw store.trap(Trap.Kind.MEMORY_OUT_OF_BOUNDS);
    }
    if ((address & width - 1) != 0) {
      throw store.trap(Trap.Kind.UNALIGNED_ATOMIC);
    }
    memoryBounds(memory, address, width);
    return address;
  }

  private int atomicWait(boolean wide, long cells) {
    Memory memory = memory(cells, 0);
    long address = atomicAddress(memory, cells, wide ? 8 : 4);
    if (!memory.isShared()) {
      throw store.trap(Trap.Kind.EXPECTED_SHARED_MEMORY);
    }
    long at = memory.linear().base() + address;
    long expected = operand(cells, 3, wide);
    return store.await(
        memory.linear().waiters(),
        address,
        () -> (wide ? NativeMemory.getLongVolatile(at) : NativeMemory.getIntVolatile(at) & 0xffff_ffffL) == expected,
        NativeMemory.getLong(cells + 32));
  }

  /** Bytes that are moved between two looks at whether the store is being interrupted. */
  private static final long PIECE = 32 << 20;

  private void fill(MemorySegment segment, byte value) {
    long size = segment.byteSize();
    for (long at = 0; at < size; at += PIECE) {
      store.checkInterrupt();
      segment.asSlice(at, Math.min(PIECE, size - at)).fill(value);
    }
  }

  /** Copies a segment to one of the same size, which it may overlap. */
  private void copy(MemorySegment from, MemorySegment to) {
    long size = from.byteSize();
    boolean backward = to.address() > from.address();
    for (long done = 0; done < size; done += PIECE) {
      store.checkInterrupt();
      long length = Math.min(PIECE, size - done);
      long at = backward ? size - done - length : done;
      MemorySegment.copy(from, at, to, at, length);
    }
  }

  private Memory memory(long cells, int index) {
    return memories[NativeMemory.getInt(cells + 8L * index)];
  }

  private Table table(long cells, int index) {
    return tables[NativeMemory.getInt(cells + 8L * index)];
  }

  /** An operand, unsigned; what is above an i32 in its cell means nothing. */
  private static long operand(long cells, int index, boolean wide) {
    long cell = cells + 8L * index;
    return wide ? NativeMemory.getLong(cell) : NativeMemory.getInt(cell) & 0xffff_ffffL;
  }

  private static void putSize(long cells, boolean wide, long size) {
    if (wide) {
      NativeMemory.putLong(cells, size);
    } else {
      NativeMemory.putInt(cells, (int) size);
    }
  }

  private void memoryBounds(Memory memory, long start, long length) {
    long size = memory.linear().byteSize();
    if (Long.compareUnsigned(start, size) > 0 || Long.compareUnsigned(length, size - start) > 0) {
      throw store.trap(Trap.Kind.MEMORY_OUT_OF_BOUNDS);
    }
  }

  private void tableBounds(Table table, long start, long length) {
    if (!table.contains(start, length)) {
      throw store.trap(Trap.Kind.TABLE_OUT_OF_BOUNDS);
    }
  }

  /** {@code memory.init}. */
  void initializeMemory(Memory memory, int segment, long destination, long source, long length) {
    WasmModule.DataSegment from = data[segment];
    long available = from == null ? 0 : from.length();
    if (source + length > available) {
      throw store.trap(Trap.Kind.MEMORY_OUT_OF_BOUNDS);
    }
    memoryBounds(memory, destination, length);
    if (from != null && length > 0) {
      MemorySegment.copy(
          module.wasm().bytes(),
          (int) (from.start() + source),
          memory.bytes(),
          ValueLayout.JAVA_BYTE,
          destination,
          (int) length);
    }
  }

  /** {@code table.init}. */
  void initializeTable(Table table, int segment, long destination, long source, long length) {
    long[] from = elements[segment];
    long available = from == null ? 0 : from.length;
    if (source + length > available) {
      throw store.trap(Trap.Kind.TABLE_OUT_OF_BOUNDS);
    }
    tableBounds(table, destination, length);
    for (long i = 0; i < length && from != null; i++) {
      NativeMemory.putLong(table.base() + 8 * (destination + i), from[(int) (source + i)]);
    }
  }

  /** Compiles a function if that has not been done, and makes this instance's slot and reference lead to the code. */
  private long compile(int function) {
    long code = module.compiled().compile(function);
    NativeMemory.putLong(context + module.compiled().layout().slot(function), code);
    if (module.compiled().layout().hasFuncRef(function)) {
      NativeMemory.putLong(context + module.compiled().layout().funcRef(function) + FuncRefLayout.CODE, code);
    }
    return code;
  }

  /** The bits of a reference to a function. */
  long reference(int function) {
    return function < functions.length
        ? ((Func) functions[function]).record()
        : context + module.compiled().layout().funcRef(function);
  }
}

package dev.gatun;

import dev.gatun.backend.Backend;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.WaitQueues;
import dev.gatun.observe.FlightRecording;
import dev.gatun.observe.InstanceCreatedEvent;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.Upcalls;
import dev.gatun.runtime.heap.Heap;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.ValueType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What instances that may share functions, memories, tables and globals live in: their stack, their references to Java
 * objects, and the permission to run.
 *
 * <p>One thread at a time may use a store; which one may change whenever no wasm of the store is running. A second
 * thread gets an {@link IllegalStateException}. Only {@link #interrupt} and {@link #close} may be called by any thread
 * at any time.
 *
 * <p>The thread may be virtual. It stays on its carrier while wasm is on its stack, also while a host function waits,
 * since frames of machine code can't be moved: many guests that wait at once need as many carriers ({@code
 * jdk.virtualThreadScheduler.maxPoolSize}), or platform threads.
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="store"}
 */
public final class Store implements AutoCloseable {
  /**
   * From a frame pointer to what was the caller's stack pointer: over the caller's frame pointer and return address.
   */
  private static final int FRAME_HEAD = 16;

  private static final VarHandle CALL_DEPTH;

  static {
    try {
      CALL_DEPTH = MethodHandles.lookup().findVarHandle(Store.class, "callDepth", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Engine engine;
  private final Limits limits;
  private final Unwinder unwinder = new Unwinder(this);
  private final Machine machine;
  private final StoreResources resources;
  private final Dispatcher dispatcher = new Dispatcher();
  private final long record;
  private final List<Instance> instances = new ArrayList<>();
  private final FunctionsByAddress functions = new FunctionsByAddress();
  private final StoreRoots roots;
  private final References references = new References(this);
  private @Nullable Heap heap;

  private int callDepth;

  private final Tenancy tenancy = new Tenancy();
  private boolean closeWhenLeft;
  private volatile boolean closed;

  /** Whether nothing can be called: it is closed, or suspended. */
  private volatile boolean barred;

  private final Interruption interruption;
  private final Watchdog.Entry watched;
  private final Quota quota;
  private final Safepoints safepoints;
  private final Fuel fuel;
  private final Traps traps;

  /** Samples what runs, or null. */
  private volatile @Nullable StackSampler sampler;

  /** The thread that waits in an instruction of the store's wasm, to be woken by an interruption. */
  private volatile @Nullable Thread waiter;
  private @Nullable Throwable pending;

  Store(Engine engine, Limits limits) {
    this(engine, limits, new StoreResources(limits.stack(), engine.counters()));
  }

  /** A store of resources that no other store has now. */
  Store(Engine engine, Limits limits, StoreResources resources) {
    this.engine = engine;
    this.limits = limits;
    this.machine = Machine.get();
    this.resources = resources;
    this.record = resources.record();
    this.roots = new StoreRoots(this);
    this.quota = new Quota(this, limits);
    this.safepoints = new Safepoints(resources.stack().limit());
    NativeMemory.putLong(record + StoreLayout.POLL_STUB, machine.pollStub());
    this.traps = new Traps(this);
    this.fuel = new Fuel(this, engine.usesFuel(), engine.initialFuel(limits));
    this.interruption = new Interruption(this, tenancy, limits.timeout().orElse(null));
    resources.attach(dispatcher);
    this.watched = Watchdog.watch(this);
  }

  /** The engine that made the store. */
  public Engine engine() {
    return engine;
  }

  Quota quota() {
    return quota;
  }

  Interruption interruption() {
    return interruption;
  }

  Machine machine() {
    return machine;
  }

  // Ownership.

  /** Takes the store for this thread, once more if it has it. */
  Tenancy.Tenure acquire() {
    Tenancy.Tenure tenure = tenancy.enter();
    if (barred) {
      tenure.leave();
      throw new IllegalStateException(
          closed ? "the store is closed" : "the instance is suspended: resume() comes before other calls");
    }
    return tenure;
  }

  /** {@link #acquire} without the intention to call anything. */
  Tenancy.Tenure access() {
    Tenancy.Tenure tenure = tenancy.enter();
    if (closed) {
      tenure.leave();
      throw new IllegalStateException("the store is closed");
    }
    return tenure;
  }

  /** Lets nobody call functions, or lets them again. */
  void setSuspended(boolean suspended) {
    barred = suspended || closed;
  }

  /** Ends what {@link #acquire} began, with what that returned. */
  void release(Tenancy.Tenure tenure) {
    if (closeWhenLeft && !tenure.isNested() && !closed) {
      free(false);
    }
    tenure.leave();
  }

  /** Ends what {@link #acquire} began. */
  void release() {
    release(tenancy.mine());
  }

  /** Whether this thread, which has the store, has it more than once. */
  boolean isNested() {
    return tenancy.mine().isNested();
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Closes the store and all that lives in it. If another thread is running in it, that thread is interrupted and
   * waited for; if this thread is, from a host function, the store is closed when the outermost call ends, which is
   * interrupted.
   */
  @Override
  public void close() {
    end(false);
  }

  /**
   * Ends the store as {@link #close} does, but keeps its resources for another.
   *
   * @return whether they may be used again; if not, they are gone, or will be when this thread leaves the store
   */
  boolean retire() {
    return end(true);
  }

  private boolean end(boolean keepsResources) {
    if (tenancy.isInside()) {
      closeWhenLeft = true;
      interruption.ask("close");
      return false;
    }
    while (!closed) {
      if (tenancy.tryEnter()) {
        try {
          if (!closed) {
            free(keepsResources);
            return keepsResources;
          }
        } finally {
          tenancy.mine().leave();
        }
      } else {
        interruption.ask("close");
        LockSupport.parkNanos(100_000);
      }
    }
    return false;
  }

  private void free(boolean keepsResources) {
    closed = true;
    barred = true;
    Watchdog.forget(watched);
    safepoints.close();
    instances.clear();
    functions.clear();
    if (!keepsResources) {
      resources.close();
    }
  }

  /**
   * Makes the wasm that runs in the store, or runs in it next, end with an {@link InterruptionException} at its next
   * loop iteration or function entry. A host function that waits is interrupted, unless it calls this itself. Any
   * thread may call this.
   */
  public void interrupt() {
    interruption.ask("interrupt");
  }

  /**
   * Sets a time by which all calls into the store must have ended, until the deadline is closed: what is running then
   * ends with a {@link DeadlineException}, what is called later ends at once. A host function that waits is
   * interrupted. The time is looked at every 10 milliseconds. An earlier deadline stays in force.
   *
   * {@snippet class="dev.gatun.snippets.LimitsSnippets" region="deadline"}
   */
  public Deadline deadline(Duration time) {
    return new Deadline(this, interruption.shorten(time));
  }

  void endDeadline(long before) {
    interruption.restore(before);
  }

  /** Makes the wasm that runs, or runs next, look why. */
  void nudge(String reason) {
    boolean first = safepoints.nudge();
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
    if (first) {
      watch().interrupted(reason);
    }
  }

  /**
   * {@code memory.atomic.wait32} and {@code wait64}.
   *
   * @throws Trap if the store or the thread is interrupted
   */
  int await(WaitQueues queues, long address, WaitQueues.Value value, long timeout) {
    waiter = Thread.currentThread();
    try {
      int result = queues.await(address, value, timeout, () -> interruption.due() != null);
      if (result == WaitQueues.INTERRUPTED) {
        checkInterrupt();
      }
      return result;
    } finally {
      waiter = null;
    }
  }

  /**
   * To be called now and then by what runs long on behalf of wasm.
   *
   * @throws Trap if wasm is to end
   */
  void checkInterrupt() {
    Trap.Kind due = interruption.due();
    if (due != null) {
      throw end(due);
    }
  }

  /** The trap by which wasm ends at its innermost call out. */
  Trap end(Trap.Kind due) {
    return trap(delivered(due));
  }

  /** A reason is being reported. */
  private Trap.Kind delivered(Trap.Kind due) {
    if (!closeWhenLeft) {
      interruption.delivered();
    }
    if (closeWhenLeft || interruption.isPast()) {
      safepoints.nudge(); // whatever is entered yet is to end too
    } else {
      safepoints.calm();
    }
    return due;
  }

  /**
   * Has something done by the thread that runs wasm in the store, or runs it next, at its next loop iteration or
   * function entry; then wasm goes on. Any thread may call this; it waits for nothing. Dropped when the store is
   * closed.
   *
   * <p>An action needs 192 KiB of the Java thread's stack, as a call of a host function does: where wasm was entered
   * with less, it traps as if its own stack were exhausted.
   */
  void requestSafepoint(SafepointAction action) {
    safepoints.request(action);
  }

  /**
   * A check of the fuel or of the stack has failed.
   *
   * @throws Trap if one of them is exhausted, or wasm is to end
   */
  private void poll(long context) {
    if (fuel.isExhausted()) {
      traps.polled(context);
      fuel.refill();
      traps.polled(0);
      return;
    }
    long sp = NativeMemory.getLong(record + StoreLayout.EXIT_FP) + FRAME_HEAD;
    // What was not armed is the check of a large frame, for which there is too little left.
    if (Long.compareUnsigned(sp, resources.stack().limit()) < 0 || !safepoints.disarm()) {
      traps.polled(context);
      throw trap(Trap.Kind.CALL_STACK_EXHAUSTED);
    }
    safepoints.run(this);
    traps.polled(context);
    checkInterrupt();
    traps.polled(0);
  }

  // Fuel.

  /**
   * What the store may execute before more is given, in units: an instruction of wasm costs 1, but {@code block},
   * {@code loop}, {@code else}, {@code end}, {@code nop}, and the beginnings of {@code try} and its handlers, which
   * cost nothing. What fills, copies or makes many bytes or elements costs 1 more for each 64 of them. A call of the
   * host costs 1, and what the host {@linkplain #consumeFuel consumes}.
   *
   * <p>A piece of code without branches and calls is charged for as a whole before it runs. So a call costs the same
   * each time, and on each machine; where it traps, what it costs is rounded up to a piece. If there is too little,
   * wasm ends with a {@link FuelException}, and nothing is left; after {@link #addFuel}, the store can be used again.
   *
   * <p>For the thread that uses the store.
   *
   * @return 0 or more
   * @throws IllegalStateException if the engine does not count fuel
   * @see Engine.Builder#fuel
   */
  public long fuel() {
    return fuel.left();
  }

  /**
   * Gives the store more to execute. For the thread that uses the store, in a host function too.
   *
   * @param units 0 or more; what comes to more than {@link Long#MAX_VALUE} is that
   * @throws IllegalStateException if the engine does not count fuel
   */
  public void addFuel(long units) {
    fuel.add(units);
  }

  /**
   * Charges for what a host function does on behalf of wasm. For the thread that uses the store.
   *
   * @param units 0 or more
   * @throws FuelException if there is not as much; nothing is left then
   * @throws IllegalStateException if the engine does not count fuel
   */
  public void consumeFuel(long units) {
    fuel.consume(units);
  }

  /**
   * Says who is asked for more when the fuel is consumed, before wasm ends. For the thread that uses the store.
   *
   * @param supply null for none, as at the beginning
   * @throws IllegalStateException if the engine does not count fuel
   */
  public void onFuelExhausted(@Nullable FuelSupply supply) {
    fuel.supply(supply);
  }

  // What lives in the store.

  /**
   * Makes an instance.
   *
   * @throws LinkException if an import is missing or of another type
   * @throws Trap if an active segment does not fit, or the start function traps
   * @throws dev.gatun.system.OutOfAddressSpaceException if the system has no room for it
   */
  public Instance instantiate(Module module, Imports imports) {
    acquire();
    try {
      InstanceCreatedEvent event = FlightRecording.isOn() ? InstanceCreatedEvent.begun() : null;
      Instance instance = new Linking(this, module, imports).instantiate();
      watch().created(instance, event);
      return instance;
    } finally {
      release();
    }
  }

  /** Adds an instance and gives it its number. */
  int add(Instance instance) {
    instances.add(instance);
    safepoints.add(instance.context());
    return instances.size() - 1;
  }

  @Nullable Instance instance(int number) {
    return instances.get(number);
  }

  /** What counts what happens in the store. */
  StoreWatch watch() {
    return resources.watch();
  }

  /**
   * What the store holds and has met.
   *
   * @throws IllegalStateException if another thread is in the store, or the store is closed
   */
  public StoreStatistics statistics() {
    Tenancy.Tenure tenure = access();
    try {
      return new StoreStatistics(
          instances.size(),
          resources.memoryCount(),
          resources.memoryReserved(),
          resources.memoryCommitted(),
          heap == null ? 0 : heap.used(),
          heap == null ? 0 : heap.collections(),
          watch().traps(),
          watch().interruptions());
    } finally {
      release(tenure);
    }
  }

  StoreResources resources() {
    return resources;
  }

  /** Address of the {@link StoreLayout} record. */
  long record() {
    return record;
  }

  /** Zeroed native memory that lives as long as the store. */
  long allocate(long bytes) {
    return resources.allocate(bytes);
  }

  /** Adds a memory that has been claimed from the {@link #quota}. */
  Memory addMemory(LinearMemory memory, MemoryType declared) {
    resources.add(memory);
    return new Memory(this, memory, declared);
  }

  Table addTable(TableType type) {
    return adoptTable(type, resources.newTable(type.min()));
  }

  /** Adds a table of which there is the native part. */
  Table adoptTable(TableType type, TableElements elements) {
    Table table = new Table(this, type, elements);
    roots.add(table);
    return table;
  }

  Func addHost(DefinedType definedType, HostFunction body) {
    checkOpen();
    return adoptHost(definedType, resources.newHostRecord(definedType, dispatcher.hostCount), body);
  }

  /** Adds a host function of which there is the native part, with the next number. */
  Func adoptHost(DefinedType definedType, long funcRef, HostFunction body) {
    Func func = new Func(this, definedType, funcRef, body);
    dispatcher.add(func.hostCall());
    functions.put(funcRef, func);
    return func;
  }

  // Values.

  /** The heap, made when it is first needed. */
  Heap heap() {
    Heap known = heap;
    if (known == null) {
      checkOpen();
      known = new Heap(limits.heap(), record, roots);
      resources.add(known.region());
      heap = known;
    }
    return known;
  }

  /** What the collector finds the store's references by. */
  StoreRoots roots() {
    return roots;
  }

  /**
   * Collects if that is due before a Java object is handed to wasm. No reference is held as a number by any Java code.
   */
  void safepoint() {
    if (heap != null) {
      heap.safepoint(StoreRoots.HANDLE_SIZE);
    }
  }

  /**
   * Frees what wasm of the store can no longer reach: structs, arrays, exceptions, and its hold on Java objects.
   * Happens by itself when the heap has grown; to be called by the thread that uses the store, in a host function or
   * outside of wasm.
   */
  public void collectGarbage() {
    acquire();
    try {
      if (heap != null) {
        heap.collect();
      }
    } finally {
      release();
    }
  }

  /** The Java objects that stand for references. */
  References references() {
    return references;
  }

  /** The function whose record is at an address; null for 0. */
  @Nullable Func func(long address) {
    if (address == 0) {
      return null;
    }
    Func known = functions.get(address);
    if (known == null) {
      // Else the record below is no more.
      checkOpen();
      long context = NativeMemory.getLong(address + FuncRefLayout.CONTEXT);
      Instance instance = instances.get(NativeMemory.getInt(context + VmContextLayout.INSTANCE));
      int function = NativeMemory.getInt(address + FuncRefLayout.FUNCTION);
      known = new Func(this, instance.module().wasm().definedFunctionType(function), address, null);
      functions.put(address, known);
    }
    return known;
  }

  /** The bits of a value of a type; see {@link Func#call} for the classes. */
  long toBits(int type, @Nullable Object value) {
    return switch (type) {
      case ValueType.I32 -> (Integer) nonNull(value, type) & 0xffff_ffffL;
      case ValueType.I64 -> (Long) nonNull(value, type);
      case ValueType.F32 -> Float.floatToRawIntBits((Float) nonNull(value, type)) & 0xffff_ffffL;
      case ValueType.F64 -> Double.doubleToRawLongBits((Double) nonNull(value, type));
      default -> references.toBits(type, value);
    };
  }

  private static Object nonNull(@Nullable Object value, int type) {
    if (value == null) {
      throw new NullPointerException("null is no " + ValueType.name(type));
    }
    return value;
  }

  void putCell(long address, int type, @Nullable Object value) {
    if (type == ValueType.V128) {
      V128 vector = (V128) nonNull(value, type);
      NativeMemory.putLong(address, vector.low());
      NativeMemory.putLong(address + 8, vector.high());
      return;
    }
    NativeMemory.putLong(address, toBits(type, value));
  }

  @Nullable Object getCell(long address, int type) {
    return switch (type) {
      case ValueType.I32 -> (Object) NativeMemory.getInt(address);
      case ValueType.I64 -> (Object) NativeMemory.getLong(address);
      case ValueType.F32 -> (Object) NativeMemory.getFloat(address);
      case ValueType.F64 -> (Object) NativeMemory.getDouble(address);
      case ValueType.V128 -> new V128(NativeMemory.getLong(address), NativeMemory.getLong(address + 8));
      default -> references.toJava(type, NativeMemory.getLong(address));
    };
  }

  // Running.

  /** Address of the cells for arguments and results. */
  long cells() {
    return record + StoreLayout.BUFFER;
  }

  /** Runs code. The store is acquired, more than once if the entry is nested. */
  void enter(boolean nested, long thunk, long context, long code, long cells) {
    StackSampler profiled = sampler;
    int status =
        profiled == null
            ? run(nested, thunk, context, code, cells)
            : profiled.run(() -> run(nested, thunk, context, code, cells), code);
    if (status != Backend.RETURNED) {
      throw failure(status);
    }
  }

  private int run(boolean nested, long thunk, long context, long code, long cells) {
    if (!nested) {
      return Machine.enter(thunk, context, code, cells);
    }
    // Wasm below has called out: its exit must be found again when we are back.
    long exit = NativeMemory.getLong(record + StoreLayout.EXIT_FP);
    int status = Machine.enter(thunk, context, code, cells);
    NativeMemory.putLong(record + StoreLayout.EXIT_FP, exit);
    return status;
  }

  /** How many calls of host functions have not returned. */
  int callDepth() {
    return callDepth;
  }

  /** Whether a function is known to have a reference of these bits. */
  boolean isFunction(long bits) {
    return functions.get(bits) != null;
  }

  /** Whether a word may be the address of something on the heap. */
  boolean isInHeap(long word) {
    return heap != null && heap.contains(word);
  }

  private RuntimeException failure(int status) {
    if (status == Backend.PENDING) {
      Throwable thrown = pending;
      pending = null;
      if (thrown == null) {
        throw new AssertionError("wasm was left without a reason");
      }
      throw sneaky(thrown);
    }
    return traps.trapped();
  }

  /** Throws anything as if it were unchecked. */
  static RuntimeException sneaky(Throwable thrown) {
    Store.<RuntimeException>throwAs(thrown);
    throw new AssertionError();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void throwAs(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /**
   * Runs a host function that Java has called. Its cells are moved to the wasm stack meanwhile: calls that the function
   * makes use the buffer, and the collector looks at the stack.
   */
  void callHost(Func func, long cells) {
    long sp = NativeMemory.getLong(record + StoreLayout.WASM_SP);
    long bytes = 8L * func.cellCount();
    long own = sp - bytes & -16;
    if (own < resources.stack().limit()) {
      throw trap(Trap.Kind.CALL_STACK_EXHAUSTED);
    }
    NativeMemory.copy(cells, own, bytes);
    NativeMemory.putLong(record + StoreLayout.WASM_SP, own);
    try {
      callHost(func.hostCall(), own, 0);
    } finally {
      NativeMemory.putLong(record + StoreLayout.WASM_SP, sp);
    }
    NativeMemory.copy(own, cells, bytes);
  }

  /** Runs a host function, called by the instance of a context, or by none if that is 0. */
  private void callHost(HostCall first, long cells, long caller) {
    StackSampler profiled = sampler;
    if (profiled == null || NativeMemory.getLong(record + StoreLayout.ENTRY_SP) == 0) {
      runHost(first, cells, caller);
      return;
    }
    profiled.calling(first.function().profileFrame());
    try {
      runHost(first, cells, caller);
    } finally {
      profiled.called();
    }
  }

  private void runHost(HostCall first, long cells, long caller) {
    HostCall call = first;
    while (call.isActive()) {
      call = call.deeper();
    }
    CALL_DEPTH.setOpaque(this, callDepth + 1);
    try {
      call.begin(cells, caller);
      call.host().call(call);
      call.complete();
    } catch (Throwable thrown) {
      call.end();
      CALL_DEPTH.setOpaque(this, callDepth - 1);
      if (interruption.hasWoken()) {
        throw sneaky(interruption.translate(thrown));
      }
      throw thrown;
    }
    call.end();
    CALL_DEPTH.setOpaque(this, callDepth - 1);
    if (interruption.hasWoken()) {
      interruption.endWaking();
    }
  }

  /** Whether a host function has been called and has not returned; any thread may ask. */
  boolean isInHost() {
    return (int) CALL_DEPTH.getOpaque(this) > 0;
  }

  /** The way out of wasm. */
  private final class Dispatcher implements Upcalls {
    /** Here, and as what a call needs, since each step on the way to it is a load that waits for the one before. */
    private HostCall[] hosts = new HostCall[4];

    private int hostCount;

    void add(HostCall host) {
      if (hostCount == hosts.length) {
        hosts = java.util.Arrays.copyOf(hosts, 2 * hostCount);
      }
      hosts[hostCount++] = host;
    }

    @Override
    public int call(long context, int function, long cells) {
      try {
        if (function >= 0) {
          callHost(hosts[function], cells, context);
          return Backend.GO_ON;
        }
        int number = NativeMemory.getInt(context + VmContextLayout.INSTANCE);
        Builtin builtin = Builtin.ofNumber(function);
        if (builtin == Builtin.POLL) {
          poll(context);
          return Backend.GO_ON;
        }
        if (builtin == Builtin.THROW || builtin == Builtin.THROW_REF) {
          return unwinder.raise(instances.get(number), builtin, cells);
        }
        StackSampler profiled = sampler;
        if (profiled != null) {
          profiled.callBuiltin(instances.get(number), builtin, cells);
        } else {
          instances.get(number).callBuiltin(builtin, cells);
        }
        return Backend.GO_ON;
      } catch (Throwable thrown) {
        if (function >= 0 && thrown instanceof ThrownException exception) {
          return resume(exception);
        }
        pending = thrown;
        return Backend.LEAVE;
      }
    }
  }

  /** Throws an exception of a host function into the wasm that called it. */
  private int resume(ThrownException exception) {
    try {
      if (unwinder.resume(exception)) {
        return Backend.RESUME;
      }
      pending = exception;
    } catch (Throwable failed) {
      pending = failed;
    }
    return Backend.LEAVE;
  }

  /** Makes a tag. */
  Tag addTag(DefinedType type) {
    checkOpen();
    return unwinder.newTag(type);
  }

  /** Makes a tag with a run-time type that somebody keeps. */
  Tag adoptTag(DefinedType type, Rtt rtt) {
    return unwinder.newTag(type, rtt);
  }

  /** The return addresses above the innermost call out of wasm. */
  CodeRegistry.Location[] callersOfExit() {
    return traps.callers(NativeMemory.getLong(record + StoreLayout.EXIT_FP));
  }

  /** The wasm frames of now, for a host function or at a safepoint. */
  Backtrace backtrace() {
    return new Backtrace(callersOfExit(), true);
  }

  /** The instances, by their numbers. For the thread that uses the store. */
  List<Instance> instances() {
    return instances;
  }

  /**
   * Has what runs sampled from now on; null ends that.
   *
   * @throws IllegalStateException if it is being sampled already, or the store is closed
   */
  synchronized void profile(@Nullable StackSampler with) {
    if (with != null) {
      checkOpen();
      if (sampler != null) {
        throw new IllegalStateException("the store is being sampled by another profiler");
      }
    }
    sampler = with;
  }

  /** The instance with a number. */
  Instance instanceOf(int number) {
    return instances.get(number);
  }

  // Traps.

  /** The host's stack has no room for an upcall; but to end, wasm needs none. */
  Trap.Kind noRoom(long pc) {
    if (fuel.isExhausted()) {
      fuel.forgive();
      return Trap.Kind.OUT_OF_FUEL;
    }
    Trap.Kind due = machine.isPollStub(pc) ? interruption.due() : null;
    return due == null ? Trap.Kind.CALL_STACK_EXHAUSTED : delivered(due);
  }

  /** A trap at the innermost call out of wasm; without frames if there is none. */
  Trap trap(Trap.Kind kind) {
    return traps.trap(kind, null);
  }

  /**
   * The same with a detail.
   *
   * @param detail what there is to say beyond the kind, or null
   */
  Trap trap(Trap.Kind kind, @Nullable String detail) {
    return traps.trap(kind, detail);
  }
}

package dev.gatun;

import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.MemoryImage;
import org.jspecify.annotations.Nullable;

/**
 * The state of an instance at one moment, from which instances are made that go on from there: a guest is initialised
 * once, and its instances start in microseconds.
 *
 * <pre>{@code
 * try (Instance prepared = module.instantiate(imports)) {
 *   prepared.function("_initialize").call();
 *   try (Snapshot snapshot = Snapshot.take(prepared);
 *       Instance instance = snapshot.instantiate(imports)) {
 *     instance.function("handle").call(42);
 *   }
 * }
 * }</pre>
 *
 * <p>A snapshot has the contents and sizes of memories, the globals, the tables, and which segments have been dropped.
 * What the guest has computed from a clock or from random numbers is in it, too: a seed is the same in all instances.
 * It does not have what lies outside of the instance: whatever host functions keep, such as open files.
 *
 * <p>A snapshot can be taken of an instance while it runs, by a host function that it has called: see {@link #take}.
 * Instances that are made from it are suspended; {@link Instance#resume} calls the host function again and goes on as
 * if it had returned. So programs that do all their work in one function can be snapshotted after they have started.
 *
 * <p>Contents of memories are mapped copy-on-write, so that all instances share the pages that they do not change.
 * Immutable and thread-safe. Independent of the instance that it was taken of, and of its module: these may be closed.
 */
public final class Snapshot implements AutoCloseable {
  private final Module module;
  private final InstanceState state;

  /** Those who may make memories of the images: the owner, until it closes the snapshot, and pools. Guarded by this. */
  private int users = 1;

  private boolean closed;

  /** The types of the imports, which are functions all. */
  private final FuncType[] importTypes;

  private Snapshot(Module module, InstanceState state) {
    this.module = module;
    this.state = state;
    importTypes = new FuncType[module.wasm().importedFunctions()];
    for (int i = 0; i < importTypes.length; i++) {
      importTypes[i] = FuncType.of(module.wasm().functionType(i));
    }
  }

  /**
   * Takes a snapshot of an instance, which must be alone in its store and import nothing but host functions.
   *
   * <p>The instance is idle, or this is called by a host function that the instance imports and has called, before that
   * sets any result. Then the frames of wasm are in the snapshot, too. Only one call from Java may be under way, and
   * no reference may be on the stack: in the arguments, or in locals and operands of the functions that are running. A
   * number that equals the address of a function's record is taken for a reference to it.
   *
   * <p>References to the host's objects and to objects of wasm's heap can't be in a snapshot, except for numbers
   * ({@code i31}); references to functions can be if the functions are the instance's.
   *
   * @throws SnapshotException if the instance has something that a snapshot can't have; names it
   * @throws IllegalStateException if the instance is closed, or another thread runs in its store
   */
  public static Snapshot take(Instance instance) {
    Store store = instance.store();
    Tenancy.Tenure tenure = store.access();
    try {
      SuspendedStack stack = tenure.isNested() ? SuspendedStack.capture(instance) : instance.suspendedStack();
      InstanceState state = new InstanceCapture(instance).capture(stack);
      instance.module().compiled().retain();
      return new Snapshot(instance.module(), state);
    } finally {
      store.release(tenure);
    }
  }

  /**
   * Makes an instance in a store of its own, which is closed with the instance. It goes on from the state of the
   * snapshot: no segment is applied, and no start function runs.
   *
   * @param imports the host functions that the module imports: any, not just those of the instance that was captured
   * @throws LinkException if an import is missing, of another type, or not a host function
   * @throws LimitException if the instance has more than the engine's {@link Limits} allow
   * @throws dev.gatun.system.OutOfAddressSpaceException if the system has no room for it
   * @throws IllegalStateException if the snapshot is closed
   */
  public Instance instantiate(Imports imports) {
    return instantiate(imports, module.engine().limits());
  }

  /** {@link #instantiate(Imports)} with other limits than the engine's. */
  public Instance instantiate(Imports imports, Limits limits) {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the snapshot is closed");
      }
    }
    Resident resident = new Resident(this, limits, 0);
    boolean done = false;
    try {
      Instance instance = resident.begin(resident.match(imports));
      instance.ownStore();
      done = true;
      return instance;
    } finally {
      if (!done) {
        resident.close();
      }
    }
  }

  /** {@link #instantiate(Imports)} without imports. */
  public Instance instantiate() {
    return instantiate(Imports.none());
  }

  /** The module of whose instance this is. It may be closed. */
  public Module module() {
    return module;
  }

  /** Bytes of memory that the contents of the memories take, from the first page that is not zero to the last. */
  public long size() {
    long size = 0;
    for (MemoryImage image : state.images()) {
      size += image == null ? 0 : image.size();
    }
    return size;
  }

  FuncType importType(int index) {
    return importTypes[index];
  }

  InstanceState state() {
    return state;
  }

  /**
   * Makes a memory with contents of this snapshot.
   *
   * @throws IllegalStateException if the snapshot is closed
   */
  synchronized LinearMemory newMemory(LinearMemory.Plan plan, @Nullable MemoryImage image) {
    checkInUse();
    return LinearMemory.create(plan, image);
  }

  private void checkInUse() {
    if (users == 0) {
      throw new IllegalStateException("the snapshot is closed");
    }
  }

  /** Keeps the contents for another user, even if the owner closes the snapshot. */
  synchronized void retain() {
    checkInUse();
    users++;
  }

  /** Ends a use; the last one gives the contents back. */
  synchronized void release() {
    if (--users == 0) {
      state.close();
      module.compiled().release();
    }
  }

  /**
   * Gives the snapshot's contents back when no pool uses it any more. Instances that were made of it stay as they are.
   * May be called more than once.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    release();
  }
}

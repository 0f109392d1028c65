package dev.gatun;

import dev.gatun.layout.DescriptorLayout;
import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.GuardedStack;
import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.NativeBlocks;
import dev.gatun.memory.ReservedRegion;
import dev.gatun.observe.Counters;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.HeldThunks;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.Upcalls;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.FunctionType;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a store must give back. Apart from the store, so that a cleaner can do it when the store has been dropped
 * without being closed, and so that one store after the other may have it. Closed once; by its owner, or by the cleaner
 * when there is none any more.
 */
final class StoreResources {
  /** Shared with the modules: a cleaner is a thread. */
  static final Cleaner CLEANER = Cleaner.create();

  private final State state;
  private final Cleaner.Cleanable cleanable;

  /** Whether all that there is belongs to a {@link Resident}, which can make it as it was. */
  private boolean sealed;

  private boolean outgrown;

  /** The resources themselves; must not refer to those who hold them. */
  private static final class State implements Runnable {
    final NativeBlocks blocks = new NativeBlocks();
    final HeldThunks thunks = new HeldThunks();
    final GuardedStack stack;
    final List<LinearMemory> memories = new ArrayList<>();
    final List<TableElements> tables = new ArrayList<>();
    final List<CompiledModule> modules = new ArrayList<>();
    StoreWatch watch;
    @Nullable ReservedRegion heap;
    int number = -1;

    /** Whether the owner has closed the store, and it was not dropped. */
    boolean closing;

    State(long stackSize, StoreWatch watch) {
      stack = new GuardedStack(stackSize);
      this.watch = watch;
    }

    @Override
    public void run() {
      if (number >= 0) {
        Machine.unregister(number);
      }
      watch.closed(!closing);
      for (LinearMemory memory : memories) {
        memory.release();
      }
      for (TableElements table : tables) {
        table.free();
      }
      for (CompiledModule module : modules) {
        module.release();
      }
      if (heap != null) {
        heap.close();
      }
      stack.close();
      blocks.close();
      thunks.giveBack();
    }
  }

  private final long record;

  StoreResources(long stackSize, Counters counters) {
    state = new State(stackSize, new StoreWatch(counters));
    cleanable = CLEANER.register(this, state);
    long made = 0;
    try {
      made = state.blocks.allocate(StoreLayout.SIZE);
    } finally {
      if (made == 0) {
        cleanable.clean();
      }
    }
    record = made;
    initializeRecord();
  }

  private void initializeRecord() {
    NativeMemory.putLong(record + StoreLayout.WASM_SP, state.stack.top());
    NativeMemory.putLong(record + StoreLayout.STORE_NUMBER, state.number);
  }

  /** Lets calls out of wasm arrive at a store. */
  void attach(Upcalls upcalls) {
    if (state.number < 0) {
      state.number = Machine.register(upcalls);
    } else {
      Machine.rebind(state.number, upcalls);
    }
    NativeMemory.putLong(record + StoreLayout.STORE_NUMBER, state.number);
  }

  /** Says that what is added from now on is not known to whoever resets the resources. */
  void seal() {
    sealed = true;
  }

  /** Whether something has been added since {@link #seal}, so that {@link #reset} would not remove it. */
  boolean isOutgrown() {
    return outgrown;
  }

  /**
   * Makes stack, record and heap as they were at first, and counts anew. No store has the resources now.
   *
   * @param keep how many bytes of the stack may stay in memory
   * @return how many have stayed
   */
  long reset(Counters counters, long keep) {
    state.watch = new StoreWatch(counters);
    if (state.heap != null) {
      state.heap.close();
      state.heap = null;
    }
    NativeMemory.fill(record, StoreLayout.SIZE / 8, 0);
    initializeRecord();
    return state.stack.clear(keep);
  }

  /** The runtime's number of the store. */
  int number() {
    return state.number;
  }

  /** Address of the {@link StoreLayout} record. */
  long record() {
    return record;
  }

  /** The thunks that functions of the store are called by. */
  HeldThunks thunks() {
    return state.thunks;
  }

  GuardedStack stack() {
    return state.stack;
  }

  long allocate(long bytes) {
    outgrown |= sealed;
    return state.blocks.allocate(bytes);
  }

  /** Fills the head of a context record. */
  void initializeContext(long context) {
    Machine machine = Machine.get();
    NativeMemory.putLong(context + VmContextLayout.STORE, record);
    NativeMemory.putLong(context + VmContextLayout.STACK_LIMIT, state.stack.limit());
    NativeMemory.putLong(context + VmContextLayout.BUILTIN_STUB, machine.builtinStub());
    NativeMemory.putLong(context + VmContextLayout.ALLOCATION_STUB, machine.allocationStub());
    NativeMemory.putLong(context + VmContextLayout.MEMORY_COPY_STUB, machine.memoryCopyStub());
    NativeMemory.putLong(context + VmContextLayout.MEMORY_FILL_STUB, machine.memoryFillStub());
    NativeMemory.putLong(context + VmContextLayout.INSTANCE, -1);
  }

  /** Makes the native part of a host function that gets a number; returns its reference. */
  long newHostRecord(DefinedType definedType, int number) {
    FunctionType type = (FunctionType) definedType.composite();
    long context = allocate(VmContextLayout.HEAD_SIZE + FuncRefLayout.SIZE);
    initializeContext(context);
    NativeMemory.putLong(
        context + VmContextLayout.HOST_FUNCTION, VmContextLayout.hostFunction(state.number, number));
    long funcRef = context + VmContextLayout.HEAD_SIZE;
    NativeMemory.putLong(funcRef + FuncRefLayout.CODE, state.thunks.host(type.signature()));
    NativeMemory.putLong(funcRef + FuncRefLayout.CONTEXT, context);
    NativeMemory.putLong(funcRef + FuncRefLayout.RTT, Rtt.of(definedType).address());
    NativeMemory.putHalf(funcRef + FuncRefLayout.FUNCTION, number);
    return funcRef;
  }

  void add(LinearMemory memory) {
    outgrown |= sealed;
    memory.retain();
    memory.countIn(state.watch.memories());
    state.memories.add(memory);
  }

  void add(ReservedRegion heap) {
    state.heap = heap;
  }

  /** Elements of a table that are null. */
  TableElements newTable(long length) {
    long capacity = Math.max(length, 1);
    TableElements table = new TableElements(allocate(DescriptorLayout.SIZE), allocate(8 * capacity), length);
    state.tables.add(table);
    return table;
  }

  /** Keeps a module's code for as long as the store lives. */
  void retain(CompiledModule module) {
    outgrown |= sealed;
    module.retain();
    state.modules.add(module);
  }

  private long ofAllMemories(ToLongFunction<LinearMemory> bytes) {
    long sum = 0;
    for (LinearMemory memory : state.memories) {
      sum += bytes.applyAsLong(memory);
    }
    return sum;
  }

  /** Bytes that all memories have now. */
  long memoryBytes() {
    return ofAllMemories(LinearMemory::byteSize);
  }

  /** Elements that all tables have now. */
  long tableElements() {
    long elements = 0;
    for (TableElements table : state.tables) {
      elements += table.length();
    }
    return elements;
  }

  boolean isMemory(long address) {
    for (LinearMemory memory : state.memories) {
      if (memory.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** What counts what happens in the store. */
  StoreWatch watch() {
    return state.watch;
  }

  int memoryCount() {
    return state.memories.size();
  }

  /** Bytes of addresses that the memories take. */
  long memoryReserved() {
    return ofAllMemories(LinearMemory::reservedBytes);
  }

  /** Bytes that the memories' sizes make usable. */
  long memoryCommitted() {
    return ofAllMemories(LinearMemory::committedBytes);
  }

  void close() {
    state.closing = true;
    cleanable.clean();
  }
}

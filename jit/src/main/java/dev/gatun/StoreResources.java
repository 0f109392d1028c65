package dev.gatun;

import dev.gatun.layout.StoreLayout;
import dev.gatun.memory.GuardedStack;
import dev.gatun.memory.LinearMemory;
import dev.gatun.memory.ReservedRegion;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.Upcalls;
import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store must give back. Apart from the store, so that a cleaner can do it when the store has been dropped
 * without being closed. Closed once; by the store's owner, or by the cleaner when there is none any more.
 */
final class StoreResources {
  private static final Cleaner CLEANER = Cleaner.create();

  private final State state;
  private final Cleaner.Cleanable cleanable;

  /** The resources themselves; must not refer to the store. */
  private static final class State implements Runnable {
    final Arena arena = Arena.ofShared();
    final GuardedStack stack;
    final List<LinearMemory> memories = new ArrayList<>();
    final List<TableElements> tables = new ArrayList<>();
    final List<CompiledModule> modules = new ArrayList<>();
    final StoreWatch watch;
    @Nullable ReservedRegion heap;
    int number;

    /** Whether the owner has closed the store, and it was not dropped. */
    boolean closing;

    State(long stackSize, StoreWatch watch) {
      stack = new GuardedStack(stackSize);
      this.watch = watch;
    }

    @Override
    public void run() {
      Machine.unregister(number);
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
      arena.close();
    }
  }

  private final long record;

  StoreResources(Store store, long stackSize, Upcalls upcalls) {
    state = new State(stackSize, new StoreWatch(store.engine().counters()));
    record = state.arena.allocate(StoreLayout.SIZE, 16).address();
    state.number = Machine.register(upcalls);
    NativeMemory.putLong(record + StoreLayout.WASM_SP, state.stack.top());
    NativeMemory.putLong(record + StoreLayout.STORE_NUMBER, state.number);
    cleanable = CLEANER.register(store, state);
  }

  /** The runtime's number of the store. */
  int number() {
    return state.number;
  }

  /** Address of the {@link StoreLayout} record. */
  long record() {
    return record;
  }

  GuardedStack stack() {
    return state.stack;
  }

  long allocate(long bytes) {
    return state.arena.allocate(bytes, 16).address();
  }

  void add(LinearMemory memory) {
    memory.retain();
    memory.countIn(state.watch.memories());
    state.memories.add(memory);
  }

  void add(ReservedRegion heap) {
    state.heap = heap;
  }

  void add(TableElements table) {
    state.tables.add(table);
  }

  /** Keeps a module's code for as long as the store lives. */
  void retain(CompiledModule module) {
    module.retain();
    state.modules.add(module);
  }

  /** Bytes that all memories have now. */
  long memoryBytes() {
    long bytes = 0;
    for (LinearMemory memory : state.memories) {
      bytes += memory.byteSize();
    }
    return bytes;
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
    long bytes = 0;
    for (LinearMemory memory : state.memories) {
      bytes += memory.reservedBytes();
    }
    return bytes;
  }

  /** Bytes that the memories' sizes make usable. */
  long memoryCommitted() {
    long bytes = 0;
    for (LinearMemory memory : state.memories) {
      bytes += memory.committedBytes();
    }
    return bytes;
  }

  void close() {
    state.closing = true;
    cleanable.clean();
  }
}

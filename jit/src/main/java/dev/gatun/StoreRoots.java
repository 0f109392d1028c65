package dev.gatun;

import dev.gatun.layout.StoreLayout;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Heap;
import dev.gatun.runtime.heap.Marker;
import dev.gatun.runtime.heap.Rtt;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a store holds references into its heap: on the wasm stack, in globals, tables and element segments, and in the
 * Java objects that were handed out for references.
 *
 * <p>The stack is scanned word by word. All registers of wasm are dead at calls or saved on the wasm stack by the stub
 * that was called, so what is live is in frames there, or in the cells of the call itself.
 */
final class StoreRoots implements Heap.Owner {
  /** Bytes of the object that stands for a Java object. */
  static final long HANDLE_SIZE = 16;

  private final Store store;
  private final List<Global> globals = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final List<Instance> instances = new ArrayList<>();

  /** What evaluates constant expressions now. */
  private final ArrayList<ConstantEvaluator> evaluations = new ArrayList<>();

  StoreRoots(Store store) {
    this.store = store;
  }

  /** Adds a global, if it can hold a reference. */
  void add(Global global) {
    if (global.isReference()) {
      globals.add(global);
    }
  }

  /** Adds a table, if it can hold a reference. */
  void add(Table table) {
    if (table.isReference()) {
      tables.add(table);
    }
  }

  /** Adds an instance, if it has element segments that can hold a reference. */
  void add(Instance instance) {
    for (int i = 0; i < instance.elements.length; i++) {
      if (Rtt.isInHeap(instance.module().wasm().elements()[i].type())) {
        instances.add(instance);
        return;
      }
    }
  }

  /** From now on the operands of an evaluation are looked at, numbers and references alike. */
  void push(ConstantEvaluator evaluation) {
    evaluations.add(evaluation);
  }

  /** Ends what the last {@link #push} began. */
  void pop() {
    evaluations.removeLast();
  }

  @Override
  public void markRoots(Marker marker) {
    marker.markConservatively(
        NativeMemory.getLong(store.record() + StoreLayout.WASM_SP), store.resources().stack().top());
    for (Global global : globals) {
      marker.mark(global.bits());
    }
    for (Table table : tables) {
      marker.markCells(table.base(), table.elements().length());
    }
    store.references().mark(marker);
    for (ConstantEvaluator evaluation : evaluations) {
      for (long value : evaluation.values()) {
        marker.markConservatively(value);
      }
    }
    for (Instance instance : instances) {
      markSegments(instance, marker);
    }
  }

  private static void markSegments(Instance instance, Marker marker) {
    for (int i = 0; i < instance.elements.length; i++) {
      long[] values = instance.elements[i];
      if (values != null && Rtt.isInHeap(instance.module().wasm().elements()[i].type())) {
        for (long value : values) {
          marker.mark(value);
        }
      }
    }
  }

  @Override
  public boolean releaseDropped() {
    if (store.references().isEmpty()) {
      return false;
    }
    // Which of them Java still holds is known only after a collection of Java's heap.
    System.gc();
    return true;
  }

  @Override
  public RuntimeException outOfMemory() {
    return store.trap(Trap.Kind.OUT_OF_MEMORY);
  }
}

package dev.gatun;

import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.MemoryImage;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.ExternKind;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The reading of one instance for a snapshot. What another store could not have in the same way is refused: other
 * instances, what is shared with them, and references to anything but the instance's own functions.
 */
final class InstanceCapture {
  private final Instance instance;
  private final Store store;
  private final WasmModule wasm;
  private final VmContextLayout layout;

  InstanceCapture(Instance instance) {
    this.instance = instance;
    this.store = instance.store();
    this.wasm = instance.module().wasm();
    this.layout = instance.module().compiled().layout();
  }

  /**
   * The instance as it is now. The store is acquired.
   *
   * @param stack what has been captured of its stack, if it is running
   * @throws SnapshotException if it can't be captured
   */
  InstanceState capture(@Nullable SuspendedStack stack) {
    int instances = store.statistics().instances();
    if (instances != 1) {
      throw new SnapshotException(
          "a snapshot is of an instance that is alone in its store; this store has " + instances);
    }
    checkImports();
    InstanceState.References[] tables = new InstanceState.References[instance.tables.length];
    for (int i = 0; i < tables.length; i++) {
      Table table = instance.tables[i];
      tables[i] = references(table.copyBits(), FuncType.code(table.type().element()), ExternKind.TABLE, i);
    }
    InstanceState.@Nullable References[] elements = new InstanceState.References[instance.elements.length];
    for (int i = 0; i < elements.length; i++) {
      long[] bits = instance.elements[i];
      if (bits != null) {
        elements[i] = references(bits.clone(), wasm.elements()[i].type(), null, i);
      }
    }
    boolean[] data = new boolean[instance.data.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = instance.data[i] != null;
    }
    BitSet functionCells = new BitSet();
    long[] globals = captureGlobals(functionCells);
    // Last: nothing can fail after them but themselves.
    long[] pages = new long[instance.memories.length];
    @Nullable MemoryImage[] images = new MemoryImage[pages.length];
    InstanceState state = new InstanceState(pages, images, globals, functionCells, tables, data, elements, stack);
    boolean done = false;
    try {
      for (int i = 0; i < pages.length; i++) {
        pages[i] = instance.memories[i].linear().pages();
        images[i] = MemoryImage.of(instance.memories[i].linear());
      }
      done = true;
      return state;
    } finally {
      if (!done) {
        state.close();
      }
    }
  }

  private void checkImports() {
    for (WasmModule.Import wanted : wasm.imports()) {
      Extern found =
          switch (wanted.kind()) {
            case FUNCTION -> instance.functions[wanted.index()];
            case TABLE -> instance.tables[wanted.index()];
            case MEMORY -> instance.memories[wanted.index()];
            case GLOBAL -> instance.globals[wanted.index()];
            case TAG -> instance.tags[wanted.index()];
          };
      if (!(found instanceof Func func && func.isHost())) {
        throw new SnapshotException(
            "the instance imports a " + found.type().kind() + " that does not end with it: '" + wanted.module() + "' '"
                + wanted.name() + "'; a snapshot can be taken if only host functions are imported");
      }
    }
    for (int i = 0; i < instance.memories.length; i++) {
      if (instance.memories[i].isShared()) {
        throw new SnapshotException(name(ExternKind.MEMORY, i) + " is shared; a snapshot is of unshared memories");
      }
    }
  }

  private long[] captureGlobals(BitSet functionCells) {
    long start = instance.context() + VmContextLayout.HEAD_SIZE;
    long[] cells = NativeMemory.getLongs(start, layout.endOfGlobals() - VmContextLayout.HEAD_SIZE >> 3);
    for (int i = 0; i < instance.globals.length; i++) {
      int type = wasm.globals()[i].type();
      if (ValueType.isReference(type)) {
        int cell = layout.global(i) - VmContextLayout.HEAD_SIZE >> 3;
        boolean isFunction = ValueType.top(type) == ValueType.FUNCREF;
        cells[cell] = reference(cells[cell], isFunction, ExternKind.GLOBAL, i, -1);
        if (isFunction) {
          functionCells.set(cell);
        }
      }
    }
    return cells;
  }

  /** Captures references in place. */
  private InstanceState.References references(long[] bits, int type, @Nullable ExternKind kind, int index) {
    boolean functions = ValueType.top(type) == ValueType.FUNCREF;
    for (int i = 0; i < bits.length; i++) {
      bits[i] = reference(bits[i], functions, kind, index, i);
    }
    return new InstanceState.References(bits, functions);
  }

  /**
   * A reference as {@link InstanceState} has it.
   *
   * @param kind what it is in; null for an element segment
   * @param element its index there, or negative
   */
  private long reference(long bits, boolean isFunction, @Nullable ExternKind kind, int index, int element) {
    if (bits == 0) {
      return 0;
    }
    if (!isFunction && (bits & 1) != 0) {
      return bits; // a number
    }
    int function = isFunction ? functionIndex(bits) : -1;
    if (function >= 0) {
      return function + 1L;
    }
    String where = kind == null ? "element segment " + index : name(kind, index);
    throw new SnapshotException(
        where + (element < 0 ? "" : ", element " + element) + " refers to "
            + (isFunction ? "a function that is not the instance's" : "an object of wasm's heap or of the host")
            + ", which a snapshot can't have");
  }

  /** The index of the function that has a reference, or -1 if it is none of the instance's. */
  private int functionIndex(long bits) {
    if (NativeMemory.getLong(bits + FuncRefLayout.CONTEXT) == instance.context()) {
      return NativeMemory.getInt(bits + FuncRefLayout.FUNCTION);
    }
    for (int i = 0; i < instance.functions.length; i++) {
      if (instance.reference(i) == bits) {
        return i;
      }
    }
    return -1;
  }

  /** What messages call a thing: by its index, and by a name under which it is exported. */
  private String name(ExternKind kind, int index) {
    String what = instance.module().type(kind, index).kind() + " " + index;
    for (WasmModule.Export export : wasm.exports()) {
      if (export.kind() == kind && export.index() == index) {
        return what + " ('" + export.name() + "')";
      }
    }
    return what;
  }
}

package dev.gatun;

import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.memory.LinearMemory;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import java.util.ArrayList;
import java.util.List;

/** The making of one instance (spec 4.5.4): imports are matched, the context record is filled, segments are applied. */
final class Linking {
  private final Store store;
  private final Module module;
  private final Imports imports;
  private final WasmModule wasm;
  private final CompiledModule compiled;
  private final VmContextLayout layout;

  Linking(Store store, Module module, Imports imports) {
    this.store = store;
    this.module = module;
    this.imports = imports;
    this.wasm = module.wasm();
    this.compiled = module.compiled();
    this.layout = compiled.layout();
  }

  Instance instantiate() {
    Object[] found = findImports();
    store.quota().claimInstance();
    store.resources().retain(module.open());
    long context = store.allocate(layout.size());
    store.resources().initializeContext(context);
    Instance instance = new Instance(store, module, context);
    NativeMemory.putLong(context + VmContextLayout.INSTANCE, store.add(instance));
    store.roots().add(instance);
    bindImports(instance, found);
    fillFunctions(context);
    makeTables(instance);
    makeMemories(instance);
    makeTags(instance);
    makeGlobals(instance);
    applyElements(instance);
    applyData(instance);
    if (wasm.start() >= 0) {
      start(instance);
    }
    return instance;
  }

  // Imports.

  /**
   * What satisfies the imports, in their order.
   *
   * @throws LinkException if one is missing or of another type
   */
  Object[] findImports() {
    WasmModule.Import[] wanted = wasm.imports();
    Object[] found = new Object[wanted.length];
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < wanted.length; i++) {
      WasmModule.Import wants = wanted[i];
      ExternType type = module.type(wants.kind(), wants.index());
      Object value = imports.find(module, wants.module(), wants.name(), type);
      if (value == null) {
        missing.add("'" + wants.module() + "' '" + wants.name() + "' " + type);
      } else {
        String mismatch = mismatch(wants, value);
        if (mismatch != null) {
          throw new LinkException(
              "incompatible import type: '" + wants.module() + "' '" + wants.name() + "': expected " + type
                  + ", found " + mismatch);
        }
        found[i] = value;
      }
    }
    if (!missing.isEmpty()) {
      throw new LinkException("unknown import: " + String.join(", ", missing));
    }
    return found;
  }

  /** What a value is, if it is not what the module wants; null if it is (spec 4.5.2). */
  private @org.jspecify.annotations.Nullable String mismatch(WasmModule.Import wants, Object value) {
    switch (value) {
      case Imports.HostDefinition host -> {
        boolean fits =
            wants.kind() == dev.gatun.wasm.ExternKind.FUNCTION
                && host.type().internal().equals(wasm.functionType(wants.index()));
        return fits ? null : host.type().toString();
      }
      case Func func -> {
        checkStore(func.store());
        boolean fits =
            wants.kind() == dev.gatun.wasm.ExternKind.FUNCTION
                && func.definedType().isSubtypeOf(wasm.definedFunctionType(wants.index()));
        return fits ? null : func.type().toString();
      }
      case Table table -> {
        checkStore(table.store());
        if (wants.kind() == dev.gatun.wasm.ExternKind.TABLE) {
          TableType type = module.tableType(wants.index());
          TableType actual = table.type();
          if (type.element().equals(actual.element())
              && type.indexType() == actual.indexType()
              && fits(type.min(), type.max(), actual.min(), actual.max())) {
            return null;
          }
        }
        return table.type().toString();
      }
      case Memory memory -> {
        if (!memory.isShared()) {
          checkStore(memory.store());
        }
        if (wants.kind() == dev.gatun.wasm.ExternKind.MEMORY) {
          MemoryType type = module.memoryType(wants.index());
          MemoryType actual = memory.type();
          if (type.addressType() == actual.addressType()
              && type.shared() == actual.shared()
              && type.pageSize() == actual.pageSize()
              && fits(type.minPages(), type.maxPages(), actual.minPages(), actual.maxPages())) {
            if (layout.isGuarded(wants.index()) && !memory.linear().isGuarded()) {
              throw new LinkException("'" + wants.module() + "' '" + wants.name() + "': code that relies on guard pages"
                  + " can't use a memory without them; make both with engines of the same bounds checks");
            }
            return null;
          }
        }
        return memory.type().toString();
      }
      case Tag tag -> {
        checkStore(tag.store());
        boolean fits =
            wants.kind() == dev.gatun.wasm.ExternKind.TAG && tag.definedType() == wasm.definedTagType(wants.index());
        return fits ? null : tag.type().toString();
      }
      case Global global -> {
        checkStore(global.store());
        boolean fits =
            wants.kind() == dev.gatun.wasm.ExternKind.GLOBAL
                && global.type().matches(module.globalType(wants.index()));
        return fits ? null : global.type().toString();
      }
      default -> throw new AssertionError(value);
    }
  }

  private void checkStore(Store other) {
    if (other != store) {
      throw new LinkException("an import belongs to another store; instances that share things live in one store");
    }
  }

  private static boolean fits(
      long min, java.util.OptionalLong max, long actualMin, java.util.OptionalLong actualMax) {
    return Long.compareUnsigned(actualMin, min) >= 0
        && (max.isEmpty()
            || actualMax.isPresent() && Long.compareUnsigned(actualMax.getAsLong(), max.getAsLong()) <= 0);
  }

  private void bindImports(Instance instance, Object[] found) {
    WasmModule.Import[] wanted = wasm.imports();
    long context = instance.context();
    for (int i = 0; i < wanted.length; i++) {
      int index = wanted[i].index();
      switch (found[i]) {
        case Imports.HostDefinition host -> {
          Func func = store.addHost(wasm.definedFunctionType(index), host.body());
          func.importedAs(wanted[i]);
          instance.functions[index] = func;
          NativeMemory.putLong(context + layout.importEntry(index), func.record());
        }
        case Func func -> {
          instance.functions[index] = func;
          NativeMemory.putLong(context + layout.importEntry(index), func.record());
        }
        case Table table -> instance.tables[index] = table;
        case Memory memory -> instance.memories[index] = memory.in(store);
        case Tag tag -> instance.tags[index] = tag;
        case Global global -> {
          instance.globals[index] = global;
          NativeMemory.putLong(context + layout.global(index), global.address());
        }
        default -> throw new AssertionError(found[i]);
      }
    }
  }

  // What the module defines.

  void fillFunctions(long context) {
    for (int i = 0; i < wasm.typeCount(); i++) {
      NativeMemory.putLong(context + layout.rtt(i), compiled.rtt(i).address());
    }
    int imported = wasm.importedFunctions();
    int count = wasm.functionCount();
    for (int function = imported; function < count; function++) {
      long entry = compiled.entry(function);
      NativeMemory.putLong(context + layout.slot(function), entry);
      if (layout.hasFuncRef(function)) {
        long record = context + layout.funcRef(function);
        NativeMemory.putLong(record + FuncRefLayout.CODE, entry);
        NativeMemory.putLong(record + FuncRefLayout.CONTEXT, context);
        NativeMemory.putLong(record + FuncRefLayout.RTT, compiled.rtt(wasm.functionTypeIndex(function)).address());
        NativeMemory.putHalf(record + FuncRefLayout.FUNCTION, function);
      }
    }
  }

  private void makeTables(Instance instance) {
    for (int i = 0; i < instance.tables.length; i++) {
      if (i >= wasm.importedTables()) {
        TableType type = module.tableType(i);
        if (Long.compareUnsigned(type.min(), Table.MAX_SIZE) > 0) {
          // Valid, so it is refused no earlier than here.
          throw new WasmException(
              "table " + i + " has " + Long.toUnsignedString(type.min()) + " elements at least; the limit is "
                  + Table.MAX_SIZE);
        }
        store.quota().claimElements(type.min());
        instance.tables[i] = store.addTable(type);
        WasmModule.ConstantExpression value = wasm.tables()[i].value();
        if (value != null) {
          NativeMemory.fill(instance.tables[i].base(), type.min(), instance.constants.evaluate(value));
        }
      }
      NativeMemory.putLong(instance.context() + layout.table(i), instance.tables[i].descriptor());
    }
  }

  private void makeMemories(Instance instance) {
    for (int i = 0; i < instance.memories.length; i++) {
      if (i >= wasm.importedMemories()) {
        MemoryType type = module.memoryType(i);
        store.quota().claimMemory(type.minPages(), Integer.numberOfTrailingZeros(type.pageSize()));
        instance.memories[i] = store.addMemory(module.newMemory(i), type);
      }
      LinearMemory memory = instance.memories[i].linear();
      NativeMemory.putLong(instance.context() + layout.memory(i), memory.descriptorAddress());
      if (i == 0) {
        NativeMemory.putLong(instance.context() + VmContextLayout.MEMORY_BASE, memory.base());
      }
    }
  }

  private void makeTags(Instance instance) {
    for (int i = wasm.importedTags(); i < instance.tags.length; i++) {
      instance.tags[i] = store.addTag(wasm.definedTagType(i));
    }
  }

  private void makeGlobals(Instance instance) {
    for (int i = wasm.importedGlobals(); i < instance.globals.length; i++) {
      long address = instance.context() + layout.global(i);
      WasmModule.ConstantExpression value = wasm.globals()[i].value();
      if (value == null) {
        throw new AssertionError(i);
      }
      NativeMemory.putLong(address, instance.constants.evaluate(value));
      if (wasm.globals()[i].type() == ValueType.V128) {
        NativeMemory.putLong(address + 8, instance.constants.high());
      }
      instance.globals[i] = new Global(store, module.globalType(i), address);
    }
  }

  // Segments.

  private void applyElements(Instance instance) {
    WasmModule.ElementSegment[] segments = wasm.elements();
    for (int i = 0; i < segments.length; i++) {
      WasmModule.ElementSegment segment = segments[i];
      if (segment.mode() == WasmModule.SegmentMode.DECLARATIVE) {
        continue;
      }
      long[] bits = new long[segment.length()];
      // At once, for the collector: the next item may make an object.
      instance.elements[i] = bits;
      int[] functions = segment.functions();
      WasmModule.ConstantExpression[] items = segment.items();
      for (int j = 0; j < bits.length; j++) {
        if (functions != null) {
          bits[j] = instance.reference(functions[j]);
        } else if (items != null) {
          bits[j] = instance.constants.evaluate(items[j]);
        }
      }
    }
    for (int i = 0; i < segments.length; i++) {
      WasmModule.ElementSegment segment = segments[i];
      if (segment.offset() != null) {
        long offset = instance.constants.evaluate(segment.offset());
        instance.initializeTable(instance.tables[segment.table()], i, offset, 0, segment.length());
        instance.elements[i] = null;
      }
    }
  }

  private void applyData(Instance instance) {
    WasmModule.DataSegment[] segments = wasm.data();
    boolean mapped = wasm.importedMemories() == 0 && module.hasImage();
    for (int i = 0; i < segments.length; i++) {
      WasmModule.DataSegment segment = segments[i];
      if (segment.offset() != null) {
        if (!mapped) {
          long offset = instance.constants.evaluate(segment.offset());
          instance.initializeMemory(instance.memories[segment.memory()], i, offset, 0, segment.length());
        }
        instance.data[i] = null;
      }
    }
  }

  private void start(Instance instance) {
    int start = wasm.start();
    if (start < wasm.importedFunctions()) {
      ((Func) instance.functions[start]).callBits();
      return;
    }
    FunctionType type = wasm.functionType(start);
    store.enter(
        store.isNested(),
        store.resources().thunks().entry(type.signature()),
        instance.context(),
        NativeMemory.getLong(instance.context() + layout.slot(start)),
        store.cells());
  }
}

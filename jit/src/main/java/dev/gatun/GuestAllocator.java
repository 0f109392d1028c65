package dev.gatun;

import dev.gatun.wasm.ExternKind;
import dev.gatun.wasm.FunctionType;
import dev.gatun.wasm.ValueType;
import dev.gatun.wasm.WasmModule;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a module that give and take back memory; see {@link Allocator}.
 *
 * @param name the export that allocates
 * @param allocate index of its function
 * @param free index of the function that frees, or -1
 */
record GuestAllocator(String name, int allocate, int allocateParams, int free, int freeParams) {
  /** Names that are looked for if none are given; free may be empty. */
  private static final String[] USUAL = {
    "malloc", "free",
    "cabi_realloc", "",
    "allocate", "deallocate",
    "alloc", "dealloc",
    "__wbindgen_malloc", "__wbindgen_free"
  };

  /** What {@link #find} found. */
  record Outcome(@Nullable GuestAllocator allocator, String mistake) {
    private static Outcome mistake(String mistake) {
      return new Outcome(null, mistake);
    }
  }

  /** The type of addresses of the memory that strings and bytes lie in; 0 if there is no memory. */
  static int addressType(WasmModule wasm) {
    for (WasmModule.Export export : wasm.exports()) {
      if (export.kind() == ExternKind.MEMORY && export.name().equals("memory")) {
        return wasm.memories()[export.index()].addressType();
      }
    }
    return wasm.memories().length == 0 ? 0 : wasm.memories()[0].addressType();
  }

  /** Finds the allocator of a module: that which is named, else a usual one. */
  static Outcome find(WasmModule wasm, @Nullable Allocator named) {
    int address = addressType(wasm);
    if (named != null) {
      return find(wasm, address, named.allocate(), named.free());
    }
    for (int i = 0; i < USUAL.length; i += 2) {
      Outcome found = find(wasm, address, USUAL[i], USUAL[i + 1]);
      if (found.allocator != null) {
        return found;
      }
    }
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < USUAL.length; i += 2) {
      names.append(i == 0 ? "" : ", ").append(USUAL[i]);
      names.append(USUAL[i + 1].isEmpty() ? "" : " and ").append(USUAL[i + 1]);
    }
    return Outcome.mistake("the module exports no allocator (" + names + "); name its own by @Allocator");
  }

  private static Outcome find(WasmModule wasm, int address, String allocate, String free) {
    int allocates = function(wasm, allocate);
    if (allocates < 0) {
      return Outcome.mistake("the module exports no function '" + allocate + "' to allocate by");
    }
    String addressName = ValueType.name(address);
    FunctionType type = wasm.functionType(allocates);
    int params = type.paramCount();
    if (!(params == 1 || params == 2 || params == 4)
        || !allAre(type, address)
        || type.resultCount() != 1
        || type.result(0) != address) {
      return Outcome.mistake("'" + allocate + "' is " + type + "; to allocate by, it must take 1, 2 or 4 "
          + addressName + " and return one");
    }
    if (free.isEmpty()) {
      return new Outcome(new GuestAllocator(allocate, allocates, params, -1, 0), "");
    }
    int frees = function(wasm, free);
    if (frees < 0) {
      return Outcome.mistake("the module exports no function '" + free + "' to free by");
    }
    FunctionType freeType = wasm.functionType(frees);
    int freeParams = freeType.paramCount();
    if (freeParams < 1 || freeParams > 3 || !allAre(freeType, address) || freeType.resultCount() != 0) {
      return Outcome.mistake("'" + free + "' is " + freeType + "; to free by, it must take 1 to 3 " + addressName
          + " and return nothing");
    }
    return new Outcome(new GuestAllocator(allocate, allocates, params, frees, freeParams), "");
  }

  private static boolean allAre(FunctionType type, int address) {
    for (int i = 0; i < type.paramCount(); i++) {
      if (type.param(i) != address) {
        return false;
      }
    }
    return true;
  }

  /** The index of an exported function, or -1. */
  static int function(WasmModule wasm, String name) {
    for (WasmModule.Export export : wasm.exports()) {
      if (export.kind() == ExternKind.FUNCTION && export.name().equals(name)) {
        return export.index();
      }
    }
    return -1;
  }
}

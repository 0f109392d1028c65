package dev.gatun.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;

/**
 * wasmtime through the C interface of its library (wasmtime.h), as tight as Java can call it: constant handles, the
 * unchecked calls, cells that are allocated once. The system property {@code wasmtime.library} names the library.
 */
final class WasmtimeEmbedding implements Embedding {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY =
      SymbolLookup.libraryLookup(Path.of(System.getProperty("wasmtime.library", "libwasmtime.so")), Arena.global());

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LIBRARY.findOrThrow(name), descriptor);
  }

  private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return function(name, FunctionDescriptor.of(result, arguments));
  }

  private static final MethodHandle ENGINE_NEW = function("wasm_engine_new", ADDRESS);
  private static final MethodHandle ENGINE_DELETE =
      function("wasm_engine_delete", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle STORE_NEW = function("wasmtime_store_new", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle STORE_CONTEXT = function("wasmtime_store_context", ADDRESS, ADDRESS);
  private static final MethodHandle STORE_DELETE =
      function("wasmtime_store_delete", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle MODULE_NEW =
      function("wasmtime_module_new", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle MODULE_DELETE =
      function("wasmtime_module_delete", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle INSTANCE_NEW =
      function("wasmtime_instance_new", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
  private static final MethodHandle EXPORT_GET =
      function("wasmtime_instance_export_get", JAVA_BOOLEAN, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle CALL =
      function("wasmtime_func_call_unchecked", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private static final MethodHandle FUNC_NEW =
      function(
          "wasmtime_func_new_unchecked",
          FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
  private static final MethodHandle VALTYPE_NEW = function("wasm_valtype_new", ADDRESS, JAVA_BYTE);
  private static final MethodHandle VALTYPES_NEW =
      function("wasm_valtype_vec_new", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle FUNCTYPE_NEW = function("wasm_functype_new", ADDRESS, ADDRESS, ADDRESS);

  /** WASM_I32. */
  private static final byte I32 = 0;

  /** {@code wasmtime_func_t} and {@code wasmtime_instance_t}. */
  private static final long REFERENCE = 16;

  /** {@code wasmtime_extern_t}: a kind, then a union, which begins here. */
  private static final long EXTERN = 40;

  private static final long EXTERN_OF = 8;

  /** {@code wasmtime_val_raw_t}. */
  private static final long CELL = 16;

  private static final MemorySegment NEXT;

  static {
    try {
      MethodHandle next =
          MethodHandles.lookup()
              .findStatic(
                  WasmtimeEmbedding.class,
                  "next",
                  MethodType.methodType(
                      MemorySegment.class,
                      MemorySegment.class,
                      MemorySegment.class,
                      MemorySegment.class,
                      long.class));
      NEXT =
          LINKER.upcallStub(
              next, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG), Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The host function, as wasmtime calls it. */
  private static MemorySegment next(MemorySegment data, MemorySegment caller, MemorySegment cells, long count) {
    MemorySegment cell = cells.reinterpret(CELL);
    cell.set(JAVA_INT, 0, cell.get(JAVA_INT, 0) + 1);
    return MemorySegment.NULL;
  }

  private final Arena arena = Arena.ofShared();
  private final MemorySegment cells = arena.allocate(2 * CELL, 16);
  private final MemorySegment trap = arena.allocate(ADDRESS);
  private final MemorySegment addName = arena.allocateFrom("add");
  private final MemorySegment scratch = arena.allocate(4 * EXTERN, 16);
  private final MemorySegment engine;
  private final MemorySegment module;
  private final MemorySegment functionType;
  private final MemorySegment store;
  private final MemorySegment context;
  private final MemorySegment add = arena.allocate(REFERENCE, 8);
  private final MemorySegment repeat = arena.allocate(REFERENCE, 8);

  WasmtimeEmbedding() {
    try {
      engine = (MemorySegment) ENGINE_NEW.invokeExact();
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, MODULE);
      MemorySegment made = arena.allocate(ADDRESS);
      check((MemorySegment) MODULE_NEW.invokeExact(engine, bytes, bytes.byteSize(), made));
      module = made.get(ADDRESS, 0);
      functionType = (MemorySegment) FUNCTYPE_NEW.invokeExact(oneInt(), oneInt());
      store = (MemorySegment) STORE_NEW.invokeExact(engine, MemorySegment.NULL, MemorySegment.NULL);
      context = (MemorySegment) STORE_CONTEXT.invokeExact(store);
      MemorySegment instance = arena.allocate(REFERENCE, 8);
      instantiate(context, instance);
      export(context, instance, addName, 3, add);
      export(context, instance, arena.allocateFrom("repeat"), 6, repeat);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private MemorySegment oneInt() throws Throwable {
    MemorySegment types = arena.allocate(16, 8);
    MemorySegment type = arena.allocate(ADDRESS);
    type.set(ADDRESS, 0, (MemorySegment) VALTYPE_NEW.invokeExact(I32));
    VALTYPES_NEW.invokeExact(types, 1L, type);
    return types;
  }

  private static void check(MemorySegment error) {
    if (error.address() != 0) {
      throw new AssertionError("wasmtime reports an error");
    }
  }

  private void instantiate(MemorySegment where, MemorySegment instance) throws Throwable {
    MemorySegment imports = scratch.asSlice(0, EXTERN);
    imports.set(JAVA_BYTE, 0, (byte) 0); // WASMTIME_EXTERN_FUNC
    FUNC_NEW.invokeExact(
        where, functionType, NEXT, MemorySegment.NULL, MemorySegment.NULL, imports.asSlice(EXTERN_OF));
    check((MemorySegment) INSTANCE_NEW.invokeExact(where, module, imports, 1L, instance, trap));
    check(trap.get(ADDRESS, 0));
  }

  private void export(
      MemorySegment where, MemorySegment instance, MemorySegment name, long length, MemorySegment function)
      throws Throwable {
    MemorySegment found = scratch.asSlice(EXTERN, EXTERN);
    if (!(boolean) EXPORT_GET.invokeExact(where, instance, name, length, found)) {
      throw new AssertionError("no such export");
    }
    MemorySegment.copy(found, EXTERN_OF, function, 0, REFERENCE);
  }

  private void call(MemorySegment where, MemorySegment function, long count) {
    try {
      check((MemorySegment) CALL.invokeExact(where, function, cells, count, trap));
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int add(int left, int right) {
    cells.set(JAVA_INT, 0, left);
    cells.set(JAVA_INT, CELL, right);
    call(context, add, 2);
    return cells.get(JAVA_INT, 0);
  }

  @Override
  public int repeat(int count) {
    cells.set(JAVA_INT, 0, count);
    call(context, repeat, 1);
    return cells.get(JAVA_INT, 0);
  }

  @Override
  public int instantiateAndAdd(int left, int right) {
    try {
      MemorySegment fresh = (MemorySegment) STORE_NEW.invokeExact(engine, MemorySegment.NULL, MemorySegment.NULL);
      MemorySegment where = (MemorySegment) STORE_CONTEXT.invokeExact(fresh);
      MemorySegment instance = scratch.asSlice(2 * EXTERN, REFERENCE);
      MemorySegment function = scratch.asSlice(3 * EXTERN, REFERENCE);
      instantiate(where, instance);
      export(where, instance, addName, 3, function);
      cells.set(JAVA_INT, 0, left);
      cells.set(JAVA_INT, CELL, right);
      call(where, function, 2);
      STORE_DELETE.invokeExact(fresh);
      return cells.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      STORE_DELETE.invokeExact(store);
      MODULE_DELETE.invokeExact(module);
      ENGINE_DELETE.invokeExact(engine);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    arena.close();
  }
}

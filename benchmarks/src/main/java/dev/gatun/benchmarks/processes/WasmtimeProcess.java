package dev.gatun.benchmarks.processes;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a program on wasmtime, through the C interface of its library: functions from wasm.h, wasi.h and wasmtime.h. The
 * system property {@code wasmtime.library} names the library, {@code wasmtime.strategy} the compiler: cranelift or
 * winch. The library always compiles the whole module at once.
 */
public final class WasmtimeProcess {
  private static final Linker LINKER = Linker.nativeLinker();

  /** {@code wasmtime_func_t} and {@code wasmtime_instance_t}. */
  private static final long REFERENCE = 16;

  /** {@code wasmtime_extern_t}: a kind, then a union, which begins at byte 8. */
  private static final long EXTERN = 40;

  private final Arena arena = Arena.global();
  private final SymbolLookup library = SymbolLookup.libraryLookup(Path.of(property("wasmtime.library")), arena);

  // Made before the clock starts: linking them is Java's cost.
  private final MethodHandle newConfig = function("wasm_config_new", ADDRESS);
  private final MethodHandle setStrategy = procedure("wasmtime_config_strategy_set", ADDRESS, JAVA_BYTE);
  private final MethodHandle newEngine = function("wasm_engine_new_with_config", ADDRESS, ADDRESS);
  private final MethodHandle newModule =
      function("wasmtime_module_new", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private final MethodHandle newSystem = function("wasi_config_new", ADDRESS);
  private final MethodHandle inheritStdin = procedure("wasi_config_inherit_stdin", ADDRESS);
  private final MethodHandle inheritStdout = procedure("wasi_config_inherit_stdout", ADDRESS);
  private final MethodHandle inheritStderr = procedure("wasi_config_inherit_stderr", ADDRESS);
  private final MethodHandle setArguments =
      function("wasi_config_set_argv", JAVA_BOOLEAN, ADDRESS, JAVA_LONG, ADDRESS);
  private final MethodHandle newLinker = function("wasmtime_linker_new", ADDRESS, ADDRESS);
  private final MethodHandle defineSystem = function("wasmtime_linker_define_wasi", ADDRESS, ADDRESS);
  private final MethodHandle newStore = function("wasmtime_store_new", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private final MethodHandle contextOf = function("wasmtime_store_context", ADDRESS, ADDRESS);
  private final MethodHandle setSystem = function("wasmtime_context_set_wasi", ADDRESS, ADDRESS, ADDRESS);
  private final MethodHandle instantiate =
      function("wasmtime_linker_instantiate", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private final MethodHandle getExport =
      function("wasmtime_instance_export_get", JAVA_BOOLEAN, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  private final MethodHandle call =
      function("wasmtime_func_call", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
  private final MethodHandle exitStatus =
      function("wasmtime_error_exit_status", JAVA_BOOLEAN, ADDRESS, ADDRESS);

  private WasmtimeProcess() {}

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("set the system property " + name);
    }
    return value;
  }

  /** Arguments: see the package. */
  public static void main(String[] arguments) throws Throwable {
    System.exit(new WasmtimeProcess().run(arguments));
  }

  private MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  private MethodHandle procedure(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(library.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }

  private MemorySegment engine() throws Throwable {
    byte strategy =
        switch (property("wasmtime.strategy")) {
          case "cranelift" -> 1;
          case "winch" -> 2;
          default -> throw new IllegalStateException("wasmtime.strategy must be cranelift or winch");
        };
    MemorySegment config = (MemorySegment) newConfig.invokeExact();
    setStrategy.invokeExact(config, strategy);
    return (MemorySegment) newEngine.invokeExact(config);
  }

  private MemorySegment module(MemorySegment engine, Path file) throws Throwable {
    MemorySegment made = arena.allocate(ADDRESS);
    try (Arena mapping = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), mapping);
      check((MemorySegment) newModule.invokeExact(engine, bytes, bytes.byteSize(), made));
    }
    return made.get(ADDRESS, 0);
  }

  /** What the guest sees of the system: the process's streams, and its arguments. */
  private MemorySegment system(List<String> guestArguments) throws Throwable {
    MemorySegment config = (MemorySegment) newSystem.invokeExact();
    inheritStdin.invokeExact(config);
    inheritStdout.invokeExact(config);
    inheritStderr.invokeExact(config);
    MemorySegment pointers = arena.allocate(ADDRESS, guestArguments.size());
    for (int i = 0; i < guestArguments.size(); i++) {
      pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(guestArguments.get(i)));
    }
    if (!(boolean) setArguments.invokeExact(config, (long) guestArguments.size(), pointers)) {
      throw new IOException("wasmtime does not take the arguments");
    }
    return config;
  }

  private int run(String[] arguments) throws Throwable {
    List<String> guestArguments = new ArrayList<>(List.of(arguments[0]));
    guestArguments.addAll(Arrays.asList(arguments).subList(2, arguments.length));
    MemorySegment none = MemorySegment.NULL;
    Stopwatch watch = new Stopwatch();
    MemorySegment engine = engine();
    MemorySegment module = module(engine, Path.of(arguments[0]));
    MemorySegment linker = (MemorySegment) newLinker.invokeExact(engine);
    check((MemorySegment) defineSystem.invokeExact(linker));
    MemorySegment store = (MemorySegment) newStore.invokeExact(engine, none, none);
    MemorySegment context = (MemorySegment) contextOf.invokeExact(store);
    check((MemorySegment) setSystem.invokeExact(context, system(guestArguments)));
    MemorySegment instance = arena.allocate(REFERENCE, 8);
    MemorySegment trap = arena.allocate(ADDRESS);
    check((MemorySegment) instantiate.invokeExact(linker, context, module, instance, trap));
    checkTrap(trap);
    MemorySegment found = arena.allocate(EXTERN, 16);
    String name = "_start";
    MemorySegment utf8 = arena.allocateFrom(name);
    if (!(boolean) getExport.invokeExact(context, instance, utf8, (long) name.length(), found)) {
      throw new IOException(arguments[0] + " has no export '_start'");
    }
    MemorySegment start = found.asSlice(8, REFERENCE);
    watch.ready();
    MemorySegment error = (MemorySegment) call.invokeExact(context, start, none, 0L, none, 0L, trap);
    watch.done();
    int status = error.address() == 0 ? 0 : status(error);
    checkTrap(trap);
    watch.print();
    return status;
  }

  /** The status with which the guest has ended itself, which the library says as an error. */
  private int status(MemorySegment error) throws Throwable {
    MemorySegment status = arena.allocate(JAVA_INT);
    if (!(boolean) exitStatus.invokeExact(error, status)) {
      check(error);
    }
    return status.get(JAVA_INT, 0);
  }

  private void checkTrap(MemorySegment cell) throws Throwable {
    MemorySegment trap = cell.get(ADDRESS, 0);
    if (trap.address() != 0) {
      throw new IOException(message("wasm_trap_message", trap));
    }
  }

  private void check(MemorySegment error) throws Throwable {
    if (error.address() != 0) {
      throw new IOException(message("wasmtime_error_message", error));
    }
  }

  /** What a trap or an error says; the library writes a {@code wasm_name_t}, which is a size and an address. */
  private String message(String getter, MemorySegment of) throws Throwable {
    MemorySegment text = arena.allocate(16, 8);
    procedure(getter, ADDRESS, ADDRESS).invokeExact(of, text);
    long size = text.get(JAVA_LONG, 0);
    byte[] bytes = text.get(ADDRESS, 8).reinterpret(size).toArray(JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

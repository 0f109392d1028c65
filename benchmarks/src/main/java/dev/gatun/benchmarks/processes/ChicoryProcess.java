package dev.gatun.benchmarks.processes;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Runs a program on Chicory's compiler to bytecode, which compiles the whole module at once. */
public final class ChicoryProcess {
  private ChicoryProcess() {}

  /** Arguments: see the package. */
  public static void main(String[] arguments) {
    Stopwatch watch = new Stopwatch();
    List<String> guestArguments = new ArrayList<>(List.of(arguments[0]));
    guestArguments.addAll(Arrays.asList(arguments).subList(2, arguments.length));
    // Not what inherits the streams: that closes them with the guest's.
    WasiOptions options =
        WasiOptions.builder()
            .withArguments(guestArguments)
            .withStdin(System.in, false)
            .withStdout(System.out, false)
            .withStderr(System.err, false)
            .build();
    int status = 0;
    try (WasiPreview1 wasi = WasiPreview1.builder().withOptions(options).build()) {
      WasmModule module = Parser.parse(Path.of(arguments[0]));
      Function<Instance, Machine> machines = MachineFactoryCompiler.compile(module);
      ImportValues imports = ImportValues.builder().addFunction(wasi.toHostFunctions()).build();
      Instance instance =
          Instance.builder(module).withImportValues(imports).withMachineFactory(machines).withStart(false).build();
      watch.ready();
      try {
        instance.export("_start").apply();
      } catch (WasiExitException e) {
        status = e.exitCode();
      }
      watch.done();
    }
    watch.print();
    System.exit(status);
  }
}

package dev.gatun.benchmarks;

import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.List;
import java.util.function.Function;

/** Chicory with its compiler to bytecode. */
final class ChicoryEmbedding implements Embedding {
  private static final ImportValues IMPORTS =
      ImportValues.builder()
          .addFunction(
              new HostFunction(
                  "host",
                  "next",
                  FunctionType.of(List.of(ValType.I32), List.of(ValType.I32)),
                  (instance, arguments) -> new long[] {arguments[0] + 1}))
          .build();

  private final WasmModule module = Parser.parse(MODULE);
  private final Function<Instance, Machine> machines = MachineFactoryCompiler.compile(module);
  private final Instance instance = newInstance();
  private final ExportFunction add = instance.export("add");
  private final ExportFunction repeat = instance.export("repeat");

  private Instance newInstance() {
    return Instance.builder(module).withImportValues(IMPORTS).withMachineFactory(machines).build();
  }

  @Override
  public int add(int left, int right) {
    return (int) add.apply(left, right)[0];
  }

  @Override
  public int repeat(int count) {
    return (int) repeat.apply(count)[0];
  }

  @Override
  public int instantiateAndAdd(int left, int right) {
    return (int) newInstance().export("add").apply(left, right)[0];
  }

  @Override
  public void close() {}
}

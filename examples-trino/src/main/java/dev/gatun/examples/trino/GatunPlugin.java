package dev.gatun.examples.trino;

import dev.gatun.Engine;
import dev.gatun.examples.Programs;
import io.trino.spi.Plugin;
import io.trino.spi.function.LanguageFunctionEngine;
import java.util.List;

/** What Trino loads: the languages {@code WASM} and {@code PYTHON} for functions that are defined in SQL. */
public final class GatunPlugin implements Plugin {
  private final Engine engine = Engine.create();

  @Override
  public Iterable<LanguageFunctionEngine> getLanguageFunctionEngines() {
    return List.of(new WasmFunctions(engine), new PythonFunctions(engine, Programs::python));
  }
}

package dev.gatun.examples.trino;

import dev.gatun.Engine;
import dev.gatun.Limits;
import dev.gatun.examples.Programs;
import io.trino.spi.Plugin;
import io.trino.spi.function.LanguageFunctionEngine;
import java.time.Duration;
import java.util.List;

/** What Trino loads: the languages {@code WASM} and {@code PYTHON} for functions that are defined in SQL. */
public final class GatunPlugin implements Plugin {
  /** For an interpreter; the time is that of a call, which sees many rows. */
  private static final Limits LIMITS = Limits.builder().memory(256 << 20).timeout(Duration.ofSeconds(30)).build();

  private final Engine engine = Engine.builder().limits(LIMITS).build();

  @Override
  public Iterable<LanguageFunctionEngine> getLanguageFunctionEngines() {
    return List.of(new WasmFunctions(engine), new PythonFunctions(engine, Programs::python));
  }
}

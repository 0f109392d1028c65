package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A large module: making an instance of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ModuleBenchmark {
  private final Engine engine = Engine.create();
  private Module module;
  private Wasi wasi;
  private Imports imports;

  /** Reads the module that the system property {@code gatun.module} names. */
  @Setup
  public void setUp() throws IOException {
    String file = System.getProperty("gatun.module");
    if (file == null) {
      throw new IllegalStateException("name a WASI module: -Dgatun.module=python.wasm");
    }
    module = engine.compile(Path.of(file));
    wasi = Wasi.builder().build();
    imports = Imports.builder().provider(wasi.imports()).build();
  }

  /** Makes an instance of a compiled module, and closes it. */
  @Benchmark
  public int instantiate() {
    try (Instance instance = module.instantiate(imports)) {
      return instance.hashCode();
    }
  }
}

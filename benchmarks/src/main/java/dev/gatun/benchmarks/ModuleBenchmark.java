package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.file.Files;
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

/** A large module, by default CPython: decoding and validating it, compiling all of it, making an instance. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ModuleBenchmark {
  private final Engine engine = Engine.create();
  private final Engine eager = Engine.builder().compilation(Engine.Compilation.EAGER).build();
  private byte[] bytes = {};
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
    bytes = Files.readAllBytes(Path.of(file));
    module = engine.compile(bytes);
    wasi = Wasi.builder().build();
    imports = Imports.builder().provider(wasi.imports()).build();
  }

  /** Decodes and validates. */
  @Benchmark
  public long validate() {
    try (Module compiled = engine.compile(bytes)) {
      return compiled.codeSize();
    }
  }

  /** Decodes, validates and compiles every function. */
  @Benchmark
  public long compile() {
    try (Module compiled = eager.compile(bytes)) {
      return compiled.codeSize();
    }
  }

  /** Makes an instance of a compiled module, and closes it. */
  @Benchmark
  public int instantiate() {
    try (Instance instance = module.instantiate(imports)) {
      return instance.hashCode();
    }
  }
}

package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How fast a large module is read, CPython or the one that is named: modules a second, and megabytes of code section
 * and functions a second. What compiling takes is the difference of the two.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CompileBenchmark {
  private static final int CODE_SECTION = 10;
  private static final int HEADER = 8;

  /** Of the engine. */
  @Param({"1", "2"})
  public int compilerThreads;

  private Engine lazy;
  private Engine eager;
  private byte[] bytes = {};
  private double codeMegabytes;

  /** What JMH divides by the time, besides the calls. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Rates {
    public double megabytes;
    public long functions;

    private void add(double code, Module module) {
      megabytes += code;
      functions += module.statistics().functions();
    }
  }

  /** Reads the module that the system property {@code gatun.module} names, or {@code gatun.python}. */
  @Setup
  public void setUp() throws IOException {
    String file = System.getProperty("gatun.module", System.getProperty("gatun.python"));
    if (file == null) {
      throw new IllegalStateException("name a module: -Dgatun.module=python.wasm");
    }
    bytes = Files.readAllBytes(Path.of(file));
    codeMegabytes = codeSize(bytes) / 1e6;
    lazy = Engine.builder().compilerThreads(compilerThreads).codeCache(null).build();
    eager =
        Engine.builder()
            .compilation(Engine.Compilation.EAGER)
            .compilerThreads(compilerThreads)
            .codeCache(null)
            .build();
  }

  @TearDown
  public void tearDown() {
    lazy.close();
    eager.close();
  }

  private static int codeSize(byte[] wasm) {
    ByteBuffer module = ByteBuffer.wrap(wasm).position(HEADER);
    while (module.hasRemaining()) {
      int section = module.get();
      int size = unsigned(module);
      if (section == CODE_SECTION) {
        return size;
      }
      module.position(module.position() + size);
    }
    throw new IllegalArgumentException("the module has no code");
  }

  private static int unsigned(ByteBuffer from) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int b = from.get();
      value |= (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  /** Decodes and validates. */
  @Benchmark
  public long validate(Rates rates) {
    try (Module module = lazy.compile(bytes)) {
      rates.add(codeMegabytes, module);
      return module.codeSize();
    }
  }

  /** Decodes, validates and compiles every function. */
  @Benchmark
  public long compile(Rates rates) {
    try (Module module = eager.compile(bytes)) {
      rates.add(codeMegabytes, module);
      return module.codeSize();
    }
  }
}

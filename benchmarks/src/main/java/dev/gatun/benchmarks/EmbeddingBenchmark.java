package dev.gatun.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a service pays for calls, host calls and instances: Gatun beside other engines, at the same work. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class EmbeddingBenchmark {
  private static final int REPEAT = 1000;

  /** The engine. */
  @Param({"gatun", "wasmtime", "chicory"})
  public String engine = "gatun";

  private Embedding embedding;
  private int value = 1;

  /** Starts the engine, and checks that it does the work. */
  @Setup(Level.Trial)
  public void start() {
    embedding = Embedding.of(engine);
    if (embedding.add(2, 3) != 5 || embedding.repeat(10) != 10 || embedding.instantiateAndAdd(2, 3) != 5) {
      throw new AssertionError(engine + " miscalculates");
    }
  }

  /** Ends the engine. */
  @TearDown(Level.Trial)
  public void end() {
    embedding.close();
  }

  /** Java to wasm: two ints in, one out. */
  @Benchmark
  public int call() {
    value = embedding.add(value, 3);
    return value;
  }

  /** Wasm to Java: one int in, one out. */
  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public int hostCall() {
    return embedding.repeat(REPEAT);
  }

  /** A new instance of a compiled module, one call, and its end. */
  @Benchmark
  public int instance() {
    return embedding.instantiateAndAdd(2, 3);
  }
}

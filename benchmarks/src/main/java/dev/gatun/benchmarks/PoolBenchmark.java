package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.text.TextFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** An instance of a small module, for one call: of a pool, of a snapshot, or made anew. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
public class PoolBenchmark {
  /** Memory of 1 MiB with some data, a table, a global, an import; a call that writes to each of four pages. */
  private static final String MODULE =
      """
      (module
        (import "host" "next" (func $next (param i32) (result i32)))
        (memory (export "memory") 16)
        (table 8 funcref)
        (global $count (mut i32) (i32.const 0))
        (data (i32.const 1024) "some data that the module has")
        (elem (i32.const 0) $work)
        (func $work (export "work") (param $x i32) (result i32)
          (global.set $count (i32.add (global.get $count) (local.get $x)))
          (i32.store (i32.const 1024) (local.get $x))
          (i32.store (i32.const 9000) (local.get $x))
          (i32.store (i32.const 100000) (local.get $x))
          (i32.store (i32.const 1000000) (call $next (local.get $x)))
          (i32.add (i32.load (i32.const 1000000)) (global.get $count))))
      """;

  private final Imports imports = SmallModule.imports();

  private Engine engine;
  private Module module;
  private Snapshot snapshot;
  private InstancePool pool;

  /** Compiles the module and prepares the pool. */
  @Setup(Level.Trial)
  public void prepare() {
    engine = Engine.create();
    module = engine.compile(TextFormat.parse(MODULE));
    try (Instance instance = module.instantiate(imports)) {
      snapshot = Snapshot.take(instance);
    }
    pool = InstancePool.builder(snapshot).imports(imports).maxSize(4).build();
  }

  /** Closes what {@link #prepare} has made. */
  @TearDown(Level.Trial)
  public void close() {
    pool.close();
    snapshot.close();
    module.close();
    engine.close();
  }

  /** Leases an instance, calls it once, and returns it. */
  @Benchmark
  public Object pooled() {
    try (InstancePool.Lease lease = pool.acquire()) {
      return lease.instance().function("work").call(5);
    }
  }

  /** The same for a tenant that asks for a segment of the memory. */
  @Benchmark
  public Object pooledWithSegment() {
    try (InstancePool.Lease lease = pool.acquire()) {
      lease.instance().memory("memory").segment().set(java.lang.foreign.ValueLayout.JAVA_INT, 0, 1);
      return lease.instance().function("work").call(5);
    }
  }

  /** Makes an instance of the snapshot, calls it once, and closes it. */
  @Benchmark
  public Object ofSnapshot() {
    try (Instance instance = snapshot.instantiate(imports)) {
      return instance.function("work").call(5);
    }
  }

  /** Makes an instance of the module, calls it once, and closes it. */
  @Benchmark
  public Object anew() {
    try (Instance instance = module.instantiate(imports)) {
      return instance.function("work").call(5);
    }
  }
}

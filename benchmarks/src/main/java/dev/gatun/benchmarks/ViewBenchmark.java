package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Import;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Calls by views and of host objects, beside a call of a C function, which is what the JVM itself costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
public class ViewBenchmark {
  private static final int REPEAT = 1000;

  /** What {@link SmallModule} imports. */
  public static final class Host {
    /** Adds one. */
    @Import
    public int next(int a) {
      return a + 1;
    }
  }

  private static final Module MODULE = Engine.create().compile(SmallModule.bytes());
  private static final Imports IMPORTS = Imports.builder().object("host", new Host()).build();
  private static final Instance INSTANCE = MODULE.instantiate(IMPORTS);
  private static final Small VIEW = INSTANCE.as(Small.class);
  private static final MethodHandle HANDLE = INSTANCE.function("add").methodHandle();

  private static final MethodHandle C_FUNCTION =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("abs"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private static final int POOL = 8;

  private final Small[] pool = new Small[POOL];
  private final Instance[] instances = new Instance[POOL];
  private int turn;
  private int value = 1;

  /** A view of each of some instances. */
  public ViewBenchmark() {
    for (int i = 0; i < POOL; i++) {
      instances[i] = MODULE.instantiate(IMPORTS);
      pool[i] = instances[i].as(Small.class);
    }
  }

  /** What the JVM takes for a call out of it. */
  @Benchmark
  public int callOfC() throws Throwable {
    value = (int) C_FUNCTION.invokeExact(value);
    return value;
  }

  /** By a method handle that is a constant. */
  @Benchmark
  public int addByHandle() throws Throwable {
    value = (int) HANDLE.invokeExact(value, 3);
    return value;
  }

  /** By a view that is a constant. */
  @Benchmark
  public int addByView() {
    value = VIEW.add(value, 3);
    return value;
  }

  /** By views that are none, of one instance after the other. */
  @Benchmark
  public int addByPooledView() {
    turn = turn + 1 & POOL - 1;
    value = pool[turn].add(value, 3);
    return value;
  }

  /** A further view. */
  @Benchmark
  public Small makeView() {
    turn = turn + 1 & POOL - 1;
    return instances[turn].as(Small.class);
  }

  /** Wasm to Java: one int in, one out. */
  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public int hostCall() {
    return VIEW.repeat(REPEAT);
  }
}

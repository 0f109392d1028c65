package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Trap;
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

/** Calls from Java into wasm, from wasm into Java, and out by a trap. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
public class CallBenchmark {
  private static final int REPEAT = 1000;

  private static final Instance INSTANCE =
      Engine.create()
          .compile(SmallModule.bytes())
          .instantiate(SmallModule.imports());

  private static final Func ADD_FUNC = INSTANCE.function("add");
  private static final MethodHandle ADD = ADD_FUNC.methodHandle();
  private static final MethodHandle TRAP = INSTANCE.function("trap").methodHandle();
  private static final MethodHandle REPEAT_HOST = INSTANCE.function("repeat").methodHandle();

  private int value = 1;

  /** Java to wasm: two ints in, one out. */
  @Benchmark
  public int add() throws Throwable {
    value = (int) ADD.invokeExact(value, 3);
    return value;
  }

  /** The same with boxed arguments. */
  @Benchmark
  public Object addBoxed() {
    return ADD_FUNC.call(value, 3);
  }

  /** Wasm to Java: one int in, one out. */
  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public int hostCall() throws Throwable {
    return (int) REPEAT_HOST.invokeExact(REPEAT);
  }

  /** A trap caught in Java. */
  @Benchmark
  public Trap.Kind trap() throws Throwable {
    try {
      TRAP.invokeExact();
      throw new AssertionError("no trap");
    } catch (Trap trap) {
      return trap.kind();
    }
  }
}

package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Instance;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;
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

/** Exceptions within wasm. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
public class ExceptionBenchmark {
  private static final int REPEAT = 1000;

  /**
   * In the text format:
   *
   * <pre>
   * (module
   *   (tag $number (param i32))
   *   (func $throw (param i32) (result i32) (throw $number (local.get 0)))
   *   (func (export "repeat") (param i32) (result i32) (local i32)
   *     (loop
   *       (block (result i32)
   *         (try_table (result i32) (catch $number 0) (call $throw (local.get 0))))
   *       (local.set 1 (i32.add (local.get 1)))
   *       (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
   *     (local.get 1)))
   * </pre>
   */
  private static final String MODULE =
      "0061736d01000000"
          + "010a02" + "60017f00" + "60017f017f"
          + "0303020101"
          + "0d03010000"
          + "070a01" + "06726570656174" + "0001"
          + "0a2e02"
          + "06" + "00" + "200008000b"
          + "25" + "01017f" + "0340" + "027f" + "1f7f01000000" + "20001000" + "0b0b"
          + "20016a2101" + "200041016b" + "2200" + "0d00" + "0b" + "2001" + "0b";

  private static final Instance INSTANCE =
      Engine.create().compile(HexFormat.of().parseHex(MODULE)).instantiate();

  private static final MethodHandle REPEAT_THROW = INSTANCE.function("repeat").methodHandle();

  /** A throw of one number, caught one frame up. */
  @Benchmark
  @OperationsPerInvocation(REPEAT)
  public int throwAndCatch() throws Throwable {
    return (int) REPEAT_THROW.invokeExact(REPEAT);
  }
}

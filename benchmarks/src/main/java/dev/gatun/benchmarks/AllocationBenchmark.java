package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
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

/**
 * Allocation of structs by wasm, with the collections that it causes: so many are made that the heap is collected
 * several times in each invocation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
public class AllocationBenchmark {
  private static final int STRUCTS = 2_000_000;

  /** A tree of this depth has 2^(depth + 1) - 1 nodes. */
  private static final int DEPTH = 16;

  private static final int NODES = (1 << DEPTH + 1) - 1;

  /**
   * In the text format:
   *
   * <pre>
   * (module
   *   (type $pair (struct (field (mut i64)) (field (mut i64))))
   *   (type $node (struct (field (mut anyref)) (field (mut anyref))))
   *   (func (export "allocate") (param i32) (local anyref)
   *     (loop
   *       (local.set 1 (struct.new $pair (i64.extend_i32_s (local.get 0)) (i64.const 2)))
   *       (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
   *   (func $tree (param i32) (result anyref)
   *     (if (result anyref) (i32.eqz (local.get 0))
   *       (then (struct.new $node (ref.null any) (ref.null any)))
   *       (else (struct.new $node
   *         (call $tree (i32.sub (local.get 0) (i32.const 1)))
   *         (call $tree (i32.sub (local.get 0) (i32.const 1)))))))
   *   (func (export "tree") (param i32) (drop (call $tree (local.get 0)))))
   * </pre>
   */
  private static final byte[] MODULE =
      HexFormat.of()
          .parseHex(
              "0061736d01000000"
                  + "011604" + "5f027e017e01" + "5f026e016e01" + "60017f00" + "60017f016e"
                  + "030403020302"
                  + "071302" + "08616c6c6f63617465" + "0000" + "0474726565" + "0002"
                  + "0a4603"
                  + "1a01016e" + "0340" + "2000ac4202" + "fb0000" + "2101" + "200041016b" + "2200" + "0d00" + "0b0b"
                  + "2100" + "200045" + "046e" + "d06ed06e" + "fb0001" + "05" + "200041016b1001" + "200041016b1001"
                  + "fb0001" + "0b0b"
                  + "0700" + "200010011a" + "0b");

  private static final Instance INSTANCE = Engine.create().compile(MODULE).instantiate(Imports.builder().build());
  private static final MethodHandle ALLOCATE = INSTANCE.function("allocate").methodHandle();
  private static final MethodHandle TREE = INSTANCE.function("tree").methodHandle();

  /** A struct of two i64, 16 bytes and a header, that is garbage at once. */
  @Benchmark
  @OperationsPerInvocation(STRUCTS)
  public void garbage() throws Throwable {
    ALLOCATE.invokeExact(STRUCTS);
  }

  /** A node of a binary tree that is alive until the tree is complete: what is marked and swept counts too. */
  @Benchmark
  @OperationsPerInvocation(NODES)
  public void tree() throws Throwable {
    TREE.invokeExact(DEPTH);
  }
}

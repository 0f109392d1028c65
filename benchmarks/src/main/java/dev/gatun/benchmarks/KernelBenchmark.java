package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
 * Loops in C, compiled for scalars and for vectors, over data of 64 KiB. The folder of the compiled programs is in the
 * system property {@code gatun.programs}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class KernelBenchmark {
  private static final int SIZE = 1 << 16;
  private static final int WIDTH = 256;

  /** The build. */
  @Param({"scalar", "vectors"})
  public String build;

  private final Engine engine = Engine.create();
  private Instance instance;
  private Func dotProduct;
  private Func findByte;
  private Func base64;
  private Func blur;
  private int in;
  private int out;

  /** Makes an instance and fills its memory. */
  @Setup
  public void setUp() throws IOException {
    String folder = System.getProperty("gatun.programs");
    if (folder == null) {
      throw new IllegalStateException("name the folder of the programs: -Dgatun.programs=...");
    }
    Module module = engine.compile(Path.of(folder, "kernels-" + build + ".wasm"));
    instance = module.instantiate();
    dotProduct = instance.function("dot_product");
    findByte = instance.function("find_byte");
    base64 = instance.function("base64");
    blur = instance.function("blur");
    in = (int) instance.function("memory_start").call();
    out = in + SIZE + 64;
    Memory memory = instance.memory("memory");
    Random random = new Random(1);
    byte[] data = new byte[SIZE];
    random.nextBytes(data);
    for (int i = 0; i < SIZE; i++) {
      data[i] &= 0x7f; // the byte that is looked for is not there, and no float is huge
    }
    memory.write(in, data);
  }

  /** Closes the engine. */
  @TearDown
  public void tearDown() {
    instance.close();
    engine.close();
  }

  /** Of 8,192 floats and as many. */
  @Benchmark
  public Object dotProduct() {
    return dotProduct.call(in, in + SIZE / 2, SIZE / 8);
  }

  /** To the end of 65,536 bytes. */
  @Benchmark
  public Object findByte() {
    return findByte.call(in, SIZE, 255);
  }

  /** Of 65,535 bytes. */
  @Benchmark
  public Object base64() {
    return base64.call(in, SIZE - 1, out);
  }

  /** Of 256 by 256 pixels. */
  @Benchmark
  public Object blur() {
    return blur.call(in, out, WIDTH, SIZE / WIDTH);
  }
}

package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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

/**
 * CPython that has started and waits for a request on its standard input, which it reads, and ends without tidying up.
 * The file is named by the system property {@code gatun.python}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class PythonPoolBenchmark {
  private static final String READER = "import sys, os\ntext = sys.stdin.read()\nos._exit(0)";
  private static final String SERVER =
      "import sys, os, json\nexec(sys.stdin.read())\nsys.stdout.flush()\nos._exit(0)";

  private static final byte[] REQUEST = "print(json.dumps({'a': [1, 2, 3]}))".getBytes(StandardCharsets.UTF_8);

  private Engine engine;
  private Module module;
  private Snapshot reader;
  private Snapshot server;
  private InstancePool readers;
  private InstancePool servers;

  /** Starts CPython. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    engine = Engine.create();
    module = engine.compile(Path.of(System.getProperty("gatun.python")));
    reader = start(READER);
    server = start(SERVER);
    readers = InstancePool.builder(reader).maxSize(4).build();
    servers = InstancePool.builder(server).maxSize(4).build();
  }

  private Snapshot start(String script) throws IOException {
    try (Wasi wasi = Wasi.builder().arguments(List.of("python", "-c", script)).build()) {
      return wasi.snapshot(module);
    }
  }

  /** Closes what {@link #prepare} has made. */
  @TearDown(Level.Trial)
  public void close() {
    readers.close();
    servers.close();
    reader.close();
    server.close();
    module.close();
    engine.close();
  }

  private static int run(InstancePool pool) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Wasi wasi = Wasi.builder().stdin(REQUEST).stdout(out).build();
        InstancePool.Lease lease = pool.acquire(Imports.builder().provider(wasi.imports()).build())) {
      return wasi.run(lease.instance()) + out.size();
    }
  }

  /** Leases an instance that reads its input and ends. */
  @Benchmark
  public int pooledRead() throws IOException {
    return run(readers);
  }

  /** Leases an instance that executes what it reads: imports are made, some JSON is printed. */
  @Benchmark
  public int pooledRequest() throws IOException {
    return run(servers);
  }

  /** The same without a pool. */
  @Benchmark
  public int requestOfSnapshot() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Wasi wasi = Wasi.builder().stdin(REQUEST).stdout(out).build();
        Instance instance = server.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      return wasi.run(instance) + out.size();
    }
  }
}

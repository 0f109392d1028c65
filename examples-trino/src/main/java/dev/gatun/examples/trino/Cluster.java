package dev.gatun.examples.trino;

import io.trino.server.testing.TestingTrinoServer;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import io.trino.testing.StandaloneQueryRunner;
import io.trino.testing.TestingSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Trino cluster in this JVM: a coordinator and a worker, which speak HTTP to each other, with the plugin on both.
 * Trino wants {@code --add-modules=jdk.incubator.vector}, Gatun {@code --enable-native-access=ALL-UNNAMED}.
 */
public final class Cluster implements AutoCloseable {
  /** Nodes find each other if this is the same. */
  private static final String ENVIRONMENT = "gatun";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final StandaloneQueryRunner coordinator;
  private final TestingTrinoServer worker;

  /** Starts both, which takes 20 s. */
  public Cluster() {
    coordinator =
        new StandaloneQueryRunner(
            TestingSession.testSessionBuilder().build(),
            builder -> builder.setEnvironment(ENVIRONMENT));
    worker =
        TestingTrinoServer.builder()
            .setCoordinator(false)
            .setEnvironment(ENVIRONMENT)
            .setProperties(Map.of("discovery.uri", coordinator.getCoordinator().getBaseUrl().toString()))
            .build();
    coordinator.installPlugin(new GatunPlugin());
    worker.installPlugin(new GatunPlugin());
    awaitWorker();
  }

  /** The rows of a query's result. */
  public List<MaterializedRow> query(String sql) {
    MaterializedResult result = coordinator.execute(sql);
    return result.getMaterializedRows();
  }

  private void awaitWorker() {
    String nodes = "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'";
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while ((long) query(nodes).getFirst().getField(0) < 2) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the worker has not found the coordinator within " + PATIENCE);
      }
      coordinator.getCoordinator().refreshNodes();
    }
  }

  /** A query among this package's resources. */
  public static String resource(String name) throws IOException {
    try (InputStream stream = Cluster.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws IOException {
    worker.close();
    coordinator.close();
  }

  /** Runs a query twice, once to warm up, and tells how many rows a second it has seen. */
  static MaterializedRow measure(Cluster cluster, String name, PrintStream out) throws IOException {
    String sql = resource(name);
    MaterializedRow first = cluster.query(sql).getFirst();
    long start = System.nanoTime();
    MaterializedRow row = cluster.query(sql).getFirst();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!row.equals(first)) {
      throw new IllegalStateException(name + " has two results: " + first + " and " + row);
    }
    out.printf("%s: %s, %,.0f rows/s%n", name, row, (long) row.getField(0) / seconds);
    return row;
  }

  /** Runs both queries. */
  public static void main(String[] arguments) throws IOException {
    // Trino turns what is printed into log entries.
    PrintStream out = System.out;
    try (Cluster cluster = new Cluster()) {
      measure(cluster, "luhn.sql", out);
      measure(cluster, "names.sql", out);
    }
    System.exit(0);
  }
}

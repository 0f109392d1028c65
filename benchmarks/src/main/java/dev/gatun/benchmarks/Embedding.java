package dev.gatun.benchmarks;

/** One engine as a Java program embeds it, at the work that {@link EmbeddingBenchmark} times. */
interface Embedding extends AutoCloseable {
  /** The module, in the binary format; in the text format it is that of {@link SmallModule}. */
  byte[] MODULE = SmallModule.bytes();

  /** A call from Java: {@code add} of the instance. */
  int add(int left, int right);

  /** So many calls from wasm of a function of Java's, which adds 1. */
  int repeat(int count);

  /** Makes an instance of the compiled module, calls {@code add}, and gives the instance up. */
  int instantiateAndAdd(int left, int right);

  @Override
  void close();

  /** The engine of a name. */
  static Embedding of(String engine) {
    return switch (engine) {
      case "gatun" -> new GatunEmbedding();
      case "chicory" -> new ChicoryEmbedding();
      case "wasmtime" -> new WasmtimeEmbedding();
      default -> throw new IllegalArgumentException("no engine '" + engine + "': gatun, chicory or wasmtime");
    };
  }
}

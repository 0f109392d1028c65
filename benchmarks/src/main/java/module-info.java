/** JMH benchmarks and the runner that compares engines. */
module dev.gatun.benchmarks {
  requires static org.jspecify;
  requires dev.gatun;
  requires com.dylibso.chicory.compiler;
  requires com.dylibso.chicory.runtime;
  requires com.dylibso.chicory.wasi;
  requires com.dylibso.chicory.wasm;
  requires java.management;
  requires jmh.core;
  requires org.graalvm.polyglot;

  exports dev.gatun.benchmarks;
  exports dev.gatun.benchmarks.jmh_generated;
}

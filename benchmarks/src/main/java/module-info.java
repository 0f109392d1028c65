/** JMH benchmarks and the runner that compares engines. */
module dev.gatun.benchmarks {
  requires static org.jspecify;
  requires dev.gatun;
}

/** WASI preview 1 in Java. */
module dev.gatun.wasi {
  requires static org.jspecify;
  requires transitive dev.gatun.jit;
  requires dev.gatun.bindings;

  exports dev.gatun.wasi;
}

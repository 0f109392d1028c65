/** WASI preview 1 in Java. */
module dev.gatun.wasi {
  requires static org.jspecify;
  requires dev.gatun.jit;
  requires dev.gatun.bindings;
}

/** The engine: decoder, validator, baseline compiler, runtime and the public API. */
module dev.gatun.jit {
  requires static org.jspecify;
  requires dev.gatun.memory;
}

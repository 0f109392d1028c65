/** The one module to require: the engine, WASI and every backend. */
module dev.gatun {
  requires transitive dev.gatun.jit;
  requires transitive dev.gatun.wasi;
  requires dev.gatun.codegen.x86_64;
  requires dev.gatun.codegen.aarch64;
}

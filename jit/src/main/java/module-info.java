/** The engine: decoder, validator, baseline compiler, runtime and the public API. */
module dev.gatun.jit {
  requires static java.management;
  requires static jdk.jfr;
  requires static org.jspecify;
  requires dev.gatun.bindings;
  requires transitive dev.gatun.memory;

  exports dev.gatun;
  exports dev.gatun.text;
  exports dev.gatun.runtime to
      dev.gatun.wasi;
  exports dev.gatun.backend to
      dev.gatun.codegen.x86_64,
      dev.gatun.codegen.aarch64;
  exports dev.gatun.layout to
      dev.gatun.codegen.x86_64,
      dev.gatun.codegen.aarch64;
  exports dev.gatun.wasm to
      dev.gatun.codegen.x86_64,
      dev.gatun.codegen.aarch64;

  uses dev.gatun.backend.Backend;
}

/** The AArch64 backend: assembler, macro-assembler, calling convention and stubs. */
module dev.gatun.codegen.aarch64 {
  requires static org.jspecify;
  requires dev.gatun.jit;
  requires dev.gatun.bindings;

  provides dev.gatun.backend.Backend with
      dev.gatun.codegen.aarch64.AArch64Backend;
}

/** The x86-64 backend: assembler, macro-assembler, calling convention and stubs. */
module dev.gatun.codegen.x86_64 {
  requires static org.jspecify;
  requires dev.gatun.jit;
  requires dev.gatun.bindings;

  provides dev.gatun.backend.Backend with
      dev.gatun.codegen.x86_64.X86Backend;
}

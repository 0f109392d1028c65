/** The AArch64 backend: so far a place in the build. */
module dev.gatun.codegen.aarch64 {
  requires static org.jspecify;
  requires dev.gatun.jit;

  provides dev.gatun.backend.Backend with
      dev.gatun.codegen.aarch64.AArch64Backend;
}

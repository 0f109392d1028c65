/** The AArch64 backend. */
module dev.gatun.codegen.aarch64 {
  requires static org.jspecify;
  requires dev.gatun.jit;
}

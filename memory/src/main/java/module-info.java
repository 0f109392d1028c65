/** Address space, guard pages, linear memories and their images, executable memory, the trap handler's installation. */
module dev.gatun.memory {
  requires static org.jspecify;
  requires dev.gatun.bindings;

  exports dev.gatun.system;
  exports dev.gatun.memory to
      dev.gatun.jit;
}

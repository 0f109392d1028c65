/** Address space, guard pages, linear memories, memory images, executable code memory and the trap handler's installation. */
module dev.gatun.memory {
  requires static org.jspecify;
  requires dev.gatun.bindings;

  exports dev.gatun.memory to
      dev.gatun.jit;
}

package dev.gatun.benchmarks.processes;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.file.Path;

/** Runs a program on Gatun. */
public final class GatunProcess {
  private GatunProcess() {}

  /** Arguments: see the package. */
  public static void main(String[] arguments) throws IOException {
    Stopwatch watch = new Stopwatch();
    int status;
    Wasi.Builder wasi = Wasi.builder().inheritStreams().argument(arguments[0]);
    for (int i = 2; i < arguments.length; i++) {
      wasi.argument(arguments[i]);
    }
    Engine.Compilation when = arguments[1].equals("eager") ? Engine.Compilation.EAGER : Engine.Compilation.LAZY;
    try (Engine engine = Engine.builder().compilation(when).build();
        Module module = engine.compile(Path.of(arguments[0]));
        Wasi system = wasi.build();
        Instance instance = module.instantiate(Imports.builder().provider(system.imports()).build())) {
      watch.ready();
      status = system.run(instance);
      watch.done();
    }
    watch.print();
    System.exit(status);
  }
}

package dev.gatun.cli;

import dev.gatun.Engine;
import dev.gatun.Extern;
import dev.gatun.Func;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import dev.gatun.wasi.WasiExit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs a program with WASI preview 1, or one function of a module.
 *
 * <p>This is on the way to the guest's first instruction in a cold JVM: no lambdas, streams, regular expressions or
 * formats.
 */
final class RunCommand {
  private static final String START = "_start";
  private static final String INITIALIZE = "_initialize";

  private final RunArguments arguments;

  RunCommand(RunArguments arguments) {
    this.arguments = arguments;
  }

  /** Runs; returns the exit code. What goes wrong is told on standard error. */
  int run() {
    try {
      Path file = ProgramFile.locate(arguments.file());
      Engine.Builder builder = Engine.builder();
      if (arguments.stackSize() != 0) {
        builder.stackSize(arguments.stackSize());
      }
      try (Engine engine = builder.build();
          Module module = ProgramFile.compile(engine, file);
          Wasi wasi = wasi(file);
          Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
        return arguments.invoke() == null ? start(wasi, instance) : invoke(arguments.invoke(), instance);
      }
    } catch (WasiExit exit) {
      return exit.code();
    } catch (Throwable failure) {
      return Failure.report(arguments.file(), failure);
    }
  }

  private Wasi wasi(Path file) throws IOException {
    Wasi.Builder builder = Wasi.builder().inheritStreams();
    builder.argument(file.getFileName().toString());
    List<String> words = arguments.arguments();
    if (arguments.invoke() == null) {
      builder.arguments(words);
    }
    for (String variable : arguments.environment()) {
      int equals = variable.indexOf('=');
      builder.env(variable.substring(0, equals), variable.substring(equals + 1));
    }
    for (Mount mount : arguments.mounts()) {
      builder.directory(Path.of(mount.host()), mount.guest(), mount.readOnly());
    }
    return builder.build();
  }

  private int start(Wasi wasi, Instance instance) throws IOException {
    if (instance.export(START).isEmpty()) {
      throw new IOException(
          "exports no function '_start', so it is a library, not a program; call one of its functions with --invoke"
              + " NAME"
              + " ('gatun inspect' lists them)");
    }
    return wasi.run(instance);
  }

  private int invoke(String name, Instance instance) throws UsageException {
    Extern initialize = instance.export(INITIALIZE).orElse(null);
    if (initialize instanceof Func function && function.type().params().isEmpty()) {
      function.call();
    }
    Extern export = instance.export(name).orElse(null);
    if (!(export instanceof Func function)) {
      throw new UsageException("exports no function '" + name + "'; 'gatun inspect' lists what there is");
    }
    new InvokedFunction(name, function).call(arguments.arguments(), System.out);
    return ExitCode.OK;
  }
}

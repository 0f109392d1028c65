package dev.gatun.benchmarks.processes;

import java.io.IOException;
import java.nio.file.Path;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/** Runs a program on GraalWasm, which interprets, and compiles what is hot while the program runs. */
public final class GraalWasmProcess {
  private GraalWasmProcess() {}

  /** Arguments: see the package. */
  public static void main(String[] arguments) throws IOException {
    Stopwatch watch = new Stopwatch();
    Path file = Path.of(arguments[0]);
    String[] guestArguments = new String[arguments.length - 1];
    guestArguments[0] = arguments[0];
    System.arraycopy(arguments, 2, guestArguments, 1, arguments.length - 2);
    int status = 0;
    try (Context context =
        Context.newBuilder("wasm")
            .option("wasm.Builtins", "wasi_snapshot_preview1")
            .arguments("wasm", guestArguments)
            .in(System.in)
            .out(System.out)
            .err(System.err)
            .build()) {
      Value module = context.eval(Source.newBuilder("wasm", file.toFile()).name("main").build());
      Value start = module.newInstance().getMember("exports").getMember("_start");
      watch.ready();
      try {
        start.executeVoid();
      } catch (PolyglotException e) {
        if (!e.isExit()) {
          throw e;
        }
        status = e.getExitStatus();
      }
      watch.done();
    }
    watch.print();
    System.exit(status);
  }
}

package dev.gatun.examples.python;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.examples.Programs;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A function written in Python, which finds the interpreter as new at each call: started, with its definition executed,
 * and touched by no other call. That is a snapshot, of which a call makes an instance in a millisecond. Arguments and
 * result are JSON.
 *
 * <pre>{@code
 * try (PythonFunction mean = new PythonFunction(module, "def mean(*n): return sum(n) / len(n)", "mean")) {
 *   System.out.println(mean.call("[1, 2, 6]")); // 3.0
 * }
 * }</pre>
 *
 * <p>Any number of threads may call it at once.
 */
public final class PythonFunction implements AutoCloseable {
  private final Snapshot snapshot;

  /**
   * Starts Python and executes the definition.
   *
   * @param module {@code python.wasm}
   * @param definition statements, after which {@code name} is a function
   * @throws PythonException if the definition raises an exception
   * @throws IllegalStateException if it ends the interpreter
   */
  public PythonFunction(Module module, String definition, String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Wasi wasi =
        Wasi.builder()
            .arguments(List.of("python", "-c", Python.script("function.py")))
            .env("DEFINITION", definition)
            .env("FUNCTION", name)
            .stdout(out)
            .build()) {
      snapshot = wasi.snapshot(module);
    } catch (IllegalStateException e) {
      throw exception(out);
    }
  }

  /**
   * Calls the function.
   *
   * @param arguments a JSON array
   * @return the result as JSON
   * @throws PythonException if it raises an exception, or its result can't be JSON
   * @throws IllegalStateException if it ends the interpreter
   * @throws dev.gatun.LimitException if it uses more than the module's engine allows
   */
  public String call(String arguments) {
    byte[] in = arguments.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Wasi wasi = Wasi.builder().stdin(in).stdout(out).build();
        Instance instance = snapshot.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      if (wasi.run(instance) == 0) {
        return out.toString(StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw exception(out);
  }

  /** What Python has written instead of a result. */
  private static RuntimeException exception(ByteArrayOutputStream out) {
    String[] texts = out.toString(StandardCharsets.UTF_8).split("\0", -1);
    return texts.length == 3
        ? new PythonException(texts[0], texts[1], texts[2])
        : new IllegalStateException("the Python interpreter has ended");
  }

  @Override
  public void close() {
    snapshot.close();
  }

  /** Calls the function {@code arguments[1]} of the definition {@code arguments[0]} with the JSON that follow. */
  public static void main(String[] arguments) throws IOException {
    Limits limits = Limits.builder().memory(256 << 20).timeout(Duration.ofSeconds(10)).build();
    try (Engine engine = Engine.builder().limits(limits).build();
        Module module = engine.compile(Programs.python());
        PythonFunction function = new PythonFunction(module, arguments[0], arguments[1])) {
      for (String json : List.of(arguments).subList(2, arguments.length)) {
        System.out.println(function.call(json));
      }
    }
  }
}

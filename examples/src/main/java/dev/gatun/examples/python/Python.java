package dev.gatun.examples.python;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.examples.Programs;
import dev.gatun.wasi.Wasi;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python in a Java program: an unmodified CPython for WASI, which a thread of its own runs and which answers requests
 * that it reads from its standard input. Data goes in and out as JSON.
 *
 * <pre>{@code
 * try (Python python = Python.start(module, Wasi.builder().inheritStderr())) {
 *   python.exec("def mean(numbers): return sum(numbers) / len(numbers)");
 *   System.out.println(python.call("mean", "[[1, 2, 6]]")); // 3.0
 * }
 * }</pre>
 *
 * <p>Threads that use one interpreter take turns. A thread that is interrupted while it waits for Python ends the
 * interpreter, even one in an infinite loop.
 */
public final class Python implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Wasi wasi;
  private final Instance instance;
  private final DataOutputStream requests;
  private final DataInputStream replies;
  private final Thread thread;
  private volatile @Nullable RuntimeException failure;

  private Python(Module module, Wasi.Builder world) throws IOException {
    Pipe in = Pipe.open();
    Pipe out = Pipe.open();
    requests = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(in.sink())));
    replies = new DataInputStream(Channels.newInputStream(out.source()));
    wasi =
        world
            .arguments(List.of("python", "-c", script("server.py")))
            .stdin(Channels.newInputStream(in.source()))
            .stdout(Channels.newOutputStream(out.sink()))
            .build();
    instance = module.instantiate(Imports.builder().provider(wasi.imports()).build());
    thread = Thread.ofPlatform().daemon().name("python").start(() -> run(in.source(), out.sink()));
  }

  /** What Python's thread does. */
  private void run(Pipe.SourceChannel stdin, Pipe.SinkChannel stdout) {
    // When Python has ended, nobody must wait for it any longer.
    try (stdin; stdout) {
      wasi.run(instance);
    } catch (RuntimeException e) {
      failure = e;
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    }
  }

  /** A script among this package's resources. */
  static String script(String name) throws IOException {
    try (InputStream script = Python.class.getResourceAsStream(name)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Starts an interpreter, which takes half a second.
   *
   * @param module {@code python.wasm}
   * @param world what it is given: directories, variables, standard error, which gets what is printed
   * @throws IOException if something that it is given can't be opened
   */
  public static Python start(Module module, Wasi.Builder world) throws IOException {
    return new Python(module, world);
  }

  /**
   * Runs statements.
   *
   * @throws PythonException if they raise an exception
   * @throws IllegalStateException if the interpreter has ended
   */
  public void exec(String statements) {
    request(statements, null);
  }

  /**
   * Evaluates an expression.
   *
   * @return its value as JSON
   * @throws PythonException if it raises an exception, or has a value that JSON can't express
   * @throws IllegalStateException if the interpreter has ended
   */
  public String eval(String expression) {
    return call("lambda: (" + expression + "\n)", "[]");
  }

  /**
   * Calls a function.
   *
   * @param function its name, or an expression that gives it
   * @param arguments a JSON array
   * @return the result as JSON
   * @throws PythonException as {@link #eval} does
   * @throws IllegalStateException if the interpreter has ended
   */
  public String call(String function, String arguments) {
    return request(function, arguments);
  }

  private synchronized String request(String code, @Nullable String arguments) {
    String[] texts;
    try {
      byte[] first = code.getBytes(StandardCharsets.UTF_8);
      byte[] second = arguments == null ? new byte[0] : arguments.getBytes(StandardCharsets.UTF_8);
      requests.writeInt(first.length);
      requests.writeInt(arguments == null ? -1 : second.length);
      requests.write(first);
      requests.write(second);
      requests.flush();
      texts = new String[replies.readByte()];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = new String(replies.readNBytes(replies.readInt()), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      close();
      IllegalStateException ended = new IllegalStateException("the Python interpreter has ended", failure);
      ended.addSuppressed(e);
      throw ended;
    }
    if (texts.length == 1) {
      return texts[0];
    }
    throw new PythonException(texts[0], texts[1], texts[2]);
  }

  /** Whether it answers, as far as is known: it may end at any time. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  /** Lets Python end, and stops it if it does not. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      requests.close();
      if (!interrupted) {
        thread.join(PATIENCE);
      }
    } catch (IOException e) {
      // It has gone already.
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      instance.close();
      wasi.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Evaluates its arguments, one after the other. */
  public static void main(String[] arguments) throws IOException {
    try (Engine engine = Engine.create();
        Module module = engine.compile(Programs.python());
        Python python = start(module, Wasi.builder().inheritStderr())) {
      for (String expression : arguments) {
        try {
          System.out.println(python.eval(expression));
        } catch (PythonException e) {
          System.err.print(e.traceback());
        }
      }
    }
  }
}

package dev.gatun.programs;

import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One run of a program, with what it wrote kept. */
final class Run {
  private final Wasi.Builder world = Wasi.builder();
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private @Nullable Trap trap;

  Run(String... arguments) {
    for (String argument : arguments) {
      world.argument(argument);
    }
    world.stdout(stdout).stderr(stderr);
  }

  Run env(String name, String value) {
    world.env(name, value);
    return this;
  }

  Run stdin(String text) {
    world.stdin(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  Run directory(Path host, String guest, boolean readOnly) {
    world.directory(host, guest, readOnly);
    return this;
  }

  Run listener(ServerSocketChannel channel) {
    world.listener(channel);
    return this;
  }

  /** Runs it; returns the exit code, or -1 if it trapped. */
  int of(Module module) throws IOException {
    try (Wasi wasi = world.build();
        Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      return wasi.run(instance);
    } catch (Trap e) {
      trap = e;
      return -1;
    }
  }

  Trap trap() {
    Trap thrown = trap;
    if (thrown == null) {
      throw new AssertionError("no trap; stdout: " + out() + ", stderr: " + err());
    }
    return thrown;
  }

  String out() {
    return stdout.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return stderr.toString(StandardCharsets.UTF_8);
  }

  /** Everything, for the message of an assertion. */
  @Override
  public String toString() {
    return "stdout: " + out() + "\nstderr: " + err() + (trap == null ? "" : "\n" + trap + " " + trap.backtrace());
  }
}

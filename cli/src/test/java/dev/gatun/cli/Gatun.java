package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.testing.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command, run in a JVM of its own. */
final class Gatun {
  private Gatun() {}

  /** What came of a run. */
  record Result(int exitCode, String out, String err) {
    /** What was printed, errors behind, of a command that is to have ended with this code. */
    String text(int code) {
      assertEquals(code, exitCode, out + err);
      return out + err;
    }
  }

  /** What it is started with, on the Java that runs the tests. */
  static List<String> command() {
    return command("-Dgatun.codeCache=" + Path.of("target", "code-cache").toAbsolutePath());
  }

  /** The same with options of the JVM, and no folder for compiled code unless these name one. */
  static List<String> command(String... options) {
    List<String> command = new ArrayList<>();
    command.add(ChildJvm.java());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    String modules = System.getProperty("jdk.module.path");
    if (modules == null) {
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
      command.add(Main.class.getName());
    } else {
      command.addAll(
          List.of("--enable-native-access=dev.gatun.bindings,dev.gatun.memory,dev.gatun.jit,dev.gatun.wasi"));
      command.addAll(List.of("-p", modules, "-m", "dev.gatun.cli/" + Main.class.getName()));
    }
    return command;
  }

  static Result run(String input, String... words) throws IOException, InterruptedException {
    return run(input, command(), words);
  }

  /** Runs a {@link #command}. */
  static Result run(String input, List<String> command, String... words) throws IOException, InterruptedException {
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).start();
    Thread feeder = Thread.ofVirtual().start(() -> feed(process, input));
    byte[][] err = new byte[1][];
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    err[0] = process.getErrorStream().readAllBytes();
                  } catch (IOException e) {
                    err[0] = e.toString().getBytes(StandardCharsets.UTF_8);
                  }
                });
    byte[] out = process.getInputStream().readAllBytes();
    reader.join();
    feeder.join();
    return new Result(
        process.waitFor(), new String(out, StandardCharsets.UTF_8), new String(err[0], StandardCharsets.UTF_8));
  }

  private static void feed(Process process, String input) {
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The guest need not read it.
    }
  }
}

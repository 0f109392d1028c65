package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.testing.ChildJvm;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where Gatun can't run, it says so, whatever is tried first, and makes no system call of another system's number. */
final class UnsupportedPlatformTest {
  /** Main class of a child: tries what the argument names. */
  static final class Main {
    public static void main(String[] arguments) throws IOException {
      try {
        if (arguments[0].equals("engine")) {
          Engine.create().compile(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0}).instantiate();
        } else {
          Wasi.builder().directory(Path.of("/"), "/", true).build();
        }
        System.out.println("works");
      } catch (UnsupportedOperationException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static String run(String argument, String... properties) throws IOException, InterruptedException {
    List<String> command = ChildJvm.command(List.of(properties), Main.class, argument);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  @Test
  void systemsOtherThanLinuxAreRefused() throws Exception {
    for (String what : List.of("engine", "wasi")) {
      String output = run(what, "-Dos.name=Mac OS X");
      assertTrue(output.endsWith("Gatun runs on Linux for x86-64 (amd64) and AArch64 (aarch64); this is Mac OS X on "
          + System.getProperty("os.arch")), output);
    }
  }

  @Test
  void otherArchitecturesAreRefused() throws Exception {
    assertTrue(run("engine", "-Dos.arch=riscv64").contains("no Gatun backend for riscv64; found: "));
    assertTrue(run("wasi", "-Dos.arch=riscv64").contains("this is Linux on riscv64"));
  }

  @Test
  void theSamePlatformWorks() throws Exception {
    assertEquals("works", run("engine").lines().reduce("", (before, line) -> line));
    assertEquals("works", run("wasi").lines().reduce("", (before, line) -> line));
  }
}

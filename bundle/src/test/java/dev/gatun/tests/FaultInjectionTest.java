package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gatun.bindings.linux.LibC;
import dev.gatun.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the system refuses is reported with its name, leaves nothing behind, and can be tried again. */
final class FaultInjectionTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFile() throws IOException {
    Files.writeString(folder.resolve("file"), "contents");
  }

  private String run(List<String> shell, String... arguments) throws IOException, InterruptedException {
    List<String> options = List.of("-Dgatun.paranoid=true", "-Xmx64m", "-XX:+UseSerialGC");
    List<String> command = new ArrayList<>(shell);
    command.addAll(ChildJvm.command(options, FaultMain.class, arguments));
    File output = folder.resolve("output").toFile();
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("hangs: " + command + "\n" + Files.readString(output.toPath()));
    }
    String text = Files.readString(output.toPath());
    assertEquals(0, process.exitValue(), text);
    assertTrue(text.contains(FaultMain.DONE), text);
    return text;
  }

  private static void assumeSeccomp() {
    assumeFalse(ChildJvm.isEmulated(), "the emulator knows no seccomp");
  }

  @Test
  void eachCallForMemoryMayFail() throws Exception {
    assumeSeccomp();
    run(List.of(), "each");
  }

  /** One for the memory and one for the stack; tables, globals, and a memory that has not grown, need none. */
  @Test
  void aLeaseMakesTwoSystemCalls() throws Exception {
    assumeSeccomp();
    String text = run(List.of(), "leases");
    assertTrue(text.contains("20 calls for 10 leases"), text);
  }

  /** The first is for the code arena, the last for the first store's records. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void whatIsMadeOnceMayFailTheFirstTime(int call) throws Exception {
    assumeSeccomp();
    String text = run(List.of(), "first", String.valueOf(call));
    assertTrue(text.contains("succeeded") || text.contains("ENOMEM"), text);
  }

  @Test
  void theCodeCacheMayFail() throws Exception {
    assumeSeccomp();
    run(List.of(), "cache", folder.resolve("cache").toString());
  }

  /** As the kernel does that has not got the calls, and as containers do that allow only what they know. */
  @Test
  void neitherMemfdNorMembarrierNorOpenat2IsNeeded() throws Exception {
    assumeSeccomp();
    run(List.of(), "refuse", String.valueOf(LibC.ENOSYS()), folder.toString());
    run(List.of(), "refuse", String.valueOf(LibC.EPERM()), folder.toString());
  }

  @Test
  void withoutDescriptorsMemoryIsHadAndFilesAreNot() throws Exception {
    run(List.of("/bin/sh", "-c", "ulimit -n 100 && exec \"$@\"", "sh"), "descriptors", folder.toString());
  }
}

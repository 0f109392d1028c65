package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a limit of address space too small for guard pages, the engine checks addresses by comparing. */
final class LimitedAddressSpaceTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {7, 12, 40})
  void memoriesNeedNoGuardPages(int gibibytes) throws IOException, InterruptedException {
    long limit = (long) gibibytes << 20;
    List<String> options =
        List.of(
            "-Dgatun.paranoid=true",
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:CompressedClassSpaceSize=64m",
            "-XX:ReservedCodeCacheSize=64m");
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -v " + limit + " && exec \"$@\"", "sh"));
    command.addAll(ChildJvm.command(options, LimitedMain.class));
    File output = folder.resolve("output").toFile();
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output).start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("hangs: " + command + "\n" + Files.readString(output.toPath()));
    }
    String text = Files.readString(output.toPath());
    assertEquals(0, process.exitValue(), text);
    assertTrue(text.contains(LimitedMain.DONE), text);
    assertTrue(text.contains("ulimit -v"), "says what to look at: " + text);
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            "ulimit -v " + limit + " && exec \"$@\"",
            "sh",
            System.getProperty("gatun.java", Path.of(System.getProperty("java.home"), "bin", "java").toString()),
            "--enable-native-access=ALL-UNNAMED",
            "-Dgatun.paranoid=true",
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:CompressedClassSpaceSize=64m",
            "-XX:ReservedCodeCacheSize=64m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            LimitedMain.class.getName());
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

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs {@link StressMain} in JVMs with other options than this one. */
final class ChildJvmTest {
  @TempDir Path folder;

  private record Outcome(int status, String output) {}

  private Outcome run(List<String> options, String argument) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(options);
    all.add("-Dgatun.paranoid=true");
    all.add("-Xmx256m");
    List<String> command = ChildJvm.command(all, StressMain.class, argument);
    File output = folder.resolve("output").toFile();
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output).start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("hangs: " + command + "\n" + Files.readString(output.toPath()));
    }
    return new Outcome(process.exitValue(), Files.readString(output.toPath()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:+UseG1GC",
        "-XX:+UseParallelGC",
        "-XX:+UseZGC",
        "-XX:+UseSerialGC",
        "-Xint",
        "-XX:TieredStopAtLevel=1",
        "-Xcheck:jni",
        "--limit-modules=java.base"
      })
  void stressSucceedsWith(String option) throws Exception {
    Outcome outcome = run(List.of(option), "2000");
    assertEquals(0, outcome.status(), outcome.output());
    assertTrue(outcome.output().contains(StressMain.DONE), outcome.output());
  }

  @Test
  void aTrueCrashIsStillReportedByHotSpot() throws Exception {
    Path report = folder.resolve("report.log");
    Outcome outcome = run(List.of("-XX:ErrorFile=" + report, "-XX:-CreateCoredumpOnCrash"), "crash");
    assertNotEquals(0, outcome.status(), outcome.output());
    assertTrue(Files.exists(report), outcome.output());
    String text = Files.readString(report);
    assertTrue(text.contains("SIGSEGV") && text.contains("0x0000000000000040"), text.substring(0, 1000));
  }
}

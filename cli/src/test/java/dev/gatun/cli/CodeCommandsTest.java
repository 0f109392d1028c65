package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.testing.ChildJvm;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code compile} and {@code cache}, and what {@code run} does with code of earlier runs. */
class CodeCommandsTest {
  @TempDir private Path folder;

  private Path program() throws IOException {
    String text =
        """
        (module
          (func (export "add") (param i32 i32) (result i32)  local.get 0  local.get 1  i32.add)
          (func (export "unused") (param i32 i32) (result i32)  local.get 0  local.get 1  i32.add))
        """;
    return Files.write(folder.resolve("program.wasm"), TextFormat.parse(text));
  }

  /** Runs the command with a cache of its own; returns its output, with errors behind. */
  private String gatun(int exitCode, String... words) throws IOException, InterruptedException {
    return Gatun.run("", Gatun.command("-Dgatun.codeCache=" + folder.resolve("code")), words).text(exitCode);
  }

  private String add(String... options) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("run", "--verbose"));
    words.addAll(List.of(options));
    return gatun(ExitCode.OK, words.toArray(new String[0]));
  }

  @Test
  void theSecondRunFindsTheCodeOfTheFirst() throws Exception {
    String file = program().toString();
    String fresh = "5\ngatun: the code of 0 of 2 functions was compiled before\n";
    String known = "5\ngatun: the code of 1 of 2 functions was compiled before\n";
    assertEquals(fresh, add("--no-cache", "--invoke", "add", file, "2", "3"));
    assertFalse(Files.exists(folder.resolve("code")));
    assertEquals(fresh, add("--invoke", "add", file, "2", "3"));
    assertEquals(known, add("--invoke", "add", file, "2", "3"));
    assertEquals(known, add("--invoke", "add", file, "2", "3"));
    assertEquals(fresh, add("--no-cache", "--invoke", "add", file, "2", "3"));
    assertEquals("5\n", gatun(ExitCode.OK, "run", "--invoke", "add", file, "2", "3"));
  }

  @Test
  void aFolderThatCannotBeTrustedIsToldOfIfAsked() throws Exception {
    String file = program().toString();
    Path code = Files.createDirectory(folder.resolve("code"));
    Files.setPosixFilePermissions(code, PosixFilePermissions.fromString("rwxrwxrwx"));
    String told = add("--invoke", "add", file, "2", "3");
    assertTrue(told.contains("may be written to by others (its mode is 0777"), told);
    assertEquals("5\n", gatun(ExitCode.OK, "run", "--invoke", "add", file, "2", "3"));
    assertTrue(gatun(ExitCode.FAILED, "cache").contains("may be written to by others"));
  }

  @Test
  void theCacheIsShownLimitedAndCleared() throws Exception {
    String file = program().toString();
    Path code = folder.resolve("code");
    assertEquals(code + "\n", gatun(ExitCode.OK, "cache", "path"));
    assertEquals(
        "folder:  " + code + "\nmodules: 0\nsize:    0.0 MiB\nlimit:   1024.0 MiB\n", gatun(ExitCode.OK, "cache"));
    add("--invoke", "add", file, "2", "3");
    assertTrue(gatun(ExitCode.OK, "cache", "show").contains("modules: 1\n"));
    assertEquals("1073741824\n", gatun(ExitCode.OK, "cache", "limit"));
    assertEquals("", gatun(ExitCode.OK, "cache", "limit", "20M"));
    assertEquals("20971520\n", gatun(ExitCode.OK, "cache", "limit"));
    assertTrue(gatun(ExitCode.OK, "cache").contains("modules: 1\n"));
    assertEquals("", gatun(ExitCode.OK, "cache", "clear"));
    assertTrue(gatun(ExitCode.OK, "cache").contains("modules: 0\nsize:    0.0 MiB\nlimit:   20.0 MiB\n"));
    gatun(ExitCode.USAGE, "cache", "clear", "20M");
    gatun(ExitCode.USAGE, "cache", "limit", "much");
    gatun(ExitCode.USAGE, "cache", "shrink");
  }

  @Test
  void whatWasCompiledRunsIfItIsAllowedTo() throws Exception {
    String file = program().toString();
    String compiled = folder.resolve("program.cwasm").toString();
    assertEquals("", gatun(ExitCode.OK, "compile", file, "-o", compiled));
    assertEquals(
        "5\ngatun: the code of 2 of 2 functions was compiled before\n",
        add("--allow-precompiled", "--invoke", "add", compiled, "2", "3"));
    assertEquals(
        "5\ngatun: the code of 0 of 2 functions was compiled before\n",
        add("--no-cache", "--invoke", "add", compiled, "2", "3"));
    // The option is no obstacle for what was not compiled.
    assertEquals(
        "5\ngatun: the code of 0 of 2 functions was compiled before\n",
        add("--no-cache", "--allow-precompiled", "--invoke", "add", file, "2", "3"));
  }

  @Test
  void whatDoesNotFitIsToldOfAndCompiledAgain() throws Exception {
    String compiled = folder.resolve("other.cwasm").toString();
    String other = System.getProperty("os.arch").equals("amd64") ? "arm64" : "x86_64";
    gatun(ExitCode.OK, "compile", "--target", other, program().toString(), "-o", compiled);
    String out = gatun(ExitCode.OK, "run", "--allow-precompiled", "--invoke", "add", compiled, "2", "3");
    assertTrue(out.startsWith("5\ngatun: " + compiled + " can't be used here: its code is for "), out);
    String wrong = gatun(ExitCode.USAGE, "compile", "--target", "z80", compiled);
    assertTrue(wrong.contains("no Gatun backend for z80"), wrong);
    byte[] bytes = Files.readAllBytes(Path.of(compiled));
    bytes[100] ^= 1;
    Files.write(Path.of(compiled), bytes);
    String damaged = gatun(ExitCode.CANNOT_RUN, "run", "--allow-precompiled", compiled);
    assertTrue(damaged.contains("damaged"), damaged);
  }

  @Test
  void manyProcessesAtOnceShareACache() throws Exception {
    String file = program().toString();
    List<Process> processes = new ArrayList<>();
    int count = ChildJvm.isEmulated() ? 2 : 6;
    for (int i = 0; i < count; i++) {
      List<String> command = Gatun.command("-Dgatun.codeCache=" + folder.resolve("code"));
      command.addAll(List.of("run", "--verbose", "--invoke", i % 2 == 0 ? "add" : "unused", file, "2", "" + i));
      processes.add(new ProcessBuilder(command).redirectErrorStream(true).start());
    }
    for (int i = 0; i < count; i++) {
      String out = new String(processes.get(i).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, processes.get(i).waitFor(), out);
      assertTrue(("\n" + out).contains("\n" + (2 + i) + "\n"), out);
    }
    add("--invoke", "add", file, "2", "3");
    add("--invoke", "unused", file, "2", "3");
    String out = add("--invoke", "add", file, "2", "3");
    assertEquals("5\ngatun: the code of 2 of 2 functions was compiled before\n", out);
  }
}

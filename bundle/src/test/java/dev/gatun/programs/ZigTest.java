package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.Trap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zig, whose library calls WASI itself: compiled with all checks (zig) and with none, but vectors (zig-fast). */
@Timeout(300)
class ZigTest {
  private static final Engine ENGINE = Engine.create();
  private static Module checked;
  private static Module fast;

  @TempDir private Path folder;

  @BeforeAll
  static void compile() throws IOException {
    checked = ENGINE.compile(Programs.c("zig"));
    fast = ENGINE.compile(Programs.c("zig-fast"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Run end(int code, boolean checks, Run run) throws IOException {
    assertEquals(code, run.of(checks ? checked : fast), run::toString);
    return run;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void argumentsVariablesAndStreamsArePassed(boolean checks) throws IOException {
    Run run = new Run("zig", "process", "", "zwei \u00e4").env("NAME", "value=\u00fc").stdin("1\n41");
    end(7, checks, run);
    assertEquals("42\n", run.out());
    assertEquals("done\n", run.err());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void filesAreReadWrittenAndConfined(boolean checks) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("secret"), "secret");
    Run run = end(0, checks, new Run("zig", "files").directory(data, "/data", false));
    assertEquals("2 folders, 502 files\n", run.out());
    assertEquals("", run.err());
    try (var files = Files.list(data)) {
      assertFalse(files.findAny().isPresent());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void memoryIsAllocatedAndFreed(boolean checks) throws IOException {
    Run run = end(0, checks, new Run("zig", "memory"));
    assertEquals("3000 words, 17, 16777215\n", run.out());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wideIntegersVectorsAndHashesAreRight(boolean checks) throws IOException {
    Run run = end(0, checks, new Run("zig", "numbers"));
    assertEquals(
        """
        40526919504877216755680601905432322134980384796226602145184481280000000000000 16665b1bbd610269c6c16f82eb689117
        -85070591730234615856620279821087277056 -85070336519225058181445735483881 174587
        { 101, 98, 103, 96, 105, 94, 107, 32767 } 32767
        0.30000000000000000000000000000000004 0.1 1e-310 3.142
        0.3333333333333333333333333333333333 65500 1.4142135623730951
        98 53 6958152
        405e7f3e0f7dae42bc2c1f08406b06e0df131963bd24064cfa3554e3b334d973
        6d3dfa300a8182d7ccf1217bcc53db79e65a9143cd5c33153f507cdf99b74566
        { 9, 7, 5, 3, 1 }
        """,
        run.out());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anErrorOfMainIsTold(boolean checks) throws IOException {
    Run run = end(1, checks, new Run("zig", "fail"));
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("error: OfOurOwn\n"), run::err);
    assertTrue(end(1, checks, new Run("zig", "none")).err().startsWith("error: UnknownCommand\n"));
  }

  /** What is checked is a panic, and that is a trap. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          panic; panic: of our own
          index; panic: index out of bounds: index 3, len 2
          overflow; panic: integer overflow
          unreachable_code; panic: reached unreachable code
          """)
  void panicsAreTraps(String command, String message) throws IOException {
    Run run = end(-1, true, new Run("zig", command));
    assertEquals("", run.out());
    assertTrue(run.err().startsWith(message + "\n"), run::err);
    assertEquals(Trap.Kind.UNREACHABLE, run.trap().kind());
    String backtrace = run.trap().backtrace().toString();
    assertTrue(backtrace.contains("process.abort") && backtrace.contains("library.zig:"), backtrace);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endlessRecursionEnds(boolean checks) throws IOException {
    Run run = end(-1, checks, new Run("zig", "deep"));
    assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, run.trap().kind());
  }
}

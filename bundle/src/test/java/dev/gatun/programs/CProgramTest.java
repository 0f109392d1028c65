package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.WasmFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs compiled from C with wasi-libc. */
class CProgramTest {
  private static final int REPEATS = 1000;
  private static final Engine ENGINE = Engine.create();

  @Test
  void argumentsEnvironmentAndExitCodeArrive() throws IOException {
    Run run = new Run("hello", "é", "7").env("GREETING", "good day");
    try (Module module = ENGINE.compile(Programs.c("hello"))) {
      assertEquals(7, run.of(module));
    }
    assertEquals("argument 1: é\nargument 2: 7\nGREETING: good day\n", run.out());
    assertEquals("done\n", run.err());
  }

  @Test
  void theHostsEnvironmentStaysOutside() throws IOException {
    Run run = new Run();
    try (Module module = ENGINE.compile(Programs.c("hello"))) {
      assertEquals(0, run.of(module));
    }
    assertEquals("GREETING: (not set)\n", run.out());
  }

  @Test
  void filesWork(@TempDir Path folder) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("outside"), "secret");
    Files.writeString(data.resolve("from-host"), "hello");
    Files.createSymbolicLink(data.resolve("escape"), Path.of("../outside"));
    Run run = new Run("files").directory(data, "/data", false);
    try (Module module = ENGINE.compile(Programs.c("files"))) {
      assertEquals(0, run.of(module), run.toString());
    }
    assertEquals("host says: hello\nall well\n", run.out());
    assertEquals("01234", Files.readString(data.resolve("file")));
    try (var entries = Files.list(data.resolve("folder"))) {
      assertEquals(499, entries.count());
    }
  }

  @Test
  void readOnlyDirectoriesStayAsTheyAre(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("from-host"), "hello");
    Run run = new Run("files").directory(folder, "/data", true);
    try (Module module = ENGINE.compile(Programs.c("files"))) {
      assertEquals(1, run.of(module), run.toString());
    }
    assertEquals("host says: hello\n", run.out());
    try (var entries = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("from-host")), entries.toList());
    }
  }

  @Test
  void recursionThatFitsReturns() throws IOException {
    Run run = new Run("traps", "recurse", "50000");
    try (Module module = ENGINE.compile(Programs.c("traps"))) {
      assertEquals(0, run.of(module), run.toString());
    }
    assertEquals("50000\n", run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "recurse, 100000, CALL_STACK_EXHAUSTED, recurse",
    "outside, 0, MEMORY_OUT_OF_BOUNDS, read_outside",
    "divide, 0, INTEGER_DIVIDE_BY_ZERO, divide",
    "unreachable, 0, UNREACHABLE, stop",
    "null, 0, UNINITIALIZED_ELEMENT, call_null",
    "wrong, 0, INDIRECT_CALL_TYPE_MISMATCH, call_wrong",
  })
  void trapsAreNamedAndSurvived(String name, String number, Trap.Kind kind, String function) throws IOException {
    try (Module module = ENGINE.compile(Programs.c("traps"))) {
      for (int i = 0; i < REPEATS; i++) {
        Run run = new Run("traps", name, number);
        assertEquals(-1, run.of(module), run.toString());
        assertEquals(kind, run.trap().kind());
        // Backtraces cost, and are made from what the trap has kept: a few tell as much as all.
        if (i % 100 == 0) {
          List<WasmFrame> backtrace = run.trap().backtrace();
          assertEquals(function, backtrace.get(0).functionName(), backtrace::toString);
          if (kind != Trap.Kind.CALL_STACK_EXHAUSTED) {
            assertTrue(
                backtrace.stream().anyMatch(frame -> "_start".equals(frame.functionName())), backtrace::toString);
          }
          assertEquals(function, run.trap().getStackTrace()[0].getMethodName());
        }
      }
      Run after = new Run("traps", "recurse", "3");
      assertEquals(0, after.of(module), after.toString());
      assertEquals("3\n", after.out());
    }
  }

  @Test
  void backtracesNameLinesAndInlinedCalls() throws IOException {
    List<String> source = Files.readAllLines(Path.of("src/test/c/inlined.c"));
    Run run = new Run("inlined");
    try (Module module = ENGINE.compile(Programs.c("inlined"))) {
      assertEquals(-1, run.of(module), run.toString());
      List<WasmFrame> backtrace = run.trap().backtrace();
      String[] functions = {"divide", "thrice", "work", "main"};
      String[] marks = {"// here it traps", "// inlined here", "// and here", "// called here"};
      for (int i = 0; i < functions.length; i++) {
        WasmFrame frame = backtrace.get(i);
        assertEquals(functions[i], frame.functionName(), backtrace::toString);
        assertEquals(i < 2, frame.inlined(), backtrace::toString);
        assertTrue(String.valueOf(frame.sourceFile()).endsWith("/inlined.c"), backtrace::toString);
        assertTrue(source.get(frame.line() - 1).endsWith(marks[i]), backtrace::toString);
        assertTrue(frame.column() > 0, backtrace::toString);
        assertEquals(i < 3 ? backtrace.get(0).offset() : backtrace.get(3).offset(), frame.offset());
        assertTrue(
            frame.toString().startsWith(functions[i] + " (" + frame.sourceFile() + ":" + frame.line() + ":"),
            frame::toString);
        StackTraceElement element = run.trap().getStackTrace()[i];
        assertEquals("inlined.c", element.getFileName());
        assertEquals(frame.line(), element.getLineNumber());
        assertEquals(functions[i], element.getMethodName());
      }
    }
  }
}

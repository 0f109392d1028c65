package dev.gatun.examples.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.testing.CachedFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code ci/fetch-python} fetches Python; without it these tests are skipped, and say so. */
class PythonFunctionTest {
  private static final Limits LIMITS = Limits.builder().memory(256 << 20).timeout(Duration.ofSeconds(5)).build();
  private static final Engine ENGINE = Engine.builder().limits(LIMITS).build();
  private static Module module;

  @BeforeAll
  static void compile() throws IOException {
    module = ENGINE.compile(CachedFiles.find("gatun.python", "test-programs/python.wasm", "ci/fetch-python"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static PythonFunction define(String definition) throws IOException {
    return new PythonFunction(module, definition, "f");
  }

  @Test
  void calls() throws IOException {
    try (PythonFunction f = define("import re\ndef f(text): return re.findall('[a-z]+', text)")) {
      assertEquals("[\"ab\", \"c\"]", f.call("[\"1 ab, c\"]"));
      assertEquals("[]", f.call("[\"\"]"));
    }
    try (PythonFunction f = define("def f(*numbers):\n  print('not the result')\n  return sum(numbers)")) {
      assertEquals("6", f.call("[1, 2, 3]"));
      assertEquals("700000", f.call("[" + "7,".repeat(99_999) + "7]"));
    }
  }

  @Test
  void callsDoNotSeeEachOther() throws Exception {
    String definition =
        """
        seen = []
        def f(n):
            seen.append(n)
            return seen
        """;
    List<Future<?>> futures = new ArrayList<>();
    try (PythonFunction f = define(definition);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 100; i++) {
        int number = i;
        futures.add(threads.submit(() -> assertEquals("[" + number + "]", f.call("[" + number + "]"))));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void faults() throws IOException {
    PythonException e = assertThrows(PythonException.class, () -> define("def f(:"));
    assertEquals("SyntaxError", e.pythonClass());
    assertEquals("NameError", assertThrows(PythonException.class, () -> define("pass")).pythonClass());
    assertThrows(IllegalStateException.class, () -> define("import os; os._exit(3)"));
    try (PythonFunction f = define("def f(n):\n  return 1 / n")) {
      e = assertThrows(PythonException.class, () -> f.call("[0]"));
      assertEquals("ZeroDivisionError: division by zero", e.getMessage());
      assertTrue(e.traceback().contains("File \"<java>\", line 2, in f"), e.traceback());
      assertEquals("JSONDecodeError", assertThrows(PythonException.class, () -> f.call("[")).pythonClass());
      assertEquals("0.5", f.call("[2]"));
    }
    try (PythonFunction f = define("def f():\n  while True: pass")) {
      assertThrows(DeadlineException.class, () -> f.call("[]"));
    }
  }
}

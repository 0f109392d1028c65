package dev.gatun.examples.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.testing.CachedFiles;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ci/fetch-python} fetches Python; without it these tests are skipped, and say so. */
class PythonTest {
  private static final Engine ENGINE = Engine.create();
  private static Module module;

  @BeforeAll
  static void compile() throws IOException {
    module = ENGINE.compile(CachedFiles.find("gatun.python", "test-programs/python.wasm", "ci/fetch-python"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Python start() throws IOException {
    return Python.start(module, Wasi.builder());
  }

  @Test
  void evaluates() throws IOException {
    try (Python python = start()) {
      assertEquals("2", python.eval("1 + 1"));
      assertEquals("\"3.12\"", python.eval("'.'.join(__import__('sys').version.split('.')[:2])"));
      assertEquals("{\"a\": [1, null, 2.5, true]}", python.eval("{'a': [1, None, 2.5, True]}"));
      assertEquals("3", python.eval("3 # with a comment"));
    }
  }

  @Test
  void dataGoesInAndOut() throws IOException {
    try (Python python = start()) {
      python.exec(
          """
          from collections import Counter

          def most_common(text, *, _n=1):
              return Counter(text.split()).most_common(_n)[0]
          """);
      assertEquals("[\"h\\u00e9\", 2]", python.call("most_common", "[\"h\u00e9 a h\u00e9\"]"));
      String million = "[" + "7,".repeat(999_999) + "7]";
      assertEquals("7000000", python.call("sum", "[" + million + "]"));
      assertEquals(2_000_000 + 2, python.eval("'x' * 2_000_000").length());
    }
  }

  @Test
  void exceptionsBecomeJavas() throws IOException {
    try (Python python = start()) {
      python.exec("def half(n):\n  return n / 0");
      PythonException e = assertThrows(PythonException.class, () -> python.call("half", "[4]"));
      assertEquals("ZeroDivisionError", e.pythonClass());
      assertEquals("ZeroDivisionError: division by zero", e.getMessage());
      assertTrue(e.traceback().contains("File \"<java>\", line 2, in half"), e.traceback());
      assertEquals("SyntaxError", assertThrows(PythonException.class, () -> python.exec("def")).pythonClass());
      assertEquals("TypeError", assertThrows(PythonException.class, () -> python.eval("object()")).pythonClass());
      assertEquals("SystemExit", assertThrows(PythonException.class, () -> python.exec("exit(3)")).pythonClass());
      assertEquals("RuntimeError", assertThrows(PythonException.class, () -> python.eval("input()")).pythonClass());
      assertEquals("\"still here\"", python.eval("'still here'"));
    }
  }

  @Test
  void whatIsPrintedIsNoReply(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (Python python = Python.start(module, Wasi.builder().stderr(err).directory(folder, "/data", false))) {
      python.exec("print('hello')\nopen('/data/file', 'w').write('written')");
      assertEquals("hello\n", err.toString(StandardCharsets.UTF_8));
    }
    assertEquals("written", Files.readString(folder.resolve("file")));
  }

  @Test
  void anEndIsReported() throws IOException {
    try (Python python = start()) {
      IllegalStateException e = assertThrows(IllegalStateException.class, () -> python.exec("import os; os._exit(3)"));
      assertEquals("the Python interpreter has ended", e.getMessage());
      assertThrows(IllegalStateException.class, () -> python.eval("1"));
    }
  }

  /** An infinite loop ends with the thread that waits for it. */
  @Test
  void interruptionEndsIt() throws Exception {
    try (Python python = start()) {
      python.eval("1");
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread waiter =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      python.exec("while True: pass");
                    } catch (RuntimeException e) {
                      thrown.set(e);
                    }
                  });
      Thread.sleep(200);
      waiter.interrupt();
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> waiter.join());
      assertInstanceOf(IllegalStateException.class, thrown.get());
    }
  }
}

package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CPython at work. */
class PythonTest {
  private static final Path SOURCES = Path.of("src", "test", "python").toAbsolutePath();
  private static final Engine ENGINE = Engine.create();
  private static @Nullable Module compiled;

  @BeforeAll
  static void compile() throws IOException {
    compiled = ENGINE.compile(Programs.python());
  }

  @AfterAll
  static void close() {
    if (compiled != null) {
      compiled.close();
    }
  }

  private static Module python() {
    Module module = compiled;
    if (module == null) {
      throw new IllegalStateException("CPython was not compiled");
    }
    return module;
  }

  private static void assertPrints(String expected, Run run) throws IOException {
    int code = run.of(python());
    assertEquals(0, code, run.toString());
    assertEquals(expected, run.out(), run.toString());
  }

  @Test
  void aCommandPrints() throws IOException {
    assertPrints("1\n", new Run("python", "-c", "print(1)"));
  }

  @Test
  void theLoopReadsFromAPipe() throws IOException {
    Run run = new Run("python", "-i", "-q").stdin("x = 6\nx * 7\nfor i in range(2):\n  print(i)\n\nexit()\n");
    assertPrints("42\n0\n1\n", run);
    assertTrue(run.err().startsWith(">>> "), run.toString());
  }

  @Test
  void aProgramComesFromStandardInput() throws IOException {
    assertPrints("[0, 1, 4]\n", new Run("python", "-").stdin("print([x * x for x in range(3)])\n"));
  }

  @Test
  void theLibraryWorks() throws IOException {
    String program =
        """
        import json, re, decimal, hashlib, unittest
        print(json.dumps({"a": [1, None]}), re.sub("b+", "-", "abbc"), decimal.Decimal(1) / 8,
              hashlib.sha256(b"gatun").hexdigest()[:8], unittest.TestCase.__name__)
        """;
    assertPrints(
        "{\"a\": [1, null]} a-c 0.125 " + sha256Start("gatun") + " TestCase\n", new Run("python", "-c", program));
  }

  private static String sha256Start(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aProgramOfManyFilesRuns(@TempDir Path folder) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(data.resolve("escape"), Path.of("/etc/passwd"));
    Run run =
        new Run("python", "-B", "/program/main.py", "/data")
            .directory(SOURCES.resolve("tree"), "/program", true)
            .directory(data, "/data", false);
    assertEquals(0, run.of(python()), run.toString());
    String[] lines = run.out().split("\n");
    assertEquals("12.5664 9 square", lines[0]);
    assertEquals("10890", lines[1]);
    assertEquals("['escape', 'sub'] 11890", lines[2]);
    assertEquals(6, lines.length, run.toString());
    for (int i = 3; i < 6; i++) {
      assertTrue(lines[i].endsWith("Error"), run.toString());
    }
    assertEquals(1000, Files.readAllLines(data.resolve("sub").resolve("moved.txt")).size());
  }

  @Test
  void aSuiteOfTestsPasses() throws IOException {
    Run run = new Run("python", "-B", "/suite/test_language.py").directory(SOURCES.resolve("suite"), "/suite", true);
    assertEquals(0, run.of(python()), run.toString());
    assertTrue(run.err().contains("Ran 50 tests"), run.toString());
    assertTrue(run.err().endsWith("OK\n"), run.toString());
  }

  @Test
  void anExceptionExitsWithOneAndATraceback() throws IOException {
    Run run = new Run("python", "-c", "def f():\n  raise ValueError('oh')\nf()");
    assertEquals(1, run.of(python()), run.toString());
    assertTrue(run.err().startsWith("Traceback (most recent call last):\n"), run.toString());
    assertTrue(run.err().endsWith("ValueError: oh\n"), run.toString());
  }

  @Test
  void theExitCodeArrives() throws IOException {
    Run run = new Run("python", "-c", "import sys; sys.exit(3)");
    assertEquals(3, run.of(python()), run.toString());
  }

  @Test
  void theEnvironmentIsTheOneGiven() throws IOException {
    assertPrints(
        "['A', 'B'] 1 é\n",
        new Run("python", "-c", "import os; print(sorted(os.environ), os.environ['A'], os.environ['B'])")
            .env("A", "1")
            .env("B", "é"));
  }

  @Test
  void packagesComeFromAZipFile(@TempDir Path folder) throws IOException {
    Path zip = folder.resolve("site.zip");
    try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Files.createDirectories(system.getPath("/shapes/round"));
      Files.writeString(system.getPath("/shapes/__init__.py"), "def area(w, h): return w * h\n");
      Files.writeString(system.getPath("/shapes/round/__init__.py"), "from shapes import area\n");
      Files.writeString(system.getPath("/shapes/data.txt"), "seven");
    }
    String program =
        """
        import os, shapes.round, importlib.resources as r
        text = r.files("shapes").joinpath("data.txt").read_text()
        print(shapes.round.area(6, 7), sorted(os.listdir("/site/shapes")), text)
        try:
          open("/site/new", "w")
        except OSError as e:
          print(e.strerror)
        """;
    try (FileSystem system = FileSystems.newFileSystem(zip)) {
      Run run =
          new Run("python", "-B", "-c", program)
              .env("PYTHONPATH", "/site")
              .directory(system.getPath("/"), "/site", true);
      assertPrints("42 ['__init__.py', 'data.txt', 'round'] seven\nRead-only file system\n", run);
    }
  }

  /** What a service does with a script that takes too long. */
  @Test
  @Timeout(60)
  void aScriptEndsAtItsDeadline() throws Exception {
    for (String endless :
        List.of("while True: pass", "sum(i for i in iter(int, 1))", "import time; time.sleep(1000)")) {
      try (Wasi wasi = Wasi.builder().arguments(List.of("python", "-c", endless)).build();
          Instance instance = python().instantiate(Imports.builder().provider(wasi.imports()).build())) {
        Thread runner = Thread.currentThread();
        Thread deadline =
            Thread.startVirtualThread(
                () -> {
                  try {
                    Thread.sleep(1000);
                    while (true) { // until it has ended: an interruption ends one wait
                      instance.store().interrupt();
                      runner.interrupt();
                      Thread.sleep(50);
                    }
                  } catch (InterruptedException ended) {
                    // The test is over.
                  }
                });
        Trap trap = assertThrows(Trap.class, () -> wasi.run(instance), endless);
        deadline.interrupt();
        Thread.interrupted();
        deadline.join();
        Thread.interrupted();
        assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
        assertTrue(trap.backtrace().size() > 5, trap.backtrace().toString());
      } finally {
        Thread.interrupted();
      }
    }
  }
}

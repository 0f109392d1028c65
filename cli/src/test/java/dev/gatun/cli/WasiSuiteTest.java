package dev.gatun.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import com.github.marschall.memoryfilesystem.MemoryFileSystemBuilder;
import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.testing.CachedFiles;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official test suite of WASI: each program of preview 1 and of wasi-threads, as its JSON file says. Those that use
 * files run on directories of the host, by openat2 and by the walk that replaces it, and in memory.
 *
 * <p>It is looked for in the folder that the system property {@code gatun.wasi.testsuite} names, else where
 * {@code ci/fetch-wasi-testsuite} puts it.
 */
class WasiSuiteTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Engine ENGINE = Engine.create();

  private static Path suite = Path.of("");

  @TempDir private static Path scratch;

  /** Where a program's files are. */
  private enum Place {
    HOST,
    HOST_WALK,
    MEMORY
  }

  /** Programs that ask for what a file system in memory does not have, and why. */
  private static final Map<String, String> NOT_IN_MEMORY =
      Map.of("path_link", "its files have no numbers, so two names of one look like two");

  @BeforeAll
  static void findSuite() {
    suite = CachedFiles.find("gatun.wasi.testsuite", "wasi-testsuite", "ci/fetch-wasi-testsuite");
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static List<Path> programs(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(suite.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".wasm")).sorted().toList();
    }
  }

  private static String name(Path program) {
    String file = String.valueOf(program.getFileName());
    return file.substring(0, file.length() - ".wasm".length());
  }

  private static Map<String, Object> specification(Path program) throws IOException {
    Path file = program.resolveSibling(name(program) + ".json");
    return Files.exists(file) ? JSON.std.mapFrom(Files.readString(file)) : Map.of();
  }

  @TestFactory
  List<DynamicTest> programs() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path program : programs("tests")) {
      Map<String, Object> specification = specification(program);
      for (Place place : specification.containsKey("root") ? Place.values() : new Place[] {Place.HOST}) {
        if (place != Place.MEMORY || !NOT_IN_MEMORY.containsKey(name(program))) {
          tests.add(
              DynamicTest.dynamicTest(
                  name(program) + ", " + place,
                  () -> assertTimeoutPreemptively(LIMIT, () -> passes(program, specification, place))));
        }
      }
    }
    assertTrue(NOT_IN_MEMORY.keySet().stream().allMatch(name -> hasTest(tests, name)), "a name is none of a program");
    return tests;
  }

  private static boolean hasTest(List<DynamicTest> tests, String name) {
    return tests.stream().anyMatch(test -> test.getDisplayName().startsWith(name + ","));
  }

  /** Copies a folder and what is in it. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static void passes(Path program, Map<String, Object> specification, Place place) throws IOException {
    Object root = specification.get("root");
    try (FileSystem memory = place == Place.MEMORY ? MemoryFileSystemBuilder.newLinux().build() : null) {
      Path directory = null;
      if (root != null) {
        directory = memory != null ? memory.getPath("/root") : scratch.resolve(name(program) + place);
        copy(program.resolveSibling(root.toString()), directory);
      }
      System.setProperty("gatun.wasi.walk", String.valueOf(place == Place.HOST_WALK));
      try {
        run(program, specification, directory);
      } finally {
        System.clearProperty("gatun.wasi.walk");
      }
    }
  }

  private static void run(Path program, Map<String, Object> specification, @Nullable Path directory)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Wasi.Builder builder = Wasi.builder().argument(name(program)).stdout(out).stderr(err);
    ((List<?>) specification.getOrDefault("args", List.of())).forEach(word -> builder.argument(word.toString()));
    ((Map<?, ?>) specification.getOrDefault("env", Map.of()))
        .forEach((name, value) -> builder.env(name.toString(), value.toString()));
    if (directory != null) {
      builder.directory(directory, "/", false);
    }
    // Some programs end while one of their threads waits for input.
    try (PipedOutputStream nothing = new PipedOutputStream();
        PipedInputStream input = new PipedInputStream(nothing);
        Module module = ENGINE.compile(program);
        Wasi wasi = builder.stdin(input).build()) {
      int exitCode;
      try {
        exitCode = wasi.run(module);
      } catch (RuntimeException e) {
        throw new AssertionError(err.toString(StandardCharsets.UTF_8), e);
      }
      assertEquals(specification.getOrDefault("exit_code", 0), exitCode, err.toString(StandardCharsets.UTF_8));
    }
    Object expected = specification.get("stdout");
    if (expected != null) {
      assertEquals(expected, out.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void noneIsMissing() throws IOException {
    int count = 0;
    for (String language : List.of("assemblyscript", "c", "rust")) {
      count += programs("tests/" + language).size();
    }
    assertEquals(72, count);
    assertEquals(15, programs("tests/proposals").size());
  }
}

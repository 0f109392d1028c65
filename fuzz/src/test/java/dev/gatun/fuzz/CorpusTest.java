package dev.gatun.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is found any more in the modules of earlier findings. */
final class CorpusTest {
  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> findingsStayFixed() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/corpus"))) {
      for (Path file : files.sorted().toList()) {
        if (!file.toString().endsWith(".md")) {
          tests.add(DynamicTest.dynamicTest(file.getFileName().toString(), () -> tryAgain(file)));
        }
      }
    }
    assertFalse(tests.isEmpty());
    return tests;
  }

  private void tryAgain(Path file) throws IOException {
    try (Trial trial = new Trial(folder, step -> { })) {
      assertNull(trial.findings(file.toString(), SubjectFile.read(file), null));
    }
  }
}

package dev.gatun.cli.wast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureListTest {
  @ParameterizedTest
  @CsvSource({
    "/json/core/align/align.json, core/align",
    "json/core/bulk-memory/bulk/bulk.json, core/bulk-memory/bulk",
    "core/i32.json, core/i32",
    "core/memory64/memory64.wast, core/memory64/memory64",
    "/x/core/y/proposals/threads/atomic/atomic.json, proposals/threads/atomic",
    "/tmp/mine.json, mine",
    "mine.json, mine",
  })
  void scriptsAreNamedFromTheSuitesTopFolder(String path, String name) {
    assertEquals(name, FeatureList.nameOf(Path.of(path)));
  }

  @Test
  void onlyWhatIsListedMayBeSkipped() {
    assertNull(FeatureList.of("core/i32").wholly());
    assertEquals("custom descriptors", FeatureList.of("proposals/custom-descriptors/descriptors").wholly());
    assertNull(FeatureList.of("proposals/custom-descriptors").wholly());
  }

  @Test
  void singleAssertionsAreListedByLine() {
    FeatureList list = FeatureList.of("proposals/threads/memory");
    assertTrue(String.valueOf(list.reasonToSkip(14)).contains("contradicts"));
    assertNull(list.reasonToSkip(16));
  }
}

package dev.gatun.cli.wast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The official test suite: every command of every script passes, or is skipped for a reason that {@link FeatureList}
 * gives.
 *
 * <p>The scripts, in the JSON form of wast2json, are looked for in the folder or zip file that the system property
 * {@code gatun.spec} names, else in {@code shared/spec/spec-json.zip} beside the repository.
 */
class SpecSuiteTest {
  private static final ScriptSource SOURCE = new ScriptSource();
  private static final ScriptSource SOURCE_OF_TEXTS = new ScriptSource();

  @BeforeAll
  static void findScripts() throws IOException {
    Path place = place();
    if (place == null) {
      String message =
          "SKIPPED: the official scripts are not there; name their folder or zip file with -Dgatun.spec=...";
      System.err.println(message);
      Assumptions.abort(message);
    }
    SOURCE.add(place);
  }

  @AfterAll
  static void closeScripts() throws IOException {
    SOURCE.close();
    SOURCE_OF_TEXTS.close();
  }

  private static @Nullable Path place() {
    String named = System.getProperty("gatun.spec");
    if (named != null) {
      Path path = Path.of(named);
      Path zip = path.resolve("spec-json.zip");
      return Files.exists(zip) ? zip : Files.exists(path) ? path : null;
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path zip = folder.resolve("shared/spec/spec-json.zip");
      if (Files.exists(zip)) {
        return zip;
      }
    }
    return null;
  }

  /** Each script, with each combination of options that changes code. */
  @TestFactory
  List<DynamicTest> everyScriptPasses() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path script : SOURCE.scripts()) {
      for (Engine.BoundsChecks bounds : Engine.BoundsChecks.values()) {
        for (Engine.Compilation compilation : Engine.Compilation.values()) {
          String name = FeatureList.nameOf(script) + ", " + bounds + ", " + compilation;
          tests.add(DynamicTest.dynamicTest(name, () -> passes(script, bounds, compilation)));
        }
      }
    }
    return tests;
  }

  private static void passes(Path script, Engine.BoundsChecks bounds, Engine.Compilation compilation) {
    try (Engine engine = Engine.builder().boundsChecks(bounds).compilation(compilation).build()) {
      ScriptResult result = ScriptRunner.run(script, engine);
      assertEquals(List.of(), result.failures());
    }
  }

  /** The scripts as texts, which lie beside those in JSON. */
  @TestFactory
  List<DynamicTest> everyTextPasses() throws IOException {
    Path place = place();
    Path texts = place == null ? null : place.resolveSibling("spec-wast.zip");
    if (texts == null || !Files.exists(texts)) {
      System.err.println("SKIPPED: the official scripts are not there as texts: no spec-wast.zip");
      return List.of();
    }
    SOURCE_OF_TEXTS.add(texts);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path script : SOURCE_OF_TEXTS.scripts()) {
      tests.add(
          DynamicTest.dynamicTest(
              FeatureList.nameOf(script) + ", text",
              () -> passes(script, Engine.BoundsChecks.GUARD_PAGES, Engine.Compilation.LAZY)));
    }
    return tests;
  }

  /** The scripts are not just found but run: what is skipped belongs to a proposal, or is no part of the standard. */
  @Test
  void theFeatureSetIsCovered() {
    int scripts = 0;
    int passed = 0;
    int skipped = 0;
    try (Engine engine = Engine.create()) {
      for (Path script : SOURCE.scripts()) {
        ScriptResult result = ScriptRunner.run(script, engine);
        scripts++;
        passed += result.passed();
        skipped += result.skippedTotal();
      }
    }
    assertEquals(301, scripts);
    assertTrue(passed > 66_000, passed + " passed");
    assertTrue(skipped < 890, skipped + " skipped");
  }
}

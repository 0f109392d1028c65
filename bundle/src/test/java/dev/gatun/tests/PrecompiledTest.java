package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.IncompatibleCodeException;
import dev.gatun.Instance;
import dev.gatun.MalformedModuleException;
import dev.gatun.Module;
import dev.gatun.Target;
import dev.gatun.Trap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was compiled ahead of time runs where it fits, and nowhere else. */
final class PrecompiledTest {
  @TempDir private Path folder;

  private final Path file = Path.of("module.cwasm");

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve(file), bytes);
  }

  private static byte[] precompiled(Target target) throws IOException {
    try (Engine engine = Engine.create()) {
      return engine.precompile(CodeCacheTest.WASM, target, null);
    }
  }

  private static Target other() {
    return Target.baseline(Target.host().architecture().equals("amd64") ? "aarch64" : "amd64");
  }

  private static void checkLoaded(Engine engine, Path from) throws IOException {
    try (Module module = engine.loadTrusted(from);
        Instance instance = module.instantiate()) {
      assertEquals(CodeCacheTest.EXPECTED, CodeCacheTest.use(instance));
      assertEquals(CodeCacheTest.FUNCTIONS, module.statistics().functionsLoaded());
      assertEquals(0, module.statistics().functionsCompiled());
    }
  }

  @Test
  void codeForThisMachineRuns() throws IOException {
    try (Engine engine = Engine.create()) {
      checkLoaded(engine, write(precompiled(Target.host())));
    }
  }

  @Test
  void codeForEveryProcessorRunsOnThisOne() throws IOException {
    try (Engine engine = Engine.create()) {
      checkLoaded(engine, write(precompiled(Target.baseline(Target.host().architecture()))));
    }
  }

  @Test
  void codeForAnotherArchitectureIsRefused() throws IOException {
    Path path = write(precompiled(other()));
    try (Engine engine = Engine.create()) {
      IncompatibleCodeException refused =
          assertThrows(IncompatibleCodeException.class, () -> engine.loadTrusted(path));
      assertEquals(
          path + " can't be used here: its code is for " + other().architecture() + ", and this is "
              + Target.host().architecture() + "; compile it again with 'gatun compile'",
          refused.getMessage());
      assertModuleIsCompiledAgain(engine, path);
    }
  }

  private static void assertModuleIsCompiledAgain(Engine engine, Path path) throws IOException {
    try (Module module = engine.compile(path);
        Instance instance = module.instantiate()) {
      assertEquals(CodeCacheTest.EXPECTED, CodeCacheTest.use(instance));
      assertEquals(CodeCacheTest.FUNCTIONS, module.statistics().functionsCompiled());
    }
  }

  @Test
  void whoeverDoesNotTrustTheCodeGetsTheModule() throws IOException {
    byte[] bytes = precompiled(Target.host());
    try (Engine engine = Engine.builder().codeCache(null).build()) {
      assertModuleIsCompiledAgain(engine, write(bytes));
      try (Module module = engine.compile(bytes)) {
        assertEquals(CodeCacheTest.WASM.length, module.statistics().wasmBytes());
      }
      bytes[bytes.length / 2] ^= 1;
      assertThrows(MalformedModuleException.class, () -> engine.compile(bytes));
      byte[] start = Arrays.copyOf(bytes, 20);
      assertThrows(MalformedModuleException.class, () -> engine.compile(start));
    }
  }

  @Test
  void optionsMustBeTheSame() throws IOException {
    Path path = write(precompiled(Target.host()));
    try (Engine fuel = Engine.builder().fuel(true).build();
        Engine explicit = Engine.builder().boundsChecks(Engine.BoundsChecks.EXPLICIT).build()) {
      assertTrue(
          assertThrows(IncompatibleCodeException.class, () -> fuel.loadTrusted(path)).toString().contains("fuel"));
      assertTrue(
          assertThrows(IncompatibleCodeException.class, () -> explicit.loadTrusted(path))
              .toString()
              .contains("guard pages"));
      checkLoaded(explicit, write(explicit.precompile(CodeCacheTest.WASM, Target.host(), null)));
    }
  }

  @Test
  void coreDumpsKnowTheLocalsOfCodeForALesserProcessor() throws IOException {
    List<byte[]> dumps = Collections.synchronizedList(new ArrayList<>());
    Engine.Builder builder = Engine.builder();
    builder.coreDumps(
        (trap, dump) -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          dump.write(bytes);
          dumps.add(bytes.toByteArray());
        });
    Path path = write(precompiled(Target.baseline(Target.host().architecture())));
    try (Engine engine = builder.build()) {
      for (Module each : List.of(engine.compile(CodeCacheTest.WASM), engine.loadTrusted(path))) {
        try (Module module = each;
            Instance instance = module.instantiate()) {
          assertThrows(Trap.class, () -> instance.function("outer").call(12345));
        }
      }
    }
    assertArrayEquals(dumps.get(0), dumps.get(1));
  }

  @Test
  void damageIsFound() throws IOException {
    byte[] good = precompiled(Target.host());
    Random random = new Random(9);
    try (Engine engine = Engine.create()) {
      for (int i = 0; i < 400; i++) {
        byte[] bad = good.clone();
        int at = i < 120 ? i : random.nextInt(good.length);
        bad[at] ^= (byte) (1 << random.nextInt(8));
        Path path = write(bad);
        assertThrows(IOException.class, () -> engine.loadTrusted(path), "a bit of byte " + at);
      }
      for (int i = 0; i < 50; i++) {
        Path path = write(Arrays.copyOf(good, random.nextInt(good.length)));
        assertThrows(IOException.class, () -> engine.loadTrusted(path));
      }
      assertThrows(IOException.class, () -> engine.loadTrusted(write(CodeCacheTest.WASM)));
      assertThrows(NoSuchFileException.class, () -> engine.loadTrusted(folder.resolve("none")));
      checkLoaded(engine, write(good));
    }
  }

  @Test
  void aModuleWithoutFunctionsNeedsNoCode() throws IOException {
    try (Engine engine = Engine.create();
        Module text = engine.compileText("(module (memory (export \"m\") 1))")) {
      byte[] wasm = {0, 'a', 's', 'm', 1, 0, 0, 0};
      assertEquals(1, text.exports().size());
      try (Module module = engine.loadTrusted(write(engine.precompile(wasm, Target.host(), null)))) {
        assertEquals(0, module.statistics().functions());
      }
    }
  }

  @Test
  void progressIsToldToTheEnd() throws IOException {
    List<Double> told = Collections.synchronizedList(new ArrayList<>());
    try (Engine engine = Engine.create()) {
      engine.precompile(CodeCacheTest.WASM, Target.host(), told::add);
    }
    assertEquals(CodeCacheTest.FUNCTIONS, told.size());
    assertEquals(1.0, Collections.max(told));
  }

  @Test
  void targetsThatThereAreNotAreRefused() {
    assertThrows(UnsupportedOperationException.class, () -> Target.baseline("riscv64"));
    assertThrows(IllegalArgumentException.class, () -> Target.baseline("arm64").with("avx2"));
    assertEquals("aarch64", Target.baseline("arm64").architecture());
    assertEquals(Target.baseline("x86_64"), Target.baseline("amd64"));
    Target more = Target.baseline("amd64").with("avx", "avx2", "avx");
    assertEquals(Target.baseline("amd64").features() + " avx avx2", more.features());
    assertEquals(more, more.with("avx2"));
  }

  @Test
  void modulesAreToldFromWhatWasPrecompiled() throws IOException {
    assertTrue(Engine.isPrecompiled(write(precompiled(Target.host()))));
    assertFalse(Engine.isPrecompiled(write(CodeCacheTest.WASM)));
    assertFalse(Engine.isPrecompiled(write(new byte[0])));
  }
}

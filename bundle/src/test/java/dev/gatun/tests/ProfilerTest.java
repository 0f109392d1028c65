package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.HostFunction;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Profile;
import dev.gatun.Profiler;
import dev.gatun.Trap;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the time goes is where it is seen to go, and wasm does not notice. */
@Timeout(120)
class ProfilerTest {
  private static final Engine ENGINE = Engine.create();
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  private static final String MODULE =
      """
      (module $profiled
        (import "host" "work" (func $host))
        (memory 1 100)
        (func $hot (export "hot") (param i64) (result i64) (local i64)
          (loop
            (local.set 1 (i64.add (i64.mul (local.get 1) (i64.const 31)) (local.get 0)))
            (br_if 0 (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
          (local.get 1))
        (func $cold (param i64) (result i64)
          (i64.xor (local.get 0) (i64.const 12345)))
        (func $mixed (export "mixed") (param i64) (result i64) (local i64)
          (loop
            (local.set 1 (call $cold (call $hot (i64.const 20000))))
            (br_if 0 (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
          (local.get 1))
        (func $outer (export "outer") (call $host) (drop (call $cold (i64.const 1))))
        (func $short (export "short") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))
        (func $deep (export "deep") (param i32 i64) (result i64)
          (if (result i64) (local.get 0)
            (then (i64.add (call $deep (i32.sub (local.get 0) (i32.const 1)) (local.get 1)) (i64.const 1)))
            (else (call $hot (local.get 1)))))
        (func (export "stop") unreachable))
      """;

  private static Instance instance(Engine engine, HostFunction host) {
    try (Module module = engine.compile(TextFormat.parse(MODULE))) {
      return module.instantiate(
          Imports.builder().function("host", "work", new FuncType(List.of(), List.of()), host).build());
    }
  }

  private static Instance instance(HostFunction host) {
    return instance(ENGINE, host);
  }

  private static void spin(int milliseconds) {
    long end = System.nanoTime() + milliseconds * 1_000_000L;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static double share(Profile profile, String function) {
    for (Profile.Function row : profile.functions()) {
      if (row.name().equals(function)) {
        return (double) row.self() / profile.samples();
      }
    }
    return 0;
  }

  private static String collapsed(Profile profile) throws IOException {
    StringBuilder out = new StringBuilder();
    profile.write(Profile.Format.COLLAPSED, out);
    return out.toString();
  }

  /** Has enough samples taken, whatever the machine does beside, when everything is compiled. */
  private static Profile profile(Instance instance, Runnable work) {
    work.run();
    try (Profiler profiler = Profiler.start(instance.store(), MILLISECOND)) {
      Profile profile;
      do {
        work.run();
        profile = profiler.profile();
      } while (profile.samples() < 100);
      return profile;
    }
  }

  @Test
  void theHotFunctionHasTheSamples() throws IOException {
    try (Instance instance = instance(call -> {})) {
      Object expected = instance.function("mixed").call(500L);
      Profile profile = profile(instance, () -> assertEquals(expected, instance.function("mixed").call(500L)));
      assertTrue(share(profile, "hot") > 0.8, collapsed(profile));
      assertTrue(collapsed(profile).lines().anyMatch(line -> line.startsWith("mixed;hot ")), collapsed(profile));
      assertEquals("profiled", profile.functions().getFirst().module());
    }
  }

  @Test
  void timeInJavaIsThatOfTheHostFunction() throws IOException {
    try (Instance instance = instance(call -> spin(20))) {
      Profile profile = profile(instance, () -> instance.function("outer").call());
      assertTrue(share(profile, "host.work") > 0.8, collapsed(profile));
      assertTrue(
          collapsed(profile).lines().anyMatch(line -> line.startsWith("outer;host.work ")), collapsed(profile));
    }
  }

  @Test
  void wasmThatJavaCallsIsBelowTheWasmThatCalledJava() throws IOException {
    AtomicReference<@Nullable Instance> self = new AtomicReference<>();
    try (Instance instance = instance(call -> self.get().function("hot").call(10_000_000L))) {
      self.set(instance);
      Profile profile = profile(instance, () -> instance.function("outer").call());
      assertTrue(share(profile, "hot") > 0.8, collapsed(profile));
      assertTrue(
          collapsed(profile).lines().anyMatch(line -> line.startsWith("outer;host.work;hot ")), collapsed(profile));
    }
  }

  @Test
  void timeOutsideOfWasmDoesNotCount() throws IOException {
    try (Instance instance = instance(call -> {});
        Profiler profiler = Profiler.start(instance.store(), MILLISECOND)) {
      for (int i = 0; i < 10; i++) {
        spin(50);
        assertEquals(i + 1L, instance.function("short").call((long) i));
      }
      assertTrue(profiler.profile().samples() < 100, collapsed(profiler.profile()));
    }
  }

  @Test
  void shortCallsCountTogether() throws Throwable {
    try (Instance instance = instance(call -> {});
        Profiler profiler = Profiler.start(instance.store(), MILLISECOND)) {
      var handle = instance.function("hot").methodHandle();
      long expected = (long) handle.invokeExact(1000L);
      while (profiler.profile().samples() < 100) {
        for (int i = 0; i < 100_000; i++) {
          assertEquals(expected, (long) handle.invokeExact(1000L));
        }
      }
      assertTrue(share(profiler.profile(), "hot") > 0.8, collapsed(profiler.profile()));
    }
  }

  @Test
  void deepStacksAreWhole() throws IOException {
    try (Instance instance = instance(call -> {})) {
      Profile profile = profile(instance, () -> instance.function("deep").call(500, 10_000_000L));
      String expected = "deep;".repeat(501) + "hot ";
      assertTrue(collapsed(profile).lines().anyMatch(line -> line.startsWith(expected)));
    }
  }

  @Test
  void ofVeryDeepStacksTheInnermostFramesAreKept() throws IOException {
    try (Instance instance = instance(call -> {})) {
      Profile profile = profile(instance, () -> instance.function("deep").call(20_000, 10_000_000L));
      String start = "[frames left out];deep;";
      assertTrue(collapsed(profile).lines().anyMatch(line -> line.startsWith(start) && line.contains(";hot ")));
    }
  }

  @Test
  void trapsAndExceptionsPassThroughWhatIsSampled() {
    IllegalStateException thrown = new IllegalStateException();
    AtomicReference<@Nullable Instance> self = new AtomicReference<>();
    try (Instance instance =
            instance(
                call -> {
                  assertThrows(Trap.class, () -> self.get().function("stop").call());
                  throw thrown;
                });
        Profiler profiler = Profiler.start(instance.store(), Duration.ofNanos(50_000))) {
      self.set(instance);
      for (int i = 0; i < 2000; i++) {
        assertSame(
            thrown, assertThrows(IllegalStateException.class, () -> instance.function("outer").call()));
      }
      instance.function("hot").call(100_000_000L);
      assertTrue(profiler.profile().functions().stream().anyMatch(row -> row.name().equals("hot")));
    }
  }

  @Test
  void profilersComeAndGoWhileWasmRuns() throws InterruptedException {
    try (Instance instance = instance(call -> {})) {
      Object expected = instance.function("hot").call(300_000_000L);
      AtomicReference<@Nullable Object> result = new AtomicReference<>();
      Thread runner = new Thread(() -> result.set(instance.function("hot").call(300_000_000L)));
      runner.start();
      int profilers = 0;
      long samples = 0;
      while (runner.isAlive()) {
        try (Profiler profiler = Profiler.start(instance.store(), Duration.ofNanos(100_000))) {
          assertThrows(IllegalStateException.class, () -> Profiler.start(instance.store(), MILLISECOND));
          Thread.sleep(5);
          samples += profiler.profile().samples();
          profilers++;
        }
      }
      runner.join();
      assertEquals(expected, result.get());
      assertTrue(samples > profilers, samples + " samples of " + profilers + " profilers");
    }
  }

  @Test
  @SuppressWarnings("try") // closed before its profile is taken
  void storesOfAnEngineAreThreadsOfAProfile(@TempDir Path folder) throws Exception {
    try (Engine engine = Engine.create();
        Profiler profiler = Profiler.start(engine, MILLISECOND)) {
      assertThrows(IllegalStateException.class, () -> Profiler.start(engine, MILLISECOND));
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        threads.add(
            new Thread(
                () -> {
                  try (Instance instance = instance(engine, call -> {})) {
                    instance.function("hot").call(500_000_000L);
                  }
                },
                "worker-" + i));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      profiler.close();
      Profile profile = profiler.profile();
      for (int i = 0; i < 2; i++) {
        String start = "worker-" + i + ";hot ";
        assertTrue(collapsed(profile).lines().anyMatch(line -> line.startsWith(start)), collapsed(profile));
      }
      for (String name : List.of("p.html", "p.json", "p.json.gz", "p.txt")) {
        profile.write(folder.resolve(name));
        assertTrue(Files.size(folder.resolve(name)) > 20, name);
      }
      assertThrows(IllegalArgumentException.class, () -> profile.write(folder.resolve("p.pdf")));
    }
  }

  @Test
  void intervalsHaveLimits() {
    try (Instance instance = instance(call -> {})) {
      for (Duration wrong : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofMinutes(1))) {
        assertThrows(IllegalArgumentException.class, () -> Profiler.start(instance.store(), wrong));
      }
      Profiler.start(instance.store(), Duration.ofSeconds(10)).close();
    }
  }
}

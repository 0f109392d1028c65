package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import dev.gatun.text.TextFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

final class ThreadsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static Trap.Kind kindOf(Instance instance, String function, Object... arguments) {
    try {
      instance.function(function).call(arguments);
      throw new AssertionError(function + " came to an end");
    } catch (Trap trap) {
      return trap.kind();
    }
  }

  private static void interrupts(String function, Object... arguments) {
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try (Engine engine = Engine.create();
              Module module = engine.compile(TrapModule.BYTES);
              Instance instance = module.instantiate();
              ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 20; i++) {
              Future<Trap.Kind> running = other.submit(() -> kindOf(instance, function, arguments));
              Thread.sleep(i);
              instance.store().interrupt();
              assertEquals(Trap.Kind.INTERRUPTED, running.get(10, TimeUnit.SECONDS));
              assertEquals(2, instance.function("fine").call(1));
            }
          }
        });
  }

  @Test
  void anEndlessLoopIsInterrupted() {
    interrupts("spin");
  }

  @Test
  void anEndlessCallTreeIsInterrupted() {
    interrupts("tree", 60);
  }

  @Test
  void anInterruptBeforeTheCallIsNotLost() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(TrapModule.BYTES);
        Instance instance = module.instantiate()) {
      for (int i = 0; i < 10_000; i++) {
        instance.store().interrupt();
        assertEquals(Trap.Kind.INTERRUPTED, kindOf(instance, "spin"));
      }
      assertEquals(2, instance.function("fine").call(1));
    }
  }

  @Test
  void aSecondThreadIsRefusedWhileTheFirstRuns() {
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          ModuleBuilder builder = new ModuleBuilder();
          int host = builder.importFunction("host", "wait", ":");
          builder.function("run", ":", new Code().call(host));
          builder.function("other", ":i", new Code().i32(5));
          CountDownLatch entered = new CountDownLatch(1);
          CountDownLatch leave = new CountDownLatch(1);
          Imports imports =
              Imports.builder()
                  .function(
                      "host",
                      "wait",
                      new FuncType(List.of(), List.of()),
                      call -> {
                        entered.countDown();
                        try {
                          leave.await();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      })
                  .build();
          try (Engine engine = Engine.create();
              Module module = engine.compile(builder.build());
              Instance instance = module.instantiate(imports);
              ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> running = other.submit(() -> instance.function("run").call());
            entered.await();
            var handle = instance.function("other").methodHandle();
            for (int i = 0; i < 1000; i++) {
              IllegalStateException refused =
                  assertThrows(IllegalStateException.class, () -> instance.function("other").call());
              assertTrue(refused.getMessage().contains("one thread at a time"), refused.getMessage());
              assertThrows(IllegalStateException.class, () -> Assertions.assertEquals(5, (int) handle.invokeExact()));
            }
            leave.countDown();
            running.get(10, TimeUnit.SECONDS);
            assertEquals(5, instance.function("other").call());
            assertEquals(5, other.submit(() -> instance.function("other").call()).get());
          }
        });
  }

  @Test
  void aStoreChangesHandsBetweenThreads() {
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try (Engine engine = Engine.create();
              Module module = engine.compile(TrapModule.BYTES);
              Instance instance = module.instantiate();
              ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<?>[] futures = new Future<?>[4];
            for (int t = 0; t < futures.length; t++) {
              futures[t] =
                  threads.submit(
                      () -> {
                        int done = 0;
                        while (done < 2000) {
                          try {
                            assertEquals(done + 1, instance.function("fine").call(done));
                            done++;
                          } catch (IllegalStateException busy) {
                            Thread.onSpinWait();
                          }
                        }
                      });
            }
            for (Future<?> future : futures) {
              future.get();
            }
          }
        });
  }

  @Test
  void oneModuleRunsInManyThreadsAtOnce() {
    Assertions.assertTimeoutPreemptively(
        LIMIT,
        () -> {
          for (int round = 0; round < 20; round++) {
            try (Engine engine = Engine.create();
                Module module = engine.compile(TrapModule.BYTES);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
              // Lazy compilation of the same functions by all of them.
              Future<?>[] futures = new Future<?>[4];
              for (int t = 0; t < futures.length; t++) {
                futures[t] = threads.submit(() -> TrapTest.trapInTurn(module, 32));
              }
              for (Future<?> future : futures) {
                future.get();
              }
            }
          }
        });
  }

  @Test
  void tenThousandVirtualThreadsCallOneModule() throws Exception {
    String text =
        """
        (module
          (import "env" "yield" (func $yield))
          (memory 1)
          (func (export "sum") (param i32) (result i32)
            (i32.store (i32.const 0) (local.get 0))
            (call $yield)
            (i32.add (i32.load (i32.const 0)) (i32.const 1))))
        """;
    Imports imports =
        Imports.builder()
            .function("env", "yield", new FuncType(List.of(), List.of()), call -> Thread.yield())
            .build();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          try (Engine engine = Engine.create();
              Module module = engine.compile(TextFormat.parse(text));
              ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> sums = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
              int number = i;
              sums.add(
                  threads.submit(
                      () -> {
                        try (Instance instance = module.instantiate(imports)) {
                          return (int) instance.function("sum").call(number);
                        }
                      }));
            }
            for (int i = 0; i < sums.size(); i++) {
              assertEquals(i + 1, sums.get(i).get());
            }
          }
        });
  }

  @Test
  void eachFunctionIsCompiledOnceByManyThreads() throws Exception {
    int functions = 500;
    StringBuilder text = new StringBuilder("(module");
    for (int i = 0; i < functions; i++) {
      text.append("(func (export \"f").append(i).append("\") (param i32) (result i32)");
      text.append("(local i32) (loop $l (local.set 1 (i32.add (local.get 1) (i32.const ").append(i).append(")))");
      text.append("(br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 1))");
    }
    byte[] wasm = TextFormat.parse(text.append(")").toString());
    int threads = 8;
    for (int round = 0; round < 5; round++) {
      try (Engine engine = Engine.create();
          Module module = engine.compile(wasm);
          ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        List<Future<Void>> done = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        for (int t = 0; t < threads; t++) {
          done.add(
              pool.submit(
                  () -> {
                    try (Instance instance = module.instantiate()) {
                      start.await();
                      for (int i = 0; i < functions; i++) {
                        assertEquals(3 * i, instance.function("f" + i).call(3));
                      }
                    }
                    return null;
                  }));
        }
        start.countDown();
        for (Future<Void> each : done) {
          each.get();
        }
        assertEquals(functions, module.statistics().functionsCompiled());
      }
    }
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Deadline;
import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InterruptionException;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.ValType;
import dev.gatun.text.TextFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs too long, or in a thread that is interrupted, ends: loops, call trees, waits, host functions. */
@Timeout(60)
final class InterruptionTest {
  private static final String ENDLESS =
      """
      (module
        (import "env" "sleep" (func $sleep (param i32)))
        (memory 1 1 shared)
        (func (export "loop") (loop $l (br $l)))
        (func (export "empty loops") (loop $l (loop $k) (br $l)))
        (func $tree (export "tree")
          (call $tree2) (call $tree2))
        (func $tree2 (call $leaf (i32.const 60)))
        (func $leaf (param i32)
          (if (local.get 0) (then
            (call $leaf (i32.sub (local.get 0) (i32.const 1)))
            (call $leaf (i32.sub (local.get 0) (i32.const 1))))))
        (func $tail (export "tail calls") (return_call $tail))
        (func (export "wait")
          (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
        (func (export "host") (call $sleep (i32.const 1000000)))
        (func (export "swallow") (call $sleep (i32.const -1)) (loop $l (br $l)))
        (func (export "short") (param i32) (result i32)
          (call $sleep (local.get 0))
          (i32.const 5)))
      """;

  private static final Imports IMPORTS =
      Imports.builder()
          .function(
              "env",
              "sleep",
              new FuncType(List.of(ValType.I32), List.of()),
              call -> {
                int millis = call.i32(0);
                try {
                  Thread.sleep(millis < 0 ? 1_000_000 : millis);
                } catch (InterruptedException e) {
                  if (millis >= 0) {
                    throw new IllegalStateException("woken", e);
                  }
                }
              })
          .build();

  private final Engine engine = Engine.create();
  private final Module module = engine.compile(TextFormat.parse(ENDLESS));

  @AfterEach
  void close() {
    module.close();
    engine.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "empty loops", "tree", "tail calls", "wait", "host", "swallow"})
  void aCallEndsAtItsTimeout(String function) {
    Limits limits = Limits.builder().timeout(Duration.ofMillis(50)).build();
    try (Instance instance = module.instantiate(IMPORTS, limits)) {
      for (int i = 0; i < 3; i++) {
        long start = System.nanoTime();
        DeadlineException e = assertThrows(DeadlineException.class, () -> instance.function(function).call());
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis >= 45 && millis < 2_000, millis + " ms");
        assertEquals("deadline exceeded", e.getMessage());
        assertFalse(e.backtrace().isEmpty());
        assertEquals(function.equals("host"), e.getCause() instanceof IllegalStateException);
        assertFalse(Thread.currentThread().isInterrupted(), "the interruption was for the host function alone");
        assertEquals(5, instance.function("short").call(0));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "tree", "tail calls", "wait", "host", "swallow"})
  void callsEndAtTheDeadline(String function) {
    try (Instance instance = module.instantiate(IMPORTS)) {
      try (Deadline _ = instance.store().deadline(Duration.ofMillis(30))) {
        assertThrows(DeadlineException.class, () -> instance.function(function).call());
        assertThrows(DeadlineException.class, () -> instance.function(function).call());
      }
      assertEquals(5, instance.function("short").call(50), "after the deadline there is none");
      assertFalse(Thread.currentThread().isInterrupted());
    }
  }

  @Test
  void theEarlierDeadlineCounts() {
    try (Instance instance = module.instantiate(IMPORTS)) {
      Store store = instance.store();
      try (Deadline _ = store.deadline(Duration.ofMillis(20))) {
        try (Deadline _ = store.deadline(Duration.ofDays(1_000_000))) {
          assertThrows(DeadlineException.class, () -> instance.function("loop").call());
        }
      }
      try (Deadline _ = store.deadline(Duration.ofHours(1))) {
        try (Deadline _ = store.deadline(Duration.ofMillis(20))) {
          assertThrows(DeadlineException.class, () -> instance.function("loop").call());
        }
        assertEquals(5, instance.function("short").call(0));
      }
    }
  }

  @Test
  void manyShortCallsAreNoLongOne() {
    Limits limits = Limits.builder().timeout(Duration.ofMillis(50)).build();
    try (Instance instance = module.instantiate(IMPORTS, limits)) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
      while (System.nanoTime() < end) {
        assertEquals(5, instance.function("short").call(1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"loop", "tree", "tail calls", "wait"})
  void theThreadsInterruptionEndsTheGuest(String function) throws Exception {
    for (boolean virtual : new boolean[] {false, true}) {
      try (Instance instance = module.instantiate(IMPORTS)) {
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Boolean> task =
            new FutureTask<>(
                () -> {
                  started.countDown();
                  assertThrows(InterruptionException.class, () -> instance.function(function).call());
                  return Thread.interrupted();
                });
        Thread thread = virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
        started.await();
        Thread.sleep(20);
        thread.interrupt();
        assertTrue(task.get(20, TimeUnit.SECONDS), "the interrupt status stays set");
        thread.join();
        assertEquals(5, instance.function("short").call(0));
      }
    }
  }

  @Test
  void theThreadsInterruptionReachesTheHostFunction() throws Exception {
    try (Instance instance = module.instantiate(IMPORTS)) {
      FutureTask<Object> task = new FutureTask<>(() -> instance.function("host").call());
      Thread thread = Thread.ofPlatform().start(task);
      Thread.sleep(50);
      thread.interrupt();
      ExecutionException e = assertThrows(ExecutionException.class, () -> task.get(20, TimeUnit.SECONDS));
      assertInstanceOf(IllegalStateException.class, e.getCause());
      thread.join();
    }
  }

  @Test
  void droppedStoresAreNotKept() throws Exception {
    java.lang.ref.WeakReference<Store> dropped = new java.lang.ref.WeakReference<>(engine.newStore());
    for (int i = 0; i < 100 && dropped.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(null, dropped.get());
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memories that several threads use at once, each through a store and an instance of its own. */
@Timeout(120)
class SharedMemoryTest {
  private static final int THREADS = 4;
  private static final MemoryType TYPE =
      new MemoryType(1, OptionalLong.of(500), ValType.I32, true, MemoryType.DEFAULT_PAGE_SIZE);

  private static final Engine ENGINE = Engine.create();
  private static final ExecutorService POOL = Executors.newCachedThreadPool();

  private static final Module MODULE = ENGINE.compile(TextFormat.parse("""
      (module
        (import "env" "memory" (memory 1 500 shared))
        (func (export "count") (param $times i32) (local $i i32)
          (loop $again
            (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
            (drop (i64.atomic.rmw.sub (i32.const 8) (i64.const 3)))
            (drop (i32.atomic.rmw8.xor_u (i32.const 16) (i32.const 1)))
            (br_if $again
              (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $times)))))
        ;; A mutex at 32: 0 free, 1 taken, 2 taken and waited for.
        (func $lock (local $seen i32)
          (local.set $seen (i32.atomic.rmw.cmpxchg (i32.const 32) (i32.const 0) (i32.const 1)))
          (block $done
            (br_if $done (i32.eqz (local.get $seen)))
            (loop $again
              (if (i32.or (i32.eq (local.get $seen) (i32.const 2))
                    (i32.ne (i32.atomic.rmw.cmpxchg (i32.const 32) (i32.const 1) (i32.const 2)) (i32.const 0)))
                (then (drop (memory.atomic.wait32 (i32.const 32) (i32.const 2) (i64.const -1)))))
              (local.set $seen (i32.atomic.rmw.cmpxchg (i32.const 32) (i32.const 0) (i32.const 2)))
              (br_if $again (local.get $seen)))))
        (func $unlock
          (if (i32.ne (i32.atomic.rmw.sub (i32.const 32) (i32.const 1)) (i32.const 1))
            (then
              (i32.atomic.store (i32.const 32) (i32.const 0))
              (drop (memory.atomic.notify (i32.const 32) (i32.const 1))))))
        (func (export "guarded") (param $times i32) (local $i i32)
          (loop $again
            (call $lock)
            (i32.store (i32.const 40) (i32.add (i32.load (i32.const 40)) (i32.const 1)))
            (call $unlock)
            (br_if $again
              (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $times)))))
        (func (export "grow") (result i32) (memory.grow (i32.const 1)))
        (func (export "size") (result i32) (memory.size))
        (func (export "last") (result i32)
          (i32.load8_u (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1))))
        (func (export "wait") (param i64) (result i32)
          (memory.atomic.wait32 (i32.const 64) (i32.const 0) (local.get 0)))
        (func (export "notify") (param i32) (result i32) (memory.atomic.notify (i32.const 64) (local.get 0)))
        (func (export "unaligned") (result i32) (i32.atomic.load (i32.const 2))))
      """));

  @AfterAll
  static void close() {
    POOL.shutdownNow();
    MODULE.close();
    ENGINE.close();
  }

  private interface Work {
    Object run(Instance instance);
  }

  /** Runs work in a store of its own, on a thread of its own. */
  private static Future<Object> start(Memory memory, Work work) {
    return POOL.submit(
        () -> {
          try (Store store = ENGINE.newStore()) {
            return work.run(instance(store, memory));
          }
        });
  }

  private static Instance instance(Store store, Memory memory) {
    return store.instantiate(MODULE, Imports.builder().define("env", "memory", memory).build());
  }

  private static List<Object> onAll(Memory memory, Work work) throws Exception {
    List<Future<Object>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      running.add(start(memory, work));
    }
    List<Object> results = new ArrayList<>();
    for (Future<Object> one : running) {
      results.add(one.get());
    }
    return results;
  }

  @Test
  void noAtomicOperationIsLost() throws Exception {
    try (Store store = ENGINE.newStore()) {
      Memory memory = Memory.create(store, TYPE);
      onAll(memory, instance -> String.valueOf(instance.function("count").call(500_001)));
      assertEquals(THREADS * 500_001, memory.readInt(0));
      assertEquals(-3L * THREADS * 500_001, memory.readLong(8));
      assertEquals(0, memory.readByte(16));
    }
  }

  @Test
  void aMutexOfWaitsAndNotificationsExcludes() throws Exception {
    try (Store store = ENGINE.newStore()) {
      Memory memory = Memory.create(store, TYPE);
      onAll(memory, instance -> String.valueOf(instance.function("guarded").call(20_000)));
      assertEquals(THREADS * 20_000, memory.readInt(40));
    }
  }

  @Test
  void allSeeTheMemoryGrow() throws Exception {
    try (Store store = ENGINE.newStore()) {
      Memory memory = Memory.create(store, TYPE);
      List<Object> olds = onAll(memory, instance -> {
        Func grow = instance.function("grow");
        Func last = instance.function("last");
        List<Object> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          seen.add(grow.call());
          assertEquals(0, last.call());
        }
        return seen;
      });
      List<Object> all = new ArrayList<>();
      olds.forEach(list -> all.addAll((List<?>) list));
      assertEquals(THREADS * 100, all.stream().distinct().count(), "each growth has an old size of its own");
      assertEquals(1 + THREADS * 100, memory.pages());
      assertEquals(1 + THREADS * 100, instance(store, memory).function("size").call());
    }
  }

  @Test
  void waitingEndsByNotificationOrTimeout() throws Exception {
    try (Store store = ENGINE.newStore()) {
      Memory memory = Memory.create(store, TYPE);
      Instance instance = instance(store, memory);
      assertEquals(2, instance.function("wait").call(1_000_000L));
      assertEquals(0, instance.function("notify").call(1));
      memory.writeInt(64, 7);
      assertEquals(1, instance.function("wait").call(-1L));
      memory.writeInt(64, 0);
      Future<Object> waiter = start(memory, other -> other.function("wait").call(-1L));
      int woken = 0;
      while (woken == 0) {
        woken = (int) instance.function("notify").call(1);
      }
      assertEquals(0, waiter.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void waitingEndsWhenItsStoreIsInterrupted() throws Exception {
    try (Store store = ENGINE.newStore();
        Store other = ENGINE.newStore()) {
      Memory memory = Memory.create(store, TYPE);
      Func wait = instance(other, memory).function("wait");
      Future<Object> waiter = POOL.submit(() -> wait.call(-1L));
      while (!waiter.isDone()) {
        other.interrupt();
        Thread.sleep(5);
      }
      ExecutionException e = assertThrows(ExecutionException.class, waiter::get);
      assertEquals(Trap.Kind.INTERRUPTED, ((Trap) e.getCause()).kind());
    }
  }

  @Test
  void waitingEndsWhenItsThreadIsInterrupted() throws Exception {
    try (Store store = ENGINE.newStore()) {
      Func wait = instance(store, Memory.create(store, TYPE)).function("wait");
      Thread.currentThread().interrupt();
      Trap trap = assertThrows(Trap.class, () -> wait.call(-1L));
      assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
      assertTrue(Thread.interrupted(), "the interrupt status stays set");
      assertEquals(2, wait.call(1L));
    }
  }

  @Test
  void theMemoryOutlivesTheStoreThatMadeIt() {
    try (Store store = ENGINE.newStore()) {
      Instance instance;
      try (Store maker = ENGINE.newStore()) {
        Memory memory = Memory.create(maker, TYPE);
        memory.writeInt(0, 41);
        instance = instance(store, memory);
      }
      instance.function("count").call(1);
      assertEquals(Trap.Kind.UNALIGNED_ATOMIC, assertThrows(Trap.class, instance.function("unaligned")::call).kind());
    }
  }

  @Test
  void onlySharedMemoriesFit() {
    try (Store store = ENGINE.newStore()) {
      Memory own = Memory.create(store, new MemoryType(1, OptionalLong.of(500)));
      assertThrows(LinkException.class, () -> instance(store, own));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              Memory.create(
                  store,
                  new MemoryType(1, OptionalLong.empty(), ValType.I32, true, MemoryType.DEFAULT_PAGE_SIZE)));
    }
  }
}

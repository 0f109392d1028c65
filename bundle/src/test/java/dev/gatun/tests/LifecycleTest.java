package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.runtime.Machine;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LifecycleTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** A module with everything that needs native memory: data, memory, table, functions and a host function. */
  private static byte[] everything() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "back", ":");
    module.memory(2, 10);
    module.table('c', 100, 200_000);
    int run = module.function("run", "i:i", new Code().localGet(0).memory(0x28, 0, 0));
    module.function("call_host", ":", new Code().call(host));
    module.function("spin", ":", new Code().loop(Code.EMPTY).br(0).end());
    module.function("grow", ":i", new Code().raw(0xD0, 0x70).i32(10_000).misc(15, 0));
    module.elements(new Code().i32(0), run);
    module.data(new Code().i32(1000), new byte[] {1, 2, 3, 4});
    module.export("memory", ModuleBuilder.MEMORY, 0);
    return module.build();
  }

  private static Imports host(Runnable body) {
    return Imports.builder().function("host", "back", new FuncType(List.of(), List.of()), call -> body.run()).build();
  }

  private static Imports host() {
    return host(() -> {});
  }

  private static void checkClosed(Instance instance) {
    assertThrows(IllegalStateException.class, () -> instance.function("run").call(0));
    assertThrows(IllegalStateException.class, () -> instance.memory("memory").readInt(0));
    assertThrows(IllegalStateException.class, () -> instance.memory("memory").grow(1));
    assertThrows(IllegalStateException.class, () -> instance.memory("memory").pages());
  }

  @Test
  void everyOrderOfClosing() {
    // Which of engine, module and instance is closed first, second and third; each twice.
    int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int[] order : orders) {
      Engine engine = Engine.create();
      Module module = engine.compile(everything());
      Instance instance = module.instantiate(host());
      boolean open = true;
      for (int which : order) {
        for (int i = 0; i < 2; i++) {
          switch (which) {
            case 0 -> engine.close();
            case 1 -> module.close();
            default -> instance.close();
          }
        }
        open &= which != 2;
        if (open) {
          assertEquals(0x04030201, instance.function("run").call(1000));
          assertEquals(100, Math.floorMod((Integer) instance.function("grow").call(), 10_000));
        } else {
          checkClosed(instance);
        }
      }
      assertThrows(IllegalStateException.class, () -> engine.compile(everything()));
      assertThrows(IllegalStateException.class, engine::newStore);
      assertThrows(IllegalStateException.class, () -> module.instantiate(host()));
    }
  }

  @Test
  void aClosedModuleRunsOnInItsInstancesButMakesNoMore() {
    try (Engine engine = Engine.create();
        Store store = engine.newStore()) {
      Module module = engine.compile(everything());
      Instance instance = store.instantiate(module, host());
      module.close();
      // Not compiled before: the code is kept, and more can be added.
      assertEquals(0x04030201, instance.function("run").call(1000));
      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> store.instantiate(module, host()));
      assertTrue(refused.getMessage().contains("module is closed"), refused.getMessage());
      assertEquals(0x04030201, instance.function("run").call(1000));
      assertThrows(Trap.class, () -> instance.function("run").call(-1));
    }
  }

  @Test
  void closingFromAHostFunctionTakesEffectWhenTheCallEnds() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(everything())) {
      Instance[] self = new Instance[1];
      Instance instance =
          module.instantiate(
              host(
                  () -> {
                    self[0].close();
                    self[0].close();
                    // Still there as long as wasm is below.
                    assertEquals(0x04030201, self[0].memory("memory").readInt(1000));
                  }));
      self[0] = instance;
      try {
        instance.function("call_host").call();
      } catch (Trap interrupted) {
        assertEquals(Trap.Kind.INTERRUPTED, interrupted.kind());
      }
      checkClosed(instance);
      instance.close();
    }
  }

  @Test
  void closingFromAnotherThreadEndsWhatRuns() {
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try (Engine engine = Engine.create();
              Module module = engine.compile(everything());
              ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 50; i++) {
              Instance instance = module.instantiate(host());
              Future<?> running =
                  other.submit(
                      () -> {
                        try {
                          instance.function("spin").call();
                          throw new AssertionError("an endless loop came to an end");
                        } catch (Trap trap) {
                          assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
                        } catch (IllegalStateException closedBefore) {
                          // Or just being closed: then the closing thread is in the store.
                          String message = closedBefore.getMessage();
                          assertTrue(message.contains("closed") || message.contains(" is in it"), message);
                        }
                      });
              Thread.sleep(i % 5);
              instance.close();
              checkClosed(instance);
              running.get(10, TimeUnit.SECONDS);
            }
          }
        });
  }

  @Test
  void closingFromManyThreadsAtOnce() {
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try (Engine engine = Engine.create();
              Module module = engine.compile(everything());
              ExecutorService others = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 200; i++) {
              Instance instance = module.instantiate(host());
              Future<?>[] futures = new Future<?>[4];
              for (int t = 0; t < futures.length; t++) {
                futures[t] = others.submit(instance::close);
              }
              for (Future<?> future : futures) {
                future.get();
              }
              checkClosed(instance);
            }
          }
        });
  }

  @Test
  void closingDuringAHostFunctionOfAnotherThreadWaits() {
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try (Engine engine = Engine.create();
              Module module = engine.compile(everything());
              ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 20; i++) {
              var entered = new java.util.concurrent.CountDownLatch(1);
              Instance[] self = new Instance[1];
              Instance instance =
                  module.instantiate(
                      host(
                          () -> {
                            entered.countDown();
                            for (int round = 0; round < 20_000; round++) {
                              assertEquals(0x04030201, self[0].memory("memory").readInt(1000));
                            }
                          }));
              self[0] = instance;
              Future<?> running = other.submit(() -> instance.function("call_host").call());
              entered.await();
              instance.close();
              checkClosed(instance);
              try {
                running.get(10, TimeUnit.SECONDS);
              } catch (java.util.concurrent.ExecutionException e) {
                assertEquals(Trap.class, e.getCause().getClass(), e.toString());
              }
            }
          }
        });
  }

  private static long mappings() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }

  /** Pages of address space and of resident memory. */
  private static long[] pages() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/self/statm")).split(" ");
    return new long[] {Long.parseLong(fields[0]), Long.parseLong(fields[1])};
  }

  private static void openAndClose(Engine engine, int count) {
    byte[] bytes = everything();
    for (int i = 0; i < count; i++) {
      try (Module module = engine.compile(bytes);
          Instance instance = module.instantiate(host())) {
        assertEquals(0x04030201, instance.function("run").call(1000));
        instance.function("grow").call();
        instance.memory("memory").grow(4);
        instance.memory("memory").segment().fill((byte) 1);
      }
    }
  }

  @Test
  void instancesThatAreOpenedAndClosedLeaveMemoryFlat() throws IOException {
    try (Engine engine = Engine.create()) {
      openAndClose(engine, 200);
      System.gc();
      long code = Machine.get().codeMemoryUsed();
      long mapped = mappings();
      long[] before = pages();
      openAndClose(engine, 2000);
      System.gc();
      assertEquals(code, Machine.get().codeMemoryUsed());
      // A leak would be 2,000 or more. An emulator has some of its own for code that HotSpot has compiled meanwhile.
      assertTrue(mappings() - mapped < 1000, mapped + " mappings before, " + mappings() + " after");
      long[] after = pages();
      // A leaked instance would be 2,000,000 pages of address space; a leaked memory 96 resident pages each.
      assertTrue(after[0] - before[0] < 1_000_000, (after[0] - before[0]) + " pages of address space more");
      assertTrue(after[1] - before[1] < 30_000, (after[1] - before[1]) + " resident pages more");
    }
  }

  private static void enterWithSignature(Engine engine, int number) {
    StringBuilder params = new StringBuilder();
    Object[] arguments = new Object[100];
    for (int i = 0; i < arguments.length; i++) {
      boolean wide = i < 16 && (number >>> i & 1) != 0;
      params.append(wide ? 'l' : 'i');
      arguments[i] = wide ? (Object) (long) i : (Object) i;
    }
    ModuleBuilder builder = new ModuleBuilder();
    builder.importFunction("nobody", "has", params + ":");
    builder.function("run", params + ":i", new Code().localGet(99));
    try (Module module = engine.compile(builder.build());
        Instance instance = module.instantiate(Imports.builder().trapUnknownFunctions().build())) {
      assertEquals(99, instance.function("run").call(arguments));
    }
  }

  /** Guests choose signatures. Each needs code of its own, of about a kilobyte here, to be called and to call out. */
  @Test
  void manySignaturesLeaveCodeFlat() {
    try (Engine engine = Engine.create()) {
      for (int i = 0; i < 1000; i++) {
        enterWithSignature(engine, i);
      }
      long code = Machine.get().codeMemoryUsed();
      for (int i = 1000; i < 2000; i++) {
        enterWithSignature(engine, i);
      }
      assertTrue(Machine.get().codeMemoryUsed() - code < 100_000, code + " bytes of code before");
    }
  }

  @Test
  void failedInstantiationsLeaveMemoryFlat() throws IOException {
    ModuleBuilder builder = new ModuleBuilder();
    builder.memory(1, 1);
    int start = builder.function(":", new Code().unreachable());
    builder.start(start);
    try (Engine engine = Engine.create();
        Module module = engine.compile(builder.build())) {
      for (int i = 0; i < 100; i++) {
        assertThrows(Trap.class, module::instantiate);
      }
      long mapped = mappings();
      for (int i = 0; i < 1000; i++) {
        assertThrows(Trap.class, module::instantiate);
      }
      assertTrue(mappings() - mapped < 50);
    }
  }

  private static WeakReference<Store> drop(Engine engine, Module module) {
    Store store = engine.newStore();
    Instance instance = store.instantiate(module, host());
    assertEquals(0x04030201, instance.function("run").call(1000));
    instance.function("grow").call();
    assertThrows(Trap.class, () -> instance.function("run").call(-1));
    return new WeakReference<>(store);
  }

  @Test
  void droppedModulesAreCleaned() throws Exception {
    try (Engine engine = Engine.create()) {
      for (int i = 0; i < 50; i++) {
        assertEquals(2, engine.compile(TrapModule.BYTES).instantiate().function("fine").call(1));
      }
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (engine.statistics().liveModules() > 0 && System.nanoTime() < end) {
        System.gc();
        Thread.sleep(10);
      }
      assertEquals(0, engine.statistics().liveModules());
      assertEquals(0, engine.statistics().codeBytes());
    }
  }

  @Test
  void droppedStoresAreCleaned() throws Exception {
    try (Engine engine = Engine.builder().boundsChecks(Engine.BoundsChecks.GUARD_PAGES).build();
        Module module = engine.compile(everything())) {
      long before = pages()[0];
      WeakReference<?>[] dropped = new WeakReference<?>[50];
      for (int i = 0; i < dropped.length; i++) {
        dropped[i] = drop(engine, module);
      }
      assertTrue(pages()[0] - before > 50 * 2_000_000L, "each has a reservation of 8 GiB");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (pages()[0] - before > 2_000_000L && System.nanoTime() < end) {
        System.gc();
        Thread.sleep(20);
      }
      for (WeakReference<?> store : dropped) {
        assertTrue(store.refersTo(null));
      }
      assertTrue(pages()[0] - before < 2_000_000L, "the reservations are given back");
    }
  }

  @Test
  void aStoreLivesAsLongAsAnythingOfIt() throws Exception {
    try (Engine engine = Engine.create();
        Module module = engine.compile(everything())) {
      var handle = module.instantiate(host()).function("run").methodHandle();
      var memory = module.instantiate(host()).memory("memory");
      MemorySegment segment = memory.segment();
      for (int i = 0; i < 10; i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertEquals(0x04030201, (int) invoke(handle, 1000));
      assertEquals(0x04030201, memory.readInt(1000));
      assertEquals(1, segment.get(ValueLayout.JAVA_BYTE, 1000));
      assertFalse(memory.type().minPages() == 0);
    }
  }

  private static Object invoke(java.lang.invoke.MethodHandle handle, int argument) {
    try {
      return handle.invoke(argument);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.Engine.BoundsChecks;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.InstancePool.Lease;
import dev.gatun.Limits;
import dev.gatun.LinkException;
import dev.gatun.Memory;
import dev.gatun.MemoryLimitException;
import dev.gatun.Module;
import dev.gatun.PoolExhaustedException;
import dev.gatun.Snapshot;
import dev.gatun.StackLimitException;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.testing.ChildJvm;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools: nothing of a lease reaches the next, whatever the tenant has done, and nothing is lost on the way. */
final class InstancePoolTest {
  private static final long PAGE = 65536;

  private static final String MODULE =
      """
      (module
        (type $unary (func (param i32) (result i32)))
        (import "host" "f" (func $f (type $unary)))
        (memory (export "memory") 2 100)
        (table $t (export "table") 2 1000000 funcref)
        (global $g (export "g") (mut i32) (i32.const 5))
        (global $o (export "o") (mut externref) (ref.null extern))
        (type $box (struct (field (mut i32))))
        (global $s (mut (ref null $box)) (ref.null $box))
        (data (i32.const 16) "first")
        (data $passive "passive")
        (elem (i32.const 0) $inc)
        (elem $segment func $inc)
        (elem declare func $f)
        (func $inc (export "inc") (type $unary) (i32.add (local.get 0) (i32.const 1)))
        (func (export "host") (type $unary) (call $f (local.get 0)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "size") (result i32) (memory.size))
        (func (export "fill") (param i32)
          (memory.fill (i32.const 0) (local.get 0) (i32.mul (memory.size) (i32.const 65536))))
        (func (export "tables") (param i32) (result i32)
          (table.set (i32.const 0) (ref.func $f))
          (table.grow $t (ref.func $f) (local.get 0)))
        (func (export "tableSize") (result i32) (table.size $t))
        (func (export "call") (param i32) (result i32)
          (call_indirect $t (type $unary) (i32.const 1) (local.get 0)))
        (func (export "drop") (data.drop $passive) (elem.drop $segment))
        (func (export "init") (memory.init $passive (i32.const 100) (i32.const 0) (i32.const 7))
          (table.init $t $segment (i32.const 1) (i32.const 0) (i32.const 1)))
        (func (export "globals") (global.set $g (i32.const 6))
          (global.set $s (struct.new $box (i32.const 7))))
        (func (export "hasStruct") (result i32) (i32.eqz (ref.is_null (global.get $s))))
        (func (export "trap") (i32.store (i32.const 1000) (i32.const 1)) (unreachable))
        (func $recurse (export "recurse") (param i32) (result i32)
          (if (result i32) (local.get 0)
            (then (i32.add (i32.const 1) (call $recurse (i32.sub (local.get 0) (i32.const 1)))))
            (else (i32.const 0))))
        (func (export "spin") (loop (br 0))))
      """;

  private static final FuncType UNARY = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  private static Imports adding(int number) {
    return Imports.builder().function("host", "f", UNARY, call -> call.result(call.i32(0) + number)).build();
  }

  private static Module module(Engine engine) {
    return engine.compile(TextFormat.parse(MODULE));
  }

  private static InstancePool pool(Module module, int maxSize) {
    return InstancePool.builder(module).imports(adding(10)).maxSize(maxSize).build();
  }

  /** Looks at everything a tenant can look at. */
  private static void checkFresh(Instance instance, int added) {
    assertEquals(2, instance.function("size").call());
    Memory memory = instance.memory("memory");
    byte[] bytes = memory.read(0, (int) (2 * PAGE));
    for (int i = 0; i < bytes.length; i++) {
      int expected = i >= 16 && i < 21 ? "first".charAt(i - 16) : 0;
      if (bytes[i] != expected) {
        assertEquals(expected, bytes[i], "byte " + i);
      }
    }
    assertEquals(5, instance.global("g").get());
    assertEquals(null, instance.global("o").get());
    assertEquals(0, instance.function("hasStruct").call());
    assertEquals(2, instance.function("tableSize").call());
    assertEquals(2, instance.function("call").call(0));
    assertEquals(
        Trap.Kind.UNINITIALIZED_ELEMENT, assertThrows(Trap.class, () -> instance.function("call").call(1)).kind());
    assertEquals(
        Trap.Kind.UNDEFINED_ELEMENT, assertThrows(Trap.class, () -> instance.function("call").call(2)).kind());
    for (long address : new long[] {2 * PAGE - 3, 2 * PAGE, 3 * PAGE, 50 * PAGE, 0xffff_fff0L}) {
      assertEquals(
          Trap.Kind.MEMORY_OUT_OF_BOUNDS,
          assertThrows(Trap.class, () -> instance.function("load").call((int) address)).kind());
    }
    instance.function("init").call();
    assertEquals("passive", memory.readString(100, 7));
    assertEquals(2, instance.function("call").call(1));
    assertEquals(1 + added, instance.function("host").call(1));
    // What it grows by is zero, whoever had it before.
    assertEquals(2, instance.function("grow").call(3));
    for (byte b : memory.read(2 * PAGE, (int) (3 * PAGE))) {
      assertEquals(0, b);
    }
  }

  /** Writes to everything a tenant can write to. */
  private static void spoil(Instance instance) {
    instance.function("grow").call(20);
    instance.function("fill").call(0x55);
    instance.function("tables").call(5000);
    instance.function("globals").call();
    instance.global("o").set("secret");
    instance.function("drop").call();
    instance.function("recurse").call(10_000);
    instance.table("table").set(1, instance.function("inc"));
    instance.memory("memory").grow(1);
  }

  @ParameterizedTest
  @EnumSource(BoundsChecks.class)
  void nothingOfALeaseReachesTheNext(BoundsChecks checks) {
    try (Engine engine = Engine.builder().boundsChecks(checks).build();
        Module module = module(engine);
        InstancePool pool = pool(module, 1)) {
      for (int i = 0; i < 5; i++) {
        try (Lease lease = pool.acquire()) {
          checkFresh(lease.instance(), 10);
          spoil(lease.instance());
        }
      }
      assertEquals(1, pool.created());
      assertEquals(5, pool.resets());
      assertEquals(0, pool.replaced());
      assertEquals(1, pool.idle());
      assertEquals(0, pool.leased());
    }
  }

  @Test
  void trapsAndInterruptionsAreResetAsWell() throws Exception {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 1)) {
      for (int i = 0; i < 3; i++) {
        try (Lease lease = pool.acquire()) {
          checkFresh(lease.instance(), 10);
          assertThrows(Trap.class, () -> lease.instance().function("trap").call());
          assertThrows(Trap.class, () -> lease.instance().function("recurse").call(100_000_000));
        }
        // An interruption that nobody has noticed.
        Lease interrupted = pool.acquire();
        Store store = interrupted.instance().store();
        store.interrupt();
        interrupted.close();
        store.interrupt();
        try (Lease lease = pool.acquire()) {
          store.interrupt();
          checkFresh(lease.instance(), 10);
        }
        // One that is still running.
        Lease running = pool.acquire();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        Thread runner =
            new Thread(
                () -> {
                  try {
                    started.countDown();
                    running.instance().function("spin").call();
                  } catch (Trap | IllegalStateException e) {
                    thrown.set(e);
                  }
                });
        runner.start();
        started.await();
        Thread.sleep(20);
        running.close();
        runner.join();
        assertEquals(Trap.Kind.INTERRUPTED, ((Trap) thrown.get()).kind());
      }
      try (Lease lease = pool.acquire()) {
        checkFresh(lease.instance(), 10);
      }
      assertEquals(1, pool.created());
    }
  }

  @Test
  void objectsOfALeaseEndWithIt() throws Throwable {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 1)) {
      Lease lease = pool.acquire();
      Instance instance = lease.instance();
      Func load = instance.function("load");
      MethodHandle handle = load.methodHandle();
      Memory memory = instance.memory("memory");
      MemorySegment segment = memory.segment();
      Memory unused = instance.memory("memory");
      Global global = instance.global("g");
      Table table = instance.table("table");
      Func element = (Func) table.get(0);
      assertEquals(0, (int) handle.invokeExact(8));
      lease.close();
      lease.close();
      try (Lease next = pool.acquire()) {
        next.instance().function("store").call(8, 1234);
        assertEquals(1234, next.instance().function("load").call(8));
        assertThrows(IllegalStateException.class, () -> load.call(8));
        assertThrows(
            IllegalStateException.class,
            () -> {
              int value = (int) handle.invokeExact(8);
              assertEquals(0, value);
            });
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_INT, 8));
        assertThrows(IllegalStateException.class, () -> memory.readInt(8));
        assertThrows(IllegalStateException.class, () -> memory.writeInt(8, 1));
        assertThrows(IllegalStateException.class, () -> memory.segment().get(ValueLayout.JAVA_INT, 8));
        assertThrows(IllegalStateException.class, () -> unused.segment().get(ValueLayout.JAVA_INT, 8));
        assertThrows(IllegalStateException.class, () -> memory.grow(1));
        assertThrows(IllegalStateException.class, global::get);
        assertThrows(IllegalStateException.class, () -> global.set(1));
        assertThrows(IllegalStateException.class, () -> table.get(0));
        assertThrows(IllegalStateException.class, () -> table.set(0, null));
        assertThrows(IllegalStateException.class, () -> table.grow(1, null));
        assertThrows(IllegalStateException.class, () -> element.call(1));
        assertThrows(IllegalStateException.class, () -> instance.function("inc").call(1));
        assertThrows(IllegalStateException.class, () -> instance.store().instantiate(module, adding(1)));
        assertThrows(IllegalArgumentException.class, () -> next.instance().table("table").set(0, load));
        instance.close();
        instance.store().close();
        assertEquals(1234, next.instance().function("load").call(8));
        assertNotSame(load, next.instance().function("load"));
      }
    }
  }

  @Test
  void importsAreThoseOfTheLease() {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 2)) {
      for (int i = 0; i < 3; i++) {
        try (Lease lease = pool.acquire(adding(100 + i))) {
          checkFresh(lease.instance(), 100 + i);
          assertEquals(101 + i, lease.instance().function("host").call(1));
        }
        try (Lease lease = pool.acquire()) {
          assertEquals(11, lease.instance().function("host").call(1));
        }
      }
      assertThrows(LinkException.class, () -> pool.acquire(Imports.none()));
      assertThrows(
          LinkException.class,
          () -> pool.acquire(
              Imports.builder().function("host", "f", new FuncType(List.of(), List.of()), call -> {}).build()));
      assertEquals(0, pool.leased());
      assertEquals(1, pool.created());
    }
  }

  @Test
  void whatCannotBeResetIsReplaced() {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 1)) {
      try (Lease lease = pool.acquire()) {
        lease.instance().store().close();
      }
      assertEquals(1, pool.replaced());
      try (Lease lease = pool.acquire()) {
        checkFresh(lease.instance(), 10);
        lease.instance().table("table").set(0, Func.of(lease.instance().store(), UNARY, call -> call.result(3)));
      }
      assertEquals(2, pool.replaced());
      try (Lease lease = pool.acquire()) {
        checkFresh(lease.instance(), 10);
        lease.instance().store().instantiate(module, adding(3));
      }
      assertEquals(3, pool.replaced());
      // From within.
      AtomicReference<Lease> current = new AtomicReference<>();
      Imports closing =
          Imports.builder()
              .function(
                  "host", "f", UNARY,
                  call -> {
                    current.get().close();
                    call.result(1);
                  })
              .build();
      Lease inside = pool.acquire(closing);
      current.set(inside);
      inside.instance().function("host").call(1);
      assertThrows(IllegalStateException.class, () -> inside.instance().function("inc").call(1));
      assertEquals(4, pool.replaced());
      try (Lease lease = pool.acquire()) {
        checkFresh(lease.instance(), 10);
      }
      assertEquals(5, pool.created());
      assertEquals(1, pool.resets());
    }
  }

  @Test
  void initializationHappensOnce() {
    AtomicInteger times = new AtomicInteger();
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool =
            InstancePool.builder(module)
                .imports(adding(1))
                .maxSize(3)
                .initialize(
                    instance -> {
                      times.incrementAndGet();
                      instance.function("store").call(0, 77);
                      instance.function("grow").call(2);
                    })
                .build()) {
      for (int i = 0; i < 3; i++) {
        try (Lease one = pool.acquire();
            Lease two = pool.acquire()) {
          for (Lease lease : List.of(one, two)) {
            assertEquals(77, lease.instance().function("load").call(0));
            assertEquals(4, lease.instance().function("size").call());
            lease.instance().function("fill").call(1);
          }
        }
      }
      assertEquals(1, times.get());
      assertEquals(2, pool.created());
    }
  }

  @Test
  void aPoolOutlivesItsSnapshotAndModule() {
    InstancePool pool;
    try (Engine engine = Engine.create();
        Module module = module(engine);
        Instance instance = module.instantiate(adding(1));
        Snapshot snapshot = Snapshot.take(instance)) {
      pool = InstancePool.builder(snapshot).imports(adding(10)).maxSize(2).build();
      assertThrows(IllegalStateException.class, () -> InstancePool.builder(snapshot).initialize(i -> {}));
    }
    try (Lease lease = pool.acquire()) {
      checkFresh(lease.instance(), 10);
      pool.close();
      assertEquals(2, lease.instance().function("inc").call(1));
    }
    assertThrows(IllegalStateException.class, pool::acquire);
    assertEquals(0, pool.idle());
  }

  @Test
  void aFullPoolMakesItsUsersWait() throws Exception {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      InstancePool pool = pool(module, 1);
      Lease lease = pool.acquire();
      assertThrows(PoolExhaustedException.class, () -> pool.acquire(Duration.ofMillis(5)));
      assertThrows(PoolExhaustedException.class, () -> pool.acquire(Duration.ZERO));
      Thread.currentThread().interrupt();
      assertThrows(PoolExhaustedException.class, pool::acquire);
      assertTrue(Thread.interrupted());
      try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Future<?> waiting =
            executor.submit(
                () -> {
                  try (Lease other = pool.acquire()) {
                    checkFresh(other.instance(), 10);
                  }
                });
        Thread.sleep(20);
        spoil(lease.instance());
        lease.close();
        waiting.get();
        Lease last = pool.acquire();
        Future<?> refused = executor.submit(() -> assertThrows(IllegalStateException.class, pool::acquire));
        Thread.sleep(20);
        pool.close();
        refused.get();
        last.close();
      }
      assertThrows(IllegalArgumentException.class, () -> InstancePool.builder(module).maxSize(0));
    }
  }

  @Test
  void limitsAreThoseOfEachLease() {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool =
            InstancePool.builder(module)
                .imports(adding(1))
                .maxSize(1)
                .limits(Limits.builder().memory(10 * PAGE).stack(64 << 10).timeout(Duration.ofMillis(50)).build())
                .build()) {
      for (int i = 0; i < 3; i++) {
        try (Lease lease = pool.acquire()) {
          Instance instance = lease.instance();
          assertEquals(2, instance.function("grow").call(8));
          assertThrows(MemoryLimitException.class, () -> instance.function("grow").call(1));
          assertThrows(StackLimitException.class, () -> instance.function("recurse").call(100_000));
          assertThrows(DeadlineException.class, () -> instance.function("spin").call());
        }
      }
      assertEquals(1, pool.created());
      // The initialisation is limited as well.
      assertThrows(
          MemoryLimitException.class,
          () -> InstancePool.builder(module)
              .imports(adding(1))
              .initialize(instance -> instance.function("grow").call(3))
              .limits(Limits.builder().memory(4 * PAGE).build())
              .build());
      assertThrows(
          MemoryLimitException.class,
          () -> InstancePool.builder(module).imports(adding(1)).limits(Limits.builder().memory(PAGE).build()).build());
      try (Instance instance = module.instantiate(adding(1));
          Snapshot snapshot = Snapshot.take(instance)) {
        assertThrows(
            MemoryLimitException.class,
            () -> snapshot.instantiate(adding(1), Limits.builder().memory(PAGE).build()));
      }
    }
  }

  @Test
  void threadsNeverMeetEachOther() throws Exception {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 4)) {
      List<Future<?>> all = new ArrayList<>();
      try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
        for (int t = 0; t < 8; t++) {
          int thread = t;
          all.add(
              executor.submit(
                  () -> {
                    for (int i = 0; i < 1000; i++) {
                      try (Lease lease = pool.acquire(adding(thread))) {
                        Instance instance = lease.instance();
                        assertEquals(0, instance.function("load").call(64));
                        assertEquals(0, instance.function("load").call((int) PAGE + 8));
                        assertEquals(5, instance.global("g").get());
                        assertEquals(2, instance.function("size").call());
                        instance.function("store").call(64, thread + 1);
                        instance.function("store").call((int) PAGE + 8, thread + 1);
                        instance.function("globals").call();
                        switch (i % 4) {
                          case 0 -> instance.function("grow").call(3);
                          case 1 -> assertThrows(Trap.class, () -> instance.function("trap").call());
                          case 2 -> instance.memory("memory").segment().fill((byte) thread);
                          default -> assertEquals(i + thread, instance.function("host").call(i));
                        }
                      }
                    }
                  }));
        }
        for (Future<?> one : all) {
          one.get();
        }
      }
      assertEquals(8000, pool.resets());
      assertTrue(pool.created() <= 4);
      assertSame(0, pool.leased());
    }
  }

  /** An image of data and zeros between zeros, and a memory that is larger. */
  private static final String FILLED =
      """
      (module
        (memory (export "memory") 40 60)
        (func (export "prepare")
          (local $i i32)
          (loop $next
            (i32.store (i32.add (i32.const 500000) (local.get $i)) (i32.mul (local.get $i) (i32.const 0x9e3779b1)))
            (local.set $i (i32.add (local.get $i) (i32.const 3996)))
            (br_if $next (i32.lt_u (local.get $i) (i32.const 1000000)))))
        (func (export "write") (param $at i32) (param $length i32) (param $value i32)
          (memory.fill (local.get $at) (local.get $value) (local.get $length)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
      """;

  @ParameterizedTest
  @ValueSource(longs = {0, 4096, 200_000, 4 << 20, Long.MAX_VALUE})
  void tenantsFindWhatAFreshInstanceHas(long keep) {
    SplittableRandom random = new SplittableRandom(keep);
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(FILLED));
        Instance prepared = module.instantiate()) {
      prepared.function("prepare").call();
      byte[] expected = prepared.memory("memory").read(0, (int) (40 * PAGE));
      try (Snapshot snapshot = Snapshot.take(prepared);
          InstancePool pool = InstancePool.builder(snapshot).maxSize(1).keepResident(keep).build()) {
        for (int round = 0; round < 30; round++) {
          try (Lease lease = pool.acquire()) {
            Instance instance = lease.instance();
            assertEquals(40 * PAGE, instance.memory("memory").byteSize());
            assertArrayEquals(expected, instance.memory("memory").read(0, (int) (40 * PAGE)));
            instance.function("grow").call(random.nextInt(3));
            long size = instance.memory("memory").byteSize();
            int times = 1 << random.nextInt(10);
            for (int i = 0; i < times; i++) {
              int at = random.nextInt((int) size);
              int length = Math.min(1 << random.nextInt(14), (int) size - at);
              instance.function("write").call(at, length, random.nextInt(3));
            }
          }
        }
        assertEquals(1, pool.created());
      }
      assertThrows(IllegalArgumentException.class, () -> InstancePool.builder(module).keepResident(-1));
    }
  }

  @Test
  void virtualThreadsShareAFewInstances() throws Exception {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 3)) {
      List<Future<?>> all = new ArrayList<>();
      try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 2000; i++) {
          int number = i;
          all.add(
              executor.submit(
                  () -> {
                    try (Lease lease = pool.acquire()) {
                      assertEquals(0, lease.instance().function("load").call(64));
                      lease.instance().function("store").call(64, number + 1);
                      Thread.yield();
                      assertEquals(number + 1, lease.instance().function("load").call(64));
                    }
                  }));
        }
        for (Future<?> one : all) {
          one.get();
        }
      }
      assertEquals(2000, pool.resets());
      assertTrue(pool.created() <= 3);
      assertEquals(pool.created(), pool.idle());
      assertEquals(0, pool.leased());
    }
  }

  @Test
  void idleInstancesServeAllThreads() throws Exception {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 10)) {
      try (Lease first = pool.acquire();
          Lease second = pool.acquire()) {
        assertEquals(2, pool.leased());
        assertEquals(0, pool.idle());
        assertTrue(first.instance() != second.instance());
      }
      assertEquals(2, pool.idle());
      // Another thread takes what is there rather than have one made.
      Thread other =
          new Thread(
              () -> {
                try (Lease first = pool.acquire();
                    Lease second = pool.acquire()) {
                  checkFresh(first.instance(), 10);
                  checkFresh(second.instance(), 10);
                }
              });
      other.start();
      other.join();
      assertEquals(2, pool.created());
      assertEquals(2, pool.idle());
    }
  }

  private static long count(String folder) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(folder))) {
      return entries.count();
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }

  @Test
  void leasesLeaveNothingBehind() throws Exception {
    try (Engine engine = Engine.create();
        Module module = module(engine);
        InstancePool pool = pool(module, 2)) {
      long descriptors = 0;
      long mappings = 0;
      for (int i = 0; i < 11_000; i++) {
        if (i == 1000) {
          System.gc();
          descriptors = count("/proc/self/fd");
          mappings = mappings();
        }
        try (Lease lease = pool.acquire(adding(i))) {
          lease.instance().function("grow").call(i % 10);
          lease.instance().function("store").call((int) PAGE, 1);
          lease.instance().function("globals").call();
          if (i % 100 == 0) {
            lease.instance().memory("memory").segment();
            lease.instance().function("tables").call(i);
          }
          if (i % 1000 == 0) {
            lease.instance().store().close();
          }
        }
      }
      System.gc();
      assertEquals(descriptors, count("/proc/self/fd"));
      // A leak would be one for each of ten thousand leases. An emulator has some for code compiled meanwhile.
      long allowed = mappings + (ChildJvm.isEmulated() ? 2000 : 20);
      assertTrue(mappings() <= allowed, () -> "there were fewer mappings before");
      assertEquals(11, pool.replaced());
    }
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.HeapLimitException;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstanceLimitException;
import dev.gatun.LimitException;
import dev.gatun.Limits;
import dev.gatun.Memory;
import dev.gatun.MemoryLimitException;
import dev.gatun.MemoryType;
import dev.gatun.Module;
import dev.gatun.StackLimitException;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.TableLimitException;
import dev.gatun.TableType;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.WasmFrame;
import dev.gatun.text.TextFormat;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each limit ends the guest with an exception of its own, and leaves it usable. */
final class LimitsTest {
  private static final String GROWING =
      """
      (module $growing
        (memory $m (export "memory") 1)
        (table $t (export "table") 1 funcref)
        (type $node (struct (field (ref null $node))))
        (global $list (mut (ref null $node)) (ref.null $node))
        (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "grow table") (param i32) (result i32)
          (table.grow $t (ref.null func) (local.get 0)))
        (func $deep (export "deep") (param i32) (result i32)
          (if (result i32) (local.get 0)
            (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
            (else (i32.const 0))))
        (func (export "fill the heap")
          (loop $more
            (global.set $list (struct.new $node (global.get $list)))
            (br $more)))
        (func (export "size") (result i32) (memory.size)))
      """;

  private static final long PAGE = 65536;

  private final Engine engine = Engine.create();
  private final Module module = engine.compile(TextFormat.parse(GROWING));

  @AfterEach
  void close() {
    module.close();
    engine.close();
  }

  private Instance instance(Limits.Builder limits) {
    return module.instantiate(Imports.none(), limits.build());
  }

  private static <T extends LimitException> T ends(
      Class<T> how, Trap.Kind kind, Instance instance, String function, Object... arguments) {
    T exception = assertThrows(how, () -> instance.function(function).call(arguments));
    assertEquals(kind, exception.kind());
    assertTrue(exception.getMessage().startsWith(kind.text()), exception.getMessage());
    return exception;
  }

  @Test
  void memoryGrowsToTheLimit() {
    try (Instance instance = instance(Limits.builder().memory(10 * PAGE))) {
      assertEquals(1, instance.function("grow").call(9));
      MemoryLimitException e = ends(MemoryLimitException.class, Trap.Kind.MEMORY_LIMIT, instance, "grow", 1);
      assertEquals("memory limit exceeded: 655360 bytes, of which 0 were left", e.getMessage());
      assertEquals(List.of("grow"), e.backtrace().stream().map(WasmFrame::functionName).toList());
      assertEquals("grow", e.getStackTrace()[0].getMethodName());
      assertEquals(10, instance.function("size").call());
      assertEquals(10, instance.function("grow").call(0));
      assertThrows(MemoryLimitException.class, () -> instance.memory("memory").grow(1));
    }
  }

  @Test
  void growthCanBeRefusedInstead() {
    try (Instance instance = instance(Limits.builder().memory(10 * PAGE + 5).tableElements(10).refuseGrowth())) {
      assertEquals(-1, instance.function("grow").call(10));
      assertEquals(1, instance.function("grow").call(9));
      assertEquals(-1, instance.function("grow").call(-1));
      assertEquals(-1, instance.memory("memory").grow(1));
      assertEquals(-1, instance.function("grow table").call(10));
      assertEquals(1, instance.function("grow table").call(9));
      assertEquals(-1, instance.function("grow table").call(-1));
    }
  }

  @Test
  void whatCannotBeIsNoMatterOfTheLimit() {
    try (Instance instance = instance(Limits.builder().memory(10 * PAGE).tableElements(10))) {
      assertEquals(-1, instance.function("grow").call(65536), "more than 32-bit addresses reach");
      assertEquals(-1, instance.function("grow table").call(-1));
    }
  }

  @Test
  void allMemoriesOfAStoreCountTogether() {
    MemoryType two = new MemoryType(2, OptionalLong.empty());
    try (Store store = engine.newStore(Limits.builder().memory(5 * PAGE).build())) {
      Memory first = Memory.create(store, two);
      Memory second = Memory.create(store, two);
      assertThrows(MemoryLimitException.class, () -> Memory.create(store, two));
      assertEquals(2, second.grow(1));
      assertThrows(MemoryLimitException.class, () -> first.grow(1));
    }
  }

  @Test
  void anInstanceThatStartsBeyondTheLimitIsNotMade() {
    MemoryLimitException memory =
        assertThrows(MemoryLimitException.class, () -> instance(Limits.builder().memory(PAGE - 1)));
    assertEquals(List.of(), memory.backtrace());
    assertThrows(TableLimitException.class, () -> instance(Limits.builder().tableElements(0).refuseGrowth()));
    instance(Limits.builder().memory(PAGE).tableElements(1)).close();
  }

  @Test
  void tablesGrowToTheLimit() {
    TableType four = new TableType(ValType.FUNCREF, 4, OptionalLong.empty());
    try (Store store = engine.newStore(Limits.builder().tableElements(10).build())) {
      Instance instance = store.instantiate(module, Imports.none());
      assertEquals(1, instance.function("grow table").call(1));
      Table other = Table.create(store, four);
      assertEquals(4, other.grow(4, null));
      ends(TableLimitException.class, Trap.Kind.TABLE_LIMIT, instance, "grow table", 1);
      assertThrows(TableLimitException.class, () -> other.grow(1, null));
      assertThrows(TableLimitException.class, () -> Table.create(store, four));
    }
  }

  @Test
  void instancesAreCounted() {
    try (Store store = engine.newStore(Limits.builder().instances(2).build())) {
      store.instantiate(module, Imports.none());
      store.instantiate(module, Imports.none());
      assertThrows(InstanceLimitException.class, () -> store.instantiate(module, Imports.none()));
    }
  }

  @Test
  void theStackEndsWhereTheLimitSays() {
    int small = depth(Limits.builder().stack(64 << 10));
    int large = depth(Limits.builder().stack(1 << 20));
    assertTrue(large > 10 * small, small + " and " + large);
  }

  private int depth(Limits.Builder limits) {
    try (Instance instance = instance(limits)) {
      ends(StackLimitException.class, Trap.Kind.CALL_STACK_EXHAUSTED, instance, "deep", 100_000_000);
      int least = 0;
      int most = 1 << 20;
      while (most - least > 1) {
        int depth = (least + most) / 2;
        try {
          assertEquals(depth, instance.function("deep").call(depth));
          least = depth;
        } catch (StackLimitException e) {
          most = depth;
        }
      }
      return least;
    }
  }

  @Test
  void theHeapEndsWhereTheLimitSays() {
    try (Instance instance = instance(Limits.builder().heap(1 << 20))) {
      ends(HeapLimitException.class, Trap.Kind.OUT_OF_MEMORY, instance, "fill the heap");
    }
  }

  @Test
  void theLimitsOfTheEngineAreThoseOfItsStores() {
    try (Engine limited = Engine.builder().limits(Limits.builder().memory(0).build()).build();
        Module same = limited.compile(TextFormat.parse(GROWING))) {
      assertThrows(MemoryLimitException.class, () -> same.instantiate());
      same.instantiate(Imports.none(), Limits.none()).close();
    }
  }

  @Test
  void hostFunctionsTrapWithTheGuestsBacktrace() {
    String text =
        """
        (module
          (import "env" "stop" (func $stop))
          (func $inner (call $stop))
          (func (export "run") (call $inner)))
        """;
    Imports imports =
        Imports.builder()
            .function(
                "env",
                "stop",
                new dev.gatun.FuncType(List.of(), List.of()),
                call -> {
                  throw call.trap(Trap.Kind.HOST, "no more of this");
                })
            .build();
    try (Module stopping = engine.compile(TextFormat.parse(text));
        Instance instance = stopping.instantiate(imports)) {
      Trap trap = assertThrows(Trap.class, () -> instance.function("run").call());
      assertSame(Trap.class, trap.getClass());
      assertEquals("trap of the host: no more of this", trap.getMessage());
      assertEquals("inner", trap.backtrace().getFirst().functionName());
    }
  }

  @Test
  void aTrapKnowsItsClass() {
    Trap trap = assertInstanceOf(Trap.class, assertThrows(LimitException.class, () -> {
      try (Instance instance = instance(Limits.builder().memory(PAGE))) {
        instance.function("grow").call(1);
      }
    }));
    String what =
        switch (trap) {
          case MemoryLimitException e -> "memory";
          case LimitException e -> "limit";
          case Trap e -> "trap";
        };
    assertEquals("memory", what);
  }

  @Test
  void limitsThatMakeNoSenseAreRefused() {
    Limits.Builder builder = Limits.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.stack(1000));
    assertThrows(IllegalArgumentException.class, () -> builder.heap(1L << 40));
    assertThrows(IllegalArgumentException.class, () -> builder.memory(-1));
    assertThrows(IllegalArgumentException.class, () -> builder.instances(0));
    assertThrows(IllegalArgumentException.class, () -> builder.timeout(java.time.Duration.ZERO));
  }
}

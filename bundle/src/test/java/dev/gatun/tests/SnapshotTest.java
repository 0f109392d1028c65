package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Engine.BoundsChecks;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Global;
import dev.gatun.GlobalType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LinkException;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.SnapshotException;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.V128;
import dev.gatun.ValType;
import dev.gatun.text.TextFormat;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots of idle instances: what they have, what they can't have, and that their instances are apart. */
final class SnapshotTest {
  private static final String MODULE =
      """
      (module
        (type $unary (func (param i32) (result i32)))
        (import "host" "f" (func $f (type $unary)))
        (memory (export "memory") 1 20)
        (memory (export "wide") i64 1 20)
        (table $t (export "table") 4 10 funcref)
        (table $numbers (export "numbers") 2 i31ref)
        (global $number (export "number") (mut i64) (i64.const 1))
        (global $vector (export "vector") (mut v128) (v128.const i64x2 1 2))
        (global $reference (export "reference") (mut funcref) (ref.func $double))
        (global $object (export "object") (mut externref) (ref.null extern))
        (global $i31 (export "i31") (mut anyref) (ref.null any))
        (tag $tag (export "tag") (param i32))
        (data $active (i32.const 8) "active")
        (data $passive "passive")
        (elem (i32.const 0) $double $f)
        (elem $segment func $triple $f)
        (func $double (export "double") (type $unary) (i32.mul (local.get 0) (i32.const 2)))
        (func $triple (export "triple") (type $unary) (i32.mul (local.get 0) (i32.const 3)))
        (func (export "call") (param i32 i32) (result i32)
          (call_indirect $t (type $unary) (local.get 1) (local.get 0)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "loadWide") (param i64) (result i32) (i32.load 1 (local.get 0)))
        (func (export "init") (memory.init $passive (i32.const 100) (i32.const 0) (i32.const 7)))
        (func (export "initTable") (table.init $t $segment (i32.const 2) (i32.const 0) (i32.const 2)))
        (func (export "drop") (data.drop $passive) (elem.drop $segment))
        (func (export "catch") (param i32) (result i32)
          (block $h (result i32)
            (try_table (catch $tag $h) (throw $tag (local.get 0)))
            (unreachable)))
        (func (export "setup")
          (i32.store (i32.const 4096) (i32.const 42))
          (drop (memory.grow (i32.const 3)))
          (i32.store (i32.const 200000) (i32.const 43))
          (i32.store 1 (i64.const 65532) (i32.const 44))
          (drop (memory.grow 1 (i64.const 1)))
          (global.set $number (i64.const -5))
          (global.set $vector (v128.const i64x2 3 4))
          (global.set $reference (ref.func $f))
          (global.set $i31 (ref.i31 (i32.const 77)))
          (table.set $numbers (i32.const 1) (ref.i31 (i32.const 78)))
          (drop (table.grow $t (ref.func $triple) (i32.const 2)))))
      """;

  private static final FuncType UNARY = new FuncType(List.of(ValType.I32), List.of(ValType.I32));

  private static Imports adding(int number) {
    return Imports.builder().function("host", "f", UNARY, call -> call.result(call.i32(0) + number)).build();
  }

  private static Engine engine(BoundsChecks checks) {
    return Engine.builder().boundsChecks(checks).build();
  }

  private static void check(Instance instance, int added) {
    assertEquals(42, instance.function("load").call(4096));
    assertEquals(43, instance.function("load").call(200_000));
    assertEquals("active", instance.memory("memory").readString(8, 6));
    assertEquals(4, instance.memory("memory").pages());
    assertEquals(44, instance.function("loadWide").call(65_532L));
    assertEquals(2, instance.memory("wide").pages());
    assertEquals(-5L, instance.global("number").get());
    assertEquals(new V128(3, 4), instance.global("vector").get());
    assertEquals(1 + added, ((Func) instance.global("reference").get()).call(1));
    assertEquals("I31[value=77]", instance.global("i31").get().toString());
    assertEquals(6, instance.table("table").size());
    assertEquals(2, instance.function("call").call(0, 1));
    assertEquals(1 + added, instance.function("call").call(1, 1));
    assertEquals(3, instance.function("call").call(5, 1));
    assertEquals(null, instance.table("numbers").get(0));
    assertEquals(9, instance.function("catch").call(9));
    assertEquals(
        Trap.Kind.UNINITIALIZED_ELEMENT,
        assertThrows(Trap.class, () -> instance.function("call").call(2, 1)).kind());
    assertEquals(
        Trap.Kind.MEMORY_OUT_OF_BOUNDS,
        assertThrows(Trap.class, () -> instance.function("load").call(4 * 65536 - 3)).kind());
    assertEquals(
        Trap.Kind.MEMORY_OUT_OF_BOUNDS,
        assertThrows(Trap.class, () -> instance.function("loadWide").call(2L * 65536 - 3)).kind());
    instance.function("init").call();
    assertEquals("passive", instance.memory("memory").readString(100, 7));
    instance.function("initTable").call();
    assertEquals(3, instance.function("call").call(2, 1));
    assertEquals(1 + added, instance.function("call").call(3, 1));
    assertEquals(4L, instance.memory("memory").grow(1));
    assertEquals(0, instance.function("load").call(4 * 65536));
  }

  @ParameterizedTest
  @EnumSource(BoundsChecks.class)
  void instancesGoOnFromTheSnapshot(BoundsChecks checks) {
    Snapshot snapshot;
    try (Engine engine = engine(checks);
        Module module = engine.compile(TextFormat.parse(MODULE));
        Instance prepared = module.instantiate(adding(100))) {
      prepared.function("setup").call();
      snapshot = Snapshot.take(prepared);
      prepared.memory("memory").segment().fill((byte) 1);
    }
    try (snapshot;
        Instance first = snapshot.instantiate(adding(10))) {
      check(first, 10);
      first.memory("memory").segment().fill((byte) 7);
      first.global("number").set(99L);
      try (Instance second = snapshot.instantiate(adding(20))) {
        check(second, 20);
      }
      // Of an instance of a snapshot there can be a snapshot too.
      try (Instance third = snapshot.instantiate(adding(30));
          Snapshot again = Snapshot.take(third);
          Instance fourth = again.instantiate(adding(40))) {
        check(fourth, 40);
      }
    }
    assertThrows(IllegalStateException.class, () -> snapshot.instantiate(adding(1)));
  }

  @Test
  void droppedSegmentsStayDropped() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(MODULE));
        Instance prepared = module.instantiate(adding(1))) {
      prepared.function("drop").call();
      try (Snapshot snapshot = Snapshot.take(prepared);
          Instance instance = snapshot.instantiate(adding(1))) {
        assertThrows(Trap.class, () -> instance.function("init").call());
        assertThrows(Trap.class, () -> instance.function("initTable").call());
      }
    }
  }

  @Test
  void startFunctionsDoNotRunAgain() {
    int[] calls = new int[1];
    Imports imports =
        Imports.builder().function("h", "f", new FuncType(List.of(), List.of()), call -> calls[0]++).build();
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse("(module (import \"h\" \"f\" (func $f)) (start $f))"));
        Instance prepared = module.instantiate(imports);
        Snapshot snapshot = Snapshot.take(prepared)) {
      snapshot.instantiate(imports).close();
      assertEquals(1, calls[0]);
      assertEquals(0, snapshot.size());
    }
  }

  private static void assertRefused(String expected, Instance instance) {
    SnapshotException refused = assertThrows(SnapshotException.class, () -> Snapshot.take(instance));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }

  @Test
  void whatCannotBeInASnapshotIsRefused() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(MODULE));
        Instance instance = module.instantiate(adding(1))) {
      instance.global("object").set("a Java object");
      assertRefused("global 3 ('object') refers to an object", instance);
      instance.global("object").set(null);
      Func foreign = Func.of(instance.store(), UNARY, call -> call.result(1));
      instance.table("table").set(3, foreign);
      assertRefused("table 0 ('table'), element 3 refers to a function that is not the instance's", instance);
      instance.table("table").set(3, null);
      Snapshot.take(instance).close();
      instance.store().instantiate(module, adding(2));
      assertRefused("alone in its store; this store has 2", instance);
    }
  }

  @Test
  void importsOtherThanHostFunctionsAreRefused() {
    try (Engine engine = Engine.create();
        Store store = engine.newStore();
        Module module =
            engine.compile(TextFormat.parse("(module (import \"env\" \"memory\" (memory 1)))"));
        Module global =
            engine.compile(TextFormat.parse("(module (import \"env\" \"g\" (global i32)))"));
        Store other = engine.newStore();
        Module shared = engine.compile(TextFormat.parse("(module (memory (export \"m\") 1 1 shared))"));
        Instance sharing = shared.instantiate()) {
      Memory memory = Memory.create(store, new MemoryType(1, OptionalLong.empty()));
      assertRefused(
          "imports a memory that does not end with it: 'env' 'memory'",
          store.instantiate(module, Imports.builder().define("env", "memory", memory).build()));
      Global value = Global.create(other, new GlobalType(ValType.I32, false), 5);
      assertRefused(
          "imports a global that does not end with it: 'env' 'g'",
          other.instantiate(global, Imports.builder().define("env", "g", value).build()));
      assertRefused("memory 0 ('m') is shared", sharing);
    }
  }

  @Test
  void instancesOfASnapshotTakeHostFunctionsOnly() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(MODULE));
        Instance prepared = module.instantiate(adding(1));
        Snapshot snapshot = Snapshot.take(prepared)) {
      assertThrows(LinkException.class, () -> snapshot.instantiate());
      assertThrows(
          LinkException.class,
          () -> snapshot.instantiate(
              Imports.builder().define("host", "f", Func.of(prepared.store(), UNARY, call -> {})).build()));
      assertThrows(
          LinkException.class,
          () -> snapshot.instantiate(
              Imports.builder()
                  .function("host", "f", new FuncType(List.of(), List.of()), call -> {})
                  .build()));
    }
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.HostCall;
import dev.gatun.HostFunction;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.SnapshotException;
import dev.gatun.StackLimitException;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.V128;
import dev.gatun.ValType;
import dev.gatun.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Snapshots of running instances: their stacks go on elsewhere, as often as one likes. */
final class SuspendedSnapshotTest {
  private static final FuncType ASK =
      new FuncType(List.of(ValType.I32, ValType.I64, ValType.F64), List.of(ValType.I64));

  /** A deep recursion with locals of all kinds that live across the call at its bottom. */
  private static final String MODULE =
      """
      (module
        (type $step (func (param i32 i64 f32 f64 v128) (result i64)))
        (import "host" "ask" (func $ask (param i32 i64 f64) (result i64)))
        (import "host" "many" (func $many
          (param i32 i64 f32 f64 v128 i32 i32 i32 i32 i32 i32 i32 f64 f64 f64 f64 f64 f64 f64)
          (result i32 i64 f64 v128)))
        (memory (export "memory") 1)
        (global $depth (export "depth") (mut i32) (i32.const 0))
        (table funcref (elem $even $odd))
        (func $even (type $step)
          (local $i i32) (local $sum i64)
          (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
          (if (i32.eqz (local.get 0)) (then
            (return (call $ask (i32.const 7) (local.get 1) (local.get 3)))))
          (local.set $sum (call_indirect (type $step)
            (i32.sub (local.get 0) (i32.const 1))
            (i64.add (local.get 1) (i64.const 3))
            (f32.add (local.get 2) (f32.const 0.5))
            (f64.mul (local.get 3) (f64.const 1.0005))
            (i32x4.add (local.get 4) (v128.const i32x4 1 2 3 4))
            (i32.const 1)))
          (local.set $i (i32.const 10))
          (loop
            (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $i))))
            (br_if 0 (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
          (i64.add (local.get $sum)
            (i64.add (i64.trunc_f32_s (local.get 2)) (i64x2.extract_lane 1 (local.get 4)))))
        (func $odd (type $step)
          (local $before i64)
          (local.set $before (i64.mul (local.get 1) (i64.const 5)))
          (i64.add
            (i64.add
              (call $even
                (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 2) (local.get 3) (local.get 4))
              (local.get $before))
            (i64.trunc_f64_s (local.get 3))))
        (func (export "run") (param i32) (result i64)
          (call $even (local.get 0) (i64.const 1) (f32.const 2.25) (f64.const 1.125) (v128.const i32x4 9 8 7 6)))
        (func (export "loop") (param $n i32) (result i64)
          (local $x f64) (local $sum i64)
          (local.set $x (f64.const 0.5))
          (loop
            (local.set $sum (i64.add (local.get $sum)
              (call $ask (local.get $n) (local.get $sum) (local.get $x))))
            (local.set $x (f64.add (local.get $x) (f64.const 1.25)))
            (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (i64.add (local.get $sum) (i64.trunc_f64_s (local.get $x))))
        (func (export "results") (param i32) (result i32 i64 f64 v128)
          (call $many (local.get 0) (i64.const 2) (f32.const 3) (f64.const 4) (v128.const i64x2 5 6)
            (i32.const 11) (i32.const 12) (i32.const 13) (i32.const 14) (i32.const 15) (i32.const 16) (i32.const 17)
            (f64.const 21) (f64.const 22) (f64.const 23) (f64.const 24) (f64.const 25) (f64.const 26) (f64.const 27)))
        (func (export "tail") (param i64) (result i64)
          (return_call $ask (i32.const 3) (local.get 0) (f64.const 2)))
        (func $inner (param i64) (result i64)
          (return_call $ask (i32.const 4) (local.get 0) (f64.const 2)))
        (func (export "tailBelow") (param i64) (result i64)
          (i64.add (call $inner (local.get 0)) (local.get 0)))
        (func (export "square") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
        (func (export "trap") (param i32) (result i64)
          (drop (call $ask (local.get 0) (i64.const 0) (f64.const 0)))
          (unreachable)))
      """;

  /** A host function whose behaviour changes. */
  private static final class Switch implements HostFunction {
    HostFunction now;

    Switch(HostFunction first) {
      now = first;
    }

    @Override
    public void call(HostCall call) {
      now.call(call);
    }
  }

  private static final FuncType MANY =
      new FuncType(
          List.of(
              ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.I32, ValType.I32, ValType.I32,
              ValType.I32, ValType.I32, ValType.I32, ValType.I32, ValType.F64, ValType.F64, ValType.F64, ValType.F64,
              ValType.F64, ValType.F64, ValType.F64),
          List.of(ValType.I32, ValType.I64, ValType.F64, ValType.V128));

  private static Imports imports(HostFunction ask, HostFunction many) {
    return Imports.builder().function("host", "ask", ASK, ask).function("host", "many", MANY, many).build();
  }

  private static Imports imports(HostFunction ask) {
    return imports(
        ask,
        call -> {
          throw new AssertionError("not expected");
        });
  }

  private static HostFunction answering(long number) {
    return call -> call.result((long) (number + call.i32(0) + 1000 * call.i64(1) + call.f64(2)));
  }

  /** Takes a snapshot at a call, once, then answers. */
  private static final class Taker implements HostFunction {
    private final HostFunction then;
    private final int at;
    private int calls;
    Snapshot taken;

    Taker(int at, HostFunction then) {
      this.at = at;
      this.then = then;
    }

    @Override
    public void call(HostCall call) {
      if (calls++ == at) {
        taken = Snapshot.take(call.instance());
      }
      then.call(call);
    }
  }

  private static Module module(Engine engine) {
    return engine.compile(TextFormat.parse(MODULE));
  }

  @Test
  void aDeepStackGoesOnElsewhere() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      for (int depth : new int[] {0, 1, 2, 9, 64, 1000, 10_000}) {
        int even = depth & -2;
        Taker taker = new Taker(0, answering(1));
        Object expected;
        try (Instance first = module.instantiate(imports(taker))) {
          expected = first.function("run").call(even);
        }
        List<Instance> instances = new ArrayList<>();
        try (Snapshot snapshot = taker.taken) {
          for (int i = 0; i < 3; i++) {
            instances.add(snapshot.instantiate(imports(answering(1 + i))));
          }
        }
        for (int i = 2; i >= 0; i--) {
          Instance instance = instances.get(i);
          assertTrue(instance.isSuspended());
          assertEquals((long) expected + i, instance.resume());
          assertFalse(instance.isSuspended());
          assertThrows(IllegalStateException.class, instance::resume);
          // It is an instance as any other now.
          assertEquals(49, instance.function("square").call(7));
          assertEquals(even / 2 + 1, instance.global("depth").get());
          instance.global("depth").set(0);
          assertEquals((long) expected + i, instance.function("run").call(even));
          instance.close();
        }
      }
    }
  }

  @Test
  void everyRoundOfALoopCanBeGoneOnFrom() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      Object expected;
      try (Instance plain = module.instantiate(imports(answering(5)))) {
        expected = plain.function("loop").call(6);
      }
      for (int at = 0; at < 6; at++) {
        Taker taker = new Taker(at, answering(5));
        try (Instance first = module.instantiate(imports(taker))) {
          assertEquals(expected, first.function("loop").call(6));
        }
        // The copy takes a snapshot too, when it is asked again.
        Taker second = new Taker(1, answering(5));
        try (Snapshot snapshot = taker.taken;
            Instance copy = snapshot.instantiate(imports(second))) {
          assertEquals(expected, copy.resume());
        }
        if (second.taken != null) {
          try (Snapshot snapshot = second.taken;
              Instance copy = snapshot.instantiate(imports(answering(5)))) {
            assertEquals(expected, copy.resume());
          }
        } else {
          assertEquals(5, at);
        }
      }
    }
  }

  @Test
  void manyArgumentsAndResultsAreWhatTheyWere() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      AtomicReference<Snapshot> taken = new AtomicReference<>();
      HostFunction many =
          call -> {
            if (taken.get() == null) {
              taken.set(Snapshot.take(call.instance()));
            }
            assertEquals(1, call.i32(0));
            assertEquals(3f, call.f32(2));
            assertEquals(new V128(5, 6), call.v128(4));
            assertEquals(17, call.i32(11));
            assertEquals(27.0, call.f64(18));
            call.result(0, ValType.I32, 31);
            call.result(1, ValType.I64, 32L);
            call.result(2, ValType.F64, 33.5);
            call.result(3, ValType.V128, new V128(34, 35));
          };
      Object[] expected = {31, 32L, 33.5, new V128(34, 35)};
      try (Instance first = module.instantiate(imports(answering(1), many))) {
        assertArrayEquals(expected, (Object[]) first.function("results").call(1));
      }
      try (Snapshot snapshot = taken.get();
          Instance copy = snapshot.instantiate(imports(answering(1), many))) {
        assertArrayEquals(expected, (Object[]) copy.resume());
      }
    }
  }

  @Test
  void tailCallsLeaveNoFrameToGoOnIn() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      for (String function : List.of("tail", "tailBelow")) {
        Taker taker = new Taker(0, answering(1));
        Object expected;
        try (Instance first = module.instantiate(imports(taker))) {
          expected = first.function(function).call(17L);
        }
        try (Snapshot snapshot = taker.taken;
            Instance copy = snapshot.instantiate(imports(answering(2)))) {
          assertEquals((long) expected + 1, copy.resume());
          assertEquals((long) expected + 1, copy.function(function).call(17L));
        }
      }
    }
  }

  @Test
  void whatIsThrownEndsTheSuspension() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      Taker taker = new Taker(0, answering(1));
      try (Instance first = module.instantiate(imports(taker))) {
        assertThrows(Trap.class, () -> first.function("trap").call(1));
      }
      try (Snapshot snapshot = taker.taken) {
        try (Instance copy = snapshot.instantiate(imports(answering(1)))) {
          Trap trap = assertThrows(Trap.class, copy::resume);
          assertEquals(Trap.Kind.UNREACHABLE, trap.kind());
          assertEquals(1, trap.backtrace().size());
          assertFalse(copy.isSuspended());
          assertEquals(9, copy.function("square").call(3));
        }
        IllegalArgumentException thrown = new IllegalArgumentException("by the host");
        Imports throwing =
            imports(
                call -> {
                  throw thrown;
                });
        try (Instance copy = snapshot.instantiate(throwing)) {
          assertEquals(thrown, assertThrows(IllegalArgumentException.class, copy::resume));
          assertEquals(9, copy.function("square").call(3));
        }
      }
    }
  }

  @Test
  void exceptionsOfTheHostAreCaughtAfterwards() {
    String text =
        """
        (module
          (import "host" "f" (func $f (param i32) (result i32)))
          (tag $t (export "t") (param i32))
          (func (export "run") (param i32) (result i32)
            (block $h (result i32)
              (try_table (result i32) (catch $t $h) (call $f (local.get 0)))
              (return))
            (i32.mul (local.get 0))))
        """;
    FuncType type = new FuncType(List.of(ValType.I32), List.of(ValType.I32));
    AtomicReference<Snapshot> taken = new AtomicReference<>();
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(text));
        Instance first =
            module.instantiate(
                Imports.builder()
                    .function(
                        "host", "f", type,
                        call -> {
                          taken.set(Snapshot.take(call.instance()));
                          call.result(call.i32(0) + 1);
                        })
                    .build())) {
      assertEquals(6, first.function("run").call(5));
      Imports throwing =
          Imports.builder()
              .function(
                  "host", "f", type,
                  call -> {
                    throw new ThrownException(call.instance().tag("t"), 100);
                  })
              .build();
      try (Snapshot snapshot = taken.get();
          Instance copy = snapshot.instantiate(throwing)) {
        assertEquals(500, copy.resume());
      }
    }
  }

  @Test
  void functionsWaitForTheEndOfTheSuspension() throws Throwable {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      Taker taker = new Taker(0, answering(1));
      Object expected;
      try (Instance first = module.instantiate(imports(taker))) {
        expected = first.function("run").call(4);
      }
      Switch ask = new Switch(answering(1));
      try (Snapshot snapshot = taker.taken;
          Instance copy = snapshot.instantiate(imports(ask))) {
        Func square = copy.function("square");
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> square.call(3));
        assertTrue(refused.getMessage().contains("suspended"), refused.getMessage());
        assertThrows(IllegalStateException.class, () -> square.methodHandle().invoke(3));
        // Its state can be looked at and changed.
        copy.memory("memory").writeInt(0, 5);
        assertEquals(3, copy.global("depth").get());
        // While it is resumed, host functions may call it.
        ask.now =
            call -> {
              assertEquals(16, call.instance().function("square").call(4));
              assertThrows(IllegalStateException.class, () -> call.instance().resume());
              answering(1).call(call);
            };
        assertEquals(expected, copy.resume());
        assertEquals(9, square.call(3));
        // A snapshot of a suspended instance is one of the same suspension.
        try (Instance third = snapshot.instantiate(imports(answering(1)));
            Snapshot again = Snapshot.take(third);
            Instance fourth = again.instantiate(imports(answering(1)))) {
          assertEquals(expected, fourth.resume());
          assertEquals(expected, third.resume());
        }
        assertThrows(
            StackLimitException.class,
            () -> deep(module).instantiate(imports(answering(1)), Limits.builder().stack(64 << 10).build()));
      }
    }
  }

  private static Snapshot deep(Module module) {
    Taker taker = new Taker(0, answering(1));
    try (Instance first = module.instantiate(imports(taker))) {
      first.function("run").call(10_000);
    }
    return taker.taken;
  }

  @Test
  void whatCannotBeMovedIsRefused() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      List<String> refusals = new ArrayList<>();
      HostFunction taking =
          call -> {
            refusals.add(
                assertThrows(SnapshotException.class, () -> Snapshot.take(call.instance())).getMessage());
            call.result(1L);
          };
      // Java calls wasm, which calls Java, which calls wasm.
      Switch ask = new Switch(taking);
      HostFunction nesting =
          call -> {
            ask.now = taking;
            call.instance().function("tail").call(1L);
            call.result(1L);
          };
      ask.now = nesting;
      try (Instance first = module.instantiate(imports(ask))) {
        first.function("run").call(2);
      }
      assertEquals(1, refusals.size());
      assertTrue(refusals.get(0).contains("called directly"), refusals.get(0));
    }
    String text =
        """
        (module
          (import "host" "f" (func $f))
          (type $box (struct (field i32)))
          (elem declare func $function)
          (func $function (export "function") (param $r funcref) (result funcref) (call $f) (local.get $r))
          (func (export "own") (result i32)
            (ref.is_null (call $function (ref.func $function))))
          (func (export "object") (result i32)
            (local $b (ref null $box))
            (local.set $b (struct.new $box (i32.const 5)))
            (call $f)
            (struct.get $box 0 (local.get $b)))
          (func (export "null") (result i32) (ref.is_null (call $function (ref.null func)))))
        """;
    List<String> refusals = new ArrayList<>();
    FuncType nothing = new FuncType(List.of(), List.of());
    AtomicReference<Snapshot> taken = new AtomicReference<>();
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(text));
        Instance instance =
            module.instantiate(
                Imports.builder()
                    .function(
                        "host", "f", nothing,
                        call -> {
                          try {
                            taken.set(Snapshot.take(call.instance()));
                          } catch (SnapshotException e) {
                            refusals.add(e.getMessage());
                          }
                        })
                    .build())) {
      assertEquals(0, instance.function("own").call());
      assertEquals(5, instance.function("object").call());
      assertEquals(2, refusals.size());
      assertTrue(refusals.get(0).contains("reference to a function"), refusals.get(0));
      assertTrue(refusals.get(1).contains("reference to an object"), refusals.get(1));
      assertNull(taken.get());
      assertEquals(1, instance.function("null").call());
      Imports imports = Imports.builder().function("host", "f", nothing, call -> {}).build();
      try (Snapshot snapshot = taken.get();
          Instance copy = snapshot.instantiate(imports)) {
        assertEquals(1, copy.resume());
      }
    }
  }

  @Test
  void aPoolGivesSuspendedInstances() {
    try (Engine engine = Engine.create();
        Module module = module(engine)) {
      Taker taker = new Taker(0, answering(1));
      Object expected;
      try (Instance first = module.instantiate(imports(taker))) {
        expected = first.function("run").call(2000);
      }
      try (Snapshot snapshot = taker.taken;
          InstancePool pool = InstancePool.builder(snapshot).maxSize(1).build()) {
        for (int i = 0; i < 20; i++) {
          try (InstancePool.Lease lease = pool.acquire(imports(answering(1 + i)))) {
            assertTrue(lease.instance().isSuspended());
            if (i % 5 != 4) {
              assertEquals((long) expected + i, lease.instance().resume());
              lease.instance().function("run").call(2 * i);
            }
          }
        }
        assertEquals(1, pool.created());
        assertEquals(20, pool.resets());
      }
    }
  }
}

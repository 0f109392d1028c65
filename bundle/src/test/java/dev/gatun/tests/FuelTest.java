package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.FuelException;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.ValType;
import dev.gatun.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What wasm costs: the same counts on every processor, which is why they are written down here. */
@Timeout(120)
final class FuelTest {
  private static final long MUCH = 1L << 40;

  private interface Body {
    void run(Instance instance, Store store);
  }

  private static void with(String text, Engine.Compilation when, Imports imports, Body body) {
    byte[] wasm = TextFormat.parse(text);
    try (Engine engine = Engine.builder().fuel(true).compilation(when).build();
        Module module = engine.compile(wasm);
        Store store = engine.newStore()) {
      Instance instance = store.instantiate(module, imports);
      assertEquals(0, store.fuel());
      body.run(instance, store);
    }
  }

  private static void with(String text, Body body) {
    with(text, Engine.Compilation.LAZY, Imports.none(), body);
  }

  // Counts.

  /**
   * A function of an i32.
   *
   * @param declarations of the module besides the function, which is $f
   * @param results what it returns, as the text format has it
   * @param cost of a call with the argument
   */
  private record Counted(
      String name, String declarations, String results, String code, int argument, long cost) {
    String module() {
      return "(module " + declarations + " (func $f (export \"f\") (param i32) " + results + " " + code + "))";
    }
  }

  private static final String INT = "(result i32)";

  private static final List<Counted> COUNTED =
      List.of(
          new Counted("nothing", "", "", "", 0, 0),
          new Counted("what only structures", "", "", "nop (block (block nop) (loop nop))", 0, 0),
          new Counted("a straight line", "", INT,
              "(i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 1))", 5, 5),
          new Counted("results that go to locals", "", INT,
              "(local i32) (local.set 1 (i32.add (local.get 0) (i32.const 1)))"
                  + "(local.tee 1 (i32.mul (local.get 1) (local.get 1)))", 5, 8),
          new Counted("drop and return", "", INT, "(drop (local.get 0)) (return (i32.const 1))", 5, 4),
          // if: get, if; then: const; behind: drop, const.
          new Counted("the then arm", "", INT,
              "(if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2) (i32.const 3) i32.add)) drop"
                  + " (i32.const 9)", 1, 5),
          new Counted("the else arm", "", INT,
              "(if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2) (i32.const 3) i32.add)) drop"
                  + " (i32.const 9)", 0, 7),
          // Each iteration: get, const, sub, tee, br_if; then get.
          new Counted("a loop", "", INT,
              "(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0)", 1000, 5001),
          // Each iteration: get, eqz, br_if (3), then get, const, sub, set, br (5); at last 3.
          new Counted("a loop with an exit", "", "",
              "(block $out (loop $on (br_if $out (i32.eqz (local.get 0)))"
                  + " (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $on)))", 100, 803),
          // Each iteration: get, const, sub, tee, br_table (5); the last goes on: const.
          new Counted("br_table", "", INT,
              "(block $out (loop $on (br_table $out $on (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))"
                  + "(i32.const 1)", 50, 251),
          // f: get, call; g each: get, if, and if not 0: get, const, sub, call, const, add; else const.
          new Counted("calls", "(func $g (param i32) (result i32) (if (result i32) (local.get 0)"
              + " (then (i32.add (call $g (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))"
              + " (else (i32.const 0))))", INT, "(call $g (local.get 0))", 10, 2 + 10 * 8 + 3),
          new Counted("indirect calls", "(table funcref (elem $g)) (func $g (param i32) (result i32) (local.get 0))",
              INT, "(call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))", 3, 4),
          // f: get, return_call; g each: get, if; get, const, sub, return_call; at last const.
          new Counted("tail calls", "(func $g (param i32) (result i32) (if (result i32) (local.get 0)"
              + " (then (return_call $g (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))",
              INT, "(return_call $g (local.get 0))", 1000, 2 + 6 * 1000 + 3),
          // Each iteration: get, const, sub, tee, throw (5); get, br_if (2).
          new Counted("exceptions", "(tag $e (param i32))", "",
              "(loop $on (block $caught (result i32) (try_table (result i32) (catch $e $caught)"
                  + " (throw $e (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))) (br_if $on))", 20, 20 * 6),
          // Each iteration: get, const, sub, tee, throw (5); br_if (1).
          new Counted("legacy exceptions", "(tag $e (param i32))", "",
              "(loop $on (try (do (throw $e (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
                  + " (catch $e (br_if $on))))", 20, 20 * 6),
          new Counted("a fill of bytes that are known", "(memory 1)", "",
              "(memory.fill (i32.const 0) (i32.const 1) (i32.const 6400))", 0, 4 + 100),
          new Counted("a fill of bytes that are not known", "(memory 1)", "",
              "(memory.fill (i32.const 0) (i32.const 1) (local.get 0))", 6463, 4 + 100),
          new Counted("a copy in a wide memory", "(memory i64 1)", "",
              "(memory.copy (i64.const 0) (i64.const 10) (i64.extend_i32_u (local.get 0)))", 128, 5 + 2),
          new Counted("elements of a table", "(table $t 10 funcref)", INT,
              "(table.grow $t (ref.null func) (local.get 0))", 640, 3 + 10),
          new Counted("elements of an array", "(type $a (array (mut i64)))", "",
              "(drop (array.new $a (i64.const 1) (local.get 0)))", 1000, 4 + 15),
          new Counted("nothing to copy", "(memory 1)", "",
              "(memory.copy (i32.const 0) (i32.const 10) (local.get 0))", 0, 4));

  @TestFactory
  List<DynamicTest> costs() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Counted counted : COUNTED) {
      tests.add(DynamicTest.dynamicTest(counted.name(), () -> check(counted)));
    }
    return tests;
  }

  private static void check(Counted counted) {
    for (Engine.Compilation when : Engine.Compilation.values()) {
      with(
          counted.module(),
          when,
          Imports.none(),
          (instance, store) -> {
            Func f = instance.function("f");
            for (int i = 0; i < 3; i++) {
              store.addFuel(MUCH - store.fuel());
              f.call(counted.argument());
              assertEquals(counted.cost(), MUCH - store.fuel());
            }
          });
    }
    withJustEnough(counted);
  }

  /** Enough is enough, and one less is not. */
  private static void withJustEnough(Counted counted) {
    with(
        counted.module(),
        (instance, store) -> {
          Func f = instance.function("f");
          store.addFuel(counted.cost());
          Object expected = f.call(counted.argument());
          assertEquals(0, store.fuel());
          long step = Math.max(1, counted.cost() / 50);
          for (long units = 0; units < counted.cost(); units += step) {
            store.addFuel(units);
            FuelException end = assertThrows(FuelException.class, () -> f.call(counted.argument()));
            assertEquals(Trap.Kind.OUT_OF_FUEL, end.kind());
            assertEquals("all fuel consumed", end.getMessage());
            assertFalse(end.backtrace().isEmpty());
            assertTrue(end.backtrace().getFirst().offset() > 0);
            assertEquals(0, store.fuel());
          }
          if (counted.cost() > 0) {
            // In sips: the same result, for the same price.
            AtomicLong given = new AtomicLong();
            store.onFuelExhausted(
                at -> {
                  assertSame(store, at);
                  given.addAndGet(3);
                  return 3;
                });
            if (!counted.declarations().contains("(table $t")) {
              assertEquals(expected, f.call(counted.argument()));
            } else {
              f.call(counted.argument());
            }
            assertEquals(counted.cost(), given.get() - store.fuel());
          }
        });
  }

  // What never ends.

  private static final List<String> ENDLESS =
      List.of(
          "(func (export \"f\") (loop (br 0)))",
          "(func (export \"f\") (loop nop (block (loop (br 2)))))",
          "(func (export \"f\") (loop (br_if 0 (i32.const 1))))",
          "(func (export \"f\") (loop (br_table 0 0 0 0 0 0 (i32.const 3))))",
          "(func (export \"f\") (loop (br_table 0 (i32.const 3))))",
          "(func (export \"f\") (loop (if (i32.const 1) (then (br 1)) (else (br 1)))))",
          "(func (export \"f\") (loop (drop (br_on_null 0 (ref.null func)))))",
          "(func (export \"f\") (loop $on (block $b (result (ref func)) (br_on_non_null $b (ref.func $g)) (br $on))"
              + " drop (br $on))) (func $g) (elem declare func $g)",
          "(func (export \"f\") (loop $on (drop (block (result anyref) (br_on_cast 0 anyref (ref i31)"
              + " (ref.i31 (i32.const 1))))) (br $on)))",
          "(func $f (export \"f\") (return_call $f))",
          "(func $f (export \"f\") (return_call $g)) (func $g (return_call $f))",
          "(type $t (func)) (table funcref (elem $f)) (func $f (export \"f\")"
              + " (return_call_indirect (type $t) (i32.const 0)))",
          "(type $t (func)) (elem declare func $f) (func $f (export \"f\") (return_call_ref $t (ref.func $f)))",
          "(func $f (export \"f\") (call $f))",
          "(func $f (export \"f\") (call $f) (call $f))",
          "(tag $e) (func (export \"f\") (loop $on (block $h (try_table (catch $e $h) (throw $e))) (br $on)))",
          "(tag $e) (func (export \"f\") (loop $on (try_table (catch_all $on) (throw $e))))",
          "(tag $e) (func $g (throw $e)) (func (export \"f\") (loop $on (try_table (catch_all $on) (call $g))))",
          "(tag $e) (func (export \"f\") (loop $on (try (do (throw $e)) (catch $e (br $on)))))",
          "(tag $e) (func (export \"f\") (loop $on (try (do (throw $e)) (catch_all (br $on)))))",
          "(tag $e) (func (export \"f\") (loop $on (try (do (try (do (throw $e)) (catch_all (rethrow 0))))"
              + " (catch_all (br $on)))))",
          "(tag $e) (func (export \"f\") (loop $on (try (do (try (do (throw $e)) (delegate 0)))"
              + " (catch_all (br $on)))))",
          "(memory 1) (func (export \"f\") (loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0)))");

  @Test
  void whatNeverEndsEnds() {
    Limits limits = Limits.builder().stack(256 << 20).build();
    for (String functions : ENDLESS) {
      byte[] wasm = TextFormat.parse("(module " + functions + ")");
      try (Engine engine = Engine.builder().fuel(true).build();
          Module module = engine.compile(wasm);
          Store store = engine.newStore(limits)) {
        Instance instance = store.instantiate(module, Imports.none());
        for (int units = 1; units < 100_000; units = 7 * units + 3) {
          store.addFuel(units);
          FuelException end = assertThrows(FuelException.class, () -> instance.function("f").call(), functions);
          assertFalse(end.backtrace().isEmpty());
          assertEquals(0, store.fuel());
        }
      }
    }
  }

  @Test
  void theStackMayEndFirst() {
    with(
        "(module (func $f (export \"f\") (call $f)))",
        (instance, store) -> {
          store.addFuel(MUCH);
          Trap trap = assertThrows(Trap.class, () -> instance.function("f").call());
          assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, trap.kind());
          assertTrue(store.fuel() < MUCH - 1000);
        });
  }

  // Traps.

  @Test
  void aPieceThatTrapsIsChargedForAsAWhole() {
    with(
        """
        (module (memory 1)
          (func (export "f") (param i32) (result i32)
            (drop (i32.load (local.get 0)))
            (i32.add (i32.div_u (i32.const 1) (local.get 0)) (i32.load (i32.mul (local.get 0) (i32.const 65536))))))
        """,
        (instance, store) -> {
          for (int argument : new int[] {0, 1, -1}) {
            store.addFuel(100 - store.fuel());
            assertThrows(Trap.class, () -> instance.function("f").call(argument));
            assertEquals(11, 100 - store.fuel(), "of " + argument);
          }
        });
  }

  @Test
  void registersAndLocalsOutliveARefill() {
    with(
        """
        (module (func (export "f") (param i64) (result i64) (local i64 i64 i64 f64 f64 v128 i32)
          (loop
            (local.set 1 (i64.add (local.get 1) (local.get 0)))
            (local.set 2 (i64.xor (i64.rotl (local.get 2) (i64.const 5)) (local.get 1)))
            (if (i64.eqz (i64.and (local.get 2) (i64.const 7)))
              (then (local.set 3 (i64.sub (local.get 3) (local.get 2))))
              (else (local.set 4 (f64.add (local.get 4) (f64.convert_i64_s (local.get 0))))))
            (local.set 5 (f64.max (local.get 5) (local.get 4)))
            (local.set 6 (i64x2.add (local.get 6) (i64x2.splat (local.get 3))))
            (local.set 7 (i32.add (local.get 7) (i32.const 3)))
            (br_if 0 (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
          (i64.add (i64.add (local.get 3) (i64.extend_i32_u (local.get 7)))
            (i64.xor (i64.reinterpret_f64 (local.get 5)) (i64x2.extract_lane 1 (local.get 6))))))
        """,
        (instance, store) -> {
          Func f = instance.function("f");
          store.addFuel(MUCH);
          Object expected = f.call(3000L);
          long cost = MUCH - store.fuel();
          for (int sip : new int[] {1, 5, 17, 1000}) {
            store.consumeFuel(store.fuel());
            AtomicInteger refills = new AtomicInteger();
            store.onFuelExhausted(
                of -> {
                  refills.incrementAndGet();
                  return sip;
                });
            assertEquals(expected, f.call(3000L));
            assertEquals(cost, (long) refills.get() * sip - store.fuel());
          }
        });
  }

  // The host.

  private static final String CALLS_HOST =
      """
      (module (import "host" "work" (func $work (param i32) (result i32)))
        (func (export "f") (param i32) (result i32)
          (i32.add (call $work (local.get 0)) (i32.const 1))))
      """;

  @Test
  void theHostSeesAndChargesWhatItWants() {
    AtomicLong seen = new AtomicLong();
    Store[] of = new Store[1];
    Imports imports =
        Imports.builder()
            .function(
                "host",
                "work",
                new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
                call -> {
                  seen.set(of[0].fuel());
                  of[0].consumeFuel(call.i32(0));
                  call.result(1);
                })
            .build();
    with(
        CALLS_HOST,
        Engine.Compilation.LAZY,
        imports,
        (instance, store) -> {
          of[0] = store;
          store.addFuel(100);
          assertEquals(2, instance.function("f").call(0));
          assertEquals(96, store.fuel()); // get, call; const, add
          assertEquals(98, seen.get());
          assertEquals(2, instance.function("f").call(50));
          assertEquals(42, store.fuel());
          FuelException end = assertThrows(FuelException.class, () -> instance.function("f").call(41));
          assertEquals(1, end.backtrace().size());
          assertEquals(0, store.fuel());
          store.addFuel(44);
          assertEquals(2, instance.function("f").call(40));
          assertEquals(0, store.fuel());
        });
  }

  // The interface.

  @Test
  void whereNothingIsCountedNothingIsThere() {
    try (Engine engine = Engine.builder().fuel(false).build();
        Store store = engine.newStore()) {
      assertThrows(IllegalStateException.class, store::fuel);
      assertThrows(IllegalStateException.class, () -> store.addFuel(1));
      assertThrows(IllegalStateException.class, () -> store.consumeFuel(1));
      assertThrows(IllegalStateException.class, () -> store.onFuelExhausted(null));
      Limits limits = Limits.builder().fuel(5).build();
      assertThrows(IllegalArgumentException.class, () -> engine.newStore(limits));
    }
  }

  @Test
  void limitsSayWhatStoresBeginWith() {
    Limits limits = Limits.builder().fuel(7).build();
    assertEquals(7, limits.fuel().orElseThrow());
    assertTrue(Limits.none().fuel().isEmpty());
    assertThrows(IllegalArgumentException.class, () -> Limits.builder().fuel(-1));
    byte[] wasm = TextFormat.parse("(module (func $s nop nop (drop (i32.const 1))) (start $s))");
    try (Engine engine = Engine.builder().limits(limits).build();
        Module module = engine.compile(wasm);
        Instance instance = module.instantiate()) {
      assertEquals(5, instance.store().fuel());
      Store one = engine.newStore(Limits.builder().fuel(1).build());
      assertThrows(FuelException.class, () -> one.instantiate(module, Imports.none()));
      assertEquals(0, one.fuel());
      one.close();
    }
  }

  @Test
  void thereIsNoMoreThanAllAndNoLessThanNothing() {
    with(
        "(module)",
        (instance, store) -> {
          assertThrows(IllegalArgumentException.class, () -> store.addFuel(-1));
          assertThrows(IllegalArgumentException.class, () -> store.consumeFuel(-1));
          store.addFuel(Long.MAX_VALUE - 3);
          store.addFuel(2);
          assertEquals(Long.MAX_VALUE - 1, store.fuel());
          store.addFuel(2);
          assertEquals(Long.MAX_VALUE, store.fuel());
          store.consumeFuel(Long.MAX_VALUE);
          assertEquals(0, store.fuel());
          assertThrows(FuelException.class, () -> store.consumeFuel(Long.MAX_VALUE));
          assertEquals(0, store.fuel());
        });
  }

  @Test
  void whatTheSupplyThrowsArrives() {
    with(
        "(module (func (export \"f\") (loop (br 0))))",
        (instance, store) -> {
          IllegalStateException thrown = new IllegalStateException("no money");
          store.onFuelExhausted(
              of -> {
                throw thrown;
              });
          store.addFuel(1000);
          assertSame(thrown, assertThrows(IllegalStateException.class, () -> instance.function("f").call()));
          assertEquals(0, store.fuel());
          store.onFuelExhausted(null);
          store.addFuel(10);
          assertThrows(FuelException.class, () -> instance.function("f").call());
        });
  }

  @Test
  void anInterruptionIsNoMatterOfFuel() {
    with(
        "(module (func (export \"f\") (loop (br 0))))",
        (instance, store) -> {
          store.addFuel(MUCH);
          store.interrupt();
          Trap trap = assertThrows(Trap.class, () -> instance.function("f").call());
          assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
          assertTrue(store.fuel() > 0);
        });
  }
}

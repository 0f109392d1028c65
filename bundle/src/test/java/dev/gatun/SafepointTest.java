package dev.gatun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is done in the middle of wasm must not be felt there. */
@Timeout(120)
class SafepointTest {
  private static final int LEAST_STOPS = Integer.getInteger("gatun.stops", 300);

  private static final String MODULE =
      """
      (module
        (type $node (struct (field i32) (field (ref null $node))))
        (memory 1)
        (func $disturb (export "disturb") (param i64 f64) (result f64) (local v128 i64 i64 i64 i64 i64 i64 f64 f64 f64)
          (local.set 2 (i64x2.splat (local.get 0)))
          (loop
            (local.set 3 (i64.add (local.get 3) (local.get 0)))
            (local.set 4 (i64.xor (local.get 4) (local.get 3)))
            (local.set 5 (i64.sub (local.get 5) (local.get 4)))
            (local.set 6 (i64.mul (local.get 6) (local.get 5)))
            (local.set 9 (f64.add (local.get 9) (local.get 1)))
            (local.set 10 (f64.sub (local.get 10) (local.get 9)))
            (local.set 2 (i64x2.add (local.get 2) (local.get 2)))
            (br_if 0 (i64.gt_s (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
          (f64.add (local.get 9) (f64.convert_i64_s (i64x2.extract_lane 0 (local.get 2)))))
        (func $spin (export "spin") (param i64) (result i64)
          (local i64 i64 i64 i64 i64 i64 f64 f64 f64 f32 v128 v128 v128 i32)
          (local.set 7 (f64.const 1.5))
          (local.set 11 (v128.const i64x2 1 2))
          (loop $again
            (local.set 1 (i64.add (local.get 1) (local.get 0)))
            (local.set 2 (i64.xor (local.get 2) (local.get 1)))
            (local.set 3 (i64.rotl (i64.sub (local.get 3) (local.get 2)) (i64.const 7)))
            (local.set 4 (i64.mul (i64.add (local.get 4) (local.get 3)) (i64.const 0x9E3779B97F4A7C15)))
            (local.set 5 (i64.sub (local.get 5) (local.get 4)))
            (local.set 6 (i64.xor (local.get 6) (local.get 5)))
            (local.set 7 (f64.add (local.get 7) (f64.convert_i64_s (local.get 0))))
            (local.set 8 (f64.sub (local.get 8) (local.get 7)))
            (local.set 9 (f64.max (local.get 9) (local.get 8)))
            (local.set 10 (f32.add (local.get 10) (f32.const 0.5)))
            (local.set 11 (i64x2.add (local.get 11) (local.get 12)))
            (local.set 12 (v128.xor (local.get 12) (i64x2.splat (local.get 6))))
            (local.set 13 (i32x4.sub (local.get 13) (local.get 11)))
            (local.set 14 (i32.add (local.get 14) (i32.wrap_i64 (local.get 3))))
            (br_if $again (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
          (local.set 6 (i64.add (local.get 6) (i64.add (local.get 1) (i64.add (local.get 2) (local.get 5)))))
          (local.set 6 (i64.add (local.get 6) (i64.reinterpret_f64 (f64.add (local.get 8) (local.get 9)))))
          (local.set 6 (i64.xor (local.get 6) (i64.extend_i32_u (i32.reinterpret_f32 (local.get 10)))))
          (local.set 6 (i64.xor (local.get 6) (i64.extend_i32_u (local.get 14))))
          (local.set 13 (i64x2.add (local.get 13) (i64x2.add (local.get 11) (local.get 12))))
          (i64.add (local.get 6)
            (i64.add (i64x2.extract_lane 0 (local.get 13)) (i64x2.extract_lane 1 (local.get 13)))))
        (func $tree (export "tree")
          (param i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 f64 f64 f32 v128 v128 v128 v128 v128 v128 v128)
          (result i64)
          (if (result i64) (i32.eqz (local.get 0))
            (then
              (i64.add (i64.add (local.get 1) (i64.add (local.get 2) (i64.add (local.get 3) (local.get 4))))
                (i64.add (i64.add (local.get 5) (i64.xor (local.get 6) (local.get 7)))
                  (i64.add (i64.sub (local.get 8) (local.get 9))
                    (i64.xor (i64.reinterpret_f64 (f64.sub (local.get 10) (local.get 11)))
                      (i64.xor (i64.extend_i32_u (i32.reinterpret_f32 (local.get 12)))
                        (i64x2.extract_lane 1
                          (i64x2.add (i64x2.add (local.get 13) (i64x2.sub (local.get 14) (local.get 15)))
                            (v128.xor (i64x2.add (local.get 16) (local.get 17))
                              (i64x2.add (local.get 18) (local.get 19)))))))))))
            (else
              (i64.xor
                (call $tree (i32.sub (local.get 0) (i32.const 1))
                  (local.get 9) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6)
                  (local.get 7) (local.get 8) (local.get 11) (local.get 10) (local.get 12)
                  (local.get 19) (local.get 13) (local.get 14) (local.get 15) (local.get 16) (local.get 17)
                  (local.get 18))
                (i64.mul (i64.const 31)
                  (call $tree (i32.sub (local.get 0) (i32.const 1))
                    (local.get 2) (local.get 1) (local.get 4) (local.get 3) (local.get 6) (local.get 5) (local.get 8)
                    (local.get 7) (local.get 9) (local.get 10) (local.get 11) (f32.neg (local.get 12))
                    (local.get 14) (local.get 13) (local.get 16) (local.get 15) (local.get 18) (local.get 17)
                    (local.get 19)))))))
        (func (export "grow") (param i32) (result i64)
          (call $tree (local.get 0)
            (i64.const 1) (i64.const 22) (i64.const 333) (i64.const 4444) (i64.const 55555) (i64.const 666666)
            (i64.const 7777777) (i64.const 88888888) (i64.const 999999999) (f64.const 1.25) (f64.const -3.5)
            (f32.const 0.75) (v128.const i64x2 1 2) (v128.const i64x2 3 4) (v128.const i64x2 5 6)
            (v128.const i64x2 7 8) (v128.const i64x2 9 10) (v128.const i64x2 11 12) (v128.const i64x2 13 14)))
        (func $push (param (ref null $node) i32) (result (ref $node))
          (struct.new $node (local.get 1) (local.get 0)))
        (func (export "lists") (param i32) (result i32) (local (ref null $node) i32 i32)
          (loop $lists
            (local.set 1 (ref.null $node))
            (local.set 2 (i32.const 0))
            (loop $more
              (local.set 1 (call $push (local.get 1) (local.get 2)))
              (br_if $more (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (i32.const 100))))
            (loop $sum
              (local.set 3 (i32.add (local.get 3) (struct.get $node 0 (local.get 1))))
              (br_if $sum (i32.eqz (ref.is_null (local.tee 1 (struct.get $node 1 (local.get 1)))))))
            (br_if $lists (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (local.get 3))
        (func $leaf (export "leaf") (param i32) (result i32) (local i32)
          (loop (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 3))) (local.get 0))))
          (local.get 1))
        (func $endless (export "endless") (loop $on (br $on)))
        (func (export "outer") (call $endless))
        (func $deep (export "deep") (param i32) (result i32)
          (i32.add (i32.const 1) (call $deep (local.get 0))))
        HUGE)
      """;

  /** Functions with frames of 800 KB, of 64 KiB and a bit, and of what the largest count of locals takes twice. */
  private static String huge() {
    StringBuilder text = new StringBuilder();
    for (int locals : new int[] {4_200, 49_000}) {
      text.append("(func $huge").append(locals).append(" (export \"huge").append(locals)
          .append("\") (param i32) (result i32) (local");
      text.append(" v128".repeat(locals));
      text.append(") (local.set ").append(locals - 5).append(" (i32x4.splat (local.get 0)))")
          .append("(if (result i32) (local.get 0) (then (i32.add (call $huge").append(locals)
          .append(" (i32.sub (local.get 0) (i32.const 1))) (i32x4.extract_lane 3 (local.get ").append(locals - 5)
          .append(")))) (else (i32.const 0))))\n");
    }
    return text.toString();
  }

  private static final byte[] BYTES = TextFormat.parse(MODULE.replace("HUGE", huge()));

  private interface Body {
    void run(Instance instance) throws Exception;
  }

  private static void with(Body body) throws Exception {
    try (Engine engine = Engine.create();
        Module module = engine.compile(BYTES);
        Instance instance = module.instantiate()) {
      body.run(instance);
    }
  }

  /** Stops the store again and again until it is closed; an action is requested when the one before has been done. */
  private static final class Disturber implements AutoCloseable {
    final AtomicInteger stops = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean over;
    private final Thread thread;

    Disturber(Store store, SafepointAction action) {
      thread =
          new Thread(
              () -> {
                while (!over) {
                  if (stops.get() == requests.get()) {
                    requests.incrementAndGet();
                    store.requestSafepoint(
                        at -> {
                          action.run(at); // which may be wasm, and be stopped: so the next request comes after it
                          stops.incrementAndGet();
                        });
                  }
                  Thread.onSpinWait();
                }
              });
      thread.start();
    }

    @Override
    public void close() {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The function gives the same however often it is stopped. */
  private static void isNotDisturbed(String function, Object argument, SafepointAction action) throws Exception {
    with(
        instance -> {
          Object expected = instance.function(function).call(argument);
          try (Disturber disturber = new Disturber(instance.store(), action)) {
            do {
              assertEquals(expected, instance.function(function).call(argument));
            } while (disturber.stops.get() < LEAST_STOPS);
          }
          assertEquals(expected, instance.function(function).call(argument));
        });
  }

  private static final SafepointAction DISTURB =
      store -> store.instanceOf(0).function("disturb").call(20L, 0.5);

  @Test
  void aLoopKeepsItsRegisters() throws Exception {
    isNotDisturbed("spin", 300_000L, DISTURB);
  }

  @Test
  void aLoopOfALeafKeepsItsRegisters() throws Exception {
    isNotDisturbed("leaf", 3_000_000, DISTURB);
  }

  @Test
  void aFunctionKeepsItsArguments() throws Exception {
    isNotDisturbed("grow", 12, DISTURB);
  }

  @Test
  void aLargeFrameIsCheckedAgain() throws Exception {
    isNotDisturbed("huge4200", 60, DISTURB);
    isNotDisturbed("huge49000", 5, DISTURB);
  }

  @Test
  void objectsInRegistersAreNotCollected() throws Exception {
    isNotDisturbed("lists", 300, Store::collectGarbage);
  }

  @Test
  void allIsAsWellWhenStopsComeBetweenCalls() throws Exception {
    isNotDisturbed("disturb", new Object[] {3L, 0.5}, store -> {});
  }

  private static void isNotDisturbed(String function, Object[] arguments, SafepointAction action) throws Exception {
    with(
        instance -> {
          Object expected = instance.function(function).call(arguments);
          try (Disturber disturber = new Disturber(instance.store(), action)) {
            do {
              assertEquals(expected, instance.function(function).call(arguments));
            } while (disturber.stops.get() < LEAST_STOPS);
          }
        });
  }

  @Test
  void theFramesAreThoseOfNow() throws Exception {
    with(
        instance -> {
          AtomicReference<@Nullable Backtrace> seen = new AtomicReference<>();
          instance.store().requestSafepoint(
              store -> {
                seen.set(store.backtrace());
                store.interrupt();
              });
          Trap trap = assertThrows(Trap.class, () -> instance.function("outer").call());
          assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
          // The first stop is at the entry of the outer function, the second where that interrupts, in the same place.
          Backtrace atEntry = seen.get();
          assertNotNull(atEntry);
          assertEquals(List.of("outer"), names(atEntry.frames()));
          assertEquals(List.of("outer"), names(trap.backtrace()));

          List<List<String>> stacks = new ArrayList<>();
          try (Disturber disturber =
              new Disturber(
                  instance.store(),
                  store -> {
                    stacks.add(names(store.backtrace().frames()));
                    if (stacks.size() == 100) {
                      store.interrupt();
                    }
                  })) {
            Trap second = assertThrows(Trap.class, () -> instance.function("outer").call());
            assertEquals(List.of("endless", "outer"), names(second.backtrace()));
            assertTrue(disturber.stops.get() >= 99);
          }
          assertEquals(List.of("endless", "outer"), stacks.get(50));
        });
  }

  private static List<String> names(List<WasmFrame> frames) {
    return frames.stream().map(frame -> String.valueOf(frame.functionName())).toList();
  }

  @Test
  void whatAnActionThrowsEndsTheWasm() throws Exception {
    with(
        instance -> {
          IllegalStateException thrown = new IllegalStateException("enough");
          AtomicInteger later = new AtomicInteger();
          instance.store().requestSafepoint(
              store -> {
                throw thrown;
              });
          instance.store().requestSafepoint(store -> later.incrementAndGet());
          assertSame(thrown, assertThrows(IllegalStateException.class, () -> instance.function("outer").call()));
          assertEquals(0, later.get());
          assertEquals(9, instance.function("leaf").call(9));
          assertEquals(1, later.get());
        });
  }

  @Test
  void anActionMayAskForItself() throws Exception {
    with(
        instance -> {
          AtomicInteger count = new AtomicInteger();
          SafepointAction[] action = new SafepointAction[1];
          action[0] =
              store -> {
                if (count.incrementAndGet() < 1000) {
                  store.requestSafepoint(action[0]);
                }
              };
          instance.store().requestSafepoint(action[0]);
          assertEquals(3 * 900, instance.function("leaf").call(3 * 900));
          assertEquals(900, count.get()); // once in each iteration: wasm goes on in between
          instance.function("leaf").call(3 * 900);
          assertEquals(1000, count.get());
        });
  }

  @Test
  void anInterruptionComesAfterWhatWasRequested() throws Exception {
    with(
        instance -> {
          for (int i = 0; i < 100; i++) {
            AtomicInteger done = new AtomicInteger();
            instance.store().interrupt();
            instance.store().requestSafepoint(store -> done.incrementAndGet());
            Trap trap = assertThrows(Trap.class, () -> instance.function("endless").call());
            assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
            assertEquals(1, done.get());
            assertEquals(9, instance.function("leaf").call(9));
          }
        });
  }

  @Test
  void anExhaustedStackStaysExhausted() throws Exception {
    with(
        instance -> {
          try (Disturber disturber = new Disturber(instance.store(), store -> {})) {
            do {
              for (String function : new String[] {"deep", "huge4200", "huge49000"}) {
                Trap trap = assertThrows(Trap.class, () -> instance.function(function).call(1_000_000_000));
                assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, trap.kind());
                List<String> names = names(trap.backtrace());
                assertTrue(names.size() > 5, function);
                assertTrue(names.stream().allMatch(function::equals), names::toString);
                // The innermost frame is at its entry, the others are at their calls.
                assertTrue(trap.backtrace().get(0).offset() < trap.backtrace().get(1).offset());
              }
            } while (disturber.stops.get() < LEAST_STOPS);
          }
        });
  }

  /** Down to sizes that leave no room for an upcall, which ends the JVM if it is tried. */
  @Test
  void smallJavaStacksCanBeInterruptedAllTheSame() throws Exception {
    with(
        instance -> {
          for (int size = 144; size < 420; size += 4) {
            AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
            Func endless = instance.function("endless");
            instance.store().interrupt();
            assertThrows(Trap.class, () -> endless.call());
            Thread thread =
                new Thread(
                    null,
                    () -> {
                      try {
                        endless.call();
                      } catch (Throwable thrown) {
                        end.set(thrown);
                      }
                    },
                    "small",
                    (long) size << 10);
            thread.start();
            while (thread.isAlive()) {
              instance.store().interrupt();
              Thread.sleep(1);
            }
            Throwable thrown = end.get();
            if (thrown instanceof Trap trap) {
              assertEquals(Trap.Kind.INTERRUPTED, trap.kind(), "stack of " + size + " KiB");
            } else {
              assertTrue(thrown instanceof StackOverflowError, String.valueOf(thrown));
            }
          }
        });
  }

  @Test
  void whatIsRequestedOfAClosedStoreIsDropped() throws Exception {
    AtomicInteger done = new AtomicInteger();
    AtomicReference<@Nullable Store> store = new AtomicReference<>();
    with(instance -> store.set(instance.store()));
    Store closed = store.get();
    assertNotNull(closed);
    closed.requestSafepoint(at -> done.incrementAndGet());
    closed.interrupt();
    assertEquals(0, done.get());
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.ArrayReference;
import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.I31;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.StructReference;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.ValType;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects of wasm live as long as something can reach them, wherever that is, and no longer than memory allows. */
final class HeapTest {
  private static final String STRESS = "gatun.gc.stress";
  private static final byte[] MODULE = ObjectModule.bytes();

  private static Instance instance(boolean stress, long heapLimit) {
    System.setProperty(STRESS, String.valueOf(stress));
    try {
      Engine engine = Engine.builder().limits(Limits.builder().heap(heapLimit).build()).build();
      Imports imports =
          Imports.builder()
              .function(
                  "host",
                  "pass",
                  new FuncType(List.of(ValType.ANYREF), List.of(ValType.ANYREF)),
                  call -> {
                    Object reference = call.argument(0, ValType.ANYREF);
                    call.instance().store().collectGarbage();
                    call.result(0, ValType.ANYREF, reference);
                  })
              .build();
      Instance instance = engine.compile(MODULE).instantiate(imports);
      // The heap is made now, as the property says.
      instance.function("churn").call(1);
      return instance;
    } finally {
      System.clearProperty(STRESS);
    }
  }

  private static long gauss(long n) {
    return n * (n + 1) / 2;
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "operand", "global", "table", "array", "host", "exception"})
  void objectsAreKeptWhereverTheyAreHeld(String place) {
    try (Instance instance = instance(false, 1 << 20)) {
      Func function = instance.function(place);
      for (int i = 0; i < 20; i++) {
        assertEquals(gauss(1000), function.call(1000, 200_000));
      }
    }
    try (Instance instance = instance(true, 1 << 20)) {
      assertEquals(gauss(50), instance.function(place).call(50, 50));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void objectsAreKeptByFramesOfARecursion(boolean stress) {
    try (Instance instance = instance(stress, 4 << 20)) {
      int depth = stress ? 10 : 200;
      int length = stress ? 10 : 100;
      assertEquals(depth * gauss(length), instance.function("deep").call(depth, length));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void objectsAreKeptByJavaReferences(boolean stress) {
    try (Instance instance = instance(stress, 1 << 20)) {
      int length = stress ? 50 : 1000;
      Object list = instance.function("list").call(length);
      instance.function("churn").call(stress ? 100 : 500_000);
      assertEquals(gauss(length), instance.function("sum").call(list));
      StructReference node = (StructReference) list;
      assertEquals(2, node.fieldCount());
      assertEquals(length, node.get(1));
      StructReference next = (StructReference) node.get(0);
      assertEquals(length - 1, next.get(1));
      assertSame(next, node.get(0), "one Java object for each object of wasm");
      next.set(1, 0);
      assertEquals(gauss(length) - (length - 1), instance.function("sum").call(list));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void objectsAreKeptByExceptionsThatJavaHolds(boolean stress) {
    try (Instance instance = instance(stress, 1 << 20)) {
      int length = stress ? 50 : 1000;
      ThrownException thrown =
          assertThrows(ThrownException.class, () -> instance.function("raise").call(length));
      instance.function("churn").call(stress ? 100 : 500_000);
      assertEquals(gauss(length), instance.function("sum").call(thrown.value(0)));
    }
  }

  @Test
  void arraysOfAllSizesComeAndGo() {
    try (Instance instance = instance(false, 8 << 20)) {
      Func make = instance.function("octets");
      Func at = instance.function("at");
      Func hold = instance.function("hold");
      for (int i = 0; i < 3_000; i++) {
        int length = i * 7919 % 300_000;
        Object array = make.call(length);
        hold.call(array);
        assertEquals(length, ((ArrayReference) array).length());
        if (length > 0) {
          assertEquals(7, at.call(array, length - 1));
          ((ArrayReference) array).set(length - 1, 255);
          assertEquals(255, at.call(array, length - 1));
        }
      }
    }
  }

  @Test
  void garbageOfAHundredHeapsFitsIntoOne() {
    long limit = 1 << 20;
    try (Instance instance = instance(false, limit)) {
      Func churn = instance.function("churn");
      int nodes = (int) (100 * limit / 24);
      churn.call(nodes);
      assertEquals(gauss(100), instance.function("local").call(100, nodes));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {64 << 10, 1 << 20, 16 << 20})
  void fullHeapIsATrapAndTheStoreGoesOn(long limit) {
    try (Instance instance = instance(false, limit)) {
      for (int i = 0; i < 3; i++) {
        Trap trap = assertThrows(Trap.class, () -> instance.function("forever").call());
        assertEquals(Trap.Kind.OUT_OF_MEMORY, trap.kind());
        assertTrue(trap.backtrace().size() >= 1, "says where");
        assertEquals(gauss(100), instance.function("local").call(100, 10_000));
      }
      for (int length : new int[] {Integer.MAX_VALUE, -1}) {
        Trap trap = assertThrows(Trap.class, () -> instance.function("octets").call(length));
        assertEquals(Trap.Kind.OUT_OF_MEMORY, trap.kind());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void graphAgreesWithOneInJava(boolean stress) {
    try (Instance instance = instance(stress, 1 << 20)) {
      Func put = instance.function("put");
      Func number = instance.function("number");
      Func next = instance.function("next");
      int[] numbers = new int[64];
      Object[] model = new Object[64];
      Random random = new Random(5);
      for (int i = 0; i < 64; i++) {
        put.call(i, null, 0);
      }
      int steps = stress ? 2_000 : 200_000;
      for (int step = 0; step < steps; step++) {
        int at = random.nextInt(64);
        int value = random.nextInt();
        Object successor =
            switch (random.nextInt(4)) {
              case 0 -> null;
              case 1 -> new I31(value >> 1);
              case 2 -> "host " + step;
              default -> next.call(random.nextInt(64));
            };
        put.call(at, successor, value);
        numbers[at] = value;
        model[at] = successor;
        int check = random.nextInt(64);
        assertEquals(numbers[check], number.call(check));
        assertEquals(model[check], next.call(check));
      }
    }
  }

  @Test
  void javaObjectsBehindReferencesAreLetGo() throws InterruptedException {
    try (Instance instance = instance(false, 1 << 20)) {
      ReferenceQueue<Object> queue = new ReferenceQueue<>();
      PhantomReference<Object> phantom = hold(instance, queue);
      instance.store().collectGarbage();
      System.gc();
      assertNull(queue.remove(100), "a field of a struct holds it");
      instance.function("put").call(0, null, 0);
      instance.store().collectGarbage();
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (queue.poll() == null) {
        assertTrue(System.nanoTime() < deadline, "nothing holds it any more");
        System.gc();
        Thread.sleep(10);
      }
      assertTrue(phantom.refersTo(null));
    }
  }

  private static PhantomReference<Object> hold(Instance instance, ReferenceQueue<Object> queue) {
    Object object = new Object();
    instance.function("put").call(0, object, 0);
    return new PhantomReference<>(object, queue);
  }
}

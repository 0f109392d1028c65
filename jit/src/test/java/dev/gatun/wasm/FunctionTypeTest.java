package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class FunctionTypeTest {
  private static FunctionType type(int params, int result) {
    int[] types = new int[params];
    java.util.Arrays.fill(types, ValueType.I64);
    return new FunctionType(types, new int[] {result});
  }

  @Test
  void equalTypesHaveOneNumberAndOthersAnother() {
    FunctionType one = type(3, ValueType.I32);
    FunctionType same = type(3, ValueType.I32);
    assertEquals(one, same);
    assertEquals(one.hashCode(), same.hashCode());
    assertEquals(one.alone().id(), same.alone().id());
    assertNotEquals(one, type(3, ValueType.F32));
    assertNotEquals(one.alone().id(), type(3, ValueType.F32).alone().id());
    assertNotEquals(one.alone().id(), type(4, ValueType.I32).alone().id());
    FunctionType swapped = new FunctionType(new int[] {ValueType.I32}, new int[0]);
    assertNotEquals(swapped, new FunctionType(new int[0], new int[] {ValueType.I32}));
  }

  @Test
  void aNumberStandsWhileAnyEqualTypeIsHeld() throws InterruptedException {
    FunctionType owner = type(17, ValueType.F64);
    int id = owner.alone().id();
    FunctionType holder = type(17, ValueType.F64);
    assertEquals(id, holder.alone().id());
    owner = null;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(id, type(17, ValueType.F64).alone().id());
    assertEquals(id, holder.alone().id());
  }

  @Test
  void noNumberIsGivenTwice() {
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      int[] params = {ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64};
      int[] types = new int[8];
      for (int j = 0; j < types.length; j++) {
        types[j] = params[i >> 2 * j & 3];
      }
      assertTrue(ids.add(new FunctionType(types, new int[] {ValueType.EXTERNREF}).alone().id()));
    }
  }

  @Test
  void threadsAgreeOnNumbers() throws InterruptedException {
    ConcurrentHashMap<FunctionType, Integer> ids = new ConcurrentHashMap<>();
    Set<FunctionType> disputed = ConcurrentHashMap.newKeySet();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] = new Thread(() -> {
        for (int i = 0; i < 500; i++) {
          FunctionType type = type(i, ValueType.FUNCREF);
          Integer before = ids.putIfAbsent(type, type.alone().id());
          if (before != null && before != type.alone().id()) {
            disputed.add(type);
          }
        }
      });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(Set.of(), disputed);
    assertEquals(500, ids.size());
  }

  @Test
  void theTextIsThatOfTheTextFormat() {
    assertEquals("(func)", new FunctionType(new int[0], new int[0]).toString());
    assertEquals("(func (param i32 i64) (result f32 funcref))",
        new FunctionType(
                new int[] {ValueType.I32, ValueType.I64}, new int[] {ValueType.F32, ValueType.FUNCREF})
            .toString());
  }
}

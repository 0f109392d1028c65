package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Global;
import dev.gatun.GlobalType;
import dev.gatun.Limits;
import dev.gatun.Store;
import dev.gatun.Table;
import dev.gatun.TableType;
import dev.gatun.ValType;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Java objects that wasm holds: kept as long as wasm can reach them, and no longer. */
final class ExternReferenceTest {
  @Test
  void objectComesBackAsItself() {
    try (Engine engine = Engine.create();
        Store store = engine.newStore()) {
      Object object = new Object();
      Table table = Table.create(store, new TableType(ValType.EXTERNREF, 4, OptionalLong.empty()));
      table.set(1, object);
      table.set(2, object);
      store.collectGarbage();
      assertSame(object, table.get(1));
      assertSame(object, table.get(2));
      assertNull(table.get(0));
    }
  }

  @Test
  void objectLivesAsLongAsItIsReachable() throws InterruptedException {
    try (Engine engine = Engine.create();
        Store store = engine.newStore()) {
      Table table = Table.create(store, new TableType(ValType.EXTERNREF, 1, OptionalLong.empty()));
      Global global = Global.create(store, new GlobalType(ValType.EXTERNREF, true), null);
      ReferenceQueue<Object> queue = new ReferenceQueue<>();
      PhantomReference<Object> phantom = fill(table, global, queue);
      table.set(0, null);
      store.collectGarbage();
      System.gc();
      assertNull(queue.remove(200), "the global holds it");
      assertFalse(phantom.refersTo(null));
      global.set(null);
      store.collectGarbage();
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (queue.poll() == null) {
        assertTrue(System.nanoTime() < deadline, "nothing holds it any more");
        System.gc();
        Thread.sleep(10);
      }
    }
  }

  private static PhantomReference<Object> fill(Table table, Global global, ReferenceQueue<Object> queue) {
    Object object = new Object();
    table.set(0, object);
    global.set(object);
    return new PhantomReference<>(object, queue);
  }

  @Test
  void manyObjectsComeAndGo() {
    try (Engine engine = Engine.builder().limits(Limits.builder().heap(1 << 20).build()).build();
        Store store = engine.newStore()) {
      Table table = Table.create(store, new TableType(ValType.EXTERNREF, 100, OptionalLong.empty()));
      for (int i = 0; i < 1_000_000; i++) {
        table.set(i % 100, "object " + i);
      }
      for (int i = 0; i < 100; i++) {
        assertEquals("object " + (999_900 + i), table.get(i));
      }
    }
  }
}

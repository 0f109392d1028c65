package dev.gatun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is idle goes to the thread that had it, or to another, and never to two. */
final class IdleStacksTest {
  @Test
  void aThreadGetsWhatItHadLast() throws Exception {
    IdleStacks<String> idle = new IdleStacks<>(10);
    for (String made : List.of("a", "b", "c")) {
      assertNull(idle.take());
      idle.put(made);
      assertEquals(made, idle.take());
    }
    idle.put("b");
    idle.put("a");
    idle.put("c");
    assertEquals(3, idle.size());
    Thread other =
        new Thread(
            () -> {
              String taken = idle.take();
              idle.put(taken);
              for (int i = 0; i < 10; i++) {
                assertSame(taken, idle.take());
                idle.put(taken);
              }
            });
    AtomicBoolean failed = new AtomicBoolean();
    other.setUncaughtExceptionHandler((thread, e) -> failed.set(true));
    other.start();
    other.join();
    assertTrue(!failed.get());
    assertEquals(3, idle.size());
  }

  @Test
  void whatIsNoMoreMakesRoom() {
    IdleStacks<String> idle = new IdleStacks<>(1);
    assertNull(idle.take());
    idle.put("a");
    assertEquals("a", idle.take());
    idle.remove();
    assertNull(idle.take());
    idle.put("b");
    assertEquals("b", idle.takeOut());
    assertNull(idle.takeOut());
    assertNull(idle.take());
    assertEquals(0, idle.size());
  }

  @Test
  void noMoreAreMadeThanMayBe() throws Exception {
    for (int max : new int[] {1, 2, 5}) {
      IdleStacks<AtomicBoolean> idle = new IdleStacks<>(max);
      Semaphore permits = new Semaphore(max);
      AtomicInteger made = new AtomicInteger();
      List<Future<?>> all = new ArrayList<>();
      try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
        for (int thread = 0; thread < 8; thread++) {
          all.add(
              executor.submit(
                  () -> {
                    for (int i = 0; i < 5000; i++) {
                      permits.acquireUninterruptibly();
                      AtomicBoolean taken = idle.take();
                      if (taken == null) {
                        taken = new AtomicBoolean();
                        assertTrue(made.incrementAndGet() <= max);
                      }
                      assertTrue(taken.compareAndSet(false, true), "two have the same");
                      if (i % 10 == 0) {
                        Thread.yield();
                      }
                      taken.set(false);
                      if (i % 100 == 0) {
                        made.decrementAndGet();
                        idle.remove();
                      } else {
                        idle.put(taken);
                      }
                      permits.release();
                    }
                  }));
        }
        for (Future<?> one : all) {
          one.get();
        }
      }
      assertEquals(made.get(), idle.size());
    }
  }
}

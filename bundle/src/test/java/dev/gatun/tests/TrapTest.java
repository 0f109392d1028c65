package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.WasmFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TrapTest {
  /** How many traps make a test, which an emulator does not have the time for. */
  private static final int TRAPS = Integer.getInteger("gatun.traps", 1_000_000);

  // A small stack, so that filling it a hundred thousand times takes seconds.
  private static final Engine ENGINE = Engine.builder().limits(Limits.builder().stack(65536).build()).build();
  private static Module module;

  @BeforeAll
  static void compile() {
    module = ENGINE.compile(TrapModule.BYTES);
  }

  @AfterAll
  static void close() {
    module.close();
    ENGINE.close();
  }

  static List<TrapModule.Way> ways() {
    return TrapModule.WAYS;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isNamedAndSaysWhere(TrapModule.Way way) {
    try (Instance instance = module.instantiate()) {
      Trap trap = assertThrows(Trap.class, () -> instance.function("call_" + way.name()).call());
      assertEquals(way.kind(), trap.kind());
      assertEquals(way.kind().text(), trap.getMessage());
      List<WasmFrame> frames = trap.backtrace();
      int inner = 2 * TrapModule.WAYS.indexOf(way);
      assertEquals(way.name(), frames.get(0).functionName());
      assertEquals(inner, frames.get(0).functionIndex());
      assertEquals("traps", frames.get(0).module());
      WasmFrame caller = frames.get(1);
      if (way.opcode() >= 0) {
        assertEquals(way.opcode(), TrapModule.BYTES[(int) frames.get(0).offset()] & 0xFF, "the opcode at the offset");
        assertEquals(2, frames.size());
        assertEquals("call_" + way.name(), caller.functionName());
        assertEquals(inner + 1, caller.functionIndex());
      } else {
        assertEquals(way.name(), caller.functionName());
      }
      assertEquals(0x10, TrapModule.BYTES[(int) caller.offset()] & 0xFF, "the caller's call");
      StackTraceElement top = trap.getStackTrace()[0];
      assertEquals("traps", top.getClassName());
      assertEquals(way.name(), top.getMethodName());
      assertEquals(8, instance.function("fine").call(7));
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isSurvivedOften(TrapModule.Way way) {
    try (Instance instance = module.instantiate()) {
      Func function = instance.function("call_" + way.name());
      for (int i = 0; i < TRAPS / 10; i++) {
        try {
          function.call();
          fail("no trap in round " + i);
        } catch (Trap trap) {
          if (trap.kind() != way.kind()) {
            throw trap;
          }
        }
      }
      assertEquals(8, instance.function("fine").call(7));
    }
  }

  @Test
  void memoryFaultsAreSurvivedOften() throws Throwable {
    try (Instance instance = module.instantiate()) {
      var touch = instance.function("touch").methodHandle();
      int traps = 0;
      for (int i = 0; i < TRAPS; i++) {
        try {
          int ignored = (int) touch.invokeExact(65533 + i);
        } catch (Trap trap) {
          traps += trap.kind() == Trap.Kind.MEMORY_OUT_OF_BOUNDS ? 1 : 0;
        }
      }
      assertEquals(TRAPS, traps);
    }
  }

  /** Runs every way to trap in turn, and checks each. */
  static void trapInTurn(Module module, int rounds) {
    try (Instance instance = module.instantiate()) {
      for (int i = 0; i < rounds; i++) {
        TrapModule.Way way = TrapModule.WAYS.get(i % TrapModule.WAYS.size());
        try {
          instance.function("call_" + way.name()).call();
          throw new AssertionError("no trap in " + way.name());
        } catch (Trap trap) {
          if (trap.kind() != way.kind() || !way.name().equals(trap.backtrace().get(0).functionName())) {
            throw new AssertionError("expected " + way, trap);
          }
        }
      }
    }
  }

  @Test
  void fourThreadsTrapDuringCollections() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        futures.add(threads.submit(() -> trapInTurn(module, TRAPS / 20)));
      }
      boolean running = true;
      while (running) {
        System.gc();
        running = false;
        for (Future<?> future : futures) {
          running |= !future.isDone();
        }
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void virtualThreadsTrap() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        futures.add(threads.submit(() -> trapInTurn(module, 200)));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void hotSpotsOwnFaultsStillWork() {
    trapInTurn(module, 100);
    HotSpotFaults.check(20_000);
    trapInTurn(module, 100);
  }

  @Test
  void aTrapsStackTraceEndsInJava() {
    try (Instance instance = module.instantiate()) {
      Trap trap = assertThrows(Trap.class, () -> instance.function("call_divide").call());
      boolean found = false;
      for (StackTraceElement element : trap.getStackTrace()) {
        found |= element.getClassName().equals(TrapTest.class.getName());
      }
      assertTrue(found);
    }
  }
}

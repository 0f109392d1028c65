package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StackTest {
  @Test
  void recursion100000DeepFitsALargeStack() {
    try (Engine engine = Engine.builder().limits(Limits.builder().stack(64 << 20).build()).build();
        Module module = engine.compile(TrapModule.BYTES);
        Instance instance = module.instantiate()) {
      assertEquals(100_000, instance.function("depth").call(100_000));
    }
  }

  @Test
  void recursionIsIndependentOfTheThreadsStack() throws InterruptedException {
    try (Engine engine = Engine.builder().limits(Limits.builder().stack(64 << 20).build()).build();
        Module module = engine.compile(TrapModule.BYTES);
        Instance instance = module.instantiate()) {
      AtomicReference<@Nullable Object> result = new AtomicReference<>();
      Thread thread = new Thread(null, () -> result.set(instance.function("depth").call(100_000)), "small", 512 << 10);
      thread.start();
      thread.join();
      assertEquals(100_000, result.get());
    }
  }

  @Test
  void tooDeepRecursionTrapsAndTheInstanceGoesOn() {
    try (Engine engine = Engine.builder().limits(Limits.builder().stack(1 << 20).build()).build();
        Module module = engine.compile(TrapModule.BYTES);
        Instance instance = module.instantiate()) {
      for (int i = 0; i < 100; i++) {
        Trap trap = assertThrows(Trap.class, () -> instance.function("depth").call(100_000));
        assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, trap.kind());
        assertEquals("depth", trap.backtrace().get(0).functionName());
        assertTrue(trap.backtrace().size() > 50);
        assertEquals(1000, instance.function("depth").call(1000));
      }
    }
  }

  private static byte[] pingPong() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "pong", ":");
    module.function("ping", ":", new Code().call(host));
    return module.build();
  }

  /** Java calls wasm calls Java and so on, without end; which of the two stacks ends first depends on their sizes. */
  private static void endless(long wasmStack, long javaStack, boolean catching) throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (Engine engine = Engine.builder().limits(Limits.builder().stack(wasmStack).build()).build();
        Module module = engine.compile(pingPong())) {
      Thread thread =
          new Thread(
              null,
              () -> {
                Func[] ping = new Func[1];
                Imports imports =
                    Imports.builder()
                        .function(
                            "host",
                            "pong",
                            new FuncType(List.of(), List.of()),
                            call -> {
                              if (catching) {
                                try {
                                  ping[0].call();
                                } catch (Trap | StackOverflowError e) {
                                  throw e;
                                }
                              } else {
                                ping[0].call();
                              }
                            })
                        .build();
                try (Instance instance = module.instantiate(imports)) {
                  ping[0] = instance.function("ping");
                  for (int i = 0; i < 20; i++) {
                    try {
                      ping[0].call();
                      throw new AssertionError("the recursion came to an end by itself");
                    } catch (Trap trap) {
                      assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, trap.kind());
                    } catch (StackOverflowError expected) {
                      assertInstanceOf(StackOverflowError.class, expected);
                    }
                  }
                } catch (Throwable e) {
                  failure.set(e);
                }
              },
              "ping-pong",
              javaStack);
      thread.start();
      thread.join();
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void endlessRecursionThroughJavaEndsOnASmallWasmStack() throws InterruptedException {
    endless(65536, 16 << 20, false);
  }

  @Test
  void endlessRecursionThroughJavaEndsOnASmallJavaStack() throws InterruptedException {
    endless(64 << 20, 1 << 20, false);
    endless(64 << 20, 1 << 20, true);
  }

  @Test
  void endlessRecursionThroughJavaEndsOnStacksOfManySizes() throws InterruptedException {
    for (int size = 600; size < 800; size += 8) {
      endless(64 << 20, (long) size << 10, false);
    }
  }

  @Test
  void aStackOverflowInAHostFunctionArrives() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(pingPong())) {
      Imports imports =
          Imports.builder()
              .function("host", "pong", new FuncType(List.of(), List.of()), call -> Recursion.forever(0))
              .build();
      try (Instance instance = module.instantiate(imports)) {
        for (int i = 0; i < 20; i++) {
          assertThrows(StackOverflowError.class, () -> instance.function("ping").call());
        }
      }
    }
  }

  private static final class Recursion {
    static int forever(int depth) {
      return depth == Integer.MIN_VALUE ? 0 : 1 + forever(depth + 1);
    }
  }
}

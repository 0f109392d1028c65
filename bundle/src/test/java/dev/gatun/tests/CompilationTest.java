package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.InvalidModuleException;
import dev.gatun.Module;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When functions are compiled, and on which threads. */
final class CompilationTest {
  private static final int FUNCTIONS = 2000;

  /** Instructions of a function are that many times four. */
  private static final int STEPS = 64;

  private static final int ARGUMENT = 12345;

  /** Large enough for several threads: {@code chain} calls all functions, each of which calls the next. */
  private static final byte[] CHAIN = chain(-1, -1);

  private static byte[] chain(int firstInvalid, int secondInvalid) {
    ModuleBuilder builder = new ModuleBuilder();
    for (int function = 0; function < FUNCTIONS; function++) {
      Code code = new Code();
      code.localGet(0);
      for (int step = 0; step < STEPS; step++) {
        code.i32(function + step).raw(step % 2 == 0 ? 0x6A : 0x73).i32(31).raw(0x6C); // i32.add, i32.xor; i32.mul
      }
      if (function == firstInvalid || function == secondInvalid) {
        code.drop();
      } else if (function + 1 < FUNCTIONS) {
        code.call(function + 1);
      }
      if (function == 0) {
        builder.function("chain", "i:i", code);
      } else {
        builder.function("i:i", code);
      }
    }
    return builder.build();
  }

  /** What {@code chain} returns. */
  private static int expected() {
    int value = ARGUMENT;
    for (int function = 0; function < FUNCTIONS; function++) {
      for (int step = 0; step < STEPS; step++) {
        value = 31 * (step % 2 == 0 ? value + function + step : value ^ function + step);
      }
    }
    return value;
  }

  private static Engine eager(int threads) {
    return Engine.builder().compilation(Engine.Compilation.EAGER).compilerThreads(threads).build();
  }

  private static int call(Module module) {
    try (Instance instance = module.instantiate()) {
      return (int) instance.function("chain").call(ARGUMENT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 1000})
  void eagerlyAllFunctionsAreCompiledOnceOnAnyNumberOfThreads(int threads) {
    try (Engine engine = eager(threads);
        Module module = engine.compile(CHAIN)) {
      assertEquals(FUNCTIONS, module.statistics().functionsCompiled());
      assertEquals(FUNCTIONS, engine.statistics().functionsCompiled());
      assertEquals(expected(), call(module));
      assertEquals(FUNCTIONS, engine.statistics().functionsCompiled(), "nothing is left for the call");
    }
  }

  @Test
  void theCodeIsTheSameWhoeverCompilesIt() {
    try (Engine one = eager(1);
        Engine several = eager(4);
        Engine lazy = Engine.create();
        Module first = one.compile(CHAIN);
        Module second = several.compile(CHAIN);
        Module third = lazy.compile(CHAIN)) {
      assertEquals(0, third.codeSize());
      assertEquals(expected(), call(third));
      assertEquals(first.codeSize(), second.codeSize());
      assertEquals(first.codeSize(), third.codeSize());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void theFirstInvalidFunctionIsReportedAndNothingIsLeft(int threads) {
    byte[] invalid = chain(1234, 1235);
    try (Engine engine = eager(threads)) {
      for (int i = 0; i < 10; i++) {
        InvalidModuleException e = assertThrows(InvalidModuleException.class, () -> engine.compile(invalid));
        assertEquals(1234, e.functionIndex());
      }
      assertEquals(0, engine.statistics().liveModules());
      assertEquals(0, engine.statistics().codeBytes());
    }
  }

  @Test
  void anInterruptedThreadCompilesAndStaysInterrupted() {
    try (Engine engine = eager(4)) {
      Thread.currentThread().interrupt();
      try (Module module = engine.compile(CHAIN)) {
        assertTrue(Thread.interrupted());
        assertEquals(FUNCTIONS, module.statistics().functionsCompiled());
        assertEquals(expected(), call(module));
      }
    }
  }

  @Test
  void anEngineThatIsClosedMeanwhileFinishesWhatItCompiles() throws Exception {
    for (int i = 0; i < 5; i++) {
      Engine engine = eager(2);
      Thread closer = Thread.ofPlatform().start(engine::close);
      try (Module module = engine.compile(CHAIN)) {
        assertEquals(expected(), call(engine, module));
      } catch (IllegalStateException e) {
        assertEquals("the engine is closed", e.getMessage());
      }
      closer.join();
      assertEquals(0, engine.statistics().liveModules());
      assertThrows(IllegalStateException.class, () -> engine.compile(CHAIN));
    }
  }

  /** {@link #call(Module)}, unless the engine is closed by now. */
  private static int call(Engine engine, Module module) {
    try {
      return call(module);
    } catch (IllegalStateException e) {
      assertFalse(engine.statistics().liveModules() == 0, "the module is open still");
      return expected();
    }
  }

  @Test
  void severalThreadsCompileTheSameBytesAtOnce() throws Exception {
    try (Engine engine = eager(2)) {
      onThreads(
          8,
          () -> {
            try (Module module = engine.compile(CHAIN)) {
              return call(module);
            }
          });
      assertEquals(8 * FUNCTIONS, engine.statistics().functionsCompiled());
      assertEquals(0, engine.statistics().liveModules());
    }
  }

  @Test
  void severalThreadsCompileTheFunctionsOfOneModuleAtOnce() throws Exception {
    try (Engine engine = Engine.create()) {
      for (int i = 0; i < 5; i++) {
        try (Module module = engine.compile(CHAIN)) {
          onThreads(8, () -> call(module));
          assertEquals(FUNCTIONS, module.statistics().functionsCompiled());
        }
      }
    }
  }

  /** Does the same on so many threads, which start together; each must get what is expected. */
  private static void onThreads(int count, Callable<Integer> body) throws InterruptedException, ExecutionException {
    CyclicBarrier start = new CyclicBarrier(count);
    List<Future<Integer>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      for (int i = 0; i < count; i++) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return body.call();
                }));
      }
      for (Future<Integer> result : results) {
        assertEquals(expected(), result.get());
      }
    }
  }

  @Test
  void aNumberOfThreadsBelowOneIsRefused() {
    Engine.Builder builder = Engine.builder();
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> builder.compilerThreads(0));
    assertEquals("0 threads to compile on: must be 1 at least", e.getMessage());
  }
}

package dev.gatun.tests;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.ValType;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What {@link ChildJvmTest} runs in JVMs of its own: a mix of everything that could upset a JVM, or a true crash. */
final class StressMain {
  private StressMain() {}

  /** Printed when all went well. */
  static final String DONE = "stress: done";

  /** The one argument is the duration in milliseconds, or {@code crash}. */
  public static void main(String[] arguments) throws InterruptedException {
    try (Engine engine = Engine.builder().limits(Limits.builder().stack(256 << 10).build()).build();
        Module module = engine.compile(TrapModule.BYTES);
        Module calling = engine.compile(callingModule())) {
      TrapTest.trapInTurn(module, 64);
      if (arguments[0].equals("crash")) {
        System.out.println(MemorySegment.ofAddress(64).reinterpret(8).get(ValueLayout.JAVA_LONG, 0));
        return;
      }
      long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000;
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      List<Runnable> tasks =
          List.of(
              () -> TrapTest.trapInTurn(module, 1000),
              () -> callBackAndForth(calling),
              () -> HotSpotFaults.check(1000),
              System::gc);
      Thread[] threads = new Thread[tasks.size()];
      for (int i = 0; i < threads.length; i++) {
        Runnable task = tasks.get(i);
        threads[i] =
            new Thread(
                () -> {
                  try {
                    while (System.nanoTime() < end) {
                      task.run();
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      Throwable failed = failure.get();
      if (failed != null) {
        failed.printStackTrace();
        System.exit(1);
      }
    }
    System.out.println(DONE);
  }

  private static byte[] callingModule() {
    ModuleBuilder module = new ModuleBuilder();
    int host = module.importFunction("host", "next", "ix:i");
    module.function("run", "ix:i", new Code().localGet(0).localGet(1).call(host).i32(1).op(0x6A));
    return module.build();
  }

  private static void callBackAndForth(Module calling) {
    Instance[] self = new Instance[1];
    Object token = new Object();
    Imports imports =
        Imports.builder()
            .function(
                "host",
                "next",
                new FuncType(List.of(ValType.I32, ValType.EXTERNREF), List.of(ValType.I32)),
                call -> {
                  int depth = call.i32(0);
                  if (call.externRef(1) != token) {
                    throw new AssertionError("another object arrived");
                  }
                  Object below = depth == 0 ? Integer.valueOf(0) : self[0].function("run").call(depth - 1, token);
                  call.result((int) (Integer) below);
                })
            .build();
    try (Instance instance = calling.instantiate(imports)) {
      self[0] = instance;
      for (int i = 0; i < 100; i++) {
        Object result = instance.function("run").call(20, token);
        if (!Integer.valueOf(21).equals(result)) {
          throw new AssertionError("expected 21, found " + result);
        }
      }
    }
  }
}

package dev.gatun.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Faults of ours and of HotSpot's at the same time, on platform and virtual threads, during collections. Main class of
 * child JVMs: runs for some milliseconds, prints {@code ok} and what it did.
 */
final class TrapStress {
  private TrapStress() {}

  private static final long LOAD = Faults.function(Faults.CODE.load());
  private static final FaultingCode.Fault CLOBBER = Faults.CODE.clobber();
  private static final long CLOBBER_CODE = Faults.function(CLOBBER.code());
  private static final FaultingCode.Fault LAST = Faults.CODE.faults().getLast();
  private static final long LAST_CODE = Faults.function(LAST.code());

  static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /** Faults three times and looks at what the handler noted. */
  static int faults(Faults.Activation activation) {
    check(activation.run(LOAD, 64) == FaultingCode.TRAPPED, "a load did not trap");
    check(activation.trapPc() == LOAD && activation.trapAddress() == 64, "trap at the wrong place");
    check(activation.trapSignal() == FaultingCode.SIGSEGV, "wrong signal of a load");
    check(activation.run(CLOBBER_CODE, 0) == FaultingCode.TRAPPED, "without the caller's registers, no trap");
    check(activation.trapPc() == CLOBBER_CODE + CLOBBER.offset(), "trap at the wrong place");
    check(activation.run(LAST_CODE, 64) == FaultingCode.TRAPPED, "the last fault did not trap");
    check(activation.trapSignal() == LAST.signal(), "wrong signal of the last fault");
    return 3;
  }

  /** A fault of HotSpot's in compiled code, unless the compiler has put a test there. */
  static int nullPointer(int @Nullable [] array) {
    try {
      return array.length;
    } catch (NullPointerException expected) {
      return -1;
    }
  }

  static int divide(int dividend, int divisor) {
    try {
      return dividend / divisor;
    } catch (ArithmeticException expected) {
      return -1;
    }
  }

  private static int recurse(int depth) {
    return 1 + recurse(depth + 1);
  }

  static boolean stackOverflows() {
    try {
      recurse(0);
      return false;
    } catch (StackOverflowError expected) {
      return true;
    }
  }

  /** Keeps the collector busy. */
  private static Object garbage() {
    List<byte[]> list = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      list.add(new byte[1000]);
    }
    return list;
  }

  public static void main(String[] arguments) throws InterruptedException {
    long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000;
    AtomicLong traps = new AtomicLong();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable faulting =
        () -> {
          try {
            Faults.Activation activation = new Faults.Activation();
            while (System.nanoTime() < end && failure.get() == null) {
              int count = 0;
              for (int i = 0; i < 100; i++) {
                count += faults(activation);
              }
              check(garbage() != null, "no garbage");
              traps.addAndGet(count);
              Thread.yield();
            }
          } catch (Throwable e) {
            failure.set(e);
          }
        };
    Runnable hotSpot =
        () -> {
          try {
            int[] array = new int[7];
            while (System.nanoTime() < end && failure.get() == null) {
              for (int i = 0; i < 1000; i++) {
                check(nullPointer(i % 100 == 0 ? null : array) == (i % 100 == 0 ? -1 : 7), "NullPointerException");
                check(divide(i, i % 50) == (i % 50 == 0 ? -1 : i / (i % 50)), "ArithmeticException");
              }
              check(stackOverflows(), "StackOverflowError");
            }
          } catch (Throwable e) {
            failure.set(e);
          }
        };
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(Thread.ofPlatform().start(faulting));
    }
    for (int i = 0; i < 4; i++) {
      threads.add(Thread.ofVirtual().start(faulting));
    }
    threads.add(Thread.ofPlatform().start(hotSpot));
    while (System.nanoTime() < end) {
      System.gc();
      Thread.getAllStackTraces();
      Thread.ofPlatform().start(() -> traps.addAndGet(faults(new Faults.Activation()))).join();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable failed = failure.get();
    if (failed != null) {
      failed.printStackTrace(System.out);
      System.exit(1);
    }
    System.out.println("ok: " + traps + " traps, " + Faults.passedOn() + " signals for HotSpot");
  }
}

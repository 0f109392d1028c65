package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrapHandlerTest {
  @Test
  void isInstalledOnce() {
    Faults.Activation activation = new Faults.Activation();
    TrapStress.faults(activation);
    TrapHandler.install((segv, bus, fpe) -> fail("installed a second time"));
    TrapStress.faults(activation);
  }

  @Test
  void aMillionFaults() {
    Faults.Activation activation = new Faults.Activation();
    List<FaultingCode.Fault> faults = Faults.CODE.faults();
    try (LinearMemory memory = LinearMemory.create(0, 0, null)) {
      for (int kind = 0; kind < faults.size(); kind++) {
        FaultingCode.Fault fault = faults.get(kind);
        long code = Faults.function(fault.code());
        for (int i = 0; i < 1_000_000 / faults.size(); i++) {
          long address = memory.base() + 8L * i;
          if (activation.run(code, address) != FaultingCode.TRAPPED
              || activation.trapPc() != code + fault.offset()
              || activation.trapSignal() != fault.signal()
              || fault.atArgument() && activation.trapAddress() != address) {
            fail("fault " + i + " of kind " + kind + ": signal " + activation.trapSignal());
          }
        }
      }
    }
  }

  @Test
  void registersOfTheCallerSurvive() {
    long code = Faults.function(Faults.CODE.clobber().code());
    Faults.Activation activation = new Faults.Activation();
    long sum = 0;
    for (int i = 0; i < 50_000; i++) {
      sum += activation.run(code, 0) * (long) i;
    }
    assertEquals(49_999L * 50_000 / 2, sum);
  }

  @Test
  void fourThreadsDuringCollections() throws Exception {
    Callable<Integer> work =
        () -> {
          Faults.Activation activation = new Faults.Activation();
          int count = 0;
          while (count < 60_000) {
            count += TrapStress.faults(activation);
          }
          return count;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(threads.submit(work));
      }
      for (int i = 0; i < 30; i++) {
        System.gc();
      }
      for (Future<Integer> result : results) {
        assertEquals(60_000, result.get());
      }
    }
  }

  @Test
  void virtualThreads() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        results.add(
            threads.submit(
                () -> {
                  Faults.Activation activation = new Faults.Activation();
                  int count = 0;
                  while (count < 1500) {
                    count += TrapStress.faults(activation);
                    if (count % 300 == 0) {
                      Thread.sleep(1); // continues on another carrier, perhaps
                    }
                  }
                  return count;
                }));
      }
      for (Future<Integer> result : results) {
        assertEquals(1500, result.get());
      }
    }
  }

  @Test
  void faultsOfHotSpotRemainItsOwn(@TempDir Path folder) throws Exception {
    TrapStress.faults(new Faults.Activation());
    long before = Faults.passedOn();
    for (int i = 0; i < 100_000; i++) {
      assertEquals(3, TrapStress.nullPointer(new int[3]));
      assertEquals(5, TrapStress.divide(10, 2));
    }
    for (int i = 0; i < 1000; i++) {
      assertEquals(-1, TrapStress.nullPointer(null));
      assertEquals(-1, TrapStress.divide(i, 0));
    }
    for (int i = 0; i < 10; i++) {
      assertTrue(TrapStress.stackOverflows());
    }
    // A mapped file that has been cut off: SIGBUS.
    Path file = Files.write(folder.resolve("file"), new byte[8192]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 8192, arena);
      channel.truncate(0);
      assertThrows(InternalError.class, () -> mapped.toArray(ValueLayout.JAVA_BYTE));
    }
    assertTrue(Faults.passedOn() > before, "no signal went through our handler to HotSpot's");
    TrapStress.faults(new Faults.Activation());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseParallelGC", "-XX:+UseZGC", "-XX:+UseSerialGC", "-Xint"})
  void stress(String flag) throws Exception {
    ChildJvm child = ChildJvm.run(List.of(flag, "-Xmx256m"), TrapStress.class, "2000");
    assertTrue(child.exitCode() == 0 && child.output().startsWith("ok"), child.toString());
  }

  @Test
  void checkedJniIsTolerated() throws Exception {
    ChildJvm child = ChildJvm.run(List.of("-Xcheck:jni", "-Xmx256m"), TrapStress.class, "1000");
    assertTrue(child.exitCode() == 0 && child.output().contains("ok: "), child.toString());
  }

  /** Main class of a child: installs the handler, takes a trap, then crashes for real. */
  static final class Crash {
    public static void main(String[] arguments) throws Throwable {
      Faults.Activation activation = new Faults.Activation();
      TrapStress.faults(activation);
      switch (arguments[0]) {
        case "segment" -> MemorySegment.ofAddress(64).reinterpret(8).get(ValueLayout.JAVA_LONG, 0);
        case "jump" -> activation.run(64, 0);
        case "library" -> {
          Linker linker = Linker.nativeLinker();
          linker
              .downcallHandle(
                  linker.defaultLookup().findOrThrow("strlen"),
                  FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG))
              .invoke(64L);
        }
        case "stub" -> activation.run(CodeArena.of(Faults.CODE.filler()).addStub(Faults.CODE.halt()), 0);
        default -> throw new AssertionError(arguments[0]);
      }
      System.out.println("survived");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"segment", "jump", "stub", "library"})
  void realCrashIsStillReported(String kind, @TempDir Path folder) throws Exception {
    Path report = folder.resolve("report.log");
    ChildJvm child =
        ChildJvm.run(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + report), Crash.class, kind);
    assertNotEquals(0, child.exitCode());
    assertFalse(child.output().contains("survived"), child.output());
    assertTrue(Files.readString(report).contains("SIGSEGV"), child.output());
  }

  /** Main class of a child: another library puts a handler before ours. */
  static final class Chained {
    public static void main(String[] arguments) throws InterruptedException {
      TrapStress.faults(new Faults.Activation());
      MemorySegment passedOn = Arena.global().allocate(8, 8);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment action = arena.allocate(Machine.SIGACTION_SIZE(), 8);
        for (int signal : new int[] {FaultingCode.SIGSEGV, FaultingCode.SIGBUS, FaultingCode.SIGFPE}) {
          exchange(signal, 0, action.address());
          long previous = action.get(ValueLayout.JAVA_LONG, Machine.SIGACTION_HANDLER());
          byte[] handler = Faults.CODE.chainedHandler(passedOn.address(), previous);
          action.set(
              ValueLayout.JAVA_LONG,
              Machine.SIGACTION_HANDLER(),
              CodeArena.of(Faults.CODE.filler()).addStub(handler));
          exchange(signal, action.address(), 0);
        }
        TrapStress.main(arguments);
        TrapStress.check(passedOn.get(ValueLayout.JAVA_LONG, 0) > Faults.passedOn(), "the later handler saw no trap");
      }
    }

    private static void exchange(int signal, long action, long old) {
      long result = SystemCall.call(Machine.SYS_rt_sigaction(), signal, action, old, Machine.SIGNAL_MASK_SIZE());
      TrapStress.check(result == 0, "rt_sigaction: " + result);
    }
  }

  @Test
  void aHandlerThatWasInstalledLaterAndPassesSignalsOnDoesNoHarm() throws Exception {
    ChildJvm child = ChildJvm.run(List.of("-Xmx256m"), Chained.class, "1000");
    assertTrue(child.exitCode() == 0 && child.output().startsWith("ok"), child.toString());
  }
}

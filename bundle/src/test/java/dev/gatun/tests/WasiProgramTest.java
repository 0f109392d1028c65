package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InterruptionException;
import dev.gatun.Limits;
import dev.gatun.LinkException;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.text.TextFormat;
import dev.gatun.wasi.Wasi;
import dev.gatun.wasi.WasiExit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs and libraries in the text format under WASI: threads, reactors, imports that nobody has. */
@Timeout(60)
final class WasiProgramTest {
  private static final Engine ENGINE = Engine.create();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Module module(String text) {
    return ENGINE.compile(TextFormat.parse(text));
  }

  /** A program with threads: what the first thread does, and what the others do. */
  private static String threads(String start, String thread) {
    return """
        (module
          (import "env" "memory" (memory 1 1 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
          (import "wasi_snapshot_preview1" "poll_oneoff"
            (func $poll (param i32 i32 i32 i32) (result i32)))
          (export "memory" (memory 0))
          (func (export "_start") (local $i i32) %s)
          (func (export "wasi_thread_start") (param $id i32) (param $argument i32) %s)
          (func $sleep
            (i32.store (i32.const 1040) (i32.const 1)) ;; monotonic
            (i64.store (i32.const 1048) (i64.const 60_000_000_000))
            (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 3072)))))
        """
        .formatted(start, thread);
  }

  private static int run(String text) throws IOException {
    try (Module module = module(text);
        Wasi wasi = Wasi.builder().maxThreads(4).build()) {
      return wasi.run(module);
    }
  }

  private static final String WAIT_FOREVER =
      "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))";

  @Test
  void threadsShareTheMemory() throws IOException {
    String start =
        """
        (drop (call $spawn (i32.const 5)))
        (drop (call $spawn (i32.const 7)))
        (loop $more
          (drop (call $yield))
          (br_if $more (i32.ne (i32.atomic.load (i32.const 8)) (i32.const 2))))
        (call $exit (i32.load (i32.const 4)))
        """;
    String thread =
        """
        (drop (i32.atomic.rmw.add (i32.const 4) (i32.mul (local.get $id) (local.get $argument))))
        (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
        """;
    assertEquals(1 * 5 + 2 * 7, run(threads(start, thread)));
  }

  private static final String SPIN = "(loop $l (br $l))";

  @ParameterizedTest
  @ValueSource(strings = {SPIN, WAIT_FOREVER, "(call $sleep)"})
  void theEndOfTheFirstEndsAll(String other) throws IOException {
    assertEquals(0, run(threads("(drop (call $spawn (i32.const 0)))", other)));
    assertEquals(9, run(threads("(drop (call $spawn (i32.const 0))) (call $exit (i32.const 9))", other)));
  }

  @ParameterizedTest
  @ValueSource(strings = {SPIN, WAIT_FOREVER, "(call $sleep)"})
  void anExitInAnotherEndsAll(String first) throws IOException {
    assertEquals(7, run(threads("(drop (call $spawn (i32.const 0)))" + first, "(call $exit (i32.const 7))")));
  }

  @ParameterizedTest
  @ValueSource(strings = {SPIN, WAIT_FOREVER, "(call $sleep)"})
  void aTrapInAnotherEndsAll(String first) {
    Trap trap =
        assertThrows(Trap.class, () -> run(threads("(drop (call $spawn (i32.const 0)))" + first, "unreachable")));
    assertEquals(Trap.Kind.UNREACHABLE, trap.kind());
    assertEquals(1, trap.backtrace().size());
  }

  /** The time of a call is that of the first thread, whose end is everyone's. */
  @ParameterizedTest
  @ValueSource(strings = {SPIN, WAIT_FOREVER, "(call $sleep)"})
  void aTimeoutEndsAll(String other) throws IOException {
    Limits limits = Limits.builder().timeout(Duration.ofMillis(100)).build();
    try (Engine engine = Engine.builder().limits(limits).build();
        Module module =
            engine.compile(TextFormat.parse(threads("(drop (call $spawn (i32.const 0)))" + WAIT_FOREVER, other)));
        Wasi wasi = Wasi.builder().build()) {
      long start = System.nanoTime();
      assertThrows(DeadlineException.class, () -> wasi.run(module));
      assertTrue(System.nanoTime() - start < 8_000_000_000L, "no thread was given up");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SPIN, WAIT_FOREVER, "(call $sleep)"})
  void anInterruptionOfTheFirstEndsAll(String other) throws Exception {
    boolean[] flag = new boolean[1];
    FutureTask<Integer> task = new FutureTask<>(() -> run(threads("(drop (call $spawn (i32.const 0)))" + SPIN, other)));
    Thread thread =
        new Thread(
            () -> {
              task.run();
              flag[0] = Thread.interrupted();
            });
    thread.start();
    thread.join(200);
    long start = System.nanoTime();
    thread.interrupt();
    Throwable end = assertThrows(ExecutionException.class, task::get).getCause();
    assertEquals(InterruptionException.class, end.getClass());
    thread.join();
    assertTrue(flag[0], "the interrupt status stays set");
    assertTrue(System.nanoTime() - start < 8_000_000_000L, "no thread was given up");
  }

  @Test
  void threadsAreLimited() throws IOException {
    String start =
        """
        (local.set $i (i32.const 3))
        (loop $more
          (if (i32.le_s (call $spawn (i32.const 0)) (i32.const 0)) (then (call $exit (i32.const 1))))
          (br_if $more (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (call $exit (i32.sub (i32.const 0) (call $spawn (i32.const 0))))
        """;
    assertEquals(6, run(threads(start, WAIT_FOREVER))); // EAGAIN
    assertThrows(IllegalArgumentException.class, () -> Wasi.builder().maxThreads(0));
  }

  /** A thread that has ended makes room for another. */
  @Test
  void manyThreadsInTurn() throws IOException {
    String start =
        """
        (local.set $i (i32.const 300))
        (loop $more
          (i32.atomic.store (i32.const 0) (i32.const 0))
          (loop $again
            (br_if $again (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0))))
          (loop $wait
            (br_if $wait (i32.eqz (i32.atomic.load (i32.const 0)))))
          (br_if $more (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        """;
    assertEquals(0, run(threads(start, "(i32.atomic.store (i32.const 0) (i32.const 1))")));
  }

  @Test
  void aProgramWithThreadsMustExportTheirStart() {
    String text =
        """
        (module
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "_start") (drop (call $spawn (i32.const 0)))))
        """;
    LinkException e = assertThrows(LinkException.class, () -> run(text));
    assertTrue(e.getMessage().contains("wasi_thread_start"), e.getMessage());
  }

  @Test
  void librariesAreInitialized() throws IOException {
    String text =
        """
        (module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (global $ready (mut i32) (i32.const 0))
          (func (export "_initialize") (global.set $ready (i32.const 42)))
          (func (export "leave") (call $exit (i32.const 3)))
          (func (export "ready") (result i32) (global.get $ready)))
        """;
    try (Module module = module(text);
        Wasi wasi = Wasi.builder().build();
        Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      wasi.initialize(instance);
      assertEquals(42, instance.function("ready").call());
      WasiExit exit = assertThrows(WasiExit.class, () -> instance.function("leave").call());
      assertEquals(3, exit.code());
      assertEquals(42, instance.function("ready").call());
    }
    try (Module module = module("(module (func (export \"_initialize\") (result i32) (i32.const 1)))");
        Wasi wasi = Wasi.builder().build();
        Instance instance = module.instantiate()) {
      assertThrows(LinkException.class, () -> wasi.initialize(instance));
    }
  }

  private static final String UNKNOWN =
      """
      (module
        (import "env" "missing" (func $missing (param i32) (result f64)))
        (import "js" "gone" (func $gone))
        (memory (export "memory") 1)
        (func (export "_start") (call $inner))
        (func $inner (drop (call $missing (i32.const 1)))))
      """;

  @Test
  void importsThatNobodyHasAreListed() throws IOException {
    try (Module module = module(UNKNOWN);
        Wasi wasi = Wasi.builder().build()) {
      LinkException e = assertThrows(LinkException.class, () -> wasi.run(module));
      assertTrue(e.getMessage().contains("'env' 'missing' (func (param i32) (result f64))"), e.getMessage());
      assertTrue(e.getMessage().contains("'js' 'gone'"), e.getMessage());
    }
  }

  @Test
  void importsThatNobodyHasMayTrap() throws IOException {
    try (Module module = module(UNKNOWN);
        Wasi wasi = Wasi.builder().build()) {
      Trap trap = assertThrows(Trap.class, () -> wasi.run(module, Imports.builder().trapUnknownFunctions()));
      assertEquals(Trap.Kind.UNKNOWN_IMPORT, trap.kind());
      assertEquals("unknown import called: 'env' 'missing'", trap.getMessage());
      assertEquals("inner", trap.backtrace().getFirst().functionName());
      assertEquals(2, trap.backtrace().size());
    }
    try (Module module = module("(module (import \"env\" \"m\" (memory 1)))")) {
      Imports imports = Imports.builder().trapUnknownFunctions().build();
      assertThrows(LinkException.class, () -> module.instantiate(imports));
    }
  }

  /** The same program under both names of the functions: writes what it reads. */
  @ParameterizedTest
  @ValueSource(strings = {Wasi.MODULE, Wasi.SNAPSHOT_0})
  void streamsAreGiven(String snapshot, @TempDir Path folder) throws IOException {
    String text =
        """
        (module
          (import "%1$s" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "%1$s" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "%1$s" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\\40\\00\\00\\00\\64\\00\\00\\00") ;; 100 bytes at 64
          (func (export "_start")
            (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
            (call $exit (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 16)))))
        """
        .formatted(snapshot);
    try (Module module = module(text)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Path errors = folder.resolve("errors");
      byte[] input = "some input".getBytes(StandardCharsets.UTF_8);
      try (Wasi wasi = Wasi.builder().stdin(input).stdout(out).stderr(errors).build()) {
        assertEquals(0, wasi.run(module));
      }
      assertEquals("some input", out.toString(StandardCharsets.UTF_8));
      assertEquals("some input", Files.readString(errors));
      Path file = Files.writeString(folder.resolve("input"), "from a file");
      try (Wasi wasi = Wasi.builder().stdin(file).stdout(errors).build()) {
        assertEquals(0, wasi.run(module));
      }
      assertEquals("from a file", Files.readString(errors));
      assertThrows(IOException.class, () -> Wasi.builder().stdin(folder.resolve("none")).build());
    }
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Deadline;
import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InterruptionException;
import dev.gatun.Module;
import dev.gatun.OutputLimitException;
import dev.gatun.Trap;
import dev.gatun.testing.ChildJvm;
import dev.gatun.text.TextFormat;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls of WASI that wait end soon when their guest is to end, with its backtrace; so do guests that print much. */
@Timeout(60)
final class WasiInterruptionTest {
  private static final Engine ENGINE = Engine.create();

  /** Waits in turn for all that a guest can wait for. Descriptor 3 is a socket or a directory. */
  private static final Module MODULE =
      ENGINE.compile(
          TextFormat.parse(
              """
              (module
                (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "path_open"
                  (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 20000)
                (data (i32.const 0) "\\40\\00\\00\\00\\64\\00\\00\\00") ;; 100 bytes at 64
                (data (i32.const 16) "pipe")
                (func (export "sleep")
                  (i32.store (i32.const 1040) (i32.const 1)) ;; monotonic
                  (i64.store (i32.const 1048) (i64.const 60_000_000_000))
                  (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 3072))))
                (func (export "poll") ;; standard input
                  (i64.store (i32.const 1032) (i64.const 1))
                  (i32.store (i32.const 1040) (i32.const 3))
                  (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 3072))))
                (func $input (export "read")
                  (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))))
                (func (export "again") (loop $l (call $input) (br $l)))
                (func (export "accept") (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 8))))
                (func (export "receive")
                  (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 8)))
                  (drop (call $read (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 8))))
                (func (export "send")
                  (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 8)))
                  (i32.store (i32.const 4) (i32.const 100_000_000))
                  (drop (call $write (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 12))))
                (func (export "pipe")
                  (drop
                    (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 4) (i32.const 0) (i64.const 2)
                      (i64.const 0) (i32.const 0) (i32.const 8)))
                  (drop (call $read (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 8))))
                (func (export "random")
                  (loop $l (drop (call $random (i32.const 65536) (i32.const 1_300_000_000))) (br $l)))
                (func (export "print") (param $times i32)
                  (loop $l
                    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
                    (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 12)))
                    (br_if $l (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))
              """));

  @TempDir private static Path folder;

  @AfterAll
  static void close() {
    MODULE.close();
    ENGINE.close();
  }

  /** A guest that is given what a function waits for. */
  private record Guest(Wasi wasi, Instance instance, String export, List<Closeable> others)
      implements AutoCloseable {
    static Guest of(String function) throws Exception {
      Wasi.Builder builder = Wasi.builder();
      List<Closeable> others = List.of();
      String export = function;
      switch (function) {
        case "sleep", "random" -> {}
        case "accept", "receive", "send", "poll" -> {
          ServerSocketChannel server =
              ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          builder.listener(server);
          others = List.of(server);
          if (!function.equals("accept") && !function.equals("poll")) {
            others = List.of(server, SocketChannel.open(server.getLocalAddress()));
          }
        }
        case "pipe" -> {
          Path pipe = folder.resolve("pipe");
          if (!Files.exists(pipe)) {
            assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
          }
          builder.directory(folder, "/", false);
        }
        case "java pipe", "retried java pipe" -> {
          PipedOutputStream writer = new PipedOutputStream();
          builder.stdin(new PipedInputStream(writer));
          others = List.of(writer);
          export = function.equals("java pipe") ? "read" : "again";
        }
        case "channel" -> {
          Pipe pipe = Pipe.open();
          builder.stdin(Channels.newInputStream(pipe.source()));
          others = List.of(pipe.sink());
          export = "read";
        }
        default -> throw new AssertionError(function);
      }
      Wasi wasi = builder.build();
      Instance instance = MODULE.instantiate(Imports.builder().provider(wasi.imports()).build());
      return new Guest(wasi, instance, export, others);
    }

    void call() {
      instance.function(export).call();
    }

    @Override
    public void close() throws IOException {
      instance.close();
      wasi.close();
      for (Closeable other : others) {
        other.close();
      }
    }
  }

  private static final List<String> WAITS =
      List.of(
          "sleep", "poll", "accept", "receive", "send", "pipe", "random", "java pipe", "retried java pipe", "channel");

  /** All, but that under the emulator no channel of the JDK can be interrupted: it loses the signal for the reader. */
  private static Stream<Arguments> waitsAndReasons() {
    Stream<String> waits = WAITS.stream().filter(wait -> !(ChildJvm.isEmulated() && wait.equals("channel")));
    return waits.flatMap(wait -> Stream.of(Reason.values()).map(reason -> Arguments.of(wait, reason)));
  }

  /** Why a guest is to end. */
  enum Reason {
    STORE,
    THREAD,
    DEADLINE
  }

  @ParameterizedTest
  @MethodSource("waitsAndReasons")
  void everyWaitEnds(String function, Reason reason) throws Exception {
    try (Guest guest = Guest.of(function)) {
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                if (reason == Reason.DEADLINE) {
                  try (Deadline _ = guest.instance().store().deadline(Duration.ofMillis(200))) {
                    guest.call();
                  }
                } else {
                  guest.call();
                }
                return true;
              });
      boolean[] flag = new boolean[1];
      Thread thread =
          new Thread(
              () -> {
                task.run();
                flag[0] = Thread.interrupted();
              });
      long start = System.nanoTime();
      thread.start();
      thread.join(200);
      if (reason != Reason.DEADLINE) {
        assertTrue(thread.isAlive(), "waits");
      }
      if (reason == Reason.STORE) {
        guest.instance().store().interrupt();
      } else if (reason == Reason.THREAD) {
        thread.interrupt();
      }
      Trap trap = (Trap) assertThrows(Exception.class, () -> task.get(20, TimeUnit.SECONDS)).getCause();
      long millis = (System.nanoTime() - start) / 1_000_000;
      thread.join();
      assertTrue(millis < 200 + 100 * SLOWNESS, millis + " ms");
      assertEquals(reason == Reason.DEADLINE ? DeadlineException.class : InterruptionException.class, trap.getClass());
      assertFalse(trap.backtrace().isEmpty());
      assertEquals(reason == Reason.THREAD, flag[0], "the thread's interrupt status is for who interrupted it");
    }
  }

  /** An emulator, or a machine that does something else too, is slower. */
  private static final int SLOWNESS = ChildJvm.isEmulated() ? 50 : 5;

  /** Also a store that another thread closes does not wait for what the guest waits for. */
  @Test
  void closingTheStoreEndsTheWait() throws Exception {
    for (String function : List.of("java pipe", "sleep", "accept")) {
      try (Guest guest = Guest.of(function)) {
        FutureTask<Boolean> task =
            new FutureTask<>(
                () -> {
                  guest.call();
                  return true;
                });
        Thread thread = new Thread(task);
        thread.start();
        thread.join(50);
        guest.instance().store().close();
        thread.join();
        assertInstanceOf(
            InterruptionException.class, assertThrows(Exception.class, task::get).getCause());
      }
    }
  }

  // Output.

  @Test
  void outputIsLimited() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (Wasi wasi = Wasi.builder().stdout(out).stderr(err).outputLimit(1250).build();
        Instance instance = MODULE.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      instance.function("print").call(6);
      assertEquals(1200, out.size() + err.size());
      OutputLimitException e = assertThrows(OutputLimitException.class, () -> instance.function("print").call(1));
      assertEquals(1, e.backtrace().size());
      assertTrue(e.getMessage().contains("1250 bytes"), e.getMessage());
      assertEquals(650, out.size());
      assertEquals(600, err.size());
      assertThrows(OutputLimitException.class, () -> instance.function("print").call(1));
      assertEquals(1250, out.size() + err.size());
    }
  }

  @Test
  void filesThatAreStreamsAreLimited() throws IOException {
    Path file = folder.resolve("output");
    try (Wasi wasi = Wasi.builder().stdout(file).outputLimit(150).build();
        Instance instance = MODULE.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      assertThrows(OutputLimitException.class, () -> instance.function("print").call(100));
    }
    assertEquals(100, Files.size(file)); // the other 50 went to standard error
    assertThrows(IllegalArgumentException.class, () -> Wasi.builder().outputLimit(-1));
  }
}

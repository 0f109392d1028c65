package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.text.TextFormat;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many instances at once, on eight threads, for a while: each reads a file and is then replaced. In the end there are
 * as many descriptors, threads, mappings and pages as there were before.
 *
 * <p>{@code -Dgatun.soak=MINUTES} sets for how long; a few seconds unless it is set.
 */
final class SoakTest {
  private static final double MINUTES = Double.parseDouble(System.getProperty("gatun.soak", "0.1"));
  private static final int INSTANCES = 1000;
  private static final int THREADS = 8;

  /** Opens "file" in the first directory, and writes what it reads to standard output. Leaves it open. */
  private static final String GUEST =
      """
      (module
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 4)
        (data (i32.const 0) "file")
        (data (i32.const 16) "\\00\\04\\00\\00\\00\\10\\00\\00") ;; 4096 bytes at 1024
        (func (export "_start")
          (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0)
              (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8))
            (then (call $exit (i32.const 1))))
          (if (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 20))
            (then (call $exit (i32.const 2))))
          (if (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))
            (then (call $exit (i32.const 3))))))
      """;

  private record Guest(Wasi wasi, Instance instance, ByteArrayOutputStream out) implements AutoCloseable {
    static Guest start(Module module, Path folder) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Wasi wasi = Wasi.builder().directory(folder, "/", true).stdout(out).build();
      return new Guest(wasi, module.instantiate(Imports.builder().provider(wasi.imports()).build()), out);
    }

    @Override
    public void close() {
      instance.close();
      wasi.close();
    }
  }

  /** What the process has: descriptors, threads, mappings, resident pages. */
  private record Usage(long descriptors, long threads, long mappings, long pages) {
    static Usage now() throws IOException, InterruptedException {
      for (int i = 0; i < 3; i++) {
        System.gc();
        Thread.sleep(50);
      }
      try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"));
          Stream<Path> threads = Files.list(Path.of("/proc/self/task"));
          Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return new Usage(fds.count(), threads.count(), maps.count(), Long.parseLong(pages));
      }
    }
  }

  private static long work(Module module, Path folder, long end, int seed) throws IOException {
    Random random = new Random(seed);
    String expected = Files.readString(folder.resolve("file"));
    ArrayDeque<Guest> guests = new ArrayDeque<>();
    long runs = 0;
    try {
      while (guests.size() < INSTANCES / THREADS) {
        guests.add(Guest.start(module, folder));
      }
      while (System.nanoTime() < end) {
        Guest guest = guests.removeFirst();
        try (guest) {
          int times = 1 + random.nextInt(3);
          for (int i = 0; i < times; i++) {
            assertEquals(0, guest.wasi.run(guest.instance));
          }
          assertEquals(expected.repeat(times), guest.out.toString(StandardCharsets.UTF_8));
          runs += times;
        }
        guests.add(Guest.start(module, folder));
      }
    } finally {
      guests.forEach(Guest::close);
    }
    return runs;
  }

  private static long soak(Module module, Path folder, double minutes) throws Exception {
    long end = System.nanoTime() + (long) (minutes * 60e9);
    long runs = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Long>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int seed = i;
        results.add(threads.submit(() -> work(module, folder, end, seed)));
      }
      for (Future<Long> result : results) {
        runs += result.get();
      }
    }
    return runs;
  }

  @Test
  void nothingIsLeftBehind(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("file"), "what the file says\n");
    try (Engine engine = Engine.create();
        Module module = engine.compile(TextFormat.parse(GUEST))) {
      soak(module, folder, Math.min(0.05, MINUTES));
      Usage before = Usage.now();
      long runs = soak(module, folder, MINUTES);
      Usage after = Usage.now();
      System.out.println(runs + " runs in " + MINUTES + " min; before " + before + ", after " + after);
      assertTrue(runs > INSTANCES);
      assertTrue(after.descriptors <= before.descriptors + 2, () -> before + " became " + after);
      assertTrue(after.threads <= before.threads + 4, () -> before + " became " + after);
      // A leak would be one for each of ten thousands of runs. An emulator has some for code compiled meanwhile.
      assertTrue(after.mappings <= before.mappings + 2000, () -> before + " became " + after);
      assertTrue(after.pages <= before.pages + 25_000, () -> before + " became " + after);
    }
  }
}

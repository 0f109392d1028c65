package dev.gatun.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Resolution of a path while someone changes what is on it. */
class PathRaceTest {
  private static final int RACES = Integer.getInteger("gatun.races", 100_000);

  /** The two ways to resolve a path. */
  enum Way {
    KERNEL {
      @Override
      int open(int directory, String path, int flags) {
        return HostFiles.openBeneath(directory, path, flags, 0);
      }
    },
    WALK {
      @Override
      int open(int directory, String path, int flags) {
        return HostFiles.walk(directory, path, flags, 0);
      }
    };

    abstract int open(int directory, String path, int flags);
  }

  /** Opens a directory of the host, without confinement. */
  static int openDirectory(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          WasiError.check(
              SystemCall.call(
                  Machine.SYS_openat(),
                  LibC.AT_FDCWD(),
                  arena.allocateFrom(path.toString()).address(),
                  LibC.O_RDONLY() | Machine.O_DIRECTORY() | LibC.O_CLOEXEC(),
                  0));
    }
  }

  private static String read(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(64);
      long length = WasiError.check(SystemCall.call(Machine.SYS_read(), fd, buffer.address(), 64));
      return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    } finally {
      HostFiles.close(fd);
    }
  }

  /** A thread swaps a directory for a link that leads out, again and again, while the path through it is opened. */
  @ParameterizedTest
  @EnumSource
  void racesAreNotWon(Way way, @TempDir Path folder) throws Exception {
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectory(folder.resolve("beside"));
    Files.writeString(folder.resolve("beside").resolve("file"), "secret");
    int directory = openDirectory(root);
    Path target = root.resolve("swapped");
    Path spare = root.resolve("spare");
    Path evil = root.resolve("evil");
    Files.createDirectory(target);
    Files.writeString(target.resolve("file"), "inside");
    AtomicBoolean stop = new AtomicBoolean();
    Thread swapper =
        new Thread(
            () -> {
              try {
                while (!stop.get()) {
                  Files.move(target, spare, StandardCopyOption.ATOMIC_MOVE);
                  Files.createSymbolicLink(evil, Path.of("../beside"));
                  Files.move(evil, target, StandardCopyOption.ATOMIC_MOVE);
                  Files.delete(target);
                  Files.move(spare, target, StandardCopyOption.ATOMIC_MOVE);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    swapper.start();
    int opened = 0;
    int refused = 0;
    try {
      for (int i = 0; i < RACES; i++) {
        try {
          assertEquals("inside", read(way.open(directory, "swapped/file", LibC.O_RDONLY())));
          opened++;
        } catch (WasiError e) {
          refused++;
        }
      }
    } finally {
      stop.set(true);
      swapper.join();
      HostFiles.close(directory);
    }
    assertTrue(opened > 0 && refused > 0, way + ": " + opened + " opened, " + refused + " refused: no race took place");
  }
}

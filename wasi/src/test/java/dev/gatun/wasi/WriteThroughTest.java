package dev.gatun.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.bindings.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are written through to the disk; the kernel is asked which of their pages are not there yet. */
class WriteThroughTest {
  private static final long CACHESTAT = 451;
  private static final long BOTH = Guest.READ | Guest.WRITE;

  @TempDir private Path root;
  private final Guest guest = new Guest();

  @AfterEach
  void close() {
    guest.close();
  }

  private long dirty(int fd) {
    try (DescriptorTable.Use<Descriptor> use = guest.table.use(fd);
        Arena arena = Arena.ofConfined()) {
      MemorySegment range = arena.allocate(16, 8);
      MemorySegment result = arena.allocate(40, 8);
      long error =
          SystemCall.call(CACHESTAT, use.descriptor().pollable(), range.address(), result.address(), 0);
      assumeTrue(error == 0, "the kernel has no cachestat");
      return result.getAtIndex(ValueLayout.JAVA_LONG, 1) + result.getAtIndex(ValueLayout.JAVA_LONG, 2);
    }
  }

  private int open(String name, int flags) {
    int directory = guest.give(root, false);
    guest.paths.open(directory, 1, name, Guest.CREATE, BOTH, Rights.ALL, flags, Guest.RESULT);
    return guest.memory.getInt(Guest.RESULT, 0);
  }

  private void assumeDirtyWithout() {
    int fd = open("control", 0);
    guest.write(fd, "text");
    assumeTrue(dirty(fd) > 0, "not a disk, or it was faster");
  }

  @ParameterizedTest
  @ValueSource(ints = {Flags.DSYNC, Flags.SYNC, Flags.RSYNC | Flags.SYNC})
  void flagsMayBeSetWhenTheFileIsOpen(int flags) {
    assumeDirtyWithout();
    int fd = open("file", 0);
    guest.files.setFlags(fd, flags);
    guest.write(fd, "text");
    assertEquals(0, dirty(fd));
    guest.vector(0, Guest.BUFFER, 4);
    guest.files.writeAt(fd, Guest.VECTORS, 1, 100_000, Guest.RESULT);
    assertEquals(0, dirty(fd));
    guest.files.status(fd, 0);
    assertEquals(flags, guest.memory.getShort(0, 2));
    guest.files.setFlags(fd, Flags.APPEND);
    guest.write(fd, "more");
    assumeTrue(dirty(fd) > 0, "the disk was faster");
  }

  @Test
  void flagsMayBeGivenWhenItIsOpened() {
    assumeDirtyWithout();
    int fd = open("file", Flags.DSYNC | Flags.APPEND);
    guest.write(fd, "text");
    assertEquals(0, dirty(fd));
    guest.files.setFlags(fd, Flags.SYNC);
    guest.write(fd, "text");
    assertEquals(0, dirty(fd));
  }
}

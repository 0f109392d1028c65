package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WasiTest {
  @Test
  void argumentsAreLaidOut() throws IOException {
    try (Guest guest = new Guest();
        Wasi wasi = Wasi.builder().argument("π").arguments(List.of("", "-x")).env("A", "b=c").build()) {
      WasiCalls.sizes(guest.memory, wasi.arguments(), 0, 4);
      assertEquals(3, guest.memory.getInt(0, 0));
      assertEquals(7, guest.memory.getInt(4, 0));
      WasiCalls.strings(guest.memory, wasi.arguments(), 16, 100);
      assertEquals(100, guest.memory.getInt(16, 0));
      assertEquals(103, guest.memory.getInt(16, 4));
      assertEquals(104, guest.memory.getInt(16, 8));
      assertEquals("π\0\0-x\0", guest.text(100, 7));
      WasiCalls.strings(guest.memory, wasi.environment(), 16, 100);
      assertEquals("A=b=c\0", guest.text(100, 6));
      assertThrows(
          IndexOutOfBoundsException.class, () -> WasiCalls.strings(guest.memory, wasi.arguments(), 16, Guest.SIZE - 6));
      assertThrows(
          IndexOutOfBoundsException.class, () -> WasiCalls.strings(guest.memory, wasi.arguments(), Guest.SIZE - 8, 0));
    }
  }

  @Test
  void nothingIsGivenUnasked(@TempDir Path root) throws IOException {
    try (Wasi wasi = Wasi.builder().build()) {
      assertTrue(wasi.arguments().isEmpty());
      assertTrue(wasi.environment().isEmpty());
      assertErrno(Errno.BADF, () -> wasi.descriptors().use(3));
    }
    try (Wasi wasi = Wasi.builder().directory(root, "/data", true).build()) {
      assertTrue(wasi.descriptors().directory(3, 0).descriptor().isReadOnly());
    }
  }

  @Test
  void mistakesAreRefused(@TempDir Path root) {
    Wasi.Builder builder = Wasi.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.argument("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> builder.env("", "x"));
    assertThrows(IllegalArgumentException.class, () -> builder.env("a=b", "x"));
    assertThrows(IllegalArgumentException.class, () -> builder.directory(root, "", false));
    assertThrows(IOException.class, () -> Wasi.builder().directory(root.resolve("missing"), "/", false).build());
    assertThrows(IllegalArgumentException.class, () -> builder.maxDescriptors(2));
    assertThrows(IllegalArgumentException.class, () -> builder.maxDescriptors(1 << 17));
    assertThrows(
        IllegalArgumentException.class, () -> Wasi.builder().directory(root, "/", false).maxDescriptors(3).build());
  }

  @Test
  void descriptorsAreLimited(@TempDir Path root) throws IOException {
    try (Guest guest = new Guest();
        Wasi wasi = Wasi.builder().directory(root, "/", false).maxDescriptors(5).build()) {
      PathCalls paths = new PathCalls(wasi.descriptors(), guest.memory);
      paths.open(3, 0, "a", Guest.CREATE, Guest.READ, 0, 0, Guest.RESULT);
      assertEquals(4, guest.memory.getInt(Guest.RESULT, 0));
      assertErrno(Errno.MFILE, () -> paths.open(3, 0, "a", 0, Guest.READ, 0, 0, Guest.RESULT));
      wasi.descriptors().close(4);
      paths.open(3, 0, "a", 0, Guest.READ, 0, 0, Guest.RESULT);
    }
  }

  /** Gigabytes of random bytes are not to be waited for when the program has ended. */
  @Test
  void randomBytesEndWithTheProgram() {
    try (Guest guest = new Guest();
        Arena arena = Arena.ofConfined()) {
      GuestMemory memory = new GuestMemory(arena.allocate(4 << 20));
      guest.waiting.end(new WasiExit(1));
      assertThrows(WasiExit.class, () -> WasiCalls.random(null, memory, 0, 4 << 20, guest.waiting));
      assertThrows(WasiExit.class, () -> WasiCalls.random(new Random(1), memory, 0, 4 << 20, guest.waiting));
    }
  }

  @Test
  void randomBytesFillTheRange() {
    try (Guest guest = new Guest()) {
      WasiCalls.random(new Random(1), guest.memory, 8, 100, guest.waiting);
      byte[] expected = new byte[100];
      new Random(1).nextBytes(expected);
      assertArrayEquals(expected, guest.memory.slice(8, 100).toArray(ValueLayout.JAVA_BYTE));
      assertEquals(0, guest.memory.getLong(108, 0));
      WasiCalls.random(null, guest.memory, 200, 64, guest.waiting);
      assertNotEquals(guest.memory.getLong(200, 0), guest.memory.getLong(208, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> WasiCalls.random(null, guest.memory, 200, -1, guest.waiting));
    }
  }

  @Test
  void clocksRun() {
    Clocks clocks = new Clocks(null);
    long first = clocks.now(Clocks.MONOTONIC);
    assertTrue(clocks.now(Clocks.MONOTONIC) >= first);
    assertTrue(Math.abs(clocks.now(Clocks.REAL_TIME) / 1_000_000 - System.currentTimeMillis()) < 10_000);
    for (int clock = 0; clock < 4; clock++) {
      assertTrue(clocks.resolution(clock) > 0);
    }
    assertErrno(Errno.INVAL, () -> clocks.now(4));
    assertErrno(Errno.INVAL, () -> clocks.now(-1));
  }
}

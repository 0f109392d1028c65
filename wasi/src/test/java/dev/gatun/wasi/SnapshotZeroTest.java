package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.RESULT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.ImportProvider;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was different before preview 1. */
class SnapshotZeroTest {
  @Test
  void hasAllFunctionsButOne() throws IOException {
    try (Wasi wasi = Wasi.builder().build()) {
      ImportProvider provider = wasi.imports();
      for (WasiFunction function : WasiFunction.values()) {
        if (function == WasiFunction.SOCK_ACCEPT) {
          assertNull(provider.find(Wasi.SNAPSHOT_0, function.text(), function.type()));
        } else {
          assertNotNull(provider.find(Wasi.SNAPSHOT_0, function.text(), function.type()));
        }
      }
    }
  }

  @Test
  void countsOffsetsFromOtherNumbers() {
    assertEquals(Whence.CURRENT, Whence.of(0, true));
    assertEquals(Whence.END, Whence.of(1, true));
    assertEquals(Whence.SET, Whence.of(2, true));
    assertEquals(Whence.SET, Whence.of(0, false));
    assertEquals(Whence.CURRENT, Whence.of(1, false));
    assertEquals(Whence.END, Whence.of(2, false));
    assertThrows(WasiError.class, () -> Whence.of(3, true));
    assertThrows(WasiError.class, () -> Whence.of(-1, false));
  }

  @Test
  void hasShorterNumbersOfLinks(@TempDir Path root) {
    try (Guest guest = new Guest()) {
      int file = guest.open(guest.give(root, false), "f", Guest.CREATE, Rights.ALL);
      guest.write(file, "12345");
      guest.memory.putLong(0, 56, -1);
      guest.files.fileStatus(file, 0, true);
      assertEquals(Stat.REGULAR_FILE, guest.memory.getByte(0, 16));
      assertEquals(1, guest.memory.getInt(0, 20));
      assertEquals(5, guest.memory.getLong(0, 24));
      assertEquals(-1, guest.memory.getLong(0, 56));
    }
  }

  @Test
  void hasLongerSubscriptions() {
    try (Guest guest = new Guest()) {
      int in = 1024;
      for (int i = 0; i < 2; i++) {
        guest.memory.putLong(in + 56 * i, 0, 10 + i);
        guest.memory.putByte(in + 56 * i, 8, 0); // a clock
        guest.memory.putLong(in + 56 * i, 16, 99); // its identifier
        guest.memory.putInt(in + 56 * i, 24, 1);
        guest.memory.putLong(in + 56 * i, 32, i == 0 ? 60_000_000_000L : 1);
      }
      new Poll(guest.table, guest.memory, new Clocks(null), guest.waiting, true).poll(in, 4096, 2, RESULT);
      assertEquals(1, guest.memory.getInt(RESULT, 0));
      assertEquals(11, guest.memory.getLong(4096, 0));
    }
  }
}

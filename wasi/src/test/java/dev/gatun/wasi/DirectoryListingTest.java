package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.BUFFER;
import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryListingTest {
  private static final int HEADER = 24;

  @TempDir private Path root;
  private final Set<String> names = new TreeSet<>(Set.of(".", ".."));
  private final Guest guest = new Guest();
  private int directory;

  @BeforeEach
  void layOut() throws IOException {
    for (int i = 0; i < 300; i++) {
      String name = "name-" + i + "x".repeat(i % 50);
      Files.createFile(root.resolve(name));
      names.add(name);
    }
    directory = guest.give(root, false);
  }

  @AfterEach
  void close() {
    guest.close();
  }

  private int list(int length, long cookie) {
    new DirectoryListing(guest.table, guest.memory, guest.waiting).read(directory, BUFFER, length, cookie, RESULT);
    return guest.memory.getInt(RESULT, 0);
  }

  /** Lists as C libraries do: goes on after the last entry that came whole; a short answer is the end. */
  @ParameterizedTest
  @ValueSource(ints = {100, 256, 4096, 60000})
  void everyEntryComesOnce(int length) {
    Set<String> found = new TreeSet<>();
    long cookie = 0;
    int used;
    do {
      used = list(length, cookie);
      int at = 0;
      while (at + HEADER <= used) {
        int size = guest.memory.getInt(BUFFER, at + 16);
        if (at + HEADER + size > used) {
          break;
        }
        String name = guest.text(BUFFER + at + HEADER, size);
        assertTrue(found.add(name), name);
        assertEquals(
            name.startsWith(".") ? Stat.DIRECTORY : Stat.REGULAR_FILE, guest.memory.getInt(BUFFER, at + 20), name);
        cookie = guest.memory.getLong(BUFFER, at);
        at += HEADER + size;
      }
    } while (used == length);
    assertEquals(names, found);
  }

  @Test
  void cookieCanBeUsedAgain() {
    list(4096, 0);
    long cookie = guest.memory.getLong(BUFFER, 0);
    list(200, cookie);
    byte[] first = guest.memory.slice(BUFFER, 200).toArray(ValueLayout.JAVA_BYTE);
    list(4096, 0);
    list(200, cookie);
    assertArrayEquals(
        first, guest.memory.slice(BUFFER, 200).toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void cutEntryFillsTheBuffer() {
    assertEquals(10, list(10, 0));
    assertEquals(0, list(0, 0));
  }

  @Test
  void onlyDirectoriesAreListed() {
    int file = guest.open(directory, "name-0", 0, Guest.READ);
    assertErrno(
        Errno.NOTDIR,
        () -> new DirectoryListing(guest.table, guest.memory, guest.waiting).read(file, 0, 10, 0, RESULT));
    assertErrno(Errno.INVAL, () -> list(100, -1));
  }
}

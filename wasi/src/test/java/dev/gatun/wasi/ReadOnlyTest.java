package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyTest {
  @TempDir private Path temporary;
  private Path root;
  private int fixed;
  private int free;
  private final Guest guest = new Guest();

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectories(temporary.resolve("fixed"));
    Files.createDirectory(root.resolve("directory"));
    Files.writeString(root.resolve("file"), "inside");
    Files.writeString(Files.createDirectory(temporary.resolve("free")).resolve("mine"), "free");
    fixed = guest.give(root, true);
    free = guest.give(temporary.resolve("free"), false);
  }

  @AfterEach
  void nothingHasChanged() throws IOException {
    guest.close();
    assertEquals("inside", Files.readString(root.resolve("file")));
    try (Stream<Path> files = Files.list(root)) {
      assertEquals(List.of("directory", "file"), files.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void readingWorksWithAllRights() {
    int fd = guest.open(fixed, "file", 0, Rights.ALL);
    assertEquals("inside", guest.read(fd, 100));
    assertErrno(Errno.BADF, () -> guest.write(fd, "no"));
    assertErrno(Errno.ROFS, () -> guest.files.setSize(fd, 0));
    assertErrno(Errno.ROFS, () -> guest.files.allocate(fd, 0, 100));
    assertErrno(Errno.ROFS, () -> guest.files.setTimes(fd, 0, 0, Times.SET_MODIFIED));
  }

  @Test
  void nothingIsOpenedForWriting() {
    assertErrno(Errno.ROFS, () -> guest.open(fixed, "file", 0, Guest.WRITE));
    assertErrno(Errno.ROFS, () -> guest.open(fixed, "file", Guest.TRUNCATE, Guest.READ));
    assertErrno(Errno.ROFS, () -> guest.open(fixed, "new", Guest.CREATE, Guest.READ));
  }

  @Test
  void namesAreNotChanged() {
    PathCalls paths = guest.paths;
    assertErrno(Errno.ROFS, () -> paths.createDirectory(fixed, "new"));
    assertErrno(Errno.ROFS, () -> paths.createDirectory(fixed, "."));
    assertErrno(Errno.ROFS, () -> paths.removeDirectory(fixed, "directory"));
    assertErrno(Errno.ROFS, () -> paths.unlink(fixed, "file"));
    assertErrno(Errno.ROFS, () -> paths.symlink("file", fixed, "new"));
    assertErrno(Errno.ROFS, () -> paths.setTimes(fixed, 0, "file", 0, 0, Times.SET_MODIFIED));
  }

  @Test
  void nothingMovesInOrOut() {
    PathCalls paths = guest.paths;
    assertErrno(Errno.ROFS, () -> paths.rename(fixed, "file", free, "file"));
    assertErrno(Errno.ROFS, () -> paths.rename(free, "mine", fixed, "mine"));
    assertErrno(Errno.ROFS, () -> paths.link(fixed, 0, "file", free, "file"));
    assertErrno(Errno.ROFS, () -> paths.link(free, 0, "mine", fixed, "mine"));
    assertFalse(Files.exists(temporary.resolve("free/file")));
  }

  @Test
  void directoriesBelowAreReadOnlyToo() {
    int below = guest.open(fixed, "directory", Guest.OPEN_DIRECTORY, Rights.ALL);
    assertErrno(Errno.ROFS, () -> guest.open(below, "new", Guest.CREATE, Guest.WRITE));
    assertErrno(Errno.ROFS, () -> guest.paths.createDirectory(below, "new"));
    guest.files.preopen(fixed, 0);
    guest.table.renumber(below, free);
    assertErrno(Errno.ROFS, () -> guest.paths.createDirectory(free, "new"));
  }
}

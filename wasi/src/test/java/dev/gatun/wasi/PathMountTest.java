package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.marschall.memoryfilesystem.MemoryFileSystemBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are not the host's: of zip files and in memory. */
class PathMountTest {
  private static final long BOTH = Rights.FD_READ | Rights.FD_WRITE;
  private static final int BUFFER = 8192;

  private final Guest guest = new Guest();
  private final PathCalls paths = guest.paths;

  @AfterEach
  void close() {
    guest.close();
  }

  private static FileSystem memory() throws IOException {
    return MemoryFileSystemBuilder.newLinux().build();
  }

  /** Names, in the order in which they are listed, through buffers of a size. */
  private List<String> names(int fd, int bufferSize) {
    List<String> names = new ArrayList<>();
    DirectoryListing listing = new DirectoryListing(guest.table, guest.memory, guest.waiting);
    long cookie = 0;
    while (true) {
      listing.read(fd, BUFFER, bufferSize, cookie, RESULT);
      int used = guest.memory.getInt(RESULT, 0);
      int at = 0;
      while (at + 24 <= used) {
        int length = guest.memory.getInt(BUFFER + at, 16);
        if (at + 24 + length > used) {
          break;
        }
        cookie = guest.memory.getLong(BUFFER + at, 0);
        names.add(guest.text(BUFFER + at + 24, length));
        at += 24 + length;
      }
      if (used < bufferSize) {
        return names;
      }
    }
  }

  @Test
  void filesInMemoryAreReadAndWritten() throws IOException {
    try (FileSystem memory = memory()) {
      Path root = Files.createDirectory(memory.getPath("/data"));
      int d = guest.give(root, false);
      paths.createDirectory(d, "sub");
      int fd = guest.open(d, "sub/file", Guest.CREATE | Guest.EXCLUSIVE, BOTH);
      assertEquals(11, guest.write(fd, "hello world"));
      guest.files.seek(fd, -5, Whence.END, RESULT);
      assertEquals(6, guest.memory.getLong(RESULT, 0));
      assertEquals("world", guest.read(fd, 100));
      guest.vector(0, BUFFER, 4);
      guest.files.readAt(fd, Guest.VECTORS, 1, 1, RESULT);
      assertEquals("ello", guest.text(BUFFER, 4));
      guest.files.writeAt(fd, Guest.VECTORS, 1, 7, RESULT);
      assertEquals("hello wello", Files.readString(root.resolve("sub/file")));
      guest.files.setSize(fd, 5);
      assertEquals("hello", Files.readString(root.resolve("sub/file")));
      guest.files.setSize(fd, 8);
      assertEquals("hello\0\0\0", Files.readString(root.resolve("sub/file")));
      guest.files.seek(fd, 20, Whence.SET, RESULT);
      guest.write(fd, "x");
      assertEquals("hello" + "\0".repeat(15) + "x", Files.readString(root.resolve("sub/file")));
      guest.files.setSize(fd, 8);
      assertErrno(Errno.FBIG, () -> guest.files.setSize(fd, 1L << 40));
      guest.files.allocate(fd, 4, 6);
      guest.files.fileStatus(fd, 0, false);
      assertEquals(10, guest.memory.getLong(0, 32));
      guest.files.setFlags(fd, Flags.APPEND);
      guest.files.seek(fd, 0, Whence.SET, RESULT);
      guest.write(fd, "!");
      assertEquals(11, Files.size(root.resolve("sub/file")));
      assertErrno(Errno.EXIST, () -> guest.open(d, "sub/file", Guest.CREATE | Guest.EXCLUSIVE, BOTH));
      assertErrno(Errno.NOENT, () -> guest.open(d, "sub/none", 0, BOTH));
      assertErrno(Errno.NOTDIR, () -> guest.open(d, "sub/file/x", 0, BOTH));
      assertErrno(Errno.NOTDIR, () -> guest.open(d, "sub/file/", 0, BOTH));
      assertErrno(Errno.NOTDIR, () -> guest.open(d, "sub/file", Guest.OPEN_DIRECTORY, Rights.FD_READ));
      assertErrno(Errno.ISDIR, () -> guest.open(d, "sub", 0, BOTH));
      assertErrno(Errno.INVAL, () -> guest.files.seek(fd, -1, Whence.SET, RESULT));
      guest.table.close(fd);
      int again = guest.open(d, "sub/file", Guest.TRUNCATE, Rights.FD_WRITE);
      assertErrno(Errno.BADF, () -> guest.read(again, 1));
      assertEquals(0, Files.size(root.resolve("sub/file")));
    }
  }

  @Test
  void namesInMemoryAreMadeMovedAndRemoved() throws IOException {
    try (FileSystem memory = memory()) {
      Path root = Files.createDirectory(memory.getPath("/data"));
      int d = guest.give(root, false);
      int made = guest.open(d, "a", Guest.CREATE, BOTH);
      guest.write(made, "a");
      guest.table.close(made);
      paths.rename(d, "a", d, "b");
      paths.link(d, 0, "b", d, "c");
      assertErrno(Errno.EXIST, () -> paths.link(d, 0, "b", d, "c"));
      paths.symlink("c", d, "soft");
      paths.readLink(d, "soft", 0, 100, RESULT);
      assertEquals("c", guest.text(0, guest.memory.getInt(RESULT, 0)));
      assertErrno(Errno.INVAL, () -> paths.readLink(d, "c", 0, 100, RESULT));
      assertErrno(Errno.LOOP, () -> paths.open(d, 0, "soft", 0, BOTH, 0, 0, RESULT));
      int soft = guest.open(d, "soft", 0, Rights.FD_READ);
      assertEquals("a", guest.read(soft, 10));
      guest.table.close(soft);
      paths.fileStatus(d, 0, "soft", 0, false);
      assertEquals(Stat.SYMBOLIC_LINK, guest.memory.getByte(0, 16));
      paths.createDirectory(d, "full");
      guest.open(d, "full/x", Guest.CREATE, BOTH);
      paths.createDirectory(d, "empty");
      assertErrno(Errno.EXIST, () -> paths.createDirectory(d, "empty"));
      assertErrno(Errno.EXIST, () -> paths.createDirectory(d, "empty/."));
      assertErrno(Errno.NOTEMPTY, () -> paths.removeDirectory(d, "full"));
      assertErrno(Errno.NOTDIR, () -> paths.removeDirectory(d, "b"));
      assertErrno(Errno.ISDIR, () -> paths.unlink(d, "empty"));
      assertErrno(Errno.NOTEMPTY, () -> paths.rename(d, "empty", d, "full"));
      assertErrno(Errno.ISDIR, () -> paths.rename(d, "b", d, "empty"));
      assertErrno(Errno.NOTDIR, () -> paths.rename(d, "empty", d, "b"));
      assertErrno(Errno.INVAL, () -> paths.rename(d, "full", d, "full/inner"));
      paths.rename(d, "full", d, "empty/");
      assertTrue(Files.exists(root.resolve("empty/x")));
      paths.unlink(d, "soft");
      paths.unlink(d, "c");
      assertErrno(Errno.NOENT, () -> paths.unlink(d, "c"));
      paths.setTimes(d, 0, "b", 0, 5_000_000_000L, Times.SET_MODIFIED);
      assertEquals(5000, Files.getLastModifiedTime(root.resolve("b")).toMillis());
      // To another mount.
      int other = guest.give(Files.createDirectory(memory.getPath("/other")), false);
      assertErrno(Errno.XDEV, () -> paths.rename(d, "b", other, "b"));
      assertErrno(Errno.XDEV, () -> paths.link(d, 0, "b", other, "b"));
    }
  }

  @Test
  void listingsAreLimitedAltogether() throws IOException {
    try (Place.Folder folder = Place.MEMORY.folder(Path.of("unused"))) {
      for (int i = 0; i < 10; i++) {
        Files.createFile(folder.path().resolve("file" + i));
      }
      PathMount mount = new PathMount(folder.path(), false, 25);
      Directory[] directories = new Directory[3];
      for (int i = 0; i < 3; i++) {
        directories[i] = new PathDirectory(mount, folder.path());
      }
      Directory.Entries all = (next, inode, name, type) -> true;
      for (int i = 0; i < 5; i++) {
        directories[0].list(0, 1000, all);
        directories[1].list(0, 1000, all);
        assertErrno(Errno.NOMEM, () -> directories[2].list(0, 1000, all));
      }
      directories[0].letGo();
      directories[2].list(0, 1000, all);
      directories[1].letGo();
      directories[2].letGo();
    }
  }

  @Test
  void listingsGoOnWhereTheyWere() throws IOException {
    try (FileSystem memory = memory()) {
      Path root = Files.createDirectory(memory.getPath("/data"));
      List<String> expected = new ArrayList<>(List.of(".", ".."));
      for (int i = 0; i < 100; i++) {
        Files.createFile(root.resolve("file" + i));
        expected.add("file" + i);
      }
      int d = guest.give(root, false);
      for (int size : new int[] {64, 100, 4096, 30_000}) {
        List<String> names = names(d, size);
        assertEquals(expected.stream().sorted().toList(), names.stream().sorted().toList());
      }
      // What has been removed meanwhile is left out, and nothing is listed twice.
      DirectoryListing listing = new DirectoryListing(guest.table, guest.memory, guest.waiting);
      listing.read(d, BUFFER, 500, 0, RESULT);
      long cookie = guest.memory.getLong(BUFFER, 0);
      for (int i = 0; i < 100; i += 2) {
        Files.delete(root.resolve("file" + i));
      }
      listing.read(d, BUFFER, 30_000, cookie, RESULT);
      assertErrno(Errno.INVAL, () -> listing.read(d, BUFFER, 100, 5000, RESULT));
      assertErrno(Errno.INVAL, () -> listing.read(d, BUFFER, 100, -1, RESULT));
    }
  }

  @Test
  void zipFilesAreRead(@TempDir Path folder) throws IOException {
    Path zip = folder.resolve("test.zip");
    try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Files.createDirectory(system.getPath("/sub"));
      Files.writeString(system.getPath("/sub/file"), "zipped");
      Files.writeString(system.getPath("/top"), "top");
    }
    Files.writeString(folder.resolve("secret"), "secret");
    try (FileSystem system = FileSystems.newFileSystem(zip)) {
      int d = guest.give(system.getPath("/"), true);
      assertEquals("zipped", guest.read(guest.open(d, "sub/file", 0, Rights.FD_READ), 100));
      assertEquals("zipped", guest.read(guest.open(d, "./sub/../sub/file", 0, Rights.ALL), 100));
      assertEquals(List.of(".", "..", "sub", "top"), names(d, 4096).stream().sorted().toList());
      int sub = guest.open(d, "sub", Guest.OPEN_DIRECTORY, Rights.FD_READ);
      assertEquals(List.of(".", "..", "file"), names(sub, 4096));
      assertErrno(Errno.NOTCAPABLE, () -> guest.open(d, "../secret", 0, Rights.FD_READ));
      assertErrno(Errno.NOTCAPABLE, () -> guest.open(sub, "../top", 0, Rights.FD_READ));
      assertErrno(Errno.NOENT, () -> guest.open(d, "none", 0, Rights.FD_READ));
      assertErrno(Errno.ROFS, () -> guest.open(d, "new", Guest.CREATE, BOTH));
      assertErrno(Errno.ROFS, () -> paths.unlink(d, "top"));
      int file = guest.open(d, "sub/file", 0, Rights.FD_READ);
      guest.files.seek(file, 3, Whence.SET, RESULT);
      assertEquals("ped", guest.read(file, 100));
      guest.files.fileStatus(file, 0, false);
      assertEquals(6, guest.memory.getLong(0, 32));
    }
  }

  @Test
  void zipFilesAreWritten(@TempDir Path folder) throws IOException {
    Path zip = folder.resolve("test.zip");
    try (FileSystem system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      int d = guest.give(system.getPath("/"), false);
      paths.createDirectory(d, "sub");
      int fd = guest.open(d, "sub/file", Guest.CREATE, Rights.FD_WRITE);
      guest.write(fd, "written");
      guest.table.close(fd);
      assertErrno(Errno.NOTSUP, () -> paths.symlink("file", d, "sub/link"));
      assertErrno(Errno.NOTSUP, () -> paths.link(d, 0, "sub/file", d, "sub/link"));
      paths.rename(d, "sub/file", d, "moved");
      guest.table.close(d);
    }
    try (FileSystem system = FileSystems.newFileSystem(zip)) {
      assertEquals("written", Files.readString(system.getPath("/moved"), StandardCharsets.UTF_8));
    }
  }

  @Test
  void filesAreToldApart() throws IOException {
    try (FileSystem memory = memory()) {
      Path root = Files.createDirectory(memory.getPath("/data"));
      Files.createFile(root.resolve("a"));
      Files.createFile(root.resolve("b"));
      int d = guest.give(root, false);
      int other = guest.give(Files.createDirectory(memory.getPath("/other")), false);
      paths.fileStatus(d, 0, "a", 0, false);
      paths.fileStatus(d, 0, "b", 64, false);
      assertEquals(guest.memory.getLong(0, 0), guest.memory.getLong(64, 0));
      assertNotEquals(guest.memory.getLong(0, 8), guest.memory.getLong(64, 8));
      guest.files.fileStatus(other, 64, false);
      assertNotEquals(guest.memory.getLong(0, 0), guest.memory.getLong(64, 0));
    }
  }
}

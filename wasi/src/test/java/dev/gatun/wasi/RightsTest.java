package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class RightsTest {
  private static final long BOTH = Rights.FD_READ | Rights.FD_WRITE;

  @TempDir private Path root;
  private final Guest guest = new Guest();
  private int directory;
  private int file;

  @BeforeEach
  void open() {
    directory = guest.give(root, false);
    file = guest.open(directory, "file", Guest.CREATE, Rights.ALL);
    guest.write(file, "text");
  }

  @AfterEach
  void close() {
    guest.close();
  }

  private long rights(int fd) {
    guest.files.status(fd, 0);
    return guest.memory.getLong(0, 8);
  }

  private long inheriting(int fd) {
    guest.files.status(fd, 0);
    return guest.memory.getLong(0, 16);
  }

  private void giveUp(int fd, long rights, long inheriting) {
    guest.table.setRights(fd, rights(fd) & ~rights, inheriting(fd) & ~inheriting);
  }

  @Test
  void thoseThatWereAskedForAndApplyAreTold() {
    assertEquals(Rights.OF_FILE, rights(file));
    assertEquals(Rights.OF_DIRECTORY, rights(directory));
    assertEquals(Rights.ALL, inheriting(directory));
    int reading = guest.open(directory, "file", 0, Rights.FD_READ);
    assertEquals(Rights.FD_READ | Rights.FD_SEEK | Rights.FD_TELL, rights(reading));
  }

  @Test
  void whatIsGivenUpIsGone() {
    giveUp(file, Rights.FD_WRITE, 0);
    assertErrno(Errno.BADF, () -> guest.write(file, "more"));
    giveUp(file, Rights.FD_FILESTAT_GET | Rights.FD_SEEK | Rights.FD_TELL, 0);
    assertErrno(Errno.NOTCAPABLE, () -> guest.files.fileStatus(file, 0, false));
    assertErrno(Errno.NOTCAPABLE, () -> guest.files.seek(file, 0, Whence.SET, RESULT));
    assertErrno(Errno.NOTCAPABLE, () -> guest.table.setRights(file, Rights.FD_WRITE, 0));
    assertErrno(Errno.BADF, () -> guest.table.setRights(99, 0, 0));
  }

  @Test
  void tellIsLessThanSeek() {
    giveUp(file, Rights.FD_SEEK, 0);
    guest.files.seek(file, 0, Whence.CURRENT, RESULT);
    assertEquals(4, guest.memory.getLong(RESULT, 0));
    assertErrno(Errno.NOTCAPABLE, () -> guest.files.seek(file, 1, Whence.CURRENT, RESULT));
  }

  @Test
  void eachFunctionOnPathsHasOne() {
    PathCalls paths = guest.paths;
    DirectoryListing listing = new DirectoryListing(guest.table, guest.memory, guest.waiting);
    record Call(long right, Executable call) {}
    for (Call call :
        new Call[] {
          new Call(Rights.PATH_CREATE_DIRECTORY, () -> paths.createDirectory(directory, "d")),
          new Call(Rights.PATH_CREATE_FILE, () -> guest.open(directory, "new", Guest.CREATE, BOTH)),
          new Call(Rights.PATH_FILESTAT_SET_SIZE, () -> guest.open(directory, "file", Guest.TRUNCATE, BOTH)),
          new Call(Rights.PATH_LINK_SOURCE, () -> paths.link(directory, 0, "file", directory, "l")),
          new Call(Rights.PATH_LINK_TARGET, () -> paths.link(directory, 0, "file", directory, "l")),
          new Call(Rights.PATH_READLINK, () -> paths.readLink(directory, "file", 0, 10, RESULT)),
          new Call(Rights.PATH_RENAME_SOURCE, () -> paths.rename(directory, "file", directory, "l")),
          new Call(Rights.PATH_RENAME_TARGET, () -> paths.rename(directory, "file", directory, "l")),
          new Call(Rights.PATH_FILESTAT_GET, () -> paths.fileStatus(directory, 0, "file", 0, false)),
          new Call(Rights.PATH_FILESTAT_SET_TIMES, () -> paths.setTimes(directory, 0, "file", 0, 0, 0)),
          new Call(Rights.PATH_SYMLINK, () -> paths.symlink("file", directory, "l")),
          new Call(Rights.PATH_REMOVE_DIRECTORY, () -> paths.removeDirectory(directory, "file")),
          new Call(Rights.PATH_UNLINK_FILE, () -> paths.unlink(directory, "none")),
          new Call(Rights.FD_READDIR, () -> listing.read(directory, 0, 9, 0, RESULT)),
          new Call(Rights.PATH_OPEN, () -> guest.open(directory, "file", 0, BOTH)),
        }) {
      giveUp(directory, call.right, 0);
      assertErrno(Errno.NOTCAPABLE, call.call);
    }
  }

  @Test
  void whatADirectoryDoesNotPassOnCantBeAskedFor() {
    giveUp(directory, 0, Rights.FD_WRITE);
    assertErrno(Errno.NOTCAPABLE, () -> guest.open(directory, "file", 0, BOTH));
    int below = guest.open(directory, ".", Guest.OPEN_DIRECTORY, Rights.FD_READ);
    assertErrno(Errno.NOTCAPABLE, () -> guest.open(below, "file", 0, BOTH));
    assertEquals("text", guest.read(guest.open(below, "file", 0, Rights.FD_READ), 10));
  }

  @Test
  void whatIsOpenedInADirectoryDoesNotNeedToBeNamedWithItsOwnRights() {
    guest.paths.open(directory, 0, ".", Guest.OPEN_DIRECTORY, Rights.OF_DIRECTORY, Rights.OF_DIRECTORY, 0, RESULT);
    int named = guest.memory.getInt(RESULT, 0);
    assertEquals("text", guest.read(guest.open(named, "file", 0, BOTH), 10));
    guest.paths.open(
        directory, 0, ".", Guest.OPEN_DIRECTORY, Rights.OF_DIRECTORY, Rights.OF_DIRECTORY | Rights.FD_READ, 0, RESULT);
    int reading = guest.memory.getInt(RESULT, 0);
    assertEquals("text", guest.read(guest.open(reading, "file", 0, Rights.FD_READ), 10));
    assertErrno(Errno.NOTCAPABLE, () -> guest.open(reading, "file", 0, BOTH));
  }
}

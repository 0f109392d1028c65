package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.BUFFER;
import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.VECTORS;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileCallsTest {
  private static final long BOTH = Guest.READ | Guest.WRITE;

  @TempDir private Path root;
  private int directory;
  private final Guest guest = new Guest();
  private final FileCalls files = guest.files;

  @BeforeEach
  void give() {
    directory = guest.give(root, false);
  }

  @AfterEach
  void close() {
    guest.close();
  }

  private long position(int fd) {
    files.seek(fd, 0, Whence.CURRENT, RESULT);
    return guest.memory.getLong(RESULT, 0);
  }

  @Test
  void writesAndReadsVectors() throws IOException {
    int fd = guest.open(directory, "f", Guest.CREATE, BOTH);
    guest.memory.put(BUFFER, "hello world".getBytes(StandardCharsets.UTF_8));
    guest.vector(0, BUFFER, 5);
    guest.vector(1, 0, 0);
    guest.vector(2, BUFFER + 5, 6);
    files.write(fd, VECTORS, 3, RESULT);
    assertEquals(11, guest.memory.getInt(RESULT, 0));
    assertEquals("hello world", Files.readString(root.resolve("f")));
    assertEquals(11, position(fd));
    files.seek(fd, -5, Whence.END, RESULT);
    assertEquals("world", guest.read(fd, 100));
    assertEquals("", guest.read(fd, 100));
    guest.vector(0, BUFFER, 4);
    guest.vector(1, BUFFER + 4, 100);
    files.readAt(fd, VECTORS, 2, 1, RESULT);
    assertEquals("ello world", guest.text(BUFFER, guest.memory.getInt(RESULT, 0)));
    guest.vector(0, BUFFER, 4);
    files.writeAt(fd, VECTORS, 1, 7, RESULT);
    assertEquals("hello wello", Files.readString(root.resolve("f")));
    assertEquals(11, position(fd));
  }

  @Test
  void pointersOutsideOfTheMemoryAreFaults() {
    int fd = guest.open(directory, "f", Guest.CREATE, BOTH);
    for (int[] vector : new int[][] {{Guest.SIZE - 4, 5}, {-8, 8}, {-8, -1}, {0, -1}, {Guest.SIZE + 1, 0}}) {
      guest.vector(0, vector[0], vector[1]);
      assertThrows(IndexOutOfBoundsException.class, () -> files.write(fd, VECTORS, 1, RESULT));
      assertThrows(IndexOutOfBoundsException.class, () -> files.read(fd, VECTORS, 1, RESULT));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> files.write(fd, Guest.SIZE - 4, 1, RESULT));
    guest.vector(0, BUFFER, 4);
    assertThrows(IndexOutOfBoundsException.class, () -> files.write(fd, VECTORS, 1, Guest.SIZE - 3));
    assertEquals(0, root.resolve("f").toFile().length());
    assertErrno(Errno.INVAL, () -> files.write(fd, VECTORS, 1025, RESULT));
    assertErrno(Errno.INVAL, () -> files.write(fd, VECTORS, -1, RESULT));
    assertThrows(IndexOutOfBoundsException.class, () -> files.status(fd, Guest.SIZE - 8));
    assertThrows(IndexOutOfBoundsException.class, () -> files.fileStatus(fd, -16, false));
  }

  @Test
  void failedOpenLeavesNoDescriptor() {
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> guest.paths.open(directory, 0, "f", Guest.CREATE, BOTH, Rights.ALL, 0, Guest.SIZE));
    assertErrno(Errno.BADF, () -> guest.table.use(directory + 1));
  }

  @Test
  void openFlagsAreHonoured() throws IOException {
    Files.writeString(root.resolve("f"), "old");
    assertErrno(Errno.EXIST, () -> guest.open(directory, "f", Guest.CREATE | Guest.EXCLUSIVE, BOTH));
    assertErrno(Errno.NOTDIR, () -> guest.open(directory, "f", Guest.OPEN_DIRECTORY, Guest.READ));
    assertErrno(Errno.NOENT, () -> guest.open(directory, "g", 0, Guest.READ));
    assertErrno(Errno.ISDIR, () -> guest.open(directory, ".", 0, Guest.WRITE));
    assertErrno(Errno.INVAL, () -> guest.open(directory, "g", Guest.CREATE | Guest.OPEN_DIRECTORY, BOTH));
    assertErrno(Errno.INVAL, () -> guest.open(directory, "f", 16, BOTH));
    assertErrno(Errno.INVAL, () -> guest.paths.open(directory, 1, "f", 0, BOTH, Rights.ALL, 32, RESULT));
    guest.paths.open(directory, 1, "f", 0, Guest.WRITE, Rights.ALL, Flags.APPEND, RESULT);
    int appending = guest.memory.getInt(RESULT, 0);
    guest.write(appending, "+new");
    assertEquals("old+new", Files.readString(root.resolve("f")));
    files.status(appending, 0);
    assertEquals(Stat.REGULAR_FILE, guest.memory.getByte(0, 0));
    assertEquals(Flags.APPEND, guest.memory.getShort(0, 2));
    assertEquals(0, guest.memory.getLong(0, 8) & Guest.READ);
    assertEquals(Guest.WRITE, guest.memory.getLong(0, 8) & Guest.WRITE);
    files.setFlags(appending, 0);
    files.status(appending, 0);
    assertEquals(0, guest.memory.getShort(0, 2));
    guest.open(directory, "f", Guest.TRUNCATE, BOTH);
    assertEquals("", Files.readString(root.resolve("f")));
  }

  @Test
  void sizeAndTimesAreSet() {
    int fd = guest.open(directory, "f", Guest.CREATE, BOTH);
    files.setSize(fd, 1000);
    files.setTimes(fd, 1_000_000_001L, 2_000_000_002L, Times.SET_ACCESSED | Times.SET_MODIFIED);
    files.fileStatus(fd, 0, false);
    assertEquals(Stat.REGULAR_FILE, guest.memory.getByte(0, 16));
    assertEquals(1, guest.memory.getLong(0, 24));
    assertEquals(1000, guest.memory.getLong(0, 32));
    assertEquals(1_000_000_001L, guest.memory.getLong(0, 40));
    assertEquals(2_000_000_002L, guest.memory.getLong(0, 48));
    guest.paths.setTimes(directory, 0, "f", 0, 5, Times.SET_MODIFIED);
    guest.paths.fileStatus(directory, 0, "f", 0, false);
    assertEquals(1_000_000_001L, guest.memory.getLong(0, 40));
    assertEquals(5, guest.memory.getLong(0, 48));
    int both = Times.SET_ACCESSED | Times.SET_ACCESSED_NOW;
    assertErrno(Errno.INVAL, () -> files.setTimes(fd, 0, 0, both));
    files.allocate(fd, 0, 4000);
    files.setTimes(fd, 0, 0, Times.SET_ACCESSED_NOW | Times.SET_MODIFIED_NOW);
    files.fileStatus(fd, 0, false);
    long recently = (System.currentTimeMillis() - 60_000) * 1_000_000;
    assertTrue(guest.memory.getLong(0, 40) > recently && guest.memory.getLong(0, 48) > recently);
    files.sync(fd, false);
    files.advise(fd, 0, 0, 3);
    assertErrno(Errno.INVAL, () -> files.advise(fd, 0, 0, 6));
    assertEquals(4000, root.resolve("f").toFile().length());
  }

  @Test
  void namesAreMadeMovedAndRemoved() throws IOException {
    PathCalls paths = guest.paths;
    paths.createDirectory(directory, "d/");
    assertErrno(Errno.EXIST, () -> paths.createDirectory(directory, "d"));
    assertErrno(Errno.EXIST, () -> paths.createDirectory(directory, "."));
    assertErrno(Errno.EXIST, () -> paths.createDirectory(directory, "d/.."));
    assertErrno(Errno.NOENT, () -> paths.createDirectory(directory, "e/."));
    Files.writeString(root.resolve("d/f"), "text");
    paths.link(directory, 0, "d/f", directory, "hard");
    paths.symlink("d/f", directory, "soft");
    paths.fileStatus(directory, 0, "soft", 0, false);
    assertEquals(Stat.SYMBOLIC_LINK, guest.memory.getByte(0, 16));
    paths.fileStatus(directory, 1, "soft", 0, false);
    assertEquals(Stat.REGULAR_FILE, guest.memory.getByte(0, 16));
    assertEquals(2, guest.memory.getLong(0, 24));
    paths.readLink(directory, "soft", BUFFER, 100, RESULT);
    assertEquals("d/f", guest.text(BUFFER, guest.memory.getInt(RESULT, 0)));
    paths.readLink(directory, "soft", BUFFER, 2, RESULT);
    assertEquals(2, guest.memory.getInt(RESULT, 0));
    assertErrno(Errno.INVAL, () -> paths.readLink(directory, "hard", BUFFER, 100, RESULT));
    assertErrno(Errno.NOTDIR, () -> paths.unlink(directory, "hard/"));
    assertErrno(Errno.NOTDIR, () -> paths.unlink(directory, "soft/"));
    assertErrno(Errno.NOTDIR, () -> paths.rename(directory, "hard", directory, "other/"));
    assertErrno(Errno.NOTEMPTY, () -> paths.removeDirectory(directory, "d"));
    assertErrno(Errno.ISDIR, () -> paths.unlink(directory, "d"));
    paths.rename(directory, "hard", directory, "moved");
    assertEquals("text", Files.readString(root.resolve("moved")));
    paths.rename(directory, "d", directory, "e/");
    paths.unlink(directory, "e/f");
    paths.removeDirectory(directory, "e/");
    paths.unlink(directory, "soft");
    assertEquals(1, root.toFile().list().length);
  }

  @Test
  void aFullDiskIsReported() {
    int devices = guest.give(Path.of("/dev"), false);
    int full = guest.open(devices, "full", 0, Guest.WRITE);
    assertErrno(Errno.NOSPC, () -> guest.write(full, "text"));
  }

  @Test
  void descriptorsAreLimitedAndReused() {
    int fd = directory;
    while (fd < DescriptorTable.DEFAULT_MAX - 1) {
      fd = guest.table.add(new JavaStream(new ByteArrayInputStream(new byte[0]), null));
    }
    assertErrno(Errno.MFILE, () -> guest.open(directory, "f", Guest.CREATE, BOTH));
    guest.table.close(700);
    guest.table.close(500);
    assertErrno(Errno.BADF, () -> guest.table.close(500));
    assertEquals(500, guest.open(directory, "f", 0, Guest.READ));
    for (int bad : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, DescriptorTable.DEFAULT_MAX, 700}) {
      assertErrno(Errno.BADF, () -> guest.read(bad, 1));
    }
  }

  @Test
  void renumberingMovesAndCloses() throws IOException {
    Files.writeString(root.resolve("f"), "f");
    int f = guest.open(directory, "f", 0, Guest.READ);
    int g = guest.open(directory, "g", Guest.CREATE, BOTH);
    guest.table.renumber(f, g);
    assertErrno(Errno.BADF, () -> guest.read(f, 1));
    assertEquals("f", guest.read(g, 10));
    guest.table.renumber(g, g);
    assertErrno(Errno.BADF, () -> guest.table.renumber(g, f));
    assertErrno(Errno.BADF, () -> guest.table.renumber(f, g));
  }

  @Test
  void streamsOfJavaAreReadAndWritten() {
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    int in = guest.table.add(new JavaStream(new ByteArrayInputStream("typed".getBytes(StandardCharsets.UTF_8)), null));
    int out = guest.table.add(new JavaStream(null, captured));
    assertEquals("ty", guest.read(in, 2));
    assertEquals("ped", guest.read(in, 100));
    assertEquals("", guest.read(in, 100));
    assertEquals(7, guest.write(out, "printed"));
    assertEquals("printed", captured.toString(StandardCharsets.UTF_8));
    assertErrno(Errno.BADF, () -> guest.read(out, 1));
    assertErrno(Errno.BADF, () -> guest.write(in, "x"));
    assertErrno(Errno.SPIPE, () -> files.seek(in, 0, Whence.SET, RESULT));
    assertErrno(Errno.SPIPE, () -> files.readAt(in, VECTORS, 1, 0, RESULT));
  }

  @Test
  void nullDeviceIsNoTerminal() {
    int devices = guest.give(Path.of("/dev"), false);
    int fd = guest.open(devices, "null", 0, BOTH);
    files.status(fd, 0);
    assertEquals(Stat.CHARACTER_DEVICE, guest.memory.getByte(0, 0));
    assertEquals(Rights.FD_SEEK, guest.memory.getLong(0, 8) & Rights.FD_SEEK);
  }

  @Test
  void flagsOfTheProcessesStreamsStay() {
    int fd = guest.table.add(HostFile.inherited(1));
    assertErrno(Errno.NOTSUP, () -> files.setFlags(fd, Flags.NONBLOCK));
  }

  @Test
  void preopenedDirectoriesHaveNames() {
    int below = guest.open(directory, ".", Guest.OPEN_DIRECTORY, Guest.READ);
    files.preopen(directory, 0);
    assertEquals(0, guest.memory.getInt(0, 0));
    assertEquals(1, guest.memory.getInt(0, 4));
    files.preopenName(directory, BUFFER, 1);
    assertEquals("/", guest.text(BUFFER, 1));
    assertErrno(Errno.NAMETOOLONG, () -> files.preopenName(directory, BUFFER, 0));
    assertErrno(Errno.BADF, () -> files.preopen(below, 0));
    assertErrno(Errno.BADF, () -> files.preopen(0, 0));
    assertErrno(Errno.BADF, () -> files.seek(below, 0, Whence.SET, RESULT));
  }

  /** To open a pipe that nobody has at the other end would take for ever. */
  @Test
  @Timeout(20)
  void pipesAreOpenedWithoutWaiting() throws Exception {
    String pipe = root.resolve("pipe").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", pipe).start().waitFor());
    assertErrno(Errno.NXIO, () -> guest.open(directory, "pipe", 0, Guest.WRITE));
    int reader = guest.open(directory, "pipe", 0, Guest.READ);
    files.status(reader, 0);
    assertEquals(0, guest.memory.getShort(0, 2));
    int writer = guest.open(directory, "pipe", 0, Guest.WRITE);
    guest.write(writer, "through");
    assertEquals("through", guest.read(reader, 100));
    // All that a pipe takes is written at once, and who does not wait is told how much that was.
    guest.vector(0, 0, Guest.SIZE);
    files.write(writer, VECTORS, 1, RESULT);
    assertEquals(Guest.SIZE, guest.memory.getInt(RESULT, 0));
    files.setFlags(writer, Flags.NONBLOCK);
    assertErrno(Errno.AGAIN, () -> guest.write(writer, "more"));
    assertEquals(8192, guest.read(reader, 8192).length());
    guest.vector(0, 0, Guest.SIZE);
    files.write(writer, VECTORS, 1, RESULT);
    assertEquals(8192, guest.memory.getInt(RESULT, 0));
    guest.table.close(writer);
    for (int rest = Guest.SIZE; rest > 0; ) {
      rest -= guest.read(reader, 4096).length();
    }
    assertEquals("", guest.read(reader, 100));
  }
}

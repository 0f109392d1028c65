package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.RESULT;
import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way out of a directory that was once found in an engine, tried by every function that takes a path. */
class EscapeTest {
  private static final long BOTH = Rights.FD_READ | Rights.FD_WRITE;

  /** What may be said to who tries: never that it worked. */
  private static final Set<Integer> REFUSALS = Set.of(Errno.NOTCAPABLE, Errno.LOOP, Errno.NOENT, Errno.NOTDIR);

  @TempDir private Path temporary;
  private final Guest guest = new Guest();
  private final PathCalls paths = guest.paths;

  @AfterEach
  void close() {
    guest.close();
  }

  /** The names and contents of all that is in a folder, links as such. */
  private static Set<String> contents(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(EscapeTest::describe).collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String describe(Path file) {
    try {
      return file
          + (Files.isSymbolicLink(file)
              ? " -> " + Files.readSymbolicLink(file)
              : Files.isRegularFile(file) ? ": " + Files.readString(file) : "/");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path layOut(Path folder) throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createDirectory(outside.resolve("empty"));
    Files.createDirectory(root.resolve("inner"));
    Files.writeString(root.resolve("file"), "inside");
    String absolute = outside.toAbsolutePath().toString();
    link(root, "to-outside", "../outside");
    link(root, "to-secret", "../outside/secret");
    link(root, "to-new", "../outside/new");
    link(root, "absolute", absolute);
    link(root, "absolute-new", absolute + "/new");
    link(root, "chain1", "chain2");
    link(root, "chain2", "inner/chain3");
    link(root, "inner/chain3", "../../outside/secret");
    link(root, "inner/up", "..");
    link(root, "parent", "..");
    return root;
  }

  private static void link(Path root, String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), root.getFileSystem().getPath(target));
  }

  /** Paths that lead to what is there outside, and ones that lead to what could be made there. */
  private static final List<String> EXISTING =
      List.of(
          "../outside/secret", "inner/../../outside/secret", "/outside/secret", "to-outside/secret", "to-secret",
          "absolute/secret", "chain1", "inner/chain3", "inner/up/../outside/secret", "parent/outside/secret",
          "inner/up/parent/outside/secret", "./../outside/secret", "inner//..//..//outside//secret",
          "to-outside/../outside/secret");

  private static final List<String> NEW =
      List.of(
          "../outside/new", "to-outside/new", "absolute/new", "parent/outside/new", "inner/../../outside/new",
          "/outside/new", "inner/up/../outside/new");

  private static void refused(String what, Executable call) {
    int errno = assertThrows(WasiError.class, call, what).errno;
    assertTrue(REFUSALS.contains(errno), () -> what + ": error " + errno);
  }

  @ParameterizedTest
  @EnumSource
  void noPathLeadsOut(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      Path root = layOut(folder.path());
      Set<String> before = contents(folder.path());
      int d = guest.give(root, false);
      for (String path : EXISTING) {
        for (String suffix : List.of("", "/", "/.")) {
          String name = path + suffix;
          refused("open " + name, () -> guest.open(d, name, 0, Rights.FD_READ));
          refused("write " + name, () -> guest.open(d, name, 0, BOTH));
          refused("truncate " + name, () -> guest.open(d, name, Guest.TRUNCATE, BOTH));
          refused("stat " + name, () -> paths.fileStatus(d, 1, name, 0, false));
          refused("times " + name, () -> paths.setTimes(d, 1, name, 1, 1, Times.SET_MODIFIED));
        }
        if (!path.equals("to-secret") && !path.startsWith("chain") && !path.equals("inner/chain3")) {
          refused("unlink " + path, () -> paths.unlink(d, path));
          refused("link " + path, () -> paths.link(d, 0, path, d, "linked"));
          refused("rename " + path, () -> paths.rename(d, path, d, "renamed"));
          refused("read link " + path, () -> paths.readLink(d, path, 0, 100, RESULT));
          refused("remove " + path, () -> paths.removeDirectory(d, path));
        }
      }
      for (String path : NEW) {
        refused("create " + path, () -> guest.open(d, path, Guest.CREATE, BOTH));
        refused("create only " + path, () -> guest.open(d, path, Guest.CREATE | Guest.EXCLUSIVE, BOTH));
        refused("make directory " + path, () -> paths.createDirectory(d, path));
        refused("symlink " + path, () -> paths.symlink("file", d, path));
        refused("link to " + path, () -> paths.link(d, 0, "file", d, path));
        refused("rename to " + path, () -> paths.rename(d, "file", d, path));
      }
      refused("remove outside/empty", () -> paths.removeDirectory(d, "to-outside/empty"));
      // A link whose target is not there yet must not be where something is made.
      refused("create through a link", () -> guest.open(d, "to-new", Guest.CREATE, BOTH));
      refused("create through an absolute link", () -> guest.open(d, "absolute-new", Guest.CREATE, BOTH));
      assertEquals(before, contents(folder.path()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSlashAtTheEndFollowsNoLinkOut(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      int d = guest.give(layOut(folder.path()), false);
      for (String path : List.of("to-outside/", "to-outside/.", "to-outside//", "absolute/", "parent/")) {
        // With and without following the last component, which a slash makes one before the last.
        for (int lookup = 0; lookup <= 1; lookup++) {
          int follow = lookup;
          refused(path, () -> paths.fileStatus(d, follow, path, 0, false));
          refused(path, () -> paths.open(d, follow, path, Guest.OPEN_DIRECTORY, Rights.FD_READ, 0, 0, RESULT));
          refused(path, () -> paths.setTimes(d, follow, path, 1, 1, Times.SET_MODIFIED));
        }
      }
    }
  }

  /** The target of a link is text, but absolute text has no use. */
  @ParameterizedTest
  @EnumSource
  void linksThatAGuestMakesDoNotLeadOut(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      int d = guest.give(layOut(folder.path()), false);
      assertErrno(Errno.NOTCAPABLE, () -> paths.symlink("/outside/secret", d, "mine"));
      paths.symlink("../outside/secret", d, "mine");
      refused("mine", () -> guest.open(d, "mine", 0, Rights.FD_READ));
      paths.symlink("mine", d, "mine-too");
      refused("mine-too", () -> guest.open(d, "mine-too", 0, Rights.FD_READ));
      paths.symlink("loop", d, "loop");
      assertErrno(Errno.LOOP, () -> guest.open(d, "loop", 0, Rights.FD_READ));
      paths.rename(d, "mine", d, "inner/mine");
      refused("inner/mine", () -> guest.open(d, "inner/mine", 0, Rights.FD_READ));
    }
  }

  /** A directory below is confined to itself, not to what the guest was given. */
  @ParameterizedTest
  @EnumSource
  void anOpenDirectoryIsAJailOfItsOwn(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      int d = guest.give(layOut(folder.path()), false);
      int inner = guest.open(d, "inner", Guest.OPEN_DIRECTORY, Rights.FD_READ);
      refused("..", () -> guest.open(inner, "..", Guest.OPEN_DIRECTORY, Rights.FD_READ));
      refused("../file", () -> guest.open(inner, "../file", 0, Rights.FD_READ));
      refused("up/file", () -> guest.open(inner, "up/file", 0, Rights.FD_READ));
      // The same through the directory above.
      assertEquals("inside", guest.read(guest.open(d, "inner/up/file", 0, Rights.FD_READ), 100));
      // Renumbered onto the directory above, it stays what it is.
      guest.table.renumber(inner, d);
      refused("../file", () -> guest.open(d, "../file", 0, Rights.FD_READ));
      refused("file", () -> guest.open(d, "file", 0, Rights.FD_READ));
    }
  }

  /** An open directory that was moved must not be what has taken its place. */
  @ParameterizedTest
  @EnumSource
  void aLinkInTheOldPlaceOfAnOpenDirectoryLeadsNowhere(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      Path root = layOut(folder.path());
      Set<String> outside = contents(folder.path().resolve("outside"));
      int d = guest.give(root, false);
      paths.createDirectory(d, "a");
      paths.createDirectory(d, "a/b");
      int opened = guest.open(d, "a", Guest.OPEN_DIRECTORY, Rights.FD_READ);
      int below = guest.open(d, "a/b", Guest.OPEN_DIRECTORY, Rights.FD_READ);
      paths.rename(d, "a", d, "moved");
      paths.symlink("../outside", d, "a");
      for (int fd : new int[] {opened, below}) {
        refused("open", () -> guest.open(fd, "secret", 0, Rights.FD_READ));
        refused("stat", () -> paths.fileStatus(fd, 0, "secret", 0, false));
        refused("unlink", () -> paths.unlink(fd, "secret"));
      }
      try {
        guest.open(opened, "new", Guest.CREATE, BOTH); // made in the directory that was opened, or not at all
      } catch (WasiError e) {
        assertEquals(Errno.NOENT, e.errno);
      }
      assertEquals(outside, contents(folder.path().resolve("outside")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsReadOnlyDoesNotBecomeWritableElsewhere(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      Path root = layOut(folder.path());
      Path writable = Files.createDirectory(folder.path().resolve("writable"));
      int fixed = guest.give(root, true);
      int free = guest.give(writable, false);
      assertErrno(Errno.ROFS, () -> paths.link(fixed, 0, "file", free, "file"));
      assertErrno(Errno.ROFS, () -> paths.rename(fixed, "file", free, "file"));
      assertErrno(Errno.ROFS, () -> paths.rename(fixed, "inner", free, "inner"));
      assertErrno(Errno.ROFS, () -> paths.link(free, 0, "none", fixed, "none"));
      int file = guest.open(fixed, "file", 0, Rights.FD_READ);
      assertErrno(Errno.ROFS, () -> guest.files.setSize(file, 0));
      assertErrno(Errno.BADF, () -> guest.write(file, "changed"));
      guest.table.renumber(file, free);
      assertErrno(Errno.ROFS, () -> guest.files.setTimes(free, 1, 1, Times.SET_MODIFIED));
      assertEquals("inside", Files.readString(root.resolve("file")));
      assertFalse(Files.exists(writable.resolve("file"), LinkOption.NOFOLLOW_LINKS));
    }
  }

  @Test
  void linksOfProcLeadNowhere() {
    for (Place place : List.of(Place.HOST, Place.WALK)) {
      System.setProperty(HostFiles.WALK_PROPERTY, String.valueOf(place == Place.WALK));
      try {
        int d = guest.give(Path.of("/proc/self"), false);
        for (String path :
            List.of("root/etc/passwd", "cwd", "cwd/.", "exe", "fd/0", "fd/1", "fd/" + d, "task/../root")) {
          refused(place + " " + path, () -> guest.open(d, path, 0, Rights.FD_READ));
        }
      } finally {
        System.clearProperty(HostFiles.WALK_PROPERTY);
      }
    }
  }

  private int pathError(byte[] bytes) {
    guest.memory.put(Guest.BUFFER, bytes);
    return assertThrows(WasiError.class, () -> guest.memory.path(Guest.BUFFER, bytes.length)).errno;
  }

  @Test
  void namesMustBeText() {
    assertEquals(Errno.INVAL, pathError("file\0.txt".getBytes(StandardCharsets.UTF_8)));
    assertEquals(Errno.ILSEQ, pathError(new byte[] {'a', (byte) 0xff}));
    assertEquals(Errno.ILSEQ, pathError(new byte[] {(byte) 0xc0, (byte) 0xaf}));
    assertEquals(Errno.ILSEQ, pathError(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}));
    assertEquals(Errno.NAMETOOLONG, pathError(new byte[5000]));
  }

  @ParameterizedTest
  @EnumSource
  void descriptorsAreLimited(Place place) throws IOException {
    try (Place.Folder folder = place.folder(temporary)) {
      int d = guest.give(layOut(folder.path()), false);
      int last = d;
      while (last < DescriptorTable.DEFAULT_MAX - 1) {
        last = guest.open(d, "file", 0, Rights.FD_READ);
      }
      for (int i = 0; i < 3000; i++) {
        assertErrno(Errno.MFILE, () -> guest.open(d, "file", 0, Rights.FD_READ));
      }
      guest.table.close(last);
      assertEquals(last, guest.open(d, "file", 0, Rights.FD_READ));
      guest.table.closeAll();
    }
  }
}

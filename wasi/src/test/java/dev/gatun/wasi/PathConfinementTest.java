package dev.gatun.wasi;

import static dev.gatun.wasi.Guest.assertErrno;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.linux.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathConfinementTest {
  /** The two ways to resolve a path must agree. */
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

  @TempDir private Path temporary;
  private Path root;
  private int directory;
  private Guest guest;

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectory(temporary.resolve("root"));
    Files.writeString(temporary.resolve("secret"), "secret");
    Files.createDirectories(root.resolve("a/b"));
    Files.writeString(root.resolve("file"), "inside");
    Files.writeString(root.resolve("a/b/deep"), "deep!");
    link("out", "../secret");
    link("absolute", temporary.resolve("secret").toString());
    link("up", "..");
    link("a/b/back", "../../file");
    link("chain1", "chain2");
    link("chain2", "a/b/deep");
    link("chain-out", "up-chain");
    link("up-chain", "a/../../secret");
    link("loop1", "loop2");
    link("loop2", "loop1");
    link("dangling", "nothing");
    link("to-a", "a");
    link("slashed", "a/");
    link("file-slashed", "file/");
    directory = Guest.openHost(root);
    guest = new Guest();
    guest.give(root, false);
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
    if (target.endsWith("/")) {
      // Path drops the slash at the end; the calls under test must meet it.
      Files.delete(root.resolve(name));
      try (Guest maker = new Guest()) {
        maker.paths.symlink(target, maker.give(root, false), name);
      }
    }
  }

  @AfterEach
  void close() {
    HostFiles.close(directory);
    guest.close();
  }

  private long size(Way way, String path) {
    int fd = way.open(directory, path, LibC.O_RDONLY());
    try {
      return Stat.of(fd).size();
    } finally {
      HostFiles.close(fd);
    }
  }

  private int type(Way way, String path, int flags) {
    int fd = way.open(directory, path, LibC.O_PATH() | flags);
    try {
      return Stat.of(fd).type();
    } finally {
      HostFiles.close(fd);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void whatIsInsideOpens(Way way) {
    assertEquals(6, size(way, "file"));
    assertEquals(6, size(way, "./a/../file"));
    assertEquals(6, size(way, "a//b/../../file"));
    assertEquals(5, size(way, "a/b/deep"));
    assertEquals(5, size(way, "to-a/b/deep"));
    assertEquals(5, size(way, "slashed/b/deep"));
    assertEquals(6, size(way, "a/b/back"));
    assertEquals(5, size(way, "chain1"));
    assertEquals(Stat.DIRECTORY, type(way, ".", 0));
    assertEquals(Stat.DIRECTORY, type(way, "a/..", 0));
    assertEquals(Stat.DIRECTORY, type(way, "a/b/..", 0));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nothingLeavesTheDirectory(Way way) {
    for (String path :
        List.of(
            "..", "../", "../root/file", "../secret", "a/../../secret",
            "a/b/../../../secret", "/", "/etc/passwd", "//file",
            "out", "absolute", "up", "up/secret", "up/root/file", "chain-out", "to-a/../../secret")) {
      assertErrno(Errno.NOTCAPABLE, () -> way.open(directory, path, LibC.O_RDONLY()));
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void loopsEnd(Way way) {
    assertErrno(Errno.LOOP, () -> way.open(directory, "loop1", LibC.O_RDONLY()));
    assertErrno(Errno.LOOP, () -> way.open(directory, "loop1/x", LibC.O_RDONLY()));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void lastLinkIsNotFollowedUnlessAsked(Way way) {
    assertErrno(Errno.LOOP, () -> way.open(directory, "out", LibC.O_RDONLY() | Machine.O_NOFOLLOW()));
    assertEquals(Stat.SYMBOLIC_LINK, type(way, "out", Machine.O_NOFOLLOW()));
    assertEquals(Stat.SYMBOLIC_LINK, type(way, "dangling", Machine.O_NOFOLLOW()));
    assertErrno(Errno.NOENT, () -> way.open(directory, "dangling", LibC.O_RDONLY()));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void slashAtTheEndAsksForADirectoryAndFollows(Way way) {
    assertEquals(Stat.DIRECTORY, type(way, "a/", 0));
    assertEquals(Stat.DIRECTORY, type(way, "to-a/", Machine.O_NOFOLLOW()));
    assertErrno(Errno.NOTDIR, () -> way.open(directory, "file/", LibC.O_RDONLY()));
    assertErrno(Errno.NOTDIR, () -> way.open(directory, "file-slashed", LibC.O_RDONLY()));
    assertErrno(Errno.NOTCAPABLE, () -> way.open(directory, "up/", LibC.O_PATH() | Machine.O_NOFOLLOW()));
    assertErrno(Errno.ISDIR, () -> way.open(directory, "new/", LibC.O_RDONLY() | LibC.O_CREAT()));
    assertFalse(Files.exists(root.resolve("new")));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void missingAndMistakenComponentsAreNamed(Way way) {
    assertErrno(Errno.NOENT, () -> way.open(directory, "missing/../file", LibC.O_RDONLY()));
    assertErrno(Errno.NOTDIR, () -> way.open(directory, "file/../file", LibC.O_RDONLY()));
    assertErrno(Errno.NOTDIR, () -> way.open(directory, "file/x", LibC.O_RDONLY()));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void magicLinksLeadNowhere(Way way) {
    int processes = Guest.openHost(Path.of("/proc"));
    try {
      for (String path :
          List.of("self/fd/" + directory + "/file", "self/cwd/pom.xml", "self/root/etc/passwd", "self/exe")) {
        assertThrows(WasiError.class, () -> way.open(processes, path, LibC.O_RDONLY()), path);
      }
    } finally {
      HostFiles.close(processes);
    }
  }

  @Test
  void createdFilesStayInside() {
    assertErrno(Errno.NOTCAPABLE, () -> guest.open(Guest.DIRECTORY, "up/new", Guest.CREATE, Guest.WRITE));
    assertErrno(Errno.NOTCAPABLE, () -> guest.open(Guest.DIRECTORY, "../new", Guest.CREATE, Guest.WRITE));
    assertFalse(Files.exists(temporary.resolve("new")));
    guest.open(Guest.DIRECTORY, "dangling", Guest.CREATE, Guest.WRITE);
    assertTrue(Files.exists(root.resolve("nothing")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "up/x", "/x", "a/../../x", ".."})
  void namesAreChangedInsideOnly(String path) {
    int d = Guest.DIRECTORY;
    PathCalls paths = guest.paths;
    assertErrno(Errno.NOTCAPABLE, () -> paths.createDirectory(d, path));
    assertErrno(Errno.NOTCAPABLE, () -> paths.removeDirectory(d, path));
    assertErrno(Errno.NOTCAPABLE, () -> paths.unlink(d, path));
    assertErrno(Errno.NOTCAPABLE, () -> paths.rename(d, "file", d, path));
    assertErrno(Errno.NOTCAPABLE, () -> paths.rename(d, path, d, "y"));
    assertErrno(Errno.NOTCAPABLE, () -> paths.link(d, 0, "file", d, path));
    assertErrno(Errno.NOTCAPABLE, () -> paths.link(d, 0, path, d, "y"));
    assertErrno(Errno.NOTCAPABLE, () -> paths.symlink("file", d, path));
    assertErrno(Errno.NOTCAPABLE, () -> paths.fileStatus(d, 0, path, 0, false));
    assertErrno(Errno.NOTCAPABLE, () -> paths.setTimes(d, 0, path, 0, 0, 0));
    assertErrno(Errno.NOTCAPABLE, () -> paths.readLink(d, path, 0, 16, Guest.RESULT));
    assertTrue(Files.exists(temporary.resolve("secret")));
    assertTrue(Files.exists(root.resolve("file")));
  }

  @Test
  void linksAreReplacedNotFollowed() throws IOException {
    int d = Guest.DIRECTORY;
    guest.paths.rename(d, "file", d, "out");
    assertTrue(Files.isRegularFile(root.resolve("out"), LinkOption.NOFOLLOW_LINKS));
    assertEquals("secret", Files.readString(temporary.resolve("secret")));
    guest.paths.unlink(d, "absolute");
    assertEquals("secret", Files.readString(temporary.resolve("secret")));
  }

  @Test
  void absoluteLinksAreNotMade() {
    assertErrno(Errno.NOTCAPABLE, () -> guest.paths.symlink("/etc/passwd", Guest.DIRECTORY, "mine"));
  }

  @Test
  void pathsAreText() {
    GuestMemory memory = guest.memory;
    memory.put(0, new byte[] {'a', 0, 'b', (byte) 0xff, (byte) 0xc0, (byte) 0x80});
    assertEquals("a", memory.path(0, 1));
    assertErrno(Errno.INVAL, () -> memory.path(0, 3));
    assertErrno(Errno.ILSEQ, () -> memory.path(3, 1));
    assertErrno(Errno.ILSEQ, () -> memory.path(4, 2));
    assertErrno(Errno.NAMETOOLONG, () -> memory.path(0, 4097));
    assertErrno(Errno.NAMETOOLONG, () -> memory.path(0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.path(Guest.SIZE - 1, 2));
    assertErrno(Errno.NOENT, () -> guest.open(Guest.DIRECTORY, "", 0, Guest.READ));
  }
}

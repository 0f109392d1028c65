package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The host's file system, seen from a directory that the guest was given.
 *
 * <p>All resolution of guest paths is {@link #openBeneath}. Other operations open the directory that holds the last
 * component that way, and then work on that component, a single name, relative to it.
 */
final class HostFiles {
  private HostFiles() {}

  private static final int RETRIES = 16;

  /** Each level of a walk holds a descriptor of the host. */
  private static final int MAX_DEPTH = 256;

  private static final int MODE_MASK = 0666;

  /** Makes paths be walked even where there is openat2, for tests. */
  static final String WALK_PROPERTY = "gatun.wasi.walk";

  /** Whether the kernel has refused openat2 as such (too old, or a filter forbids it). */
  private static volatile boolean openat2Refused;

  static void close(int fd) {
    SystemCall.call(Machine.SYS_close(), fd, 0, 0);
  }

  /**
   * Opens a path beneath a directory: never anything outside of it.
   *
   * <p>With openat2 the kernel resolves the path with RESOLVE_BENEATH: absolute paths, absolute symbolic links, and any
   * {@code ..} that would leave the directory fail with EXDEV, atomically with respect to renames (which may give
   * EAGAIN; then it is tried again). RESOLVE_NO_MAGICLINKS keeps /proc/self/fd and its like from leading anywhere.
   * Where there is no openat2, {@link #walk} does the same a component at a time.
   *
   * @return a host descriptor
   */
  static int openBeneath(int directory, String path, int flags, int mode) {
    if (path.isEmpty()) {
      throw new WasiError(Errno.NOENT);
    }
    if (!openat2Refused && !Boolean.getBoolean(WALK_PROPERTY)) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment how = arena.allocate(LibC.OPEN_HOW_SIZE(), 8);
        how.set(ValueLayout.JAVA_LONG, LibC.OPEN_HOW_FLAGS(), (flags | LibC.O_CLOEXEC()) & 0xffff_ffffL);
        how.set(ValueLayout.JAVA_LONG, LibC.OPEN_HOW_MODE(), mode);
        how.set(ValueLayout.JAVA_LONG, LibC.OPEN_HOW_RESOLVE(), LibC.RESOLVE_BENEATH() | LibC.RESOLVE_NO_MAGICLINKS());
        MemorySegment name = arena.allocateFrom(path);
        long fd = -LibC.EAGAIN();
        for (int i = 0; i < RETRIES && fd == -LibC.EAGAIN(); i++) {
          fd = SystemCall.call(Machine.SYS_openat2(), directory, name.address(), how.address(), LibC.OPEN_HOW_SIZE());
        }
        if (fd != -LibC.ENOSYS() && fd != -LibC.EPERM()) {
          return (int) WasiError.check(fd);
        }
        openat2Refused = fd == -LibC.ENOSYS();
      }
    }
    return walk(directory, path, flags, mode);
  }

  /**
   * Opens a path beneath a directory without the kernel's help.
   *
   * <p>Invariant: every descriptor on the stack was opened as a single name, without following a symbolic link,
   * relative to the one below it; the lowest is the directory itself. A {@code ..} pops the stack and fails at the
   * lowest. A symbolic link is read and its components take its place, absolute ones fail. So no step leaves the
   * directory, whatever is renamed meanwhile.
   */
  static int walk(int directory, String path, int flags, int mode) {
    ArrayDeque<String> rest = new ArrayDeque<>();
    boolean mustBeDirectory = GuestPath.pushComponents(rest, path);
    ArrayList<Integer> stack = new ArrayList<>();
    int links = 0;
    try {
      while (true) {
        int at = stack.isEmpty() ? directory : stack.get(stack.size() - 1);
        String name = rest.isEmpty() ? "." : rest.removeFirst();
        if (name.equals("..")) {
          if (stack.isEmpty()) {
            throw new WasiError(Errno.NOTCAPABLE);
          }
          close(stack.remove(stack.size() - 1));
          if (!rest.isEmpty()) {
            continue;
          }
          at = stack.isEmpty() ? directory : stack.get(stack.size() - 1);
          name = ".";
        }
        boolean last = rest.isEmpty();
        String target = last && (flags & Machine.O_NOFOLLOW()) != 0 && !mustBeDirectory ? null
            : readLinkOrNull(at, name);
        if (target != null) {
          if (++links > GuestPath.MAX_SYMLINKS) {
            throw new WasiError(Errno.LOOP);
          }
          if (last && (flags & LibC.O_EXCL()) != 0) {
            throw new WasiError(Errno.EXIST);
          }
          mustBeDirectory |= GuestPath.pushComponents(rest, target) && last;
          continue;
        }
        if (last) {
          if (mustBeDirectory && (flags & LibC.O_CREAT()) != 0) {
            throw new WasiError(Errno.ISDIR);
          }
          int directoryFlag = mustBeDirectory ? Machine.O_DIRECTORY() : 0;
          return (int) WasiError.check(openat(at, name, flags | directoryFlag | Machine.O_NOFOLLOW(), mode));
        }
        if (stack.size() == MAX_DEPTH) {
          throw new WasiError(Errno.NAMETOOLONG);
        }
        stack.add(
            (int) WasiError.check(openat(at, name, LibC.O_PATH() | Machine.O_DIRECTORY() | Machine.O_NOFOLLOW(), 0)));
      }
    } finally {
      for (int fd : stack) {
        close(fd);
      }
    }
  }

  private static long openat(int directory, String name, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      return SystemCall.call(
          Machine.SYS_openat(), directory, arena.allocateFrom(name).address(), flags | LibC.O_CLOEXEC(), mode);
    }
  }

  private static @Nullable String readLinkOrNull(int directory, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(4096);
      long length =
          SystemCall.call(
              Machine.SYS_readlinkat(), directory, arena.allocateFrom(name).address(), buffer.address(), 4096);
      if (length < 0) {
        return null;
      }
      return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
  }

  /** A name in an open directory: what an operation on the last component of a path works on. */
  record Place(int directory, String name, boolean mustBeDirectory) implements AutoCloseable {
    @Override
    public void close() {
      HostFiles.close(directory);
    }
  }

  /** Opens the directory of a path's last component, which may not be {@code .} or {@code ..} and need not exist. */
  static Place place(int directory, String path) {
    String trimmed = GuestPath.trimmed(path);
    int slash = trimmed.lastIndexOf('/');
    String name = trimmed.substring(slash + 1);
    if (name.equals(".") || name.equals("..")) {
      throw new WasiError(name.equals("..") && slash < 0 ? Errno.NOTCAPABLE : Errno.INVAL);
    }
    String parent = slash < 0 ? "." : slash == 0 ? "/" : trimmed.substring(0, slash);
    int fd = openBeneath(directory, parent, LibC.O_PATH() | Machine.O_DIRECTORY(), 0);
    return new Place(fd, name, trimmed.length() < path.length());
  }

  /** Opens something without access to its contents, to look at it or at its name. */
  static int openPath(int directory, String path, boolean followLast) {
    return openBeneath(directory, path, LibC.O_PATH() | (followLast ? 0 : Machine.O_NOFOLLOW()), 0);
  }

  /** A system call on a place: number, directory, name, and two more arguments. */
  static long at(int call, Place place, long third, long fourth) {
    try (Arena arena = Arena.ofConfined()) {
      return SystemCall.call(call, place.directory(), arena.allocateFrom(place.name()).address(), third, fourth);
    }
  }

  /** A system call on two places: rename and link. */
  static long at(int call, Place from, Place to, long flags) {
    try (Arena arena = Arena.ofConfined()) {
      return SystemCall.call(
          call, from.directory(), arena.allocateFrom(from.name()).address(), to.directory(),
          arena.allocateFrom(to.name()).address(), flags, 0);
    }
  }

  /** Fails if a path with a slash at its end names something else than a directory. */
  static void checkSlash(Place place) {
    if (place.mustBeDirectory() && Stat.ofPlace(place).type() != Stat.DIRECTORY) {
      throw new WasiError(Errno.NOTDIR);
    }
  }

  /** Permissions of files that the guest makes, before the umask. */
  static int fileMode() {
    return MODE_MASK;
  }
}

package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The functions of WASI that work on a path beneath a directory. How paths are confined is in {@link HostFiles}. */
final class PathCalls {
  private static final int FOLLOW = 1;

  private static final int CREATE = 1;
  private static final int DIRECTORY = 2;
  private static final int EXCLUSIVE = 4;
  private static final int TRUNCATE = 8;
  private static final int OPEN_FLAGS = CREATE | DIRECTORY | EXCLUSIVE | TRUNCATE;

  private final DescriptorTable table;
  private final GuestMemory memory;

  PathCalls(DescriptorTable table, GuestMemory memory) {
    this.table = table;
    this.memory = memory;
  }

  private Descriptor.Directory writable(int fd) {
    Descriptor.Directory directory = table.directory(fd);
    if (directory.readOnly()) {
      throw new WasiError(Errno.ROFS);
    }
    return directory;
  }

  void open(int fd, int lookup, String path, int how, long rights, int descriptorFlags, int result) {
    Descriptor.Directory directory = table.directory(fd);
    if ((how & ~OPEN_FLAGS) != 0 || (how & (CREATE | DIRECTORY)) == (CREATE | DIRECTORY)) {
      throw new WasiError(Errno.INVAL);
    }
    boolean read = (rights & (FileCalls.RIGHT_READ | FileCalls.RIGHT_READDIR)) != 0;
    boolean write =
        (rights & (FileCalls.RIGHT_WRITE | FileCalls.RIGHT_ALLOCATE | FileCalls.RIGHT_SET_SIZE)) != 0
            && (how & DIRECTORY) == 0;
    if (directory.readOnly() && (write || (how & (CREATE | TRUNCATE)) != 0)) {
      // Libraries ask for all rights; reading must work all the same.
      if ((how & (CREATE | TRUNCATE)) != 0 || (rights & FileCalls.RIGHT_READ) == 0) {
        throw new WasiError(Errno.ROFS);
      }
      write = false;
    }
    int flags = write ? read ? LibC.O_RDWR() : LibC.O_WRONLY() : LibC.O_RDONLY();
    flags |= FileCalls.hostFlags(descriptorFlags);
    flags |= (how & CREATE) != 0 ? LibC.O_CREAT() : 0;
    flags |= (how & DIRECTORY) != 0 ? Machine.O_DIRECTORY() : 0;
    flags |= (how & EXCLUSIVE) != 0 ? LibC.O_EXCL() : 0;
    flags |= (how & TRUNCATE) != 0 ? LibC.O_TRUNC() : 0;
    flags |= (lookup & FOLLOW) == 0 ? Machine.O_NOFOLLOW() : 0;
    int host = HostFiles.openBeneath(directory.fd(), path, flags, (how & CREATE) != 0 ? HostFiles.fileMode() : 0);
    Descriptor opened;
    try {
      opened =
          Stat.of(host).type() == Stat.DIRECTORY
              ? new Descriptor.Directory(host, "", directory.readOnly())
              : new Descriptor.File(host, directory.readOnly(), read, write);
    } catch (WasiError e) {
      HostFiles.close(host);
      throw e;
    }
    int number = table.add(opened);
    try {
      memory.putInt(result, 0, number);
    } catch (IndexOutOfBoundsException e) {
      table.close(number);
      throw e;
    }
  }

  void createDirectory(int fd, String path) {
    if (HostFiles.endsInDots(path)) {
      HostFiles.close(HostFiles.openPath(writable(fd).fd(), path, true));
      throw new WasiError(Errno.EXIST);
    }
    try (HostFiles.Place place = HostFiles.place(writable(fd).fd(), path)) {
      WasiError.check(HostFiles.at(Machine.SYS_mkdirat(), place, 0777, 0));
    }
  }

  void removeDirectory(int fd, String path) {
    try (HostFiles.Place place = HostFiles.place(writable(fd).fd(), path)) {
      WasiError.check(HostFiles.at(Machine.SYS_unlinkat(), place, LibC.AT_REMOVEDIR(), 0));
    }
  }

  void unlink(int fd, String path) {
    try (HostFiles.Place place = HostFiles.place(writable(fd).fd(), path)) {
      HostFiles.checkSlash(place);
      WasiError.check(HostFiles.at(Machine.SYS_unlinkat(), place, 0, 0));
    }
  }

  void fileStatus(int fd, int lookup, String path, int pointer) {
    int opened = HostFiles.openPath(table.directory(fd).fd(), path, (lookup & FOLLOW) != 0);
    try {
      Stat.of(opened).write(memory, pointer);
    } finally {
      HostFiles.close(opened);
    }
  }

  void setTimes(int fd, int lookup, String path, long accessed, long modified, int which) {
    int opened = HostFiles.openPath(writable(fd).fd(), path, (lookup & FOLLOW) != 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment times = FileCalls.times(arena, accessed, modified, which);
      WasiError.check(
          SystemCall.call(
              Machine.SYS_utimensat(), opened, arena.allocateFrom("").address(), times.address(),
              LibC.AT_EMPTY_PATH()));
    } finally {
      HostFiles.close(opened);
    }
  }

  void readLink(int fd, String path, int pointer, int length, int result) {
    MemorySegment target = memory.slice(pointer, length);
    int opened = HostFiles.openPath(table.directory(fd).fd(), path, false);
    try (Arena arena = Arena.ofConfined()) {
      long used = 0;
      if (target.byteSize() > 0) {
        used =
            SystemCall.call(
                Machine.SYS_readlinkat(), opened, arena.allocateFrom("").address(), target.address(),
                target.byteSize());
        // On an empty path the kernel says ENOENT of what is no link.
        if (used == -LibC.ENOENT()) {
          throw new WasiError(Errno.INVAL);
        }
        WasiError.check(used);
      }
      memory.putInt(result, 0, (int) used);
    } finally {
      HostFiles.close(opened);
    }
  }

  /**
   * The target of a link is text; it is confined when the link is followed. Absolute ones could never be, and are
   * refused.
   */
  void symlink(String target, int fd, String path) {
    if (target.startsWith("/")) {
      throw new WasiError(Errno.NOTCAPABLE);
    }
    try (HostFiles.Place place = HostFiles.place(writable(fd).fd(), path);
        Arena arena = Arena.ofConfined()) {
      if (place.mustBeDirectory()) {
        throw new WasiError(Errno.NOENT);
      }
      WasiError.check(
          SystemCall.call(
              Machine.SYS_symlinkat(), arena.allocateFrom(target).address(), place.directory(),
              arena.allocateFrom(place.name()).address()));
    }
  }

  /** Both sides must be writable: a file of a read-only directory must not become writable under another name. */
  void link(int fromFd, int lookup, String from, int toFd, String to) {
    if ((lookup & FOLLOW) != 0) {
      throw new WasiError(Errno.INVAL);
    }
    try (HostFiles.Place source = HostFiles.place(writable(fromFd).fd(), from);
        HostFiles.Place target = HostFiles.place(writable(toFd).fd(), to)) {
      HostFiles.checkSlash(source);
      if (target.mustBeDirectory()) {
        throw new WasiError(Errno.NOENT);
      }
      checkDevices(HostFiles.at(Machine.SYS_linkat(), source, target, 0));
    }
  }

  void rename(int fromFd, String from, int toFd, String to) {
    try (HostFiles.Place source = HostFiles.place(writable(fromFd).fd(), from);
        HostFiles.Place target = HostFiles.place(writable(toFd).fd(), to)) {
      HostFiles.checkSlash(source);
      if (target.mustBeDirectory() && Stat.ofPlace(source).type() != Stat.DIRECTORY) {
        throw new WasiError(Errno.NOTDIR);
      }
      checkDevices(HostFiles.at(Machine.SYS_renameat(), source, target, 0));
    }
  }

  /** Here EXDEV means what it says. */
  private static void checkDevices(long result) {
    if (result == -LibC.EXDEV()) {
      throw new WasiError(Errno.XDEV);
    }
    WasiError.check(result);
  }
}

package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A directory of the host. How its paths are confined is in {@link HostFiles}. */
final class HostDirectory extends Directory {
  private static final int MIN_LISTING = 512;
  private static final int MAX_LISTING = 32 * 1024;
  private static final int DIRECTORY_MODE = 0777;

  /** No link is longer; the host wants a size of 31 bits. */
  private static final long MAX_LINK = 1 << 20;

  private final HostDescriptor host;
  private volatile int flags;

  /** Takes the host's descriptor. */
  HostDirectory(HostDescriptor host, boolean readOnly, int flags) {
    super(readOnly);
    this.host = host;
    this.flags = flags;
  }

  @Override
  void dispose() {
    host.close();
  }

  @Override
  int pollable() {
    return host.fd();
  }

  @Override
  Stat stat() {
    return host.stat();
  }

  @Override
  int flags() {
    return flags;
  }

  /** They are there to be asked for; nothing is written to a directory's descriptor, and nothing waits for it. */
  @Override
  void setFlags(int flags) {
    this.flags = flags;
  }

  @Override
  void advise(long offset, long length) {
    host.advise(offset, length);
  }

  @Override
  void sync(boolean dataOnly) {
    host.sync(dataOnly);
  }

  @Override
  void setTimes(Times times) {
    host.setTimes(times);
  }

  @Override
  Descriptor open(String path, How how) {
    int flags = how.write() ? how.read() ? LibC.O_RDWR() : LibC.O_WRONLY() : LibC.O_RDONLY();
    flags |= Flags.toHost(how.flags());
    flags |= how.create() ? LibC.O_CREAT() : 0;
    flags |= how.directory() ? Machine.O_DIRECTORY() : 0;
    flags |= how.exclusive() ? LibC.O_EXCL() : 0;
    flags |= how.truncate() ? LibC.O_TRUNC() : 0;
    flags |= how.follow() ? 0 : Machine.O_NOFOLLOW();
    // To open a pipe may take for ever, and how the guest waits for a file is the file's part. A terminal must not
    // become that of this process.
    flags |= LibC.O_NONBLOCK() | LibC.O_NOCTTY();
    HostDescriptor opened =
        new HostDescriptor(
            HostFiles.openBeneath(host.fd(), path, flags, how.create() ? HostFiles.fileMode() : 0));
    try {
      int type = how.directory() ? Stat.DIRECTORY : opened.stat().type();
      return type == Stat.DIRECTORY
          ? new HostDirectory(opened, isReadOnly(), how.flags())
          : HostFile.opened(opened, type, isReadOnly(), how);
    } catch (WasiError e) {
      opened.close();
      throw e;
    }
  }

  @Override
  Stat stat(String path, boolean follow) {
    int opened = HostFiles.openPath(host.fd(), path, follow);
    try {
      return Stat.of(opened);
    } finally {
      HostFiles.close(opened);
    }
  }

  @Override
  void setTimes(String path, boolean follow, Times times) {
    int opened = HostFiles.openPath(host.fd(), path, follow);
    try (Arena arena = Arena.ofConfined()) {
      WasiError.check(
          SystemCall.call(
              Machine.SYS_utimensat(), opened, arena.allocateFrom("").address(), times.toHost(arena).address(),
              LibC.AT_EMPTY_PATH()));
    } finally {
      HostFiles.close(opened);
    }
  }

  @Override
  void createDirectory(String path) {
    if (GuestPath.endsInDots(path)) {
      HostFiles.close(HostFiles.openPath(host.fd(), path, true));
      throw new WasiError(Errno.EXIST);
    }
    try (HostFiles.Place place = HostFiles.place(host.fd(), path)) {
      WasiError.check(HostFiles.at(Machine.SYS_mkdirat(), place, DIRECTORY_MODE, 0));
    }
  }

  @Override
  void removeDirectory(String path) {
    try (HostFiles.Place place = HostFiles.place(host.fd(), path)) {
      WasiError.check(HostFiles.at(Machine.SYS_unlinkat(), place, LibC.AT_REMOVEDIR(), 0));
    }
  }

  @Override
  void unlink(String path) {
    try (HostFiles.Place place = HostFiles.place(host.fd(), path)) {
      HostFiles.checkSlash(place);
      WasiError.check(HostFiles.at(Machine.SYS_unlinkat(), place, 0, 0));
    }
  }

  @Override
  long readLink(String path, MemorySegment range) {
    int opened = HostFiles.openPath(host.fd(), path, false);
    try (Arena arena = Arena.ofConfined()) {
      if (range.byteSize() == 0) {
        return 0;
      }
      long used =
          SystemCall.call(
              Machine.SYS_readlinkat(), opened, arena.allocateFrom("").address(), range.address(),
              Math.min(range.byteSize(), MAX_LINK));
      // On an empty path the kernel says ENOENT of what is no link.
      if (used == -LibC.ENOENT()) {
        throw new WasiError(Errno.INVAL);
      }
      return WasiError.check(used);
    } finally {
      HostFiles.close(opened);
    }
  }

  @Override
  void symlink(String target, String path) {
    try (HostFiles.Place place = HostFiles.place(host.fd(), path);
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

  private static HostDirectory peer(Directory other) {
    if (other instanceof HostDirectory directory) {
      return directory;
    }
    throw new WasiError(Errno.XDEV);
  }

  @Override
  void link(String path, Directory other, String name) {
    try (HostFiles.Place source = HostFiles.place(host.fd(), path);
        HostFiles.Place target = HostFiles.place(peer(other).host.fd(), name)) {
      HostFiles.checkSlash(source);
      if (target.mustBeDirectory()) {
        throw new WasiError(Errno.NOENT);
      }
      checkDevices(HostFiles.at(Machine.SYS_linkat(), source, target, 0));
    }
  }

  @Override
  void rename(String path, Directory other, String name) {
    try (HostFiles.Place source = HostFiles.place(host.fd(), path);
        HostFiles.Place target = HostFiles.place(peer(other).host.fd(), name)) {
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

  /**
   * The kernel's directory offsets serve as cookies, so a listing goes on where it was whatever has been added or
   * removed meanwhile. One at a time, since the position belongs to the host's descriptor.
   */
  @Override
  synchronized void list(long cookie, long room, Entries entries) {
    WasiError.check(SystemCall.call(Machine.SYS_lseek(), host.fd(), cookie, LibC.SEEK_SET()));
    try (Arena arena = Arena.ofConfined()) {
      // About as much as the guest has room for: what does not fit has to be read again.
      long size = Math.clamp(room, MIN_LISTING, MAX_LISTING);
      MemorySegment buffer = arena.allocate(size, 8);
      while (true) {
        long got = WasiError.check(SystemCall.call(Machine.SYS_getdents64(), host.fd(), buffer.address(), size));
        if (got == 0) {
          return;
        }
        for (long at = 0; at < got; ) {
          MemorySegment entry = buffer.asSlice(at, got - at);
          long name = LibC.DIRENT_NAME();
          long end = name;
          while (entry.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
          }
          boolean more =
              entries.add(
                  entry.get(ValueLayout.JAVA_LONG, LibC.DIRENT_OFFSET()),
                  entry.get(ValueLayout.JAVA_LONG, LibC.DIRENT_INODE()),
                  entry.asSlice(name, end - name).toArray(ValueLayout.JAVA_BYTE),
                  Stat.typeOfEntry(entry.get(ValueLayout.JAVA_BYTE, LibC.DIRENT_TYPE()) & 0xff));
          if (!more) {
            return;
          }
          at += entry.get(ValueLayout.JAVA_SHORT, LibC.DIRENT_RECORD_LENGTH()) & 0xffff;
        }
      }
    }
  }
}

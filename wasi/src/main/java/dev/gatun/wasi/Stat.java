package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the host knows of a file. Times are in nanoseconds since 1970; the type is WASI's. */
record Stat(long device, long inode, int type, long links, long size, long accessed, long modified, long changed) {
  static final int UNKNOWN = 0;
  static final int BLOCK_DEVICE = 1;
  static final int CHARACTER_DEVICE = 2;
  static final int DIRECTORY = 3;
  static final int REGULAR_FILE = 4;
  static final int SOCKET_STREAM = 6;
  static final int SYMBOLIC_LINK = 7;

  private static final long NANOS = 1_000_000_000L;

  /** Of an open descriptor. */
  static Stat of(int fd) {
    return statx(fd, "", LibC.AT_EMPTY_PATH());
  }

  /** Of a name in a directory; a symbolic link itself. */
  static Stat ofPlace(HostFiles.Place place) {
    return statx(place.directory(), place.name(), LibC.AT_SYMLINK_NOFOLLOW());
  }

  private static Stat statx(int fd, String name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(LibC.STX_SIZE(), 8);
      WasiError.check(
          SystemCall.call(
              Machine.SYS_statx(), fd, arena.allocateFrom(name).address(), flags, LibC.STATX_BASIC_STATS(),
              buffer.address(), 0));
      long device = (long) word(buffer, LibC.STX_DEVICE_MAJOR()) << 32
          | word(buffer, LibC.STX_DEVICE_MINOR()) & 0xffff_ffffL;
      int mode = buffer.get(ValueLayout.JAVA_SHORT, LibC.STX_MODE()) & 0xffff;
      return new Stat(
          device,
          buffer.get(ValueLayout.JAVA_LONG, LibC.STX_INODE()),
          typeOfMode(mode),
          word(buffer, LibC.STX_NLINK()) & 0xffff_ffffL,
          buffer.get(ValueLayout.JAVA_LONG, LibC.STX_LENGTH()),
          time(buffer, LibC.STX_ATIME_SECONDS(), LibC.STX_ATIME_NANOSECONDS()),
          time(buffer, LibC.STX_MTIME_SECONDS(), LibC.STX_MTIME_NANOSECONDS()),
          time(buffer, LibC.STX_CTIME_SECONDS(), LibC.STX_CTIME_NANOSECONDS()));
    }
  }

  private static int word(MemorySegment buffer, int offset) {
    return buffer.get(ValueLayout.JAVA_INT, offset);
  }

  private static long time(MemorySegment buffer, int seconds, int nanos) {
    return buffer.get(ValueLayout.JAVA_LONG, seconds) * NANOS + (word(buffer, nanos) & 0xffff_ffffL);
  }

  private static int typeOfMode(int mode) {
    int format = mode & LibC.S_IFMT();
    if (format == LibC.S_IFREG()) {
      return REGULAR_FILE;
    } else if (format == LibC.S_IFDIR()) {
      return DIRECTORY;
    } else if (format == LibC.S_IFLNK()) {
      return SYMBOLIC_LINK;
    } else if (format == LibC.S_IFCHR()) {
      return CHARACTER_DEVICE;
    } else if (format == LibC.S_IFBLK()) {
      return BLOCK_DEVICE;
    } else if (format == LibC.S_IFSOCK()) {
      return SOCKET_STREAM;
    }
    return UNKNOWN;
  }

  /** The type of a directory entry. */
  static int typeOfEntry(int type) {
    if (type == LibC.DT_REG()) {
      return REGULAR_FILE;
    } else if (type == LibC.DT_DIR()) {
      return DIRECTORY;
    } else if (type == LibC.DT_LNK()) {
      return SYMBOLIC_LINK;
    } else if (type == LibC.DT_CHR()) {
      return CHARACTER_DEVICE;
    } else if (type == LibC.DT_BLK()) {
      return BLOCK_DEVICE;
    } else if (type == LibC.DT_SOCK()) {
      return SOCKET_STREAM;
    }
    return UNKNOWN;
  }

  /** Writes a {@code filestat}; that of snapshot 0 has 32 bits for the links, and so is shorter. */
  void write(GuestMemory memory, int pointer, boolean snapshot0) {
    memory.slice(pointer, snapshot0 ? 56 : 64);
    memory.putLong(pointer, 0, device);
    memory.putLong(pointer, 8, inode);
    int at;
    if (snapshot0) {
      memory.putInt(pointer, 16, type);
      memory.putInt(pointer, 20, (int) Math.min(links, 0xffff_ffffL));
      at = 24;
    } else {
      memory.putLong(pointer, 16, type);
      memory.putLong(pointer, 24, links);
      at = 32;
    }
    memory.putLong(pointer, at, size);
    memory.putLong(pointer, at + 8, accessed);
    memory.putLong(pointer, at + 16, modified);
    memory.putLong(pointer, at + 24, changed);
  }
}

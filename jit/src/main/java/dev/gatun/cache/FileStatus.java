package dev.gatun.cache;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What statx says of a file.
 *
 * @param mode type and permissions
 * @param owner number of the user
 * @param device number of the device
 * @param inode number of the file on its device
 * @param size in bytes
 * @param modified when the contents were last written to, in nanoseconds since 1970
 * @param changed when the inode was last changed, which nobody can choose, in nanoseconds since 1970
 */
public record FileStatus(int mode, int owner, long device, long inode, long size, long modified, long changed) {
  private static final long NANOS = 1_000_000_000;

  /** Bits of a mode: that the group, or others, may write. */
  private static final int WRITABLE_BY_OTHERS = 022;

  private static final int PERMISSIONS = 07777;

  /** That of an open file. */
  static FileStatus of(int file) throws IOException {
    FileStatus status = of(file, "", LibC.AT_EMPTY_PATH());
    if (status == null) {
      throw new IOException("can't look at an open file");
    }
    return status;
  }

  /** That of what has a name in an open directory now, if it may be looked at; a link is not followed. */
  static @Nullable FileStatus of(int directory, String name) {
    return of(directory, name, LibC.AT_SYMLINK_NOFOLLOW());
  }

  private static @Nullable FileStatus of(int directory, String name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment record = arena.allocate(LibC.STX_SIZE(), 8);
      long result =
          SystemCall.call(
              Machine.SYS_statx(), directory, arena.allocateFrom(name).address(), flags, LibC.STATX_BASIC_STATS(),
              record.address(), 0);
      if (result < 0) {
        return null;
      }
      return new FileStatus(
          record.get(ValueLayout.JAVA_SHORT, LibC.STX_MODE()) & 0xffff,
          record.get(ValueLayout.JAVA_INT, LibC.STX_UID()),
          (long) record.get(ValueLayout.JAVA_INT, LibC.STX_DEVICE_MAJOR()) << 32
              | record.get(ValueLayout.JAVA_INT, LibC.STX_DEVICE_MINOR()) & 0xffff_ffffL,
          record.get(ValueLayout.JAVA_LONG, LibC.STX_INODE()),
          record.get(ValueLayout.JAVA_LONG, LibC.STX_LENGTH()),
          time(record, LibC.STX_MTIME_SECONDS(), LibC.STX_MTIME_NANOSECONDS()),
          time(record, LibC.STX_CTIME_SECONDS(), LibC.STX_CTIME_NANOSECONDS()));
    }
  }

  private static long time(MemorySegment record, int seconds, int nanos) {
    return record.get(ValueLayout.JAVA_LONG, seconds) * NANOS + record.get(ValueLayout.JAVA_INT, nanos);
  }

  /** Number of the user as whom this process acts. */
  static int user() {
    return (int) SystemCall.call(Machine.SYS_geteuid(), 0, 0, 0);
  }

  boolean isDirectory() {
    return (mode & LibC.S_IFMT()) == LibC.S_IFDIR();
  }

  boolean isRegular() {
    return (mode & LibC.S_IFMT()) == LibC.S_IFREG();
  }

  /** Whether it belongs to this user, and nobody else may write to it. */
  boolean isOurs() {
    return owner == user() && (mode & WRITABLE_BY_OTHERS) == 0;
  }

  /** Whether nobody but this user and root can write to it. */
  boolean isSafe() {
    return (owner == 0 || owner == user()) && (mode & WRITABLE_BY_OTHERS) == 0;
  }

  /** What is wrong with it if it is not {@link #isOurs}. */
  String foreignness() {
    int user = user();
    return owner != user
        ? "belongs to user " + owner + ", and this is user " + user
        : "may be written to by others (its mode is 0" + Integer.toOctalString(mode & PERMISSIONS)
            + "; chmod go-w would end that)";
  }
}

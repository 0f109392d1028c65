package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An open file of the host that is not a directory. The host reads into and writes from the guest's memory itself.
 */
final class HostFile extends Descriptor {
  /** As much as the host moves at once. */
  private static final long MAX_TRANSFER = 0x7fff_f000L;

  /** How much a pipe that is ready takes without waiting. */
  private static final long PIPE_BUF = 4096;

  private final int fd;
  private final boolean inherited;
  private final boolean readOnly;
  private final int type;
  private final long rights;

  /** Whether reading and writing may have to wait, and the guest wants that. */
  private volatile boolean waits;

  private HostFile(int fd, boolean inherited, boolean readOnly, long withheld) {
    this.fd = fd;
    this.inherited = inherited;
    this.readOnly = readOnly;
    type = Stat.of(fd).type();
    boolean seeks = SystemCall.call(Machine.SYS_lseek(), fd, 0, LibC.SEEK_CUR()) >= 0;
    long flags = hostFlags();
    long access = flags & LibC.O_ACCMODE();
    // Of the process's own streams, who started it may have made that choice; the guest knows nothing of it.
    waits = canWait() && (inherited || (flags & LibC.O_NONBLOCK()) == 0);
    rights =
        (seeks ? Rights.OF_FILE : Rights.OF_STREAM)
            & ~withheld
            & ~(access == LibC.O_RDONLY() ? Rights.FD_WRITE : access == LibC.O_WRONLY() ? Rights.FD_READ : 0);
  }

  /** A file that has been opened. Takes the host's descriptor, also if it fails. */
  static HostFile opened(int fd, boolean readOnly, Directory.How how) {
    try {
      return new HostFile(fd, false, readOnly, how.read() ? 0 : Rights.FD_READ);
    } catch (WasiError e) {
      HostFiles.close(fd);
      throw e;
    }
  }

  /** One of the process's own standard streams, which is not ours to close; closed ones are there but do nothing. */
  static Descriptor inherited(int fd) {
    try {
      return new HostFile(fd, true, false, 0);
    } catch (WasiError closed) {
      return new JavaStream(null, null);
    }
  }

  @Override
  void dispose() {
    if (!inherited) {
      HostFiles.close(fd);
    }
  }

  @Override
  int type() {
    return type;
  }

  @Override
  long rights() {
    return rights;
  }

  @Override
  boolean isReadOnly() {
    return readOnly;
  }

  @Override
  Stat stat() {
    return Stat.of(fd);
  }

  private long hostFlags() {
    return WasiError.check(SystemCall.call(Machine.SYS_fcntl(), fd, LibC.F_GETFL(), 0));
  }

  @Override
  int flags() {
    return Flags.ofHost(hostFlags());
  }

  /** The flags of the process's own streams are refused: they are shared with the process and with who started it. */
  @Override
  void setFlags(int flags) {
    if (inherited) {
      throw new WasiError(Errno.NOTSUP);
    }
    WasiError.check(SystemCall.call(Machine.SYS_fcntl(), fd, LibC.F_SETFL(), Flags.toHost(flags)));
    waits = canWait() && (flags & Flags.NONBLOCK) == 0;
  }

  private boolean canWait() {
    return type != Stat.REGULAR_FILE && type != Stat.BLOCK_DEVICE;
  }

  @Override
  void advise(long offset, long length) {
    // The kernel's numbers are not WASI's beyond the first; advice may be ignored, its arguments may not.
    WasiError.check(SystemCall.call(Machine.SYS_fadvise64(), fd, offset, length, 0));
  }

  @Override
  void allocate(long offset, long length) {
    WasiError.check(SystemCall.call(Machine.SYS_fallocate(), fd, 0, offset, length));
  }

  @Override
  void sync(boolean dataOnly) {
    WasiError.check(SystemCall.call(dataOnly ? Machine.SYS_fdatasync() : Machine.SYS_fsync(), fd, 0, 0));
  }

  @Override
  void setSize(long size) {
    WasiError.check(SystemCall.call(Machine.SYS_ftruncate(), fd, size, 0));
  }

  @Override
  void setTimes(Times times) {
    try (Arena arena = Arena.ofConfined()) {
      WasiError.check(SystemCall.call(Machine.SYS_utimensat(), fd, 0, times.toHost(arena).address(), 0));
    }
  }

  @Override
  long seek(long offset, Whence whence) {
    return WasiError.check(SystemCall.call(Machine.SYS_lseek(), fd, offset, whence.host()));
  }

  /** Waits for what may have to be waited for, so that the host's call itself does not. */
  private void await(Waiting waiting, boolean toRead) {
    if (waits) {
      waiting.await(fd, toRead);
    }
  }

  @Override
  long read(MemorySegment[] ranges, Waiting waiting) {
    await(waiting, true);
    return transfer(Machine.SYS_readv(), ranges);
  }

  @Override
  long write(MemorySegment[] ranges, Waiting waiting) {
    await(waiting, false);
    return transfer(Machine.SYS_writev(), waits ? first(ranges, PIPE_BUF) : ranges);
  }

  /** As much of some ranges as a number of bytes. */
  private static MemorySegment[] first(MemorySegment[] ranges, long bytes) {
    MemorySegment[] some = new MemorySegment[ranges.length];
    long rest = bytes;
    for (int i = 0; i < ranges.length; i++) {
      long size = Math.min(rest, ranges[i].byteSize());
      some[i] = ranges[i].asSlice(0, size);
      rest -= size;
    }
    return some;
  }

  /**
   * Reads or writes all ranges in one call of the host: a write stays whole, and a read of a pipe or terminal does not
   * wait for more than what is there.
   */
  private long transfer(int call, MemorySegment[] ranges) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(2L * Long.BYTES * ranges.length, 8);
      for (int i = 0; i < ranges.length; i++) {
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * i, ranges[i].address());
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1, ranges[i].byteSize());
      }
      return WasiError.check(SystemCall.call(call, fd, vectors.address(), ranges.length));
    }
  }

  @Override
  long readAt(MemorySegment[] ranges, long offset) {
    return transferAt(Machine.SYS_pread64(), ranges, offset);
  }

  @Override
  long writeAt(MemorySegment[] ranges, long offset) {
    return transferAt(Machine.SYS_pwrite64(), ranges, offset);
  }

  /** Reads or writes range after range at a place of a file, until one falls short. */
  private long transferAt(int call, MemorySegment[] ranges, long offset) {
    long total = 0;
    for (MemorySegment range : ranges) {
      long size = Math.min(range.byteSize(), MAX_TRANSFER - total);
      long moved = SystemCall.call(call, fd, range.address(), size, offset + total);
      if (moved < 0 && total > 0) {
        break;
      }
      total += WasiError.check(moved);
      if (moved < range.byteSize()) {
        break;
      }
    }
    return total;
  }

  @Override
  int pollable() {
    return fd;
  }
}

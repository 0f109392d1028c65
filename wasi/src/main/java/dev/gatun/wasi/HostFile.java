package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the host that is not a directory. The host reads into and writes from the guest's memory itself.
 *
 * <p>No call of the host waits but for a disk: what was opened here is non-blocking, what the process was given is a
 * {@link SharedStream}. Whether the guest waits is decided here.
 */
final class HostFile extends Descriptor {
  /** The most that is read or written at all: the result has 32 bits. */
  private static final long MAX_TRANSFER = 0x7fff_f000L;

  /** The most that the host moves at once: an interruption is seen in between. What is smaller is written whole. */
  private static final long PIECE = 16 << 20;

  private static final int SYNC_FLAGS = Flags.SYNC | Flags.RSYNC | Flags.DSYNC;

  private final HostDescriptor host;
  private final boolean readOnly;
  private final int type;
  private final long rights;

  /** For one of the process's own streams how it is read and written, else null. */
  private final @Nullable SharedStream shared;

  /** The flags with which the kernel has opened it. Those that make it write through can't be changed there. */
  private final int openedFlags;

  private volatile int flags;

  private HostFile(
      HostDescriptor host, int type, boolean seeks, boolean readOnly, boolean read, boolean write, int flags,
      @Nullable SharedStream shared) {
    this.host = host;
    this.type = type;
    this.readOnly = readOnly;
    this.flags = flags;
    this.shared = shared;
    openedFlags = flags;
    rights =
        (seeks ? Rights.OF_FILE : Rights.OF_STREAM) & ~(read ? 0 : Rights.FD_READ) & ~(write ? 0 : Rights.FD_WRITE);
  }

  private static boolean canWait(int type) {
    return type != Stat.REGULAR_FILE && type != Stat.BLOCK_DEVICE;
  }

  private static boolean seeks(HostDescriptor host, int type) {
    return type == Stat.REGULAR_FILE || SystemCall.call(Machine.SYS_lseek(), host.fd(), 0, LibC.SEEK_CUR()) >= 0;
  }

  /**
   * A file that has been opened, with O_NONBLOCK if it is one that may have to be waited for. Takes the host's
   * descriptor, also if it fails.
   *
   * @param type as {@link Stat} numbers them
   */
  static HostFile opened(HostDescriptor host, int type, boolean readOnly, Directory.How how) {
    return new HostFile(host, type, seeks(host, type), readOnly, how.read(), how.write(), how.flags(), null);
  }

  /** A file that was opened for the guest as one of its streams. Takes the host's descriptor, also if it fails. */
  static HostFile given(HostDescriptor host, boolean toRead) {
    try {
      int type = host.stat().type();
      if (canWait(type)) {
        host.setHostFlags(LibC.O_NONBLOCK());
      }
      return new HostFile(host, type, seeks(host, type), false, toRead, !toRead, 0, null);
    } catch (WasiError e) {
      host.close();
      throw e;
    }
  }

  /** One of the process's own standard streams, which is not ours to close; closed ones are there but do nothing. */
  static Descriptor inherited(int fd) {
    HostDescriptor host = new HostDescriptor(fd);
    Stat stat;
    try {
      stat = host.stat();
    } catch (WasiError closed) {
      return new JavaStream(null, null);
    }
    return inherited(host, stat, new SharedStream(fd, stat));
  }

  /** The same in a way of choice, for tests. */
  static HostFile inherited(HostDescriptor host, Stat stat, SharedStream shared) {
    long access = host.hostFlags() & LibC.O_ACCMODE();
    return new HostFile(
        host, stat.type(), seeks(host, stat.type()), false, access != LibC.O_WRONLY(), access != LibC.O_RDONLY(), 0,
        shared);
  }

  @Override
  void dispose() {
    if (shared == null) {
      host.close();
    } else {
      shared.close();
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
    return host.stat();
  }

  /** Of the process's own streams, those that they have now. */
  @Override
  int flags() {
    return shared == null ? flags : Flags.ofHost(host.hostFlags());
  }

  /** The flags of the process's own streams are refused: they are shared with the process and with who started it. */
  @Override
  void setFlags(int flags) {
    if (shared != null) {
      throw new WasiError(Errno.NOTSUP);
    }
    int change = this.flags ^ flags;
    if ((change & Flags.APPEND) != 0) {
      host.setHostFlags(Flags.toHost(flags & Flags.APPEND) | (canWait(type) ? LibC.O_NONBLOCK() : 0));
    }
    this.flags = flags;
  }

  /** Whether reading and writing may have to wait, and the guest wants that. */
  private boolean waits() {
    return canWait(type) && (flags & Flags.NONBLOCK) == 0;
  }

  @Override
  void advise(long offset, long length) {
    host.advise(offset, length);
  }

  @Override
  void allocate(long offset, long length) {
    WasiError.check(SystemCall.call(Machine.SYS_fallocate(), host.fd(), 0, offset, length));
  }

  @Override
  void sync(boolean dataOnly) {
    host.sync(dataOnly);
  }

  @Override
  void setSize(long size) {
    WasiError.check(SystemCall.call(Machine.SYS_ftruncate(), host.fd(), size, 0));
  }

  @Override
  void setTimes(Times times) {
    host.setTimes(times);
  }

  @Override
  long seek(long offset, Whence whence) {
    return WasiError.check(SystemCall.call(Machine.SYS_lseek(), host.fd(), offset, whence.host()));
  }

  // Reading and writing.

  @Override
  long read(MemorySegment[] ranges, Waiting waiting) {
    return transfer(true, ranges, waiting);
  }

  @Override
  long write(MemorySegment[] ranges, Waiting waiting) {
    long written = transfer(false, ranges, waiting);
    writeThrough();
    return written;
  }

  /**
   * Does what the kernel does for files that are opened with O_SYNC or O_DSYNC, if the guest has set the flag later:
   * F_SETFL ignores them.
   */
  private void writeThrough() {
    int wanted = flags & SYNC_FLAGS;
    if (wanted != 0 && type == Stat.REGULAR_FILE && (wanted & ~(openedFlags & SYNC_FLAGS)) != 0) {
      host.sync(wanted == Flags.DSYNC);
    }
  }

  private static long sizeOf(MemorySegment[] ranges) {
    long size = 0;
    for (MemorySegment range : ranges) {
      size += range.byteSize();
    }
    return Math.min(size, MAX_TRANSFER);
  }

  /**
   * Puts vectors for the host.
   *
   * @param from how many bytes of the ranges to leave out
   * @param size how many bytes to put
   * @return how many vectors
   */
  private static int put(MemorySegment vectors, MemorySegment[] ranges, long from, long size) {
    int count = 0;
    long skip = from;
    long rest = size;
    for (MemorySegment range : ranges) {
      long length = Math.min(rest, range.byteSize() - skip);
      if (length > 0) {
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * count, range.address() + skip);
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * count + 1, length);
        count++;
        rest -= length;
      }
      skip = Math.max(0, skip - range.byteSize());
    }
    return count;
  }

  /**
   * Reads what there is, or writes all. What is at most a piece goes in one call of the host, so that a write stays
   * whole. An error after something was moved comes again with the next call.
   */
  private long transfer(boolean toRead, MemorySegment[] ranges, Waiting waiting) {
    long wanted = sizeOf(ranges);
    boolean waits = waits() && wanted > 0;
    if (waits && toRead && shared == null) {
      // A pipe that is non-blocking and that nobody has opened to write would be at its end.
      waiting.await(host.fd(), true);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(2L * Long.BYTES * ranges.length, 8);
      long done = 0;
      while (true) {
        long size = Math.min(wanted - done, shared == null || toRead ? PIECE : Math.min(PIECE, shared.limit()));
        int count = put(vectors, ranges, done, size);
        long moved = waits && shared != null ? shared.move(toRead, vectors, count, size) : move(toRead, vectors, count);
        if (waits && moved == -LibC.EAGAIN()) {
          waiting.await(host.fd(), toRead);
          waiting.check();
          continue;
        }
        if (moved < 0 && done > 0) {
          return done;
        }
        done += WasiError.check(moved);
        boolean goOn = waits ? !toRead && moved > 0 : moved == size;
        if (done == wanted || !goOn) {
          return done;
        }
        waiting.check();
      }
    }
  }

  private long move(boolean toRead, MemorySegment vectors, int count) {
    int call = toRead ? Machine.SYS_readv() : Machine.SYS_writev();
    return SystemCall.call(call, host.fd(), vectors.address(), count);
  }

  @Override
  long readAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    return transferAt(Machine.SYS_pread64(), ranges, offset, waiting);
  }

  @Override
  long writeAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    long written = transferAt(Machine.SYS_pwrite64(), ranges, offset, waiting);
    writeThrough();
    return written;
  }

  /** Reads or writes range after range at a place of a file, until one falls short. */
  private long transferAt(int call, MemorySegment[] ranges, long offset, Waiting waiting) {
    long total = 0;
    for (MemorySegment range : ranges) {
      long at = 0;
      do {
        long size = Math.min(Math.min(range.byteSize() - at, PIECE), MAX_TRANSFER - total);
        long moved = SystemCall.call(call, host.fd(), range.address() + at, size, offset + total);
        if (moved < 0 && total > 0) {
          return total;
        }
        total += WasiError.check(moved);
        at += moved;
        if (moved < size || total == MAX_TRANSFER) {
          return total;
        }
        if (at < range.byteSize()) {
          waiting.check();
        }
      } while (at < range.byteSize());
    }
    return total;
  }

  // Waiting for it.

  @Override
  int pollable() {
    return host.fd();
  }

  /** How many bytes can be read: to the end of a file, or what has come; 0 if that is not known. */
  @Override
  long ready(boolean toRead) {
    if (!toRead) {
      return 0;
    }
    if (type == Stat.REGULAR_FILE) {
      return Math.max(0, host.stat().size() - seek(0, Whence.CURRENT));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      long result = SystemCall.call(Machine.SYS_ioctl(), host.fd(), LibC.FIONREAD(), count.address());
      return result < 0 ? 0 : count.get(ValueLayout.JAVA_INT, 0);
    }
  }
}

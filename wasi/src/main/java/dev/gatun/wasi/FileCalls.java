package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** The functions of WASI that work on an open descriptor. */
final class FileCalls {
  static final int WHENCE_SET = 0;
  static final int WHENCE_CURRENT = 1;
  static final int WHENCE_END = 2;

  // Flags of descriptors.
  static final int APPEND = 1;
  static final int DSYNC = 2;
  static final int NONBLOCK = 4;
  static final int RSYNC = 8;
  static final int SYNC = 16;

  // Rights, as far as they are looked at.
  static final long RIGHT_READ = 1L << 1;
  static final long RIGHT_SEEK = 1L << 2;
  static final long RIGHT_TELL = 1L << 5;
  static final long RIGHT_WRITE = 1L << 6;
  static final long RIGHT_ALLOCATE = 1L << 8;
  static final long RIGHT_READDIR = 1L << 14;
  static final long RIGHT_SET_SIZE = 1L << 22;
  static final long ALL_RIGHTS = (1L << 30) - 1;

  // Which times to set.
  static final int SET_ACCESSED = 1;
  static final int SET_ACCESSED_NOW = 2;
  static final int SET_MODIFIED = 4;
  static final int SET_MODIFIED_NOW = 8;

  /** Java streams are read and written through buffers of at most this size. */
  private static final int MAX_CHUNK = 64 * 1024;

  private static final int MAX_VECTORS = 1024;

  /** As much as the host writes at once. */
  private static final long MAX_TRANSFER = 0x7fff_f000L;

  private final DescriptorTable table;
  private final GuestMemory memory;

  FileCalls(DescriptorTable table, GuestMemory memory) {
    this.table = table;
    this.memory = memory;
  }

  void advise(int fd, long offset, long length, int advice) {
    if (advice < 0 || advice > 5) {
      throw new WasiError(Errno.INVAL);
    }
    // The kernel's numbers are not WASI's beyond the first; advice may be ignored, its arguments may not.
    WasiError.check(SystemCall.call(Machine.SYS_fadvise64(), table.host(fd).fd(), offset, length, 0));
  }

  void allocate(int fd, long offset, long length) {
    WasiError.check(SystemCall.call(Machine.SYS_fallocate(), table.writable(fd).fd(), 0, offset, length));
  }

  void sync(int fd, int call) {
    WasiError.check(SystemCall.call(call, table.host(fd).fd(), 0, 0));
  }

  void status(int fd, int pointer) {
    Descriptor descriptor = table.get(fd);
    int type = Stat.UNKNOWN;
    int flags = 0;
    long rights = ALL_RIGHTS;
    long inheriting = 0;
    if (descriptor instanceof Descriptor.Host host) {
      type = Stat.of(host.fd()).type();
      long hostFlags = WasiError.check(SystemCall.call(Machine.SYS_fcntl(), host.fd(), LibC.F_GETFL(), 0));
      flags =
          ((hostFlags & LibC.O_APPEND()) != 0 ? APPEND : 0)
              | ((hostFlags & LibC.O_NONBLOCK()) != 0 ? NONBLOCK : 0)
              | ((hostFlags & LibC.O_SYNC()) == LibC.O_SYNC() ? SYNC : (hostFlags & LibC.O_DSYNC()) != 0 ? DSYNC : 0);
      long access = hostFlags & LibC.O_ACCMODE();
      if (type == Stat.DIRECTORY) {
        rights &= ~(RIGHT_READ | RIGHT_WRITE | RIGHT_SEEK | RIGHT_TELL);
        inheriting = ALL_RIGHTS;
      } else {
        rights &= ~(access == LibC.O_RDONLY() ? RIGHT_WRITE : access == LibC.O_WRONLY() ? RIGHT_READ : 0);
      }
    }
    // A terminal is what is a character device and can't seek: so do C libraries tell. Others, as /dev/null, can.
    if (!(descriptor instanceof Descriptor.Host host)
        || SystemCall.call(Machine.SYS_lseek(), host.fd(), 0, LibC.SEEK_CUR()) < 0) {
      rights &= ~(RIGHT_SEEK | RIGHT_TELL);
    }
    memory.putLong(pointer, 0, 0);
    memory.putByte(pointer, 0, type);
    memory.putShort(pointer, 2, flags);
    memory.putLong(pointer, 8, rights);
    memory.putLong(pointer, 16, inheriting);
  }

  /** Flags for opening and for F_SETFL. */
  static int hostFlags(int flags) {
    if ((flags & ~(APPEND | DSYNC | NONBLOCK | RSYNC | SYNC)) != 0) {
      throw new WasiError(Errno.INVAL);
    }
    return ((flags & APPEND) != 0 ? LibC.O_APPEND() : 0)
        | ((flags & NONBLOCK) != 0 ? LibC.O_NONBLOCK() : 0)
        | ((flags & (SYNC | RSYNC)) != 0 ? LibC.O_SYNC() : (flags & DSYNC) != 0 ? LibC.O_DSYNC() : 0);
  }

  /** The flags of the process's own streams are refused: they are shared with the process and with who started it. */
  void setFlags(int fd, int flags) {
    Descriptor.Host host = table.host(fd);
    if (host instanceof Descriptor.Inherited) {
      throw new WasiError(Errno.NOTSUP);
    }
    WasiError.check(SystemCall.call(Machine.SYS_fcntl(), host.fd(), LibC.F_SETFL(), hostFlags(flags)));
  }

  void fileStatus(int fd, int pointer) {
    Descriptor descriptor = table.get(fd);
    Stat stat =
        descriptor instanceof Descriptor.Host host
            ? Stat.of(host.fd())
            : new Stat(0, fd, Stat.UNKNOWN, 1, 0, 0, 0, 0);
    stat.write(memory, pointer);
  }

  void setSize(int fd, long size) {
    WasiError.check(SystemCall.call(Machine.SYS_ftruncate(), table.writable(fd).fd(), size, 0));
  }

  void setTimes(int fd, long accessed, long modified, int which) {
    Descriptor.Host host = table.writable(fd);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment times = times(arena, accessed, modified, which);
      WasiError.check(SystemCall.call(Machine.SYS_utimensat(), host.fd(), 0, times.address(), 0));
    }
  }

  /** Two timespecs: when accessed, when modified. */
  static MemorySegment times(Arena arena, long accessed, long modified, int which) {
    if ((which & (SET_ACCESSED | SET_ACCESSED_NOW)) == (SET_ACCESSED | SET_ACCESSED_NOW)
        || (which & (SET_MODIFIED | SET_MODIFIED_NOW)) == (SET_MODIFIED | SET_MODIFIED_NOW)) {
      throw new WasiError(Errno.INVAL);
    }
    MemorySegment times = arena.allocate(2L * LibC.TIMESPEC_SIZE(), 8);
    putTime(times, 0, accessed, (which & SET_ACCESSED) != 0, (which & SET_ACCESSED_NOW) != 0);
    putTime(times, LibC.TIMESPEC_SIZE(), modified, (which & SET_MODIFIED) != 0, (which & SET_MODIFIED_NOW) != 0);
    return times;
  }

  private static void putTime(MemorySegment times, long at, long nanos, boolean set, boolean now) {
    long seconds = set ? Long.divideUnsigned(nanos, 1_000_000_000L) : 0;
    long rest = set ? Long.remainderUnsigned(nanos, 1_000_000_000L) : now ? LibC.UTIME_NOW() : LibC.UTIME_OMIT();
    times.set(ValueLayout.JAVA_LONG, at + LibC.TIMESPEC_SECONDS(), seconds);
    times.set(ValueLayout.JAVA_LONG, at + LibC.TIMESPEC_NANOSECONDS(), rest);
  }

  // Reading and writing. The host reads into and writes from the guest's memory itself: ranges are checked, then passed
  // on.

  void read(int fd, int vectors, int count, long offset, boolean positioned, int result) {
    Descriptor descriptor = table.get(fd);
    MemorySegment[] ranges = ranges(vectors, count);
    memory.slice(result, Integer.BYTES);
    long total;
    if (descriptor instanceof Descriptor.Host host) {
      total =
          positioned
              ? transferAt(Machine.SYS_pread64(), host.fd(), ranges, offset)
              : transfer(Machine.SYS_readv(), host.fd(), ranges);
    } else if (descriptor instanceof Descriptor.Input input) {
      total = positioned ? WasiError.check(-LibC.ESPIPE()) : read(input, ranges);
    } else {
      throw new WasiError(Errno.BADF);
    }
    memory.putInt(result, 0, (int) total);
  }

  void write(int fd, int vectors, int count, long offset, boolean positioned, int result) {
    Descriptor descriptor = table.get(fd);
    MemorySegment[] ranges = ranges(vectors, count);
    memory.slice(result, Integer.BYTES);
    long total;
    if (descriptor instanceof Descriptor.Host host) {
      total =
          positioned
              ? transferAt(Machine.SYS_pwrite64(), host.fd(), ranges, offset)
              : transfer(Machine.SYS_writev(), host.fd(), ranges);
    } else if (descriptor instanceof Descriptor.Output output) {
      total = positioned ? WasiError.check(-LibC.ESPIPE()) : write(output, ranges);
    } else {
      throw new WasiError(Errno.BADF);
    }
    memory.putInt(result, 0, (int) total);
  }

  /** The ranges of memory that an array of vectors names, each within the memory. */
  private MemorySegment[] ranges(int vectors, int count) {
    if (count < 0 || count > MAX_VECTORS) {
      throw new WasiError(Errno.INVAL);
    }
    MemorySegment[] ranges = new MemorySegment[count];
    for (int i = 0; i < count; i++) {
      ranges[i] = memory.slice(memory.getInt(vectors, 8 * i), memory.getInt(vectors, 8 * i + 4));
    }
    return ranges;
  }

  /**
   * Reads or writes all ranges in one call of the host: a write stays whole, and a read of a pipe or terminal does not
   * wait for more than what is there.
   */
  private static long transfer(int call, int fd, MemorySegment[] ranges) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(2L * Long.BYTES * ranges.length, 8);
      for (int i = 0; i < ranges.length; i++) {
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * i, ranges[i].address());
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1, ranges[i].byteSize());
      }
      return WasiError.check(SystemCall.call(call, fd, vectors.address(), ranges.length));
    }
  }

  /** Reads or writes range after range at a place of a file, until one falls short. */
  private static long transferAt(int call, int fd, MemorySegment[] ranges, long offset) {
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

  private static long read(Descriptor.Input input, MemorySegment[] ranges) {
    for (MemorySegment range : ranges) {
      if (range.byteSize() > 0) {
        byte[] buffer = new byte[(int) Math.min(MAX_CHUNK, range.byteSize())];
        try {
          int got = Math.max(0, input.stream().read(buffer));
          MemorySegment.copy(buffer, 0, range, ValueLayout.JAVA_BYTE, 0, got);
          return got;
        } catch (IOException e) {
          throw new WasiError(Errno.IO);
        }
      }
    }
    return 0;
  }

  private static long write(Descriptor.Output output, MemorySegment[] ranges) {
    long total = 0;
    try {
      for (MemorySegment range : ranges) {
        // The result is an unsigned 32-bit number: vectors may overlap, so their sum may be more than the memory.
        long size = Math.min(range.byteSize(), MAX_TRANSFER - total);
        for (long at = 0; at < size; at += MAX_CHUNK) {
          long length = Math.min(MAX_CHUNK, size - at);
          output.stream().write(range.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
        }
        total += size;
      }
      output.stream().flush();
      return total;
    } catch (IOException e) {
      throw new WasiError(Errno.IO);
    }
  }

  void seek(int fd, long offset, int whence, int result) {
    int host =
        switch (whence) {
          case WHENCE_SET -> LibC.SEEK_SET();
          case WHENCE_CURRENT -> LibC.SEEK_CUR();
          case WHENCE_END -> LibC.SEEK_END();
          default -> throw new WasiError(Errno.INVAL);
        };
    Descriptor descriptor = table.get(fd);
    if (descriptor instanceof Descriptor.Directory) {
      throw new WasiError(Errno.BADF);
    } else if (!(descriptor instanceof Descriptor.Host open)) {
      throw new WasiError(Errno.SPIPE);
    } else {
      memory.putLong(result, 0, WasiError.check(SystemCall.call(Machine.SYS_lseek(), open.fd(), offset, host)));
    }
  }

  // Preopened directories.

  private byte[] preopened(int fd) {
    if (table.get(fd) instanceof Descriptor.Directory directory && !directory.preopen().isEmpty()) {
      return directory.preopen().getBytes(StandardCharsets.UTF_8);
    }
    throw new WasiError(Errno.BADF);
  }

  void preopen(int fd, int pointer) {
    byte[] name = preopened(fd);
    memory.putInt(pointer, 0, 0);
    memory.putInt(pointer, 4, name.length);
  }

  void preopenName(int fd, int pointer, int length) {
    byte[] name = preopened(fd);
    if (Integer.compareUnsigned(length, name.length) < 0) {
      throw new WasiError(Errno.NAMETOOLONG);
    }
    memory.put(pointer, name);
  }
}

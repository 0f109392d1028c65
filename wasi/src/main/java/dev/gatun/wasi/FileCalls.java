package dev.gatun.wasi;

import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.bindings.linux.x86_64.Machine;
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
    if (type == Stat.CHARACTER_DEVICE || type == Stat.UNKNOWN) {
      // A terminal is what is a character device and can't seek: so do C libraries tell.
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
    return ((flags & APPEND) != 0 ? LibC.O_APPEND() : 0)
        | ((flags & NONBLOCK) != 0 ? LibC.O_NONBLOCK() : 0)
        | ((flags & (SYNC | RSYNC)) != 0 ? LibC.O_SYNC() : (flags & DSYNC) != 0 ? LibC.O_DSYNC() : 0);
  }

  void setFlags(int fd, int flags) {
    WasiError.check(SystemCall.call(Machine.SYS_fcntl(), table.host(fd).fd(), LibC.F_SETFL(), hostFlags(flags)));
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

  // Reading and writing. The host reads into and writes from the guest's memory itself: a vector is checked, then passed on.

  void read(int fd, int vectors, int count, long offset, boolean positioned, int result) {
    Descriptor descriptor = table.get(fd);
    checkCount(count);
    long total = 0;
    for (int i = 0; i < count; i++) {
      MemorySegment target = memory.slice(memory.getInt(vectors, 8 * i), memory.getInt(vectors, 8 * i + 4));
      if (target.byteSize() == 0) {
        continue;
      }
      long got;
      if (descriptor instanceof Descriptor.Input input && !positioned) {
        got = read(input, target);
      } else if (descriptor instanceof Descriptor.Host host) {
        got =
            positioned
                ? SystemCall.call(Machine.SYS_pread64(), host.fd(), target.address(), target.byteSize(), offset + total)
                : SystemCall.call(Machine.SYS_read(), host.fd(), target.address(), target.byteSize());
      } else {
        throw new WasiError(positioned ? Errno.SPIPE : Errno.BADF);
      }
      if (got < 0 && total > 0) {
        break;
      }
      total += WasiError.check(got);
      if (got < target.byteSize()) {
        break;
      }
    }
    memory.putInt(result, 0, (int) total);
  }

  private static void checkCount(int count) {
    if (count < 0 || count > MAX_VECTORS) {
      throw new WasiError(Errno.INVAL);
    }
  }

  private static long read(Descriptor.Input input, MemorySegment target) {
    byte[] buffer = new byte[(int) Math.min(MAX_CHUNK, target.byteSize())];
    try {
      int got = Math.max(0, input.stream().read(buffer));
      MemorySegment.copy(buffer, 0, target, ValueLayout.JAVA_BYTE, 0, got);
      return got;
    } catch (IOException e) {
      throw new WasiError(Errno.IO);
    }
  }

  void write(int fd, int vectors, int count, long offset, boolean positioned, int result) {
    Descriptor descriptor = table.get(fd);
    checkCount(count);
    long total = 0;
    for (int i = 0; i < count; i++) {
      MemorySegment source = memory.slice(memory.getInt(vectors, 8 * i), memory.getInt(vectors, 8 * i + 4));
      if (source.byteSize() == 0) {
        continue;
      }
      long put;
      if (descriptor instanceof Descriptor.Output output && !positioned) {
        put = write(output, source);
      } else if (descriptor instanceof Descriptor.Host host) {
        put =
            positioned
                ? SystemCall.call(Machine.SYS_pwrite64(), host.fd(), source.address(), source.byteSize(), offset + total)
                : SystemCall.call(Machine.SYS_write(), host.fd(), source.address(), source.byteSize());
      } else {
        throw new WasiError(positioned ? Errno.SPIPE : Errno.BADF);
      }
      if (put < 0 && total > 0) {
        break;
      }
      total += WasiError.check(put);
      if (put < source.byteSize()) {
        break;
      }
    }
    memory.putInt(result, 0, (int) total);
  }

  private static long write(Descriptor.Output output, MemorySegment source) {
    try {
      for (long at = 0; at < source.byteSize(); at += MAX_CHUNK) {
        long length = Math.min(MAX_CHUNK, source.byteSize() - at);
        output.stream().write(source.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
      }
      output.stream().flush();
      return source.byteSize();
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

package dev.gatun.wasi;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The functions of WASI that work on an open descriptor. */
final class FileCalls {
  private static final int MAX_VECTORS = 1024;
  private static final int ADVICE_COUNT = 6;

  private static final int PEEK = 1;
  private static final int WAIT_FOR_ALL = 2;
  private static final int SHUTDOWN_READ = 1;
  private static final int SHUTDOWN_WRITE = 2;

  private final DescriptorTable table;
  private final GuestMemory memory;
  private final Waiting waiting;

  FileCalls(DescriptorTable table, GuestMemory memory, Waiting waiting) {
    this.table = table;
    this.memory = memory;
    this.waiting = waiting;
  }

  void advise(int fd, long offset, long length, int advice) {
    if (advice < 0 || advice >= ADVICE_COUNT) {
      throw new WasiError(Errno.INVAL);
    }
    try (var file = table.use(fd, Rights.FD_ADVISE)) {
      file.descriptor().advise(offset, length);
    }
  }

  void allocate(int fd, long offset, long length) {
    try (var file = table.change(fd, Rights.FD_ALLOCATE)) {
      file.descriptor().allocate(offset, length);
    }
  }

  void sync(int fd, boolean dataOnly) {
    try (var file = table.use(fd, dataOnly ? Rights.FD_DATASYNC : Rights.FD_SYNC)) {
      file.descriptor().sync(dataOnly);
    }
  }

  void status(int fd, int pointer) {
    try (var file = table.use(fd)) {
      int type = file.descriptor().type();
      int flags = file.descriptor().flags();
      memory.putLong(pointer, 0, 0);
      memory.putByte(pointer, 0, type);
      memory.putShort(pointer, 2, flags);
      memory.putLong(pointer, 8, file.rights());
      memory.putLong(pointer, 16, type == Stat.DIRECTORY ? file.inheriting() : 0);
    }
  }

  void setFlags(int fd, int flags) {
    try (var file = table.use(fd, Rights.FD_FDSTAT_SET_FLAGS)) {
      file.descriptor().setFlags(Flags.check(flags));
    }
  }

  void fileStatus(int fd, int pointer, boolean snapshot0) {
    try (var file = table.use(fd, Rights.FD_FILESTAT_GET)) {
      file.descriptor().stat().write(memory, pointer, snapshot0);
    }
  }

  void setSize(int fd, long size) {
    try (var file = table.change(fd, Rights.FD_FILESTAT_SET_SIZE)) {
      file.descriptor().setSize(size);
    }
  }

  void setTimes(int fd, long accessed, long modified, int which) {
    Times times = new Times(accessed, modified, which);
    try (var file = table.change(fd, Rights.FD_FILESTAT_SET_TIMES)) {
      file.descriptor().setTimes(times);
    }
  }

  // Reading and writing. Ranges are checked before anything is moved.

  void read(int fd, int vectors, int count, int result) {
    try (var file = table.useOpen(fd, Rights.FD_READ)) {
      MemorySegment[] ranges = ranges(vectors, count);
      memory.slice(result, Integer.BYTES);
      memory.putInt(result, 0, (int) file.descriptor().read(ranges, waiting));
    }
  }

  void readAt(int fd, int vectors, int count, long offset, int result) {
    try (var file = table.useOpen(fd, Rights.FD_READ)) {
      MemorySegment[] ranges = ranges(vectors, count);
      memory.slice(result, Integer.BYTES);
      memory.putInt(result, 0, (int) file.descriptor().readAt(ranges, offset, waiting));
    }
  }

  void write(int fd, int vectors, int count, int result) {
    try (var file = table.useOpen(fd, Rights.FD_WRITE)) {
      MemorySegment[] ranges = ranges(vectors, count);
      memory.slice(result, Integer.BYTES);
      memory.putInt(result, 0, (int) write(file.descriptor(), ranges));
    }
  }

  void writeAt(int fd, int vectors, int count, long offset, int result) {
    try (var file = table.useOpen(fd, Rights.FD_WRITE)) {
      MemorySegment[] ranges = ranges(vectors, count);
      memory.slice(result, Integer.BYTES);
      memory.putInt(result, 0, (int) writeAt(file.descriptor(), ranges, offset));
    }
  }

  private long write(Descriptor to, MemorySegment[] ranges) {
    OutputLimit limit = to.outputLimit();
    return limit == null ? to.write(ranges, waiting) : limit.write(ranges, some -> to.write(some, waiting));
  }

  private long writeAt(Descriptor to, MemorySegment[] ranges, long offset) {
    OutputLimit limit = to.outputLimit();
    return limit == null
        ? to.writeAt(ranges, offset, waiting)
        : limit.write(ranges, some -> to.writeAt(some, offset, waiting));
  }

  /** The ranges of memory that an array of vectors names, each within the memory. Each vector is read once. */
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

  void seek(int fd, long offset, Whence whence, int result) {
    try (var file = table.use(fd)) {
      if (file.descriptor().type() != Stat.DIRECTORY && file.descriptor().type() != Stat.UNKNOWN) {
        requireSeek(file, offset == 0 && whence == Whence.CURRENT);
      }
      memory.slice(result, Long.BYTES);
      memory.putLong(result, 0, file.descriptor().seek(offset, whence));
    }
  }

  /** What never had the right, as a pipe, says so with an error of its own. */
  private static void requireSeek(DescriptorTable.Use<Descriptor> file, boolean tell) {
    if ((file.descriptor().rights() & Rights.FD_SEEK) != 0 && !(tell && (file.allowed() & Rights.FD_TELL) != 0)) {
      file.require(Rights.FD_SEEK);
    }
  }

  // Preopened directories.

  void preopen(int fd, int pointer) {
    byte[] name = table.preopenedName(fd).getBytes(StandardCharsets.UTF_8);
    memory.putInt(pointer, 0, 0);
    memory.putInt(pointer, 4, name.length);
  }

  void preopenName(int fd, int pointer, int length) {
    byte[] name = table.preopenedName(fd).getBytes(StandardCharsets.UTF_8);
    if (Integer.compareUnsigned(length, name.length) < 0) {
      throw new WasiError(Errno.NAMETOOLONG);
    }
    memory.put(pointer, name);
  }

  // Sockets.

  void accept(int fd, int flags, int result) {
    try (var socket = table.socket(fd, Rights.SOCK_ACCEPT)) {
      if (!(socket.descriptor() instanceof Socket.Listener listener)) {
        throw new WasiError(Errno.INVAL);
      }
      memory.slice(result, Integer.BYTES);
      memory.putInt(result, 0, table.add(listener.accept(Flags.check(flags), waiting)));
    }
  }

  private static Socket.Connection connection(Descriptor descriptor) {
    if (descriptor instanceof Socket.Connection connection) {
      return connection;
    }
    throw new WasiError(Errno.NOTCONN);
  }

  void receive(int fd, int vectors, int count, int how, int size, int flags) {
    if ((how & ~(PEEK | WAIT_FOR_ALL)) != 0) {
      throw new WasiError(Errno.INVAL);
    }
    try (var socket = table.socket(fd, 0)) {
      Socket.Connection connection = connection(socket.descriptor());
      socket.require(Rights.FD_READ);
      MemorySegment[] ranges = ranges(vectors, count);
      memory.slice(size, Integer.BYTES);
      memory.putShort(flags, 0, 0);
      long got = connection.receive(ranges, (how & PEEK) != 0, (how & WAIT_FOR_ALL) != 0, waiting);
      memory.putInt(size, 0, (int) got);
    }
  }

  void send(int fd, int vectors, int count, int flags, int result) {
    if (flags != 0) {
      throw new WasiError(Errno.INVAL);
    }
    try (var socket = table.socket(fd, 0)) {
      Socket.Connection connection = connection(socket.descriptor());
      socket.require(Rights.FD_WRITE);
      MemorySegment[] ranges = ranges(vectors, count);
      memory.slice(result, Integer.BYTES);
      memory.putInt(result, 0, (int) connection.write(ranges, waiting));
    }
  }

  void shutdown(int fd, int how) {
    try (var socket = table.socket(fd, 0)) {
      if (how == 0 || (how & ~(SHUTDOWN_READ | SHUTDOWN_WRITE)) != 0) {
        throw new WasiError(Errno.INVAL);
      }
      Socket.Connection connection = connection(socket.descriptor());
      socket.require(Rights.SOCK_SHUTDOWN);
      connection.shutdown((how & SHUTDOWN_READ) != 0, (how & SHUTDOWN_WRITE) != 0);
    }
  }
}

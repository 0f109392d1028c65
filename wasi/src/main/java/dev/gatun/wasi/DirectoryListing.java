package dev.gatun.wasi;

import dev.gatun.wasi.DescriptorTable.Use;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code fd_readdir}. */
final class DirectoryListing {
  /** Size of a {@code dirent} before the name. */
  private static final int HEADER = 24;

  private final DescriptorTable table;
  private final GuestMemory memory;
  private final Waiting waiting;

  DirectoryListing(DescriptorTable table, GuestMemory memory, Waiting waiting) {
    this.table = table;
    this.memory = memory;
    this.waiting = waiting;
  }

  /**
   * Fills a buffer with entries after a cookie; the last one may be cut off, which tells the guest that there are more.
   */
  void read(int fd, int pointer, int length, long cookie, int result) {
    MemorySegment target = memory.slice(pointer, length);
    memory.slice(result, Integer.BYTES);
    Buffer buffer = new Buffer(target, waiting);
    try (Use<Directory> directory = table.directory(fd, Rights.FD_READDIR)) {
      directory.descriptor().list(cookie, target.byteSize(), buffer);
    }
    memory.putInt(result, 0, (int) buffer.used);
  }

  private static final class Buffer implements Directory.Entries {
    private final MemorySegment target;
    private final Waiting waiting;
    private final byte[] bytes = new byte[HEADER];
    private final MemorySegment header = MemorySegment.ofArray(bytes);
    long used;

    Buffer(MemorySegment target, Waiting waiting) {
      this.target = target;
      this.waiting = waiting;
    }

    @Override
    public boolean add(long next, long inode, byte[] name, int type) {
      header.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, next);
      header.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, inode);
      header.set(ValueLayout.JAVA_INT_UNALIGNED, 16, name.length);
      header.set(ValueLayout.JAVA_INT_UNALIGNED, 20, type);
      put(bytes);
      put(name);
      waiting.check();
      return used < target.byteSize();
    }

    private void put(byte[] from) {
      int fits = (int) Math.min(from.length, target.byteSize() - used);
      MemorySegment.copy(from, 0, target, ValueLayout.JAVA_BYTE, used, fits);
      used += fits;
    }
  }
}

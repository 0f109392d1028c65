package dev.gatun.wasi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** An open file of a {@link PathMount}: a channel, whose position is the descriptor's. One operation at a time. */
final class PathFile extends Descriptor {
  /** Channels are read and written through buffers of at most this size. */
  private static final int MAX_CHUNK = 64 * 1024;

  /** How far a file is filled with zeros, which may take as much memory. */
  private static final long MAX_EXTENSION = 1L << 30;

  private final PathMount mount;
  private final Path path;
  private final SeekableByteChannel channel;
  private final boolean read;
  private final boolean write;
  private int flags;

  PathFile(PathMount mount, Path path, SeekableByteChannel channel, Directory.How how) {
    this.mount = mount;
    this.path = path;
    this.channel = channel;
    read = how.read();
    write = how.write();
    flags = how.flags();
  }

  /** Something to do with the channel. */
  private interface Operation {
    long run() throws IOException;
  }

  private synchronized long locked(Operation operation) {
    try {
      return operation.run();
    } catch (IOException e) {
      throw PathErrors.of(e);
    } catch (RuntimeException e) {
      throw PathErrors.of(e);
    }
  }

  @Override
  void dispose() {
    locked(
        () -> {
          channel.close();
          return 0;
        });
  }

  @Override
  int type() {
    return Stat.REGULAR_FILE;
  }

  @Override
  long rights() {
    return Rights.OF_FILE & ~(read ? 0 : Rights.FD_READ) & ~(write ? 0 : Rights.FD_WRITE);
  }

  @Override
  boolean isReadOnly() {
    return mount.isReadOnly();
  }

  @Override
  Stat stat() {
    synchronized (mount) {
      try {
        BasicFileAttributes attributes;
        try {
          attributes = mount.checkFile(path);
        } catch (WasiError gone) { // unlinked, or renamed
          return new Stat(0, 0, Stat.REGULAR_FILE, 0, channel.size(), 0, 0, 0);
        }
        Stat known = mount.stat(path, attributes);
        // What has been written is not always seen by name before the channel is closed.
        return new Stat(
            known.device(), known.inode(), known.type(), known.links(), channel.size(), known.accessed(),
            known.modified(), known.changed());
      } catch (IOException e) {
        throw PathErrors.of(e);
      }
    }
  }

  @Override
  synchronized int flags() {
    return flags;
  }

  @Override
  synchronized void setFlags(int flags) {
    this.flags = flags;
  }

  private void require(boolean mode) {
    if (!mode) {
      throw new WasiError(Errno.BADF);
    }
  }

  @Override
  long read(MemorySegment[] ranges, Waiting waiting) {
    require(read);
    return locked(() -> readHere(ranges, waiting));
  }

  private long readHere(MemorySegment[] ranges, Waiting waiting) throws IOException {
    long total = 0;
    ByteBuffer buffer = ByteBuffer.allocate(MAX_CHUNK);
    for (MemorySegment range : ranges) {
      for (long at = 0; at < range.byteSize(); ) {
        buffer.clear().limit((int) Math.min(MAX_CHUNK, range.byteSize() - at));
        int got = channel.read(buffer);
        if (got <= 0) {
          return total;
        }
        MemorySegment.copy(MemorySegment.ofArray(buffer.array()), 0, range, at, got);
        at += got;
        total += got;
        if (total > Integer.MAX_VALUE - MAX_CHUNK) {
          return total;
        }
        waiting.check();
      }
    }
    return total;
  }

  @Override
  long write(MemorySegment[] ranges, Waiting waiting) {
    require(write);
    return locked(
        () -> {
          if ((flags & Flags.APPEND) != 0) {
            channel.position(channel.size());
          }
          return writeThrough(writeHere(ranges, waiting));
        });
  }

  private long writeHere(MemorySegment[] ranges, Waiting waiting) throws IOException {
    if (channel.position() > channel.size()) {
      extend(channel.position());
    }
    long total = 0;
    for (MemorySegment range : ranges) {
      for (long at = 0; at < range.byteSize(); ) {
        long length = Math.min(MAX_CHUNK, range.byteSize() - at);
        byte[] bytes = range.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        at += length;
        total += length;
        if (total > Integer.MAX_VALUE - MAX_CHUNK) {
          return total;
        }
        waiting.check();
      }
    }
    return total;
  }

  /** Does what the flags ask for after bytes have been written; returns how many. */
  private long writeThrough(long written) throws IOException {
    if ((flags & (Flags.SYNC | Flags.RSYNC | Flags.DSYNC)) != 0 && channel instanceof FileChannel file) {
      file.force((flags & (Flags.SYNC | Flags.RSYNC)) != 0);
    }
    return written;
  }

  /** Something at a place, after which the position is what it was. */
  private long at(long offset, Operation operation) {
    if (offset < 0) {
      throw new WasiError(Errno.INVAL);
    }
    return locked(
        () -> {
          long position = channel.position();
          channel.position(offset);
          try {
            return operation.run();
          } finally {
            channel.position(position);
          }
        });
  }

  @Override
  long readAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    require(read);
    return at(offset, () -> readHere(ranges, waiting));
  }

  @Override
  long writeAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    require(write);
    return at(offset, () -> writeThrough(writeHere(ranges, waiting)));
  }

  @Override
  long seek(long offset, Whence whence) {
    return locked(
        () -> {
          long from =
              switch (whence) {
                case SET -> 0;
                case CURRENT -> channel.position();
                case END -> channel.size();
              };
          long position = from + offset;
          if (position < 0) {
            throw new WasiError(offset > 0 ? Errno.OVERFLOW : Errno.INVAL);
          }
          channel.position(position);
          return position;
        });
  }

  @Override
  void advise(long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new WasiError(Errno.INVAL);
    }
  }

  @Override
  void allocate(long offset, long length) {
    if (offset < 0 || length <= 0) {
      throw new WasiError(Errno.INVAL);
    }
    if (offset + length < 0) {
      throw new WasiError(Errno.FBIG);
    }
    require(write);
    locked(() -> channel.size() < offset + length ? extend(offset + length) : 0);
  }

  /**
   * Makes the file larger, with zeros: what file systems of Java leave in a gap is not specified.
   */
  private long extend(long size) throws IOException {
    long position = channel.position();
    try {
      if (size > MAX_EXTENSION) {
        throw new WasiError(Errno.FBIG);
      }
      channel.position(channel.size());
      while (channel.position() < size) {
        channel.write(ByteBuffer.allocate((int) Math.min(MAX_CHUNK, size - channel.position())));
      }
      return 0;
    } finally {
      channel.position(position);
    }
  }

  @Override
  void setSize(long size) {
    if (size < 0) {
      throw new WasiError(Errno.INVAL);
    }
    if (!write) {
      throw new WasiError(Errno.INVAL); // as ftruncate(2)
    }
    locked(
        () -> {
          if (channel.size() < size) {
            return extend(size);
          }
          // A channel whose position is beyond the end is moved to it; a descriptor's stays.
          long position = channel.position();
          channel.truncate(size);
          channel.position(position);
          return 0;
        });
  }

  @Override
  void setTimes(Times times) {
    synchronized (mount) {
      locked(
          () -> {
            mount.checkFile(path);
            PathMount.setTimes(path, times);
            return 0;
          });
    }
  }

  /** How many bytes there are to the end of the file. */
  @Override
  long ready(boolean toRead) {
    return toRead ? locked(() -> Math.max(0, channel.size() - channel.position())) : 0;
  }

  @Override
  void sync(boolean dataOnly) {
    locked(
        () -> {
          if (channel instanceof FileChannel file) {
            file.force(!dataOnly);
          }
          return 0;
        });
  }
}

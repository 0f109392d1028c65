package dev.gatun.wasi;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Java streams as a descriptor: to read from, to write to, or neither. They are not closed. */
final class JavaStream extends Descriptor {
  /** Streams are read and written through buffers of at most this size. */
  private static final int MAX_CHUNK = 64 * 1024;

  /** The most that is written at once: the result is an unsigned 32-bit number, and vectors may overlap. */
  private static final long MAX_TRANSFER = 0x7fff_f000L;

  private final @Nullable InputStream input;
  private final @Nullable OutputStream output;

  /** How many threads of the guest are reading. */
  private final AtomicInteger readers = new AtomicInteger();

  JavaStream(@Nullable InputStream input, @Nullable OutputStream output) {
    this.input = input;
    this.output = output;
  }

  @Override
  int type() {
    return Stat.UNKNOWN;
  }

  @Override
  long rights() {
    return Rights.OF_STREAM & ~(input == null ? Rights.FD_READ : 0) & ~(output == null ? Rights.FD_WRITE : 0);
  }

  @Override
  Stat stat() {
    return new Stat(0, 0, Stat.UNKNOWN, 1, 0, 0, 0, 0);
  }

  /**
   * Always ready, since nobody knows; but how many bytes have come, the stream may know. While one thread reads, many
   * streams keep others waiting that ask.
   */
  @Override
  long ready(boolean toRead) {
    try {
      return toRead && input != null && readers.get() == 0 ? Math.max(0, input.available()) : 0;
    } catch (IOException e) {
      return 0; // reading will tell
    }
  }

  @Override
  long read(MemorySegment[] ranges, Waiting waiting) {
    if (input == null) {
      throw new WasiError(Errno.BADF);
    }
    for (MemorySegment range : ranges) {
      if (range.byteSize() > 0) {
        byte[] buffer = new byte[(int) Math.min(MAX_CHUNK, range.byteSize())];
        int got;
        readers.incrementAndGet();
        try {
          got = Math.max(0, input.read(buffer));
        } catch (IOException e) {
          throw failure(e, waiting);
        } finally {
          readers.decrementAndGet();
        }
        MemorySegment.copy(buffer, 0, range, ValueLayout.JAVA_BYTE, 0, got);
        return got;
      }
    }
    return 0;
  }

  @Override
  long write(MemorySegment[] ranges, Waiting waiting) {
    if (output == null) {
      throw new WasiError(Errno.BADF);
    }
    long total = 0;
    try {
      for (MemorySegment range : ranges) {
        long size = Math.min(range.byteSize(), MAX_TRANSFER - total);
        for (long at = 0; at < size; at += MAX_CHUNK) {
          long length = Math.min(MAX_CHUNK, size - at);
          output.write(range.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
          if (at + length < size) {
            waiting.check();
          }
        }
        total += size;
      }
      output.flush();
    } catch (IOException e) {
      throw failure(e, waiting);
    }
    return total;
  }

  /** Streams that were interrupted say so by an exception, some of which take the thread's interrupt status away. */
  private static WasiError failure(IOException e, Waiting waiting) {
    if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
      Thread.currentThread().interrupt();
    }
    waiting.check();
    return PathErrors.of(e);
  }
}

package dev.gatun.cache;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.NativeAccess;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file or directory of the host. Unlike what java.nio opens, one can ask whose it is without another look at
 * its name, under which something else may be by then. For one thread.
 */
public final class OpenFile implements AutoCloseable {
  /** Bytes that are copied at once. */
  private static final int CHUNK = 1 << 20;

  /** The directory that relative names are relative to. */
  static final int CURRENT = LibC.AT_FDCWD();

  private final int file;
  private final String name;

  private OpenFile(int file, String name) {
    this.file = file;
    this.name = name;
  }

  /**
   * Opens what a name stands for; null if there is nothing.
   *
   * @throws IllegalStateException if the JVM denies native access
   */
  static @Nullable OpenFile find(int directory, String name, int flags, int mode) throws IOException {
    NativeAccess.check();
    long result = call(Machine.SYS_openat(), directory, name, flags | LibC.O_CLOEXEC(), mode);
    if (result == -LibC.ENOENT()) {
      return null;
    }
    return new OpenFile((int) check(result, "open", name), name);
  }

  /**
   * Opens a file to be read; null if there is none.
   *
   * @throws IOException if it can't be opened
   */
  public static @Nullable OpenFile find(String path) throws IOException {
    return find(CURRENT, path, LibC.O_RDONLY(), 0);
  }

  /** A system call on a name in a directory: its number, directory, name, and two more arguments. */
  static long call(int number, int directory, String name, long third, long fourth) {
    try (Arena arena = Arena.ofConfined()) {
      return SystemCall.call(number, directory, arena.allocateFrom(name).address(), third, fourth);
    }
  }

  /** What a system call has returned, unless it failed. */
  static long check(long result, String verb, String name) throws IOException {
    if (result < 0) {
      throw new IOException("can't " + verb + " " + name + ": " + SystemCall.errorName(-result));
    }
    return result;
  }

  /** Its number, as long as it is open. */
  int number() {
    return file;
  }

  /** What is known of it now. */
  public FileStatus status() throws IOException {
    return FileStatus.of(file);
  }

  /** Fills a segment with what stands at an offset; returns whether there is as much. */
  boolean read(long offset, MemorySegment into) throws IOException {
    long done = 0;
    while (done < into.byteSize()) {
      long count =
          SystemCall.call(
              Machine.SYS_pread64(), file, into.address() + done, into.byteSize() - done, offset + done);
      if (check(count, "read", name) == 0) {
        return false;
      }
      done += count;
    }
    return true;
  }

  /**
   * Reads what stands at an offset.
   *
   * @throws IOException if it can't be read, or is shorter
   */
  public byte[] read(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(Math.min(CHUNK, Math.max(1, length)));
      for (int at = 0; at < length; at += CHUNK) {
        int count = Math.min(CHUNK, length - at);
        if (!read(offset + at, chunk.asSlice(0, count))) {
          throw new IOException(name + " ends early: someone is writing to it");
        }
        MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, bytes, at, count);
      }
    }
    return bytes;
  }

  /** Reads what comes until the end: of a pipe, say. */
  byte[] readToEnd() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(1 << 16);
      while (true) {
        long count = SystemCall.call(Machine.SYS_read(), file, chunk.address(), chunk.byteSize());
        if (check(count, "read", name) == 0) {
          return bytes.toByteArray();
        }
        bytes.writeBytes(chunk.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  /** Writes at the end of what has been written. */
  void write(byte[] bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(Math.min(CHUNK, Math.max(1, bytes.length)));
      for (int at = 0; at < bytes.length; at += CHUNK) {
        int count = Math.min(CHUNK, bytes.length - at);
        MemorySegment.copy(bytes, at, chunk, ValueLayout.JAVA_BYTE, 0, count);
        for (int done = 0; done < count; ) {
          long written = SystemCall.call(Machine.SYS_write(), file, chunk.address() + done, count - done);
          done += (int) check(written, "write", name);
        }
      }
    }
  }

  /** Makes now the time at which it was last modified. */
  void touch() {
    SystemCall.call(Machine.SYS_utimensat(), file, 0, 0, 0);
  }

  /** The names in a directory, but not those of itself and of the one above. */
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(1 << 15, 8);
      while (true) {
        long length =
            check(
                SystemCall.call(Machine.SYS_getdents64(), file, buffer.address(), buffer.byteSize()), "list", name);
        if (length == 0) {
          return names;
        }
        for (long at = 0; at < length; ) {
          String entry = buffer.getString(at + LibC.DIRENT_NAME(), StandardCharsets.UTF_8);
          if (!entry.equals(".") && !entry.equals("..")) {
            names.add(entry);
          }
          at += buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + LibC.DIRENT_RECORD_LENGTH()) & 0xffff;
        }
      }
    }
  }

  @Override
  public void close() {
    SystemCall.call(Machine.SYS_close(), file, 0, 0);
  }
}

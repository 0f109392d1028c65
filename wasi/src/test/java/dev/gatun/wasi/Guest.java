package dev.gatun.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;

/** A guest without an engine: a memory of one page, descriptors, and directories of the host from number 3 on. */
final class Guest implements AutoCloseable {
  static final int SIZE = 64 * 1024;
  static final int DIRECTORY = 3;
  static final int RESULT = 16;
  static final int VECTORS = 64;
  static final int BUFFER = 4096;

  static final int CREATE = 1;
  static final int OPEN_DIRECTORY = 2;
  static final int EXCLUSIVE = 4;
  static final int TRUNCATE = 8;
  static final long READ = Rights.FD_READ;
  static final long WRITE = Rights.FD_WRITE;

  final Arena arena = Arena.ofShared();
  final GuestMemory memory = new GuestMemory(arena.allocate(SIZE, 8));
  final DescriptorTable table = new DescriptorTable(DescriptorTable.DEFAULT_MAX);
  final Ending waiting = new Ending();
  final FileCalls files = new FileCalls(table, memory, waiting);
  final PathCalls paths = new PathCalls(table, memory);

  /** Calls that wait until the test ends the guest, or its thread is interrupted. */
  static final class Ending extends Waiting {
    private volatile RuntimeException end;

    void end(RuntimeException reason) {
      end = reason;
    }

    @Override
    void check() {
      if (end != null) {
        throw end;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new WasiError(Errno.INTR);
      }
    }
  }

  Guest() {
    for (int stream = 0; stream < DIRECTORY; stream++) {
      table.add(new JavaStream(null, OutputStream.nullOutputStream()));
    }
  }

  /** Gives a directory; returns its number. */
  int give(Path host, boolean readOnly) {
    Directory directory =
        host.getFileSystem() == FileSystems.getDefault()
            ? new HostDirectory(new HostDescriptor(openHost(host)), readOnly, 0)
            : new PathDirectory(new PathMount(host, readOnly), host);
    return table.addPreopened(directory, "/");
  }

  static int openHost(Path host) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          WasiError.check(
              SystemCall.call(
                  Machine.SYS_openat(), LibC.AT_FDCWD(), arena.allocateFrom(host.toString()).address(),
                  LibC.O_RDONLY() | Machine.O_DIRECTORY() | LibC.O_CLOEXEC()));
    }
  }

  /** Opens beneath a directory, following links; returns the new number. */
  int open(int directory, String path, int how, long rights) {
    paths.open(directory, 1, path, how, rights, Rights.ALL, 0, RESULT);
    return memory.getInt(RESULT, 0);
  }

  /** Puts a vector. */
  void vector(int index, int pointer, int length) {
    memory.putInt(VECTORS, 8 * index, pointer);
    memory.putInt(VECTORS, 8 * index + 4, length);
  }

  int write(int fd, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    memory.put(BUFFER, bytes);
    vector(0, BUFFER, bytes.length);
    files.write(fd, VECTORS, 1, RESULT);
    return memory.getInt(RESULT, 0);
  }

  String read(int fd, int length) {
    vector(0, BUFFER, length);
    files.read(fd, VECTORS, 1, RESULT);
    return text(BUFFER, memory.getInt(RESULT, 0));
  }

  String text(int pointer, int length) {
    MemorySegment slice = memory.slice(pointer, length);
    return new String(slice.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Expects an error number of WASI. */
  static void assertErrno(int expected, Executable call) {
    assertEquals(expected, assertThrows(WasiError.class, call).errno);
  }

  @Override
  public void close() {
    table.closeAll();
    arena.close();
  }
}

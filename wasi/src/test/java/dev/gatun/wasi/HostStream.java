package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A stream of the host as processes are given them, and its other end.
 *
 * @param fd what the guest gets
 * @param other the end of the test, which may be the same
 */
record HostStream(int fd, int other) implements AutoCloseable {
  private static final long PIPE2 = System.getProperty("os.arch").equals("aarch64") ? 59 : 293;

  // Of <asm-generic/ioctls.h>: unlock a terminal, tell its number.
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCGPTN = 0x80045430L;

  /** A pipe; the guest gets the end to read, or the one to write. */
  static HostStream pipe(boolean toRead) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(8, 4);
      WasiError.check(SystemCall.call(PIPE2, ends.address(), LibC.O_CLOEXEC(), 0));
      int read = ends.get(ValueLayout.JAVA_INT, 0);
      int write = ends.get(ValueLayout.JAVA_INT, 4);
      return toRead ? new HostStream(read, write) : new HostStream(write, read);
    }
  }

  /** A terminal, in canonical mode. */
  static HostStream terminal() {
    try (Arena arena = Arena.ofConfined()) {
      int master = open("/dev/ptmx");
      MemorySegment number = arena.allocate(4, 4);
      WasiError.check(SystemCall.call(Machine.SYS_ioctl(), master, TIOCSPTLCK, number.address()));
      WasiError.check(SystemCall.call(Machine.SYS_ioctl(), master, TIOCGPTN, number.address()));
      return new HostStream(open("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0)), master);
    }
  }

  private static int open(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          WasiError.check(
              SystemCall.call(
                  Machine.SYS_openat(), LibC.AT_FDCWD(), arena.allocateFrom(path).address(),
                  LibC.O_RDWR() | LibC.O_NOCTTY() | LibC.O_CLOEXEC(), 0));
    }
  }

  void send(String text) {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      WasiError.check(SystemCall.call(Machine.SYS_write(), other, buffer.address(), bytes.length));
    }
  }

  String receive(int length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length);
      long got = WasiError.check(SystemCall.call(Machine.SYS_read(), other, buffer.address(), length));
      return new String(buffer.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }
  }

  long flags() {
    return new HostDescriptor(fd).hostFlags();
  }

  @Override
  public void close() {
    HostFiles.close(fd);
    HostFiles.close(other);
  }
}

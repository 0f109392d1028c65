package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;

/** An open descriptor of the host: what can be done with any, be it a file's or a directory's. */
record HostDescriptor(int fd) {
  Stat stat() {
    return Stat.of(fd);
  }

  /** What F_GETFL says: how it was opened, and its flags. */
  long hostFlags() {
    return WasiError.check(SystemCall.call(Machine.SYS_fcntl(), fd, LibC.F_GETFL(), 0));
  }

  void setHostFlags(int flags) {
    WasiError.check(SystemCall.call(Machine.SYS_fcntl(), fd, LibC.F_SETFL(), flags));
  }

  void advise(long offset, long length) {
    // The kernel's numbers are not WASI's beyond the first; advice may be ignored, its arguments may not.
    WasiError.check(SystemCall.call(Machine.SYS_fadvise64(), fd, offset, length, 0));
  }

  void sync(boolean dataOnly) {
    WasiError.check(SystemCall.call(dataOnly ? Machine.SYS_fdatasync() : Machine.SYS_fsync(), fd, 0, 0));
  }

  void setTimes(Times times) {
    try (Arena arena = Arena.ofConfined()) {
      WasiError.check(SystemCall.call(Machine.SYS_utimensat(), fd, 0, times.toHost(arena).address(), 0));
    }
  }

  void close() {
    HostFiles.close(fd);
  }
}

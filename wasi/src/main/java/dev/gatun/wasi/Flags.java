package dev.gatun.wasi;

import dev.gatun.bindings.linux.LibC;

/** The flags of descriptors ({@code fdflags}). */
final class Flags {
  private Flags() {}

  static final int APPEND = 1;
  static final int DSYNC = 2;
  static final int NONBLOCK = 4;
  static final int RSYNC = 8;
  static final int SYNC = 16;
  private static final int ALL = APPEND | DSYNC | NONBLOCK | RSYNC | SYNC;

  static int check(int flags) {
    if ((flags & ~ALL) != 0) {
      throw new WasiError(Errno.INVAL);
    }
    return flags;
  }

  /** The host's, for opening and for F_SETFL. */
  static int toHost(int flags) {
    return ((flags & APPEND) != 0 ? LibC.O_APPEND() : 0)
        | ((flags & NONBLOCK) != 0 ? LibC.O_NONBLOCK() : 0)
        | ((flags & (SYNC | RSYNC)) != 0 ? LibC.O_SYNC() : (flags & DSYNC) != 0 ? LibC.O_DSYNC() : 0);
  }

  static int ofHost(long flags) {
    return ((flags & LibC.O_APPEND()) != 0 ? APPEND : 0)
        | ((flags & LibC.O_NONBLOCK()) != 0 ? NONBLOCK : 0)
        | ((flags & LibC.O_SYNC()) == LibC.O_SYNC() ? SYNC : (flags & LibC.O_DSYNC()) != 0 ? DSYNC : 0);
  }
}

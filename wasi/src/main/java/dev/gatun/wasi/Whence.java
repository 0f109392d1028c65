package dev.gatun.wasi;

import dev.gatun.bindings.linux.LibC;

/** What an offset is counted from. The order is preview 1's; the one before it had another. */
enum Whence {
  SET,
  CURRENT,
  END;

  private static final Whence[] SNAPSHOT_0 = {CURRENT, END, SET};

  static Whence of(int number, boolean snapshot0) {
    if (number < 0 || number >= SNAPSHOT_0.length) {
      throw new WasiError(Errno.INVAL);
    }
    return snapshot0 ? SNAPSHOT_0[number] : values()[number];
  }

  int host() {
    return switch (this) {
      case SET -> LibC.SEEK_SET();
      case CURRENT -> LibC.SEEK_CUR();
      case END -> LibC.SEEK_END();
    };
  }
}

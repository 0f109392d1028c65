package dev.gatun.wasi;

/** An error number on its way to the guest. */
final class WasiError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  final int errno;

  WasiError(int errno) {
    super(null, null, false, false);
    this.errno = errno;
  }

  @Override
  public String getMessage() {
    return "error " + errno + " of WASI";
  }

  /** The result of a system call if it succeeded. */
  static long check(long result) {
    if (result < 0) {
      throw new WasiError(Errno.of(result));
    }
    return result;
  }
}

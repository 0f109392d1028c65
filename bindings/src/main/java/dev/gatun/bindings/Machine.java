package dev.gatun.bindings;

import dev.gatun.bindings.linux.AArch64;
import dev.gatun.bindings.linux.X86_64;

/**
 * What differs between the architectures of Linux, for the one that this is: the numbers of system calls, flags that
 * are not the same everywhere, and the kernel's record of a signal's handler. Named as in C, as what is generated.
 */
public final class Machine {
  private static final String ARCHITECTURE = System.getProperty("os.arch");
  static final boolean ARM = ARCHITECTURE.equals("aarch64");

  /** Whether the constants here are those of this machine. */
  static final boolean SUPPORTED =
      System.getProperty("os.name").equals("Linux") && (ARM || ARCHITECTURE.equals("amd64"));

  /** The largest page size, in bytes, that a kernel for this architecture may use. */
  public static final long LARGEST_PAGE = ARM ? 64 << 10 : 4 << 10;

  private Machine() {}

  static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException(
        "Gatun runs on Linux for x86-64 (amd64) and AArch64 (aarch64); this is " + System.getProperty("os.name")
            + " on " + ARCHITECTURE);
  }

  public static int O_DIRECTORY() {
    return ARM ? AArch64.O_DIRECTORY() : X86_64.O_DIRECTORY();
  }

  public static int O_NOFOLLOW() {
    return ARM ? AArch64.O_NOFOLLOW() : X86_64.O_NOFOLLOW();
  }

  public static int SIGACTION_HANDLER() {
    return ARM ? AArch64.SIGACTION_HANDLER() : X86_64.SIGACTION_HANDLER();
  }

  public static int SIGACTION_SIZE() {
    return ARM ? AArch64.SIGACTION_SIZE() : X86_64.SIGACTION_SIZE();
  }

  public static int SIGNAL_MASK_SIZE() {
    return ARM ? AArch64.SIGNAL_MASK_SIZE() : X86_64.SIGNAL_MASK_SIZE();
  }

  public static int SYS_clock_getres() {
    return ARM ? AArch64.SYS_clock_getres() : X86_64.SYS_clock_getres();
  }

  public static int SYS_clock_gettime() {
    return ARM ? AArch64.SYS_clock_gettime() : X86_64.SYS_clock_gettime();
  }

  public static int SYS_close() {
    return ARM ? AArch64.SYS_close() : X86_64.SYS_close();
  }

  public static int SYS_fadvise64() {
    return ARM ? AArch64.SYS_fadvise64() : X86_64.SYS_fadvise64();
  }

  public static int SYS_fallocate() {
    return ARM ? AArch64.SYS_fallocate() : X86_64.SYS_fallocate();
  }

  public static int SYS_fcntl() {
    return ARM ? AArch64.SYS_fcntl() : X86_64.SYS_fcntl();
  }

  public static int SYS_fdatasync() {
    return ARM ? AArch64.SYS_fdatasync() : X86_64.SYS_fdatasync();
  }

  public static int SYS_fsync() {
    return ARM ? AArch64.SYS_fsync() : X86_64.SYS_fsync();
  }

  public static int SYS_ftruncate() {
    return ARM ? AArch64.SYS_ftruncate() : X86_64.SYS_ftruncate();
  }

  public static int SYS_getdents64() {
    return ARM ? AArch64.SYS_getdents64() : X86_64.SYS_getdents64();
  }

  public static int SYS_geteuid() {
    return ARM ? AArch64.SYS_geteuid() : X86_64.SYS_geteuid();
  }

  public static int SYS_getrandom() {
    return ARM ? AArch64.SYS_getrandom() : X86_64.SYS_getrandom();
  }

  public static int SYS_ioctl() {
    return ARM ? AArch64.SYS_ioctl() : X86_64.SYS_ioctl();
  }

  public static int SYS_linkat() {
    return ARM ? AArch64.SYS_linkat() : X86_64.SYS_linkat();
  }

  public static int SYS_lseek() {
    return ARM ? AArch64.SYS_lseek() : X86_64.SYS_lseek();
  }

  public static int SYS_madvise() {
    return ARM ? AArch64.SYS_madvise() : X86_64.SYS_madvise();
  }

  public static int SYS_membarrier() {
    return ARM ? AArch64.SYS_membarrier() : X86_64.SYS_membarrier();
  }

  public static int SYS_memfd_create() {
    return ARM ? AArch64.SYS_memfd_create() : X86_64.SYS_memfd_create();
  }

  public static int SYS_mkdirat() {
    return ARM ? AArch64.SYS_mkdirat() : X86_64.SYS_mkdirat();
  }

  public static int SYS_mmap() {
    return ARM ? AArch64.SYS_mmap() : X86_64.SYS_mmap();
  }

  public static int SYS_mprotect() {
    return ARM ? AArch64.SYS_mprotect() : X86_64.SYS_mprotect();
  }

  public static int SYS_mremap() {
    return ARM ? AArch64.SYS_mremap() : X86_64.SYS_mremap();
  }

  public static int SYS_munmap() {
    return ARM ? AArch64.SYS_munmap() : X86_64.SYS_munmap();
  }

  public static int SYS_openat() {
    return ARM ? AArch64.SYS_openat() : X86_64.SYS_openat();
  }

  public static int SYS_openat2() {
    return ARM ? AArch64.SYS_openat2() : X86_64.SYS_openat2();
  }

  public static int SYS_ppoll() {
    return ARM ? AArch64.SYS_ppoll() : X86_64.SYS_ppoll();
  }

  public static int SYS_pread64() {
    return ARM ? AArch64.SYS_pread64() : X86_64.SYS_pread64();
  }

  public static int SYS_preadv2() {
    return ARM ? AArch64.SYS_preadv2() : X86_64.SYS_preadv2();
  }

  public static int SYS_pwrite64() {
    return ARM ? AArch64.SYS_pwrite64() : X86_64.SYS_pwrite64();
  }

  public static int SYS_pwritev2() {
    return ARM ? AArch64.SYS_pwritev2() : X86_64.SYS_pwritev2();
  }

  public static int SYS_read() {
    return ARM ? AArch64.SYS_read() : X86_64.SYS_read();
  }

  public static int SYS_readlinkat() {
    return ARM ? AArch64.SYS_readlinkat() : X86_64.SYS_readlinkat();
  }

  public static int SYS_readv() {
    return ARM ? AArch64.SYS_readv() : X86_64.SYS_readv();
  }

  public static int SYS_renameat() {
    return ARM ? AArch64.SYS_renameat() : X86_64.SYS_renameat();
  }

  public static int SYS_rt_sigaction() {
    return ARM ? AArch64.SYS_rt_sigaction() : X86_64.SYS_rt_sigaction();
  }

  public static int SYS_statx() {
    return ARM ? AArch64.SYS_statx() : X86_64.SYS_statx();
  }

  public static int SYS_symlinkat() {
    return ARM ? AArch64.SYS_symlinkat() : X86_64.SYS_symlinkat();
  }

  public static int SYS_unlinkat() {
    return ARM ? AArch64.SYS_unlinkat() : X86_64.SYS_unlinkat();
  }

  public static int SYS_utimensat() {
    return ARM ? AArch64.SYS_utimensat() : X86_64.SYS_utimensat();
  }

  public static int SYS_write() {
    return ARM ? AArch64.SYS_write() : X86_64.SYS_write();
  }

  public static int SYS_writev() {
    return ARM ? AArch64.SYS_writev() : X86_64.SYS_writev();
  }
}

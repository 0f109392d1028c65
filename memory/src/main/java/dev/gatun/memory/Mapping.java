package dev.gatun.memory;

import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.bindings.linux.x86_64.Machine;

/** Address space of this process, as the kernel gives it: mmap and its relatives on Linux. Addresses and sizes are in bytes. */
final class Mapping {
  private Mapping() {}

  /** The size of a page; also what guards and commits are rounded to. */
  static final long PAGE = 4096;

  static long roundUp(long size) {
    return size + PAGE - 1 & -PAGE;
  }

  private static boolean failed(long result) {
    return result < 0 && result >= -4095;
  }

  /** Reserves addresses that fault until they are committed. */
  static long reserve(long size, String what) {
    long address =
        SystemCall.call(
            Machine.SYS_mmap(), 0, size, LibC.PROT_NONE(),
            LibC.MAP_PRIVATE() | LibC.MAP_ANONYMOUS() | LibC.MAP_NORESERVE(), -1, 0);
    if (failed(address)) {
      throw new OutOfAddressSpaceException("reserve " + what, size, -address);
    }
    return address;
  }

  /** Makes reserved pages readable and writable; returns whether the kernel agreed. */
  static boolean commit(long address, long size) {
    return size == 0
        || SystemCall.call(Machine.SYS_mprotect(), address, size, LibC.PROT_READ() | LibC.PROT_WRITE()) == 0;
  }

  /** Maps memory that can be mapped a second time by {@link #duplicateExecutable}. */
  static long shared(long size, String what) {
    long address =
        SystemCall.call(
            Machine.SYS_mmap(), 0, size, LibC.PROT_READ() | LibC.PROT_WRITE(),
            LibC.MAP_SHARED() | LibC.MAP_ANONYMOUS() | LibC.MAP_NORESERVE(), -1, 0);
    if (failed(address)) {
      throw new OutOfAddressSpaceException("map " + what, size, -address);
    }
    return address;
  }

  /** Maps shared memory once more, to be read and executed. An old size of 0 makes mremap duplicate the mapping. */
  static long duplicateExecutable(long address, long size, String what) {
    long second = SystemCall.call(Machine.SYS_mremap(), address, 0, size, LibC.MREMAP_MAYMOVE());
    if (failed(second)) {
      throw new OutOfAddressSpaceException("map a second view of " + what, size, -second);
    }
    long result = SystemCall.call(Machine.SYS_mprotect(), second, size, LibC.PROT_READ() | LibC.PROT_EXEC());
    if (result != 0) {
      throw new OutOfAddressSpaceException("make " + what + " executable; a security policy may forbid it", size, -result);
    }
    return second;
  }

  /** Maps a range of a file over reserved addresses, copy-on-write. */
  static boolean mapPrivate(long address, long size, int file, long offset) {
    long result =
        SystemCall.call(
            Machine.SYS_mmap(), address, size, LibC.PROT_READ() | LibC.PROT_WRITE(),
            LibC.MAP_PRIVATE() | LibC.MAP_FIXED() | LibC.MAP_NORESERVE(), file, offset);
    return !failed(result);
  }

  /** Maps a whole file for writing. */
  static long mapFile(int file, long size, String what) {
    long address =
        SystemCall.call(
            Machine.SYS_mmap(), 0, size, LibC.PROT_READ() | LibC.PROT_WRITE(), LibC.MAP_SHARED(), file, 0);
    if (failed(address)) {
      throw new OutOfAddressSpaceException("map " + what, size, -address);
    }
    return address;
  }

  /** Gives the memory behind whole pages of a shared mapping back. */
  static void discardShared(long address, long size) {
    SystemCall.call(Machine.SYS_madvise(), address, size, LibC.MADV_REMOVE());
  }

  static void unmap(long address, long size) {
    SystemCall.call(Machine.SYS_munmap(), address, size, 0);
  }
}

package dev.gatun.memory;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Address space of this process, as Linux gives it: mmap and its relatives. Addresses and sizes are in bytes. */
final class Mapping {
  private Mapping() {}

  /**
   * What guards and commits are rounded to: the size of a page on x86-64, and the largest one that a kernel for AArch64
   * may have been built with.
   */
  static final long PAGE = Machine.LARGEST_PAGE;

  static long roundUp(long size) {
    return size + PAGE - 1 & -PAGE;
  }

  private static boolean failed(long result) {
    return result < 0 && result >= -4095;
  }

  /** Reserves addresses that fault until they are committed. */
  static long reserve(long size, String what) {
    return reserve(size, 0, what);
  }

  /** Reserves addresses for a stack, which the kernel does not back with huge pages. */
  static long reserveStack(long size) {
    return reserve(size, LibC.MAP_STACK(), "a stack");
  }

  private static long reserve(long size, int flags, String what) {
    long address =
        SystemCall.call(
            Machine.SYS_mmap(), 0, size, LibC.PROT_NONE(),
            LibC.MAP_PRIVATE() | LibC.MAP_ANONYMOUS() | LibC.MAP_NORESERVE() | flags, -1, 0);
    if (failed(address)) {
      throw new OutOfAddressSpaceException("reserve " + what, size, -address);
    }
    return address;
  }

  /** Makes reserved pages readable and writable; returns 0, or the error number if the kernel refused. */
  static long commit(long address, long size) {
    return size == 0
        ? 0
        : -SystemCall.call(Machine.SYS_mprotect(), address, size, LibC.PROT_READ() | LibC.PROT_WRITE());
  }

  /** Maps zeros that can be read and written. */
  static long anonymous(long size, String what) {
    long address =
        SystemCall.call(
            Machine.SYS_mmap(), 0, size, LibC.PROT_READ() | LibC.PROT_WRITE(),
            LibC.MAP_PRIVATE() | LibC.MAP_ANONYMOUS() | LibC.MAP_NORESERVE(), -1, 0);
    if (failed(address)) {
      throw new OutOfAddressSpaceException("map " + what, size, -address);
    }
    return address;
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
      unmap(second, size);
      throw new OutOfAddressSpaceException("make " + what + " executable", size, -result);
    }
    return second;
  }

  /** Maps a range of a file over reserved addresses, copy-on-write. */
  static void mapPrivate(long address, long size, int file, long offset, String what) {
    long result =
        SystemCall.call(
            Machine.SYS_mmap(), address, size, LibC.PROT_READ() | LibC.PROT_WRITE(),
            LibC.MAP_PRIVATE() | LibC.MAP_FIXED() | LibC.MAP_NORESERVE(), file, offset);
    if (failed(result)) {
      throw new OutOfAddressSpaceException("map " + what, size, -result);
    }
  }

  /** Maps a whole file for writing. */
  static long mapFile(int file, long size, String what) {
    return mapFile(file, size, LibC.PROT_READ() | LibC.PROT_WRITE(), what);
  }

  /** Maps a whole file for reading. */
  static long mapReadOnly(int file, long size, String what) {
    return mapFile(file, size, LibC.PROT_READ(), what);
  }

  private static long mapFile(int file, long size, int protection, String what) {
    long address = SystemCall.call(Machine.SYS_mmap(), 0, size, protection, LibC.MAP_SHARED(), file, 0);
    if (failed(address)) {
      throw new OutOfAddressSpaceException("map " + what, size, -address);
    }
    return address;
  }

  /** Gives the memory behind whole pages of a shared mapping back, in all its views; returns whether the kernel did. */
  static boolean discardShared(long address, long size) {
    return Discarding.WORKS && removePages(address, size);
  }

  private static boolean removePages(long address, long size) {
    return SystemCall.call(Machine.SYS_madvise(), address, size, LibC.MADV_REMOVE()) == 0;
  }

  /** Whether pages that are said to be removed are: an emulator may take the call for advice, and do nothing. */
  private static final class Discarding {
    static final boolean WORKS = tryOut();

    private static boolean tryOut() {
      long page = shared(PAGE, "a page to be removed");
      try {
        MemorySegment view = MemorySegment.ofAddress(page).reinterpret(PAGE);
        view.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        return removePages(page, PAGE) && view.get(ValueLayout.JAVA_BYTE, 0) == 0;
      } finally {
        unmap(page, PAGE);
      }
    }
  }

  /** Gives the memory behind whole pages of a private mapping back; they read as zero afterwards. */
  static void discardPrivate(long address, long size) {
    SystemCall.call(Machine.SYS_madvise(), address, size, LibC.MADV_DONTNEED());
  }

  /**
   * Makes whole pages of private mappings as they were when they were mapped: zero, or what the file has. For contents
   * that nobody may see again, so it never succeeds without having done it.
   *
   * @return whether the kernel did; if not, the contents are as before, and the pages must be mapped anew
   */
  static boolean restorePrivate(long address, long size) {
    // Refused for pages that the process has locked.
    return Restoring.WORKS
        && (size == 0 || SystemCall.call(Machine.SYS_madvise(), address, size, LibC.MADV_DONTNEED()) == 0);
  }

  /** Whether pages that are said to be dropped are: an emulator may take the call for advice, and do nothing. */
  private static final class Restoring {
    static final boolean WORKS = tryOut();

    private static boolean tryOut() {
      long page = reserve(PAGE, "a page to be dropped");
      try {
        commit(page, PAGE);
        if (!isRestored(page, (byte) 0)) {
          return false;
        }
        try (MemoryImage image = new MemoryImage.Builder(0, PAGE).write(0, new byte[] {2}, 0, 1).build()) {
          return image.isFile() && image.mapAt(page) && isRestored(page, (byte) 2);
        }
      } finally {
        unmap(page, PAGE);
      }
    }

    private static boolean isRestored(long page, byte value) {
      MemorySegment view = MemorySegment.ofAddress(page).reinterpret(PAGE);
      view.set(ValueLayout.JAVA_BYTE, 0, (byte) (value + 1));
      SystemCall.call(Machine.SYS_madvise(), page, PAGE, LibC.MADV_DONTNEED());
      return view.get(ValueLayout.JAVA_BYTE, 0) == value;
    }
  }

  /** Maps fresh pages of zeros over a range of addresses of ours. */
  static void zero(long address, long size, String what) {
    replace(address, size, LibC.PROT_READ() | LibC.PROT_WRITE(), what);
  }

  /** Makes committed pages again what {@link #reserve} made: addresses that fault. What was there is gone. */
  static void decommit(long address, long size, String what) {
    replace(address, size, LibC.PROT_NONE(), what);
  }

  private static void replace(long address, long size, int protection, String what) {
    if (size == 0) {
      return;
    }
    long result =
        SystemCall.call(
            Machine.SYS_mmap(), address, size, protection,
            LibC.MAP_PRIVATE() | LibC.MAP_ANONYMOUS() | LibC.MAP_NORESERVE() | LibC.MAP_FIXED(), -1, 0);
    if (failed(result)) {
      throw new OutOfAddressSpaceException("map " + what, size, -result);
    }
  }

  static void unmap(long address, long size) {
    SystemCall.call(Machine.SYS_munmap(), address, size, 0);
  }
}

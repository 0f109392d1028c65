package dev.gatun.memory;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Asks the kernel which pages of private mappings are not what the mapping alone would show: those that have been
 * written, wherever their contents are now. By the {@code PAGEMAP_SCAN} ioctl of {@code /proc/self/pagemap}, which
 * needs no privilege. Linux has it since 6.7; {@link #isTrusted} says whether it is there.
 *
 * <p>Reading the entries of that file would take as long and do on older kernels. But it does not tell the page of
 * zeros from one that was written, and those kernels could leave out the entries of a table that was changing, so that
 * all entries behind it were of other addresses.
 *
 * <p>Not thread-safe.
 */
final class PageScan {
  /** Setting this to {@code false} makes nothing of this be asked, and all pages be dropped. */
  static final String PROPERTY = "gatun.pagemap";

  // linux/fs.h; these are the same on every architecture.

  private static final long PAGEMAP_SCAN = 0xc0606610L;
  private static final long PAGE_IS_FILE = 1 << 2;
  private static final long PAGE_IS_PRESENT = 1 << 3;
  private static final long PAGE_IS_SWAPPED = 1 << 4;
  private static final long PAGE_IS_PFNZERO = 1 << 5;

  // struct pm_scan_arg

  private static final long SIZE = 0;
  private static final long START = 16;
  private static final long END = 24;
  private static final long WALK_END = 32;
  private static final long VEC = 40;
  private static final long VEC_LEN = 48;
  private static final long CATEGORY_INVERTED = 64;
  private static final long CATEGORY_MASK = 72;
  private static final long CATEGORY_ANYOF_MASK = 80;
  private static final long RETURN_MASK = 88;
  private static final long ARGUMENT_BYTES = 96;

  // struct page_region

  private static final long REGION_END = 8;
  private static final long REGION_CATEGORIES = 16;
  private static final long REGION_BYTES = 24;

  /** At most 512: with more, the kernel passes them on in several rounds, and forgets how far the last one went. */
  private static final int REGIONS = 256;

  private static final int NO_FILE = -1;

  private final MemorySegment memory = Arena.ofAuto().allocate(ARGUMENT_BYTES + REGIONS * REGION_BYTES, 8);

  PageScan() {
    set(SIZE, ARGUMENT_BYTES);
    set(VEC, memory.address() + ARGUMENT_BYTES);
    set(VEC_LEN, REGIONS);
    // Present or in the swap space, and no page of a file: whatever private page there is.
    set(CATEGORY_INVERTED, PAGE_IS_FILE);
    set(CATEGORY_MASK, PAGE_IS_FILE);
    set(CATEGORY_ANYOF_MASK, PAGE_IS_PRESENT | PAGE_IS_SWAPPED);
    set(RETURN_MASK, PAGE_IS_PFNZERO);
  }

  private void set(long offset, long value) {
    memory.set(ValueLayout.JAVA_LONG, offset, value);
  }

  private long get(long offset) {
    return memory.get(ValueLayout.JAVA_LONG, offset);
  }

  private long region(int index, long offset) {
    return get(ARGUMENT_BYTES + index * REGION_BYTES + offset);
  }

  /**
   * Looks for private pages, from a first address on.
   *
   * @param from a multiple of the page size
   * @param to end of the addresses, a multiple of the page size
   * @return how many ranges of them there are below {@link #reached}; negative if the kernel does not tell
   */
  int scan(long from, long to) {
    return scan(ProcessPages.FILE, from, to);
  }

  private int scan(int file, long from, long to) {
    set(START, from);
    set(END, to);
    long count = SystemCall.call(Machine.SYS_ioctl(), file, PAGEMAP_SCAN, memory.address());
    return count > REGIONS ? -1 : (int) count;
  }

  /** How far the last scan got before its ranges were too many: there, another is to go on. */
  long reached() {
    return get(WALK_END);
  }

  /** First address of a range that the last scan has found. They ascend. */
  long start(int index) {
    return region(index, 0);
  }

  /** End of a range. */
  long end(int index) {
    return region(index, REGION_END);
  }

  /** Whether a range is of the kernel's page of zeros, which the pages of a mapping without a file are when read. */
  boolean isZero(int index) {
    return (region(index, REGION_CATEGORIES) & PAGE_IS_PFNZERO) != 0;
  }

  /** Whether the kernel tells, and what it tells is about the addresses that this process uses. */
  static boolean isTrusted() {
    return ProcessPages.FILE != NO_FILE;
  }

  /** The open file, for the life of the process. */
  private static final class ProcessPages {
    static final int FILE = Boolean.parseBoolean(System.getProperty(PROPERTY, "true")) ? open() : NO_FILE;

    private static int open() {
      long file;
      try (Arena arena = Arena.ofConfined()) {
        file =
            SystemCall.call(
                Machine.SYS_openat(), LibC.AT_FDCWD(), arena.allocateFrom("/proc/self/pagemap").address(),
                LibC.O_RDONLY() | LibC.O_CLOEXEC(), 0);
      }
      if (file < 0) {
        return NO_FILE;
      }
      if (!Probe.passes((int) file, 0)) {
        SystemCall.call(Machine.SYS_close(), file, 0, 0);
        return NO_FILE;
      }
      return (int) file;
    }
  }

  /** Whether the answers are about addresses that lie so far from those that are asked for. For tests. */
  static boolean passesProbe(long displacement) {
    return isTrusted() && Probe.passes(ProcessPages.FILE, displacement);
  }

  /**
   * Tries out whether the answers are true. An emulator of the processor has its program at other addresses than the
   * kernel, which then speaks of something else; a sandbox may answer anything. If a page that has been written went
   * unreported, the next tenant would read it, so this asks for more than an answer.
   *
   * <p>Half of 64 pages of two kinds, zeros and a file's, are written, by a pattern without order; some others are
   * only read. Exactly those that were written must be reported. Then some more are written, and exactly these must be
   * added. An answer that does not come from the tables that these very accesses go through meets each of the 128
   * expectations with even odds at best. What passes decides for the life of the process: it is the kernel that
   * answers, through a file that stands for this address space.
   */
  private static final class Probe {
    private static final int PAGES = 32;
    private static final long HALF = PAGES * Mapping.PAGE;
    private static final int ZEROS_FIRST = 0x6a09e667;
    private static final int ZEROS_ADDED = 0x9014_0880;
    private static final int FILE_FIRST = 0xbb67ae85;
    private static final int FILE_ADDED = 0x4010_4152;

    static boolean passes(int file, long displacement) {
      try {
        long base = Mapping.reserve(2 * HALF, "pages to be looked for");
        try (MemoryImage image = new MemoryImage.Builder(0, HALF).build()) {
          // Or pages would come several at a time. A kernel without huge pages refuses.
          SystemCall.call(Machine.SYS_madvise(), base, 2 * HALF, LibC.MADV_NOHUGEPAGE());
          if (!image.isFile() || Mapping.commit(base, HALF) != 0) {
            return false;
          }
          image.mapAt(base + HALF);
          return finds(file, base, displacement);
        } finally {
          Mapping.unmap(base, 2 * HALF);
        }
      } catch (OutOfAddressSpaceException e) {
        return false;
      }
    }

    private static boolean finds(int file, long base, long displacement) {
      PageScan scan = new PageScan();
      return write(base, ZEROS_FIRST, 0)
          && write(base + HALF, FILE_FIRST, 0)
          && pattern(scan, file, base, displacement) == ZEROS_FIRST
          && pattern(scan, file, base + HALF, displacement) == FILE_FIRST
          && write(base, ZEROS_ADDED, ZEROS_FIRST)
          && write(base + HALF, FILE_ADDED, FILE_FIRST)
          && pattern(scan, file, base, displacement) == (ZEROS_FIRST | ZEROS_ADDED)
          && pattern(scan, file, base + HALF, displacement) == (FILE_FIRST | FILE_ADDED);
    }

    /** Writes the pages of a pattern, and reads every third page; returns whether that finds what was there before. */
    private static boolean write(long base, int pattern, int before) {
      MemorySegment all = MemorySegment.ofAddress(base).reinterpret(HALF);
      for (int i = 0; i < PAGES; i++) {
        long at = i * Mapping.PAGE;
        if (i % 3 == 0 && all.get(ValueLayout.JAVA_BYTE, at) != (before >>> i & 1)) {
          return false;
        }
        if ((pattern >>> i & 1) != 0) {
          all.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
        }
      }
      return true;
    }

    /** The pages whose first byte is reported; 0, which none of the patterns is, if the report makes no sense. */
    private static int pattern(PageScan scan, int file, long base, long displacement) {
      long from = base + displacement;
      int count = scan.scan(file, from, from + HALF);
      if (count < 0 || scan.reached() != from + HALF) {
        return 0;
      }
      int pattern = 0;
      for (int i = 0; i < count; i++) {
        long start = scan.start(i) - from;
        long end = scan.end(i) - from;
        if (start < 0 || end <= start || end > HALF) {
          return 0;
        }
        if (!scan.isZero(i)) {
          for (long page = Mapping.roundUp(start) / Mapping.PAGE; page * Mapping.PAGE < end; page++) {
            pattern |= 1 << page;
          }
        }
      }
      return pattern;
    }
  }
}

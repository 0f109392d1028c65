package dev.gatun.memory;

import java.lang.foreign.MemorySegment;

/**
 * Makes private mappings as they were when they were mapped, for the next who uses them: pages that have been written
 * are written over, so that they stay where they are. Dropping them instead makes the next write of each page fault,
 * which takes ten times as long as the copy, and makes every processor that runs a thread of this process forget what
 * it knows of the addresses.
 *
 * <p>No byte that was written may survive. That none does follows from these:
 *
 * <ol>
 *   <li>Nobody uses the memory meanwhile: its store is closed, and the segments that Java had have ended. So which
 *       pages have been written does not change between the question and the copy.
 *   <li>The mapping is private: what is written to it goes to pages of its own, never to the file. Such a page is in
 *       the page table, or in the swap space, or on its way from one to the other; in all three cases {@link PageScan}
 *       reports it, wherever it came from: huge pages are reported as the pages they are made of. What is not reported
 *       shows the file, which nobody writes, or was never there; it reads as it did at first.
 *   <li>A page of zeros that the kernel shares among all is what a read leaves in a mapping without a file. Behind a
 *       file's contents it is written over like any other: there the kernel may have put it instead of a page that was
 *       overwritten with zeros.
 *   <li>What the scan has not reached, or what would be more than may stay, is dropped as a whole. If the kernel
 *       refuses an answer, or gives one that can't be, everything is dropped, also what has been written over.
 *   <li>Whether answers are about these addresses is tried out before the first is used: see {@link PageScan}.
 * </ol>
 *
 * <p>Who comes next may find out, by the time that a write takes, which pages had been written; not what was there. Not
 * thread-safe.
 */
final class PageReset {
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private final PageScan scan = new PageScan();

  // The mapping that is reset.

  private long fileStart;
  private long fileEnd;
  private long fileContents;
  private long left;

  /**
   * Says that a part of what will be reset is of a file.
   *
   * @param start where it is mapped
   * @param contents where the same contents can be read, and can't be written
   */
  void file(long start, long size, long contents) {
    fileStart = start;
    fileEnd = start + size;
    fileContents = contents;
  }

  /**
   * Resets whole pages, which are zero but for the part that is of a file.
   *
   * @param keep how many bytes of pages may stay that have been written, if the kernel says which; the rest is dropped
   * @return how many bytes have stayed; negative if the kernel refused, so that the pages must be mapped anew
   */
  long reset(long address, long size, long keep) {
    left = keep & -Mapping.PAGE;
    long done = left > 0 && PageScan.isTrusted() ? writeOver(address, address + size) : address;
    if (!Mapping.restorePrivate(done, address + size - done)) {
      return -1;
    }
    return done == address ? 0 : (keep & -Mapping.PAGE) - left;
  }

  /** Returns the end of what is as it was. */
  private long writeOver(long from, long to) {
    long at = from;
    while (at < to) {
      int count = scan.scan(at, to);
      long reached = scan.reached();
      if (count < 0 || reached <= at || reached > to) {
        return from;
      }
      for (int i = 0; i < count; i++) {
        long start = scan.start(i);
        long end = scan.end(i);
        if (start < at || end <= start || end > reached) {
          return from;
        }
        at = writeOver(start, end, scan.isZero(i));
        if (at < end) {
          return at;
        }
      }
      at = reached;
    }
    return to;
  }

  /** Returns the end of what has been written over; less than the end of the range if no more may stay. */
  private long writeOver(long start, long end, boolean areZero) {
    long at = start;
    while (at < end) {
      boolean inFile = at >= fileStart && at < fileEnd;
      long next = Math.min(end, inFile ? fileEnd : at < fileStart ? fileStart : end);
      if (inFile || !areZero) {
        long bytes = Math.min(next - at, left);
        if (inFile) {
          MemorySegment.copy(ALL, fileContents + (at - fileStart), ALL, at, bytes);
        } else {
          ALL.asSlice(at, bytes).fill((byte) 0);
        }
        left -= bytes;
        if (bytes < next - at) {
          return at + bytes;
        }
      }
      at = next;
    }
    return at;
  }
}

package dev.gatun.memory;

import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All executable memory of the process: one range of addresses, mapped twice. Code is written through one view and runs
 * in the other; no page is writable and executable at one address, and nothing is toggled while other threads run.
 *
 * <p>The range starts with the stub region, where a fault is never a trap; the rest is function code, whose range the
 * trap handler knows. It is never unmapped, since the handler stays installed for the life of the process; that is also
 * why there is one arena for the process and not one for an engine. Thread-safe.
 *
 * <p>Its size is 1 GiB, or the system property {@code gatun.codeArenaSize} in bytes, from 4 MiB to 2 GiB; memory is
 * used only where there is code.
 */
public final class CodeArena {
  private static final long DEFAULT_SIZE = 1L << 30;

  /** All code is in reach of a 32-bit displacement from all code. */
  private static final long MAX_SIZE = 1L << 31;

  private static final long STUB_REGION = 1 << 20;

  /** Blocks start and end at cache lines. */
  private static final int GRAIN = 64;

  /** Blocks of this size or more start at a multiple of it: the page in which small functions are kept. */
  private static final long LARGE = 4096;

  private static @Nullable CodeArena instance;

  private final long writable;
  private final long executable;
  private final long size;
  private final MemorySegment view;
  private final byte filler;
  private volatile @Nullable Flush flush;
  private int stubs;

  /** Free ranges of the function region: offset to size; never adjacent. */
  private final TreeMap<Long, Long> free = new TreeMap<>();

  private CodeArena(byte filler) {
    this.filler = filler;
    long wanted = Long.getLong("gatun.codeArenaSize", DEFAULT_SIZE);
    if (wanted < 4 * STUB_REGION || wanted > MAX_SIZE) {
      throw new IllegalArgumentException(
          "-Dgatun.codeArenaSize=" + wanted + "; expected " + 4 * STUB_REGION + " to " + MAX_SIZE + " bytes");
    }
    size = wanted & -Mapping.PAGE;
    writable = Mapping.shared(size, "the code arena");
    try {
      executable = Mapping.duplicateExecutable(writable, size, "the code arena");
    } catch (OutOfAddressSpaceException e) {
      Mapping.unmap(writable, size);
      throw e;
    }
    view = MemorySegment.ofAddress(writable).reinterpret(size);
    free.put(STUB_REGION, size - STUB_REGION);
  }

  /**
   * The arena of the process, mapped at the first call.
   *
   * @param filler what freed memory is filled with: an instruction that traps. The first call's counts
   * @throws OutOfAddressSpaceException if it can't be mapped
   */
  public static synchronized CodeArena of(byte filler) {
    CodeArena known = instance;
    if (known == null) {
      known = new CodeArena(filler);
      instance = known;
    }
    return known;
  }

  /** Makes what has been written visible to instruction fetches, where the processor does not see to that itself. */
  @FunctionalInterface
  public interface Flush {
    /** Called after each write, with addresses at which the code will run. */
    void flush(long start, long end);
  }

  /**
   * Sets what is called after each write from now on. The stubs before that need none as long as they have not run: the
   * kernel makes a page that was written visible to fetches when it is first mapped for execution.
   */
  public void setFlush(Flush flush) {
    this.flush = flush;
  }

  /** A piece of function memory: where it runs and how large it is, in bytes. */
  public record Block(long address, int size) {}

  /**
   * Writes a stub, for the life of the process.
   *
   * @return the address where it runs
   * @throws OutOfAddressSpaceException if the stub region is full
   */
  public synchronized long addStub(byte[] code) {
    int at = stubs;
    if (code.length > STUB_REGION - at) {
      throw new OutOfAddressSpaceException(
          "cannot add a stub of " + code.length + " bytes: " + at + " of the code arena's " + STUB_REGION
              + " bytes for stubs are taken");
    }
    int end = at + code.length + GRAIN - 1 & -GRAIN;
    MemorySegment.copy(code, 0, view, ValueLayout.JAVA_BYTE, at, code.length);
    stubs = end;
    makeVisible(executable + at, executable + at + code.length);
    return executable + at;
  }

  /**
   * Takes a block of function memory, aligned to 64 bytes, or to 4096 if it is at least as large. Its contents are
   * undefined.
   *
   * @param bytes at least 1; rounded up
   * @throws OutOfAddressSpaceException if no free range is large enough
   */
  public synchronized Block allocate(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a block of " + bytes + " bytes of code");
    }
    long wanted = (long) bytes + GRAIN - 1 & -GRAIN;
    for (Map.Entry<Long, Long> range : free.entrySet()) {
      long begin = range.getKey();
      long rest = begin + range.getValue();
      long at = wanted < LARGE ? begin : begin + LARGE - 1 & -LARGE;
      if (rest - at >= wanted && wanted <= Integer.MAX_VALUE) {
        free.remove(begin);
        if (at > begin) {
          free.put(begin, at - begin);
        }
        if (rest - at > wanted) {
          free.put(at + wanted, rest - at - wanted);
        }
        return new Block(executable + at, (int) wanted);
      }
    }
    throw new OutOfAddressSpaceException(
        "no " + wanted + " bytes in a row are free in the code arena, where " + used() + " of " + (size - STUB_REGION)
            + " are in use; close modules, or enlarge it with -Dgatun.codeArenaSize=BYTES");
  }

  /** Writes code into a block, at the address where it will run. */
  public void write(long address, byte[] code, int length) {
    MemorySegment.copy(code, 0, view, ValueLayout.JAVA_BYTE, address - executable, length);
    makeVisible(address, address + length);
  }

  /**
   * The bytes of a block, to be written where it is not known yet whether they will run: before they do, {@link
   * #makeVisible} must have been called.
   *
   * @param length at most the block's size
   */
  public MemorySegment writable(Block block, long length) {
    if (length > block.size()) {
      throw new IllegalArgumentException(length + " bytes of " + block);
    }
    return view.asSlice(block.address() - executable, length);
  }

  /** The bytes of code at an address of the executable view, to be read. */
  public MemorySegment readable(long address, long length) {
    return view.asSlice(address - executable, length).asReadOnly();
  }

  /** Lets code run that was written through {@link #writable}. */
  public void makeVisible(long start, long end) {
    Flush known = flush;
    if (known != null) {
      known.flush(start, end);
      ProcessBarrier.instructions();
    }
  }

  /**
   * Gives a block back. No thread may be running in it or return to it.
   *
   * @throws IllegalStateException if the block is not in use
   */
  public synchronized void free(Block block) {
    long at = block.address() - executable;
    long length = block.size();
    Map.Entry<Long, Long> before = free.floorEntry(at);
    Long following = free.ceilingKey(at);
    if (at < STUB_REGION
        || at + length > size
        || before != null && before.getKey() + before.getValue() > at
        || following != null && following < at + length) {
      throw new IllegalStateException("freed twice, or never allocated: " + block);
    }
    discard(at, length);
    if (before != null && before.getKey() + before.getValue() == at) {
      at = before.getKey();
      length += before.getValue();
      free.remove(at);
    }
    Long after = free.remove(at + length);
    if (after != null) {
      length += after;
    }
    free.put(at, length);
  }

  /** Overwrites freed code, and gives whole pages back to the system: these are zeros from then on. */
  private void discard(long at, long length) {
    long firstPage = Mapping.roundUp(at);
    long lastPage = at + length & -Mapping.PAGE;
    if (lastPage > firstPage && Mapping.discardShared(writable + firstPage, lastPage - firstPage)) {
      view.asSlice(at, firstPage - at).fill(filler);
      view.asSlice(lastPage, at + length - lastPage).fill(filler);
    } else {
      view.asSlice(at, length).fill(filler);
    }
  }

  /** Bytes of function memory in use. */
  public synchronized long used() {
    long unused = 0;
    for (long length : free.values()) {
      unused += length;
    }
    return size - STUB_REGION - unused;
  }

  /** The bytes at an address of the executable view, for reports. */
  public byte[] read(long address, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(view, ValueLayout.JAVA_BYTE, address - executable, bytes, 0, length);
    return bytes;
  }

  /** Where the function region starts. */
  public long functionStart() {
    return executable + STUB_REGION;
  }

  /** Where the function region, and the arena, ends. */
  public long functionEnd() {
    return executable + size;
  }
}

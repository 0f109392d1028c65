package dev.gatun.memory;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * The initial contents of memories: a file in memory that is mapped copy-on-write, so that making a memory of it costs
 * no copy. Where the system refuses such files, contents are copied.
 *
 * <p>Immutable once {@link Builder#build built}; thread-safe. {@link #close} may be called more than once, and does not
 * touch memories that were made from the image. An image that is dropped is released by a cleaner.
 */
public final class MemoryImage implements AutoCloseable {
  private static final String WHAT = "a memory image";
  private static final int NO_FILE = -1;

  /** What is looked at as a whole when a memory is captured: the smallest page. */
  private static final int CAPTURE_PAGE = 4096;

  private final Contents contents;
  private final Cleaner.Cleanable release;

  /** The bytes of the image, in whole pages; holds no reference to the image itself. */
  private static final class Contents implements Runnable {
    final long start;
    final long size;
    final int file;

    /** Where the contents are mapped: for writing, then for reading; 0 when they are not. */
    private long view;

    private boolean closed;

    /** Memories that may read the view. */
    private int readers;

    Contents(long start, long size, int file, long view) {
      this.start = start;
      this.size = size;
      this.file = file;
      this.view = view;
    }

    MemorySegment segment() {
      return MemorySegment.ofAddress(view).reinterpret(size);
    }

    /** Ends writing. Only contents that can't be mapped again stay mapped. */
    synchronized void freeze() {
      if (file != NO_FILE) {
        unmapView();
      }
    }

    private void unmapView() {
      if (view != 0) {
        Mapping.unmap(view, size);
        view = 0;
      }
    }

    /** Excludes {@link #run}: the number of a closed file may be another file's. */
    synchronized void mapInto(LinearMemory memory) {
      if (closed) {
        throw new IllegalStateException("the memory image is closed");
      }
      // Whole pages; the last may be one of which the memory has just a part.
      if (Mapping.roundUp(memory.byteSize()) - start < size) {
        throw new IllegalArgumentException(
            "an image of " + size + " bytes at " + start + " in a memory of " + memory.byteSize() + " bytes");
      }
      mapAt(memory.base() + start);
    }

    /** Puts the contents at an address, where there are zeros. */
    synchronized void mapAt(long address) {
      if (file == NO_FILE) {
        MemorySegment.copy(segment(), 0, MemorySegment.ofAddress(address).reinterpret(size), 0, size);
      } else {
        Mapping.mapPrivate(address, size, file, 0, WHAT);
      }
    }

    /** Keeps the view, if there is one, from being unmapped. */
    synchronized void retain() {
      readers++;
    }

    /** Undoes {@link #retain}. */
    synchronized void release() {
      if (--readers == 0 && closed) {
        unmapView();
      }
    }

    /** Where the contents can be read, by who has retained them; 0 if the system refuses or the file is closed. */
    synchronized long readable() {
      if (view == 0 && !closed) {
        try {
          view = Mapping.mapReadOnly(file, size, WHAT);
        } catch (OutOfAddressSpaceException e) {
          return 0;
        }
      }
      return view;
    }

    @Override
    public synchronized void run() {
      if (!closed) {
        closed = true;
        if (readers == 0) {
          unmapView();
        }
        if (file != NO_FILE) {
          SystemCall.call(Machine.SYS_close(), file, 0, 0);
        }
      }
    }
  }

  private MemoryImage(Contents contents) {
    this.contents = contents;
    this.release = LinearMemory.CLEANER.register(this, contents);
  }

  /** Collects what the image contains. Not thread-safe. */
  public static final class Builder {
    private final MemoryImage image;
    private boolean built;

    /**
     * An image of zeros for a range of the memory. What lies between writes costs no memory.
     *
     * @param from first byte that is going to be written
     * @param to end of what is going to be written; above {@code from}
     * @throws IllegalArgumentException if the range is empty or not within {@link LinearMemory#LARGEST}
     * @throws OutOfAddressSpaceException if the system refuses
     */
    public Builder(long from, long to) {
      if (from < 0 || to <= from || to > LinearMemory.LARGEST) {
        throw new IllegalArgumentException("a memory image from " + from + " to " + to);
      }
      long start = from & -Mapping.PAGE;
      long size = Mapping.roundUp(to) - start;
      int file = createFile(size);
      long view;
      try {
        view = file == NO_FILE ? Mapping.shared(size, WHAT) : Mapping.mapFile(file, size, WHAT);
      } catch (OutOfAddressSpaceException e) {
        closeFile(file);
        throw e;
      }
      image = new MemoryImage(new Contents(start, size, file, view));
    }

    private static int createFile(long size) {
      long file;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom("gatun-memory-image");
        file = SystemCall.call(Machine.SYS_memfd_create(), name.address(), LibC.MFD_CLOEXEC(), 0);
      }
      if (file < 0) {
        return NO_FILE;
      }
      if (SystemCall.call(Machine.SYS_ftruncate(), file, size, 0) != 0) {
        closeFile((int) file);
        return NO_FILE;
      }
      return (int) file;
    }

    private static void closeFile(int file) {
      if (file != NO_FILE) {
        SystemCall.call(Machine.SYS_close(), file, 0, 0);
      }
    }

    /**
     * Writes bytes at an address of the memory; later writes win.
     *
     * @throws IndexOutOfBoundsException if they are not within the pages of the image's range
     * @throws IllegalStateException if the image is built
     */
    public Builder write(long address, byte[] bytes, int offset, int length) {
      if (built) {
        throw new IllegalStateException("the memory image is built");
      }
      MemorySegment.copy(
          bytes, offset, image.contents.segment(), ValueLayout.JAVA_BYTE, address - image.contents.start, length);
      return this;
    }

    /** The image; the builder can't be used any more. */
    public MemoryImage build() {
      built = true;
      image.contents.freeze();
      return image;
    }
  }

  /**
   * The contents of a memory as they are now, which nobody may be changing; null if they are zero. Pages that are zero
   * cost nothing.
   *
   * @throws OutOfAddressSpaceException if the system refuses
   */
  public static @Nullable MemoryImage of(LinearMemory memory) {
    long size = Mapping.roundUp(memory.byteSize());
    MemorySegment all = MemorySegment.ofAddress(memory.base()).reinterpret(size);
    MemorySegment zeros = MemorySegment.ofArray(new byte[CAPTURE_PAGE]);
    long from = 0;
    while (from < size && isZero(all, from, zeros)) {
      from += CAPTURE_PAGE;
    }
    if (from == size) {
      return null;
    }
    long to = size;
    while (isZero(all, to - CAPTURE_PAGE, zeros)) {
      to -= CAPTURE_PAGE;
    }
    Builder builder = new Builder(from, to);
    Contents contents = builder.image.contents;
    for (long at = from; at < to; at += CAPTURE_PAGE) {
      if (!isZero(all, at, zeros)) {
        MemorySegment.copy(all, at, contents.segment(), at - contents.start, CAPTURE_PAGE);
      }
    }
    return builder.build();
  }

  private static boolean isZero(MemorySegment all, long at, MemorySegment zeros) {
    return MemorySegment.mismatch(all, at, at + CAPTURE_PAGE, zeros, 0, CAPTURE_PAGE) < 0;
  }

  /** Bytes of the pages it has, zeros between them included. */
  public long size() {
    return contents.size;
  }

  /** Whether it is mapped rather than copied. */
  boolean isFile() {
    return contents.file != NO_FILE;
  }

  /** Maps or copies the image to an address; returns true, so that it can be part of a condition. */
  boolean mapAt(long address) {
    contents.mapAt(address);
    return true;
  }

  /** Puts the image into a memory that is large enough and otherwise zero. */
  void mapInto(LinearMemory memory) {
    contents.mapInto(memory);
  }

  /** The address in a memory at which the image begins. */
  long start() {
    return contents.start;
  }

  /** Lets a memory read the contents until it says that it doesn't any more, even if the image is closed before. */
  Reading read() {
    contents.retain();
    return new Reading(contents);
  }

  /** The use of an image's contents by a memory; does not keep the image itself from being dropped. */
  static final class Reading {
    private final Contents contents;

    private Reading(Contents contents) {
      this.contents = contents;
    }

    /** Where the contents of an image that is a file can be read; 0 if the system refuses, or the file is closed. */
    long address() {
      return contents.readable();
    }

    /** Ends the use. To be called once. */
    void end() {
      contents.release();
    }
  }

  @Override
  public void close() {
    release.clean();
  }
}

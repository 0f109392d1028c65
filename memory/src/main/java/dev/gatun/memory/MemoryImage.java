package dev.gatun.memory;

import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.bindings.linux.x86_64.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;

/**
 * The initial contents of memories: a file in memory that is mapped copy-on-write, so that making a memory of it costs no
 * copy. Where the system refuses such files, contents are copied.
 *
 * <p>Immutable once {@link Builder#build built}; thread-safe. {@link #close} may be called more than once, and does not touch
 * memories that were made from the image.
 */
public final class MemoryImage implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int NO_FILE = -1;

  private final int file;
  private final long start;
  private final long size;
  private final MemorySegment contents;
  private final Cleaner.Cleanable release;

  private record Release(int file, MemorySegment contents) implements Runnable {
    @Override
    public void run() {
      Mapping.unmap(contents.address(), contents.byteSize());
      if (file != NO_FILE) {
        SystemCall.call(Machine.SYS_close(), file, 0, 0);
      }
    }
  }

  private MemoryImage(int file, long start, MemorySegment contents) {
    this.file = file;
    this.start = start;
    this.size = contents.byteSize();
    this.contents = contents;
    this.release = CLEANER.register(this, new Release(file, contents));
  }

  /** Collects what the image contains. */
  public static final class Builder {
    private final MemoryImage image;

    /**
     * An image of zeros for a range of the memory.
     *
     * @param from first byte that is going to be written
     * @param to end of what is going to be written; above {@code from}
     * @throws OutOfAddressSpaceException if the system refuses
     */
    public Builder(long from, long to) {
      long start = from & -Mapping.PAGE;
      long size = Mapping.roundUp(to) - start;
      int file = createFile(size);
      long address =
          file == NO_FILE ? Mapping.shared(size, "a memory image") : Mapping.mapFile(file, size, "a memory image");
      image = new MemoryImage(file, start, MemorySegment.ofAddress(address).reinterpret(size));
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
        SystemCall.call(Machine.SYS_close(), file, 0, 0);
        return NO_FILE;
      }
      return (int) file;
    }

    /** Writes bytes at an address of the memory; later writes win. */
    public Builder write(long address, byte[] bytes, int offset, int length) {
      MemorySegment.copy(bytes, offset, image.contents, ValueLayout.JAVA_BYTE, address - image.start, length);
      return this;
    }

    /** The image; the builder must not be used any more. */
    public MemoryImage build() {
      return image;
    }
  }

  /** Puts the image into a memory that is large enough and otherwise zero. */
  void mapInto(LinearMemory memory) {
    long bytes = Math.min(size, memory.segment().byteSize() - start);
    if (file == NO_FILE || !Mapping.mapPrivate(memory.base() + start, bytes, file, 0)) {
      MemorySegment.copy(contents, 0, memory.segment(), start, bytes);
    }
  }

  @Override
  public void close() {
    release.clean();
  }
}

package dev.gatun.wasi;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code fd_readdir}. The kernel's directory offsets serve as cookies, so a listing goes on where it was whatever has
 * been added or removed meanwhile.
 */
final class DirectoryListing {
  private static final int MIN_HOST_BUFFER = 512;
  private static final int MAX_HOST_BUFFER = 32 * 1024;

  /** Size of a {@code dirent} before the name. */
  private static final int HEADER = 24;

  private final DescriptorTable table;
  private final GuestMemory memory;

  DirectoryListing(DescriptorTable table, GuestMemory memory) {
    this.table = table;
    this.memory = memory;
  }

  /**
   * Fills a buffer with entries after a cookie; the last one may be cut off, which tells the guest that there are more.
   */
  void read(int fd, int pointer, int length, long cookie, int result) {
    int host = table.directory(fd).fd();
    MemorySegment target = memory.slice(pointer, length);
    WasiError.check(SystemCall.call(Machine.SYS_lseek(), host, cookie, LibC.SEEK_SET()));
    long used = 0;
    try (Arena arena = Arena.ofConfined()) {
      // About as much as the guest has room for: what does not fit has to be read again.
      long room = Math.clamp(target.byteSize(), MIN_HOST_BUFFER, MAX_HOST_BUFFER);
      MemorySegment entries = arena.allocate(room, 8);
      MemorySegment header = arena.allocate(HEADER, 8);
      while (used < target.byteSize()) {
        long got =
            WasiError.check(SystemCall.call(Machine.SYS_getdents64(), host, entries.address(), room));
        if (got == 0) {
          break;
        }
        for (long at = 0; at < got && used < target.byteSize(); ) {
          MemorySegment entry = entries.asSlice(at, got - at);
          int size = entry.get(ValueLayout.JAVA_SHORT, LibC.DIRENT_RECORD_LENGTH()) & 0xffff;
          long name = LibC.DIRENT_NAME();
          int nameLength = 0;
          while (entry.get(ValueLayout.JAVA_BYTE, name + nameLength) != 0) {
            nameLength++;
          }
          header.set(ValueLayout.JAVA_LONG, 0, entry.get(ValueLayout.JAVA_LONG, LibC.DIRENT_OFFSET()));
          header.set(ValueLayout.JAVA_LONG, 8, entry.get(ValueLayout.JAVA_LONG, LibC.DIRENT_INODE()));
          header.set(ValueLayout.JAVA_INT, 16, nameLength);
          header.set(
              ValueLayout.JAVA_INT, 20, Stat.typeOfEntry(entry.get(ValueLayout.JAVA_BYTE, LibC.DIRENT_TYPE()) & 0xff));
          used += copy(header, HEADER, target, used);
          used += copy(entry.asSlice(name), nameLength, target, used);
          at += size;
        }
      }
    }
    memory.putInt(result, 0, (int) used);
  }

  private static long copy(MemorySegment from, long length, MemorySegment to, long at) {
    long fits = Math.min(length, to.byteSize() - at);
    MemorySegment.copy(from, 0, to, at, fits);
    return fits;
  }
}

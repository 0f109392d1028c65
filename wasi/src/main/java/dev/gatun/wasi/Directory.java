package dev.gatun.wasi;

import java.lang.foreign.MemorySegment;

/**
 * An open directory. Nothing that a path names is outside of it, whatever the path is and whatever is changed
 * meanwhile: {@link HostFiles#openBeneath} and {@link PathMount#resolve} are where that is made sure.
 */
abstract class Directory extends Descriptor {
  private final boolean readOnly;

  Directory(boolean readOnly) {
    this.readOnly = readOnly;
  }

  @Override
  final int type() {
    return Stat.DIRECTORY;
  }

  @Override
  final long rights() {
    return Rights.OF_DIRECTORY;
  }

  /** Whether nothing below it may be changed. */
  @Override
  final boolean isReadOnly() {
    return readOnly;
  }

  @Override
  final long read(MemorySegment[] ranges, Waiting waiting) {
    throw new WasiError(Errno.ISDIR);
  }

  @Override
  final long readAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    throw new WasiError(Errno.ISDIR);
  }

  @Override
  final long writeAt(MemorySegment[] ranges, long offset, Waiting waiting) {
    throw new WasiError(Errno.BADF);
  }

  @Override
  final long seek(long offset, Whence whence) {
    throw new WasiError(Errno.BADF);
  }

  @Override
  final void allocate(long offset, long length) {
    throw new WasiError(Errno.BADF);
  }

  /**
   * How a path is to be opened.
   *
   * @param follow whether a symbolic link at its end is followed
   * @param flags the descriptor's, see {@link Flags}
   */
  record How(
      boolean follow,
      boolean create,
      boolean directory,
      boolean exclusive,
      boolean truncate,
      boolean read,
      boolean write,
      int flags) {}

  abstract Descriptor open(String path, How how);

  abstract Stat stat(String path, boolean follow);

  abstract void setTimes(String path, boolean follow, Times times);

  abstract void createDirectory(String path);

  abstract void removeDirectory(String path);

  abstract void unlink(String path);

  /** Reads a link's target into a range as far as it fits; returns how many bytes. */
  abstract long readLink(String path, MemorySegment range);

  /** Makes a link to a target that is not absolute. */
  abstract void symlink(String target, String path);

  abstract void link(String path, Directory other, String name);

  abstract void rename(String path, Directory other, String name);

  /** Where the entries of a listing go. */
  interface Entries {
    /**
     * Takes an entry.
     *
     * @param next the cookie after which the listing goes on
     * @param type as {@link Stat} numbers them
     * @return whether there is room for more
     */
    boolean add(long next, long inode, byte[] name, int type);
  }

  /**
   * Lists what comes after a cookie, 0 for all, as far as there is room.
   *
   * @param room how many bytes are of use
   */
  abstract void list(long cookie, long room, Entries entries);
}

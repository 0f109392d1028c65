package dev.gatun.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The digests of modules by the files that they were read from, since a digest takes longer than all else of a start.
 *
 * <p>A file is known by its device, inode, size, and the times at which its contents and its inode were last changed; a
 * checksum of what was read is compared as well, against clocks that go back and file systems that invent times. That
 * is safe for files that nobody but this user and root can write to, since it is no safer to trust a file than its
 * writers: a file that others can write to is digested each time. So is one that was changed just before it was read: a
 * second change may have got the same time, because clocks of file systems tick slowly.
 */
final class KnownFiles {
  private static final String FOLDER = "files";
  private static final int RECORD_WORDS = 4;
  private static final int RECORD_SIZE = 8 * RECORD_WORDS + ModuleDigest.SIZE;

  /** Nanoseconds that must lie between a change and the reading where times are in nanoseconds: ten ticks at least. */
  private static final long FINE_TICK = 100_000_000;

  /** The same where times seem to be in seconds, or in two of them as FAT has it. */
  private static final long COARSE_TICK = 2_100_000_000L;

  private static final long SECOND = 1_000_000_000;

  private KnownFiles() {}

  private static String name(FileStatus file) {
    return Long.toHexString(file.device()) + "-" + Long.toHexString(file.inode());
  }

  private static long[] words(FileStatus file, int checksum) {
    return new long[] {file.size(), file.modified(), file.changed(), checksum};
  }

  /**
   * The digest of a file; null if it is not known.
   *
   * @param checksum of what was read
   */
  static byte @Nullable [] digest(CacheFolder cache, FileStatus file, int checksum) throws IOException {
    if (!file.isSafe()) {
      return null;
    }
    try (CacheFolder folder = cache.inner(FOLDER);
        OpenFile record = folder == null ? null : folder.file(name(file))) {
      if (record == null || record.status().size() != RECORD_SIZE) {
        return null;
      }
      byte[] bytes = record.read(0, RECORD_SIZE);
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (long word : words(file, checksum)) {
        if (in.getLong() != word) {
          return null;
        }
      }
      return Arrays.copyOfRange(bytes, RECORD_SIZE - ModuleDigest.SIZE, RECORD_SIZE);
    }
  }

  /**
   * Remembers the digest of a file, if that is safe.
   *
   * @param file as it was before it was read
   * @param read when that was, in nanoseconds since 1970
   */
  static void remember(CacheFolder cache, FileStatus file, long read, int checksum, byte[] digest)
      throws IOException {
    long changed = Math.max(file.modified(), file.changed());
    long tick = file.modified() % SECOND == 0 && file.changed() % SECOND == 0 ? COARSE_TICK : FINE_TICK;
    if (!file.isSafe() || read - changed < tick) {
      return;
    }
    ByteBuffer out = ByteBuffer.allocate(RECORD_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : words(file, checksum)) {
      out.putLong(word);
    }
    cache.replace(FOLDER, name(file), out.put(digest).array());
  }
}

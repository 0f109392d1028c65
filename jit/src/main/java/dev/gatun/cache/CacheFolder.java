package dev.gatun.cache;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open folder of files that this user's processes have written and that any of them may replace at any time.
 *
 * <p>Trust is in two things, both asked of what has been opened and not of a name: that the folder, and each file,
 * belongs to the user as whom the process acts, and that nobody else may write to it. Whoever could get round that
 * could do as this user anyway. Names are relative to the open folder, and no symbolic link in it is followed.
 *
 * <p>Files appear complete, by a rename; readers need no lock, and keep what they have opened. For one thread.
 */
final class CacheFolder implements AutoCloseable {
  private static final int FOLDER_MODE = 0700;
  private static final int FILE_MODE = 0600;

  /** What the names of files begin with that are being written. */
  private static final String PART = ".part-";

  /** A file that has been left for so long is not going to be finished. */
  private static final long PART_LIFETIME = 3600L * 1_000_000_000;

  /** What a file takes on a disk is counted in blocks. */
  private static final long BLOCK = 4096;

  private static final int RETRIES = 3;

  private final OpenFile folder;
  private final String path;

  private CacheFolder(OpenFile folder, String path) {
    this.folder = folder;
    this.path = path;
  }

  /**
   * Opens a folder; null if there is none.
   *
   * @throws IOException if it can't be trusted or opened; says why
   */
  static @Nullable CacheFolder find(String path) throws IOException {
    OpenFile opened = OpenFile.find(OpenFile.CURRENT, path, Machine.O_DIRECTORY(), 0);
    return opened == null ? null : trusted(opened, path);
  }

  private static CacheFolder trusted(OpenFile opened, String path) throws IOException {
    FileStatus status = opened.status();
    if (!status.isOurs()) {
      opened.close();
      throw new IOException("the folder " + path + " " + status.foreignness() + ": no code is kept there");
    }
    return new CacheFolder(opened, path);
  }

  /**
   * Opens a folder, and makes it and what it is in if there is none.
   *
   * @throws IOException if it can't be trusted or made; says why
   */
  static CacheFolder open(String path) throws IOException {
    CacheFolder found = find(path);
    if (found != null) {
      return found;
    }
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      OpenFile.call(Machine.SYS_mkdirat(), OpenFile.CURRENT, path.substring(0, slash), FOLDER_MODE, 0);
    }
    long made = OpenFile.call(Machine.SYS_mkdirat(), OpenFile.CURRENT, path, FOLDER_MODE, 0);
    found = find(path);
    if (found == null) {
      OpenFile.check(made, "make the folder", path);
      throw new IOException("the folder " + path + " was removed at once");
    }
    return found;
  }

  /** Opens a folder in it; null if there is none that can be trusted. */
  @Nullable CacheFolder inner(String name) throws IOException {
    OpenFile opened = null;
    try {
      opened = OpenFile.find(folder.number(), name, Machine.O_DIRECTORY() | Machine.O_NOFOLLOW(), 0);
      return opened == null ? null : trusted(opened, path + "/" + name);
    } catch (IOException e) {
      return null;
    }
  }

  /** Opens a file in it to be read; null if there is none, or something that can't be trusted in its place. */
  @Nullable OpenFile file(String name) throws IOException {
    OpenFile opened;
    try {
      opened = OpenFile.find(folder.number(), name, Machine.O_NOFOLLOW() | LibC.O_NONBLOCK(), 0);
    } catch (IOException e) {
      return null; // a link, or not to be read: in the way of what will replace it
    }
    if (opened != null) {
      FileStatus status = opened.status();
      if (!status.isRegular() || !status.isOurs()) {
        opened.close();
        return null;
      }
    }
    return opened;
  }

  /**
   * Writes a file in a folder in this one, in the place of what is there.
   *
   * @throws IOException if it can't be written; the file is as before then
   */
  void replace(String inner, String name, byte[] bytes) throws IOException {
    for (int i = 1; ; i++) {
      OpenFile.call(Machine.SYS_mkdirat(), folder.number(), inner, FOLDER_MODE, 0);
      try (CacheFolder within = inner(inner)) {
        if (within != null && within.replace(name, bytes)) {
          return;
        }
      }
      // Another process may have removed the folder, since it was empty.
      if (i == RETRIES) {
        throw new IOException("can't make the folder " + path + "/" + inner + ", or it can't be trusted");
      }
    }
  }

  /** Writes a file in the place of what is there; returns whether the folder still exists. */
  boolean replace(String name, byte[] bytes) throws IOException {
    String part = PART + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    int flags = LibC.O_WRONLY() | LibC.O_CREAT() | LibC.O_EXCL() | Machine.O_NOFOLLOW();
    OpenFile made = OpenFile.find(folder.number(), part, flags, FILE_MODE);
    if (made == null) {
      return false;
    }
    boolean isDone = false;
    try {
      try (made) {
        made.write(bytes);
      }
      rename(part, name);
      isDone = true;
      return true;
    } finally {
      if (!isDone) {
        remove(part, 0);
      }
    }
  }

  private void rename(String from, String to) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long result =
          SystemCall.call(
              Machine.SYS_renameat(), folder.number(), arena.allocateFrom(from).address(), folder.number(),
              arena.allocateFrom(to).address(), 0, 0);
      OpenFile.check(result, "rename", path + "/" + from);
    }
  }

  /** Removes a name; the flags are 0, or AT_REMOVEDIR for a folder, which stays unless it is empty. */
  private boolean remove(String name, int flags) {
    return OpenFile.call(Machine.SYS_unlinkat(), folder.number(), name, flags, 0) == 0;
  }

  /** What there is: files in folders whose names have a prefix, and the bytes that all files take. */
  record Usage(int files, long bytes) {}

  /** A file in a folder in this one. */
  private record Entry(String inner, String name, long bytes, long used) {}

  private List<Entry> entries() throws IOException {
    long now = System.currentTimeMillis() * 1_000_000;
    List<Entry> entries = new ArrayList<>();
    for (String inner : folder.names()) {
      try (CacheFolder within = inner(inner)) {
        if (within == null) {
          continue;
        }
        for (String name : within.folder.names()) {
          FileStatus status = FileStatus.of(within.folder.number(), name);
          if (status == null) {
            continue;
          }
          if (name.startsWith(PART) && now - status.modified() > PART_LIFETIME) {
            within.remove(name, 0);
          } else {
            entries.add(new Entry(inner, name, status.size() + BLOCK - 1 & -BLOCK, status.modified()));
          }
        }
      }
    }
    return entries;
  }

  Usage usage(String prefix) throws IOException {
    List<Entry> entries = entries();
    int files = 0;
    for (Entry entry : entries) {
      files += entry.inner.startsWith(prefix) ? 1 : 0;
    }
    return new Usage(files, bytes(entries));
  }

  private static long bytes(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.bytes;
    }
    return bytes;
  }

  /** Removes those files that have not been used for the longest time, until what is left takes no more than this. */
  void trim(long limit) throws IOException {
    List<Entry> entries = entries();
    long bytes = bytes(entries);
    if (bytes <= limit) {
      return;
    }
    entries.sort(Comparator.comparingLong(Entry::used));
    for (Entry entry : entries) {
      if (bytes <= limit) {
        break;
      }
      try (CacheFolder within = inner(entry.inner)) {
        if (within != null && within.remove(entry.name, 0)) {
          bytes -= entry.bytes;
        }
      }
      remove(entry.inner, LibC.AT_REMOVEDIR());
    }
  }

  @Override
  public void close() {
    folder.close();
  }
}

package dev.gatun.wasi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a file system of Java, as a guest has been given it: of a zip file, in memory, of anything else that
 * has a provider.
 *
 * <p>Such file systems know paths, not open directories, so each operation resolves its path anew, and it holds the
 * mount's lock until it is done: no other thread of the guest can put a symbolic link in its way. Who else changes the
 * file system meanwhile is not kept out.
 */
final class PathMount {
  private static final AtomicLong DEVICES = new AtomicLong();

  /** Told apart from devices of the host, whose major numbers are small. */
  private final long device = 0xffff_0000_0000_0000L | DEVICES.incrementAndGet();

  /** How many names all open listings together may have, which takes memory of this process. */
  private static final int MAX_NAMES = 1 << 20;

  private final Path root;
  private final boolean readOnly;
  private final int maxNames;

  /** How many names the open listings have. Guarded by the lock. */
  private int names;

  /** The root is a real path: none of its components is a link, and nobody but its giver changes that. */
  PathMount(Path root, boolean readOnly) {
    this(root, readOnly, MAX_NAMES);
  }

  PathMount(Path root, boolean readOnly, int maxNames) {
    this.root = root;
    this.readOnly = readOnly;
    this.maxNames = maxNames;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /** Takes room for names of a listing, or gives it back if the number is negative. The caller holds the lock. */
  void claimNames(int count) {
    if (names + count > maxNames) {
      throw new WasiError(Errno.NOMEM);
    }
    names += count;
  }

  /**
   * Where a path leads.
   *
   * @param path beneath the directory; neither it nor what is above it is a symbolic link, but itself may be one if it
   *     was not to be followed
   * @param attributes of what is there, or null if nothing is
   * @param slash whether the guest's path ends in a slash, so that it names a directory
   */
  record Target(Path path, @Nullable BasicFileAttributes attributes, boolean slash) {
    /** What is there, which must be a directory if the path ends in a slash. */
    BasicFileAttributes existing() {
      if (attributes == null) {
        throw new WasiError(Errno.NOENT);
      }
      if (slash && !attributes.isDirectory()) {
        throw new WasiError(Errno.NOTDIR);
      }
      return attributes;
    }

    boolean isDirectory() {
      return attributes != null && attributes.isDirectory();
    }
  }

  static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException absent) {
      return null;
    }
  }

  /**
   * Resolves a guest's path beneath a directory, a component at a time: {@code ..} takes the last component away and
   * fails where there is none, a symbolic link is read and its components take its place, absolute ones fail. So the
   * result consists of the directory and of names, none of which is a link. The caller holds the lock.
   *
   * @param followLast whether a link at the end is followed; with a slash behind it, it always is
   */
  Target resolve(Path directory, String path, boolean followLast) throws IOException {
    if (path.isEmpty()) {
      throw new WasiError(Errno.NOENT);
    }
    check(directory);
    ArrayDeque<String> rest = new ArrayDeque<>();
    boolean slash = GuestPath.pushComponents(rest, path);
    ArrayDeque<Path> parents = new ArrayDeque<>();
    Path at = directory;
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.removeFirst();
      if (name.equals("..")) {
        if (parents.isEmpty()) {
          throw new WasiError(Errno.NOTCAPABLE);
        }
        at = parents.removeLast();
        continue;
      }
      Path next = child(at, name);
      BasicFileAttributes found = attributes(next);
      boolean last = rest.isEmpty();
      if (found != null && found.isSymbolicLink() && (!last || followLast || slash)) {
        if (++links > GuestPath.MAX_SYMLINKS) {
          throw new WasiError(Errno.LOOP);
        }
        slash = GuestPath.pushComponents(rest, Files.readSymbolicLink(next).toString()) && last || slash;
        continue;
      }
      if (!last) {
        if (found == null) {
          throw new WasiError(Errno.NOENT);
        }
        if (!found.isDirectory()) {
          throw new WasiError(Errno.NOTDIR);
        }
      }
      parents.addLast(at);
      at = next;
      if (last) {
        return new Target(at, found, slash);
      }
    }
    return new Target(at, attributes(at), true);
  }

  /**
   * Fails if a directory is no longer where it was opened. It was no link then, but the guest may have renamed it, or
   * one above it, and put a link in its place. The caller holds the lock.
   */
  void check(Path directory) throws IOException {
    for (Path at = directory; !at.equals(root); ) {
      BasicFileAttributes found = attributes(at);
      Path parent = at.getParent();
      if (found == null || !found.isDirectory() || parent == null) {
        throw new WasiError(Errno.NOENT);
      }
      at = parent;
    }
  }

  /** The same for a file, which must not have become a link. */
  BasicFileAttributes checkFile(Path file) throws IOException {
    Path parent = file.getParent();
    BasicFileAttributes found = null;
    if (parent != null && !file.equals(root)) {
      check(parent);
      found = attributes(file);
    }
    if (found == null || !found.isRegularFile()) {
      throw new WasiError(Errno.NOENT);
    }
    return found;
  }

  /** A name in a directory, as long as the file system takes it for one name too. */
  private static Path child(Path directory, String name) {
    Path child;
    try {
      child = directory.resolve(name);
    } catch (InvalidPathException e) {
      throw new WasiError(Errno.INVAL);
    }
    Path last = child.getFileName();
    if (child.getNameCount() != directory.getNameCount() + 1
        || !child.startsWith(directory)
        || last == null
        || !last.toString().equals(name)) {
      throw new WasiError(Errno.INVAL);
    }
    return child;
  }

  /** A path in the file system that a link's target is written as. */
  static Path linkTarget(FileSystem system, String target) {
    try {
      return system.getPath(target);
    } catch (InvalidPathException e) {
      throw new WasiError(Errno.INVAL);
    }
  }

  /** Sets the times of what is at a path, of a link itself. */
  static void setTimes(Path path, Times times) throws IOException {
    long now = System.currentTimeMillis() * 1_000_000;
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(
            times.setsModified() ? FileTime.from(times.modified(now), TimeUnit.NANOSECONDS) : null,
            times.setsAccessed() ? FileTime.from(times.accessed(now), TimeUnit.NANOSECONDS) : null,
            null);
  }

  Stat stat(Path path, BasicFileAttributes attributes) {
    int type =
        attributes.isDirectory()
            ? Stat.DIRECTORY
            : attributes.isRegularFile()
                ? Stat.REGULAR_FILE
                : attributes.isSymbolicLink() ? Stat.SYMBOLIC_LINK : Stat.UNKNOWN;
    return new Stat(
        device,
        inode(path, attributes),
        type,
        1,
        attributes.size(),
        attributes.lastAccessTime().to(TimeUnit.NANOSECONDS),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  /** The number of a file: that of its key where it has one, else of its name (FNV-1a). */
  static long inode(Path path, @Nullable BasicFileAttributes attributes) {
    Object key = attributes == null ? null : attributes.fileKey();
    if (key instanceof Number number) {
      return number.longValue();
    }
    long hash = 0xcbf2_9ce4_8422_2325L;
    for (byte b : path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b & 0xff) * 0x100_0000_01b3L;
    }
    return hash;
  }
}

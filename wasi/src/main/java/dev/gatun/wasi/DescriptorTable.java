package dev.gatun.wasi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guest's file descriptors. A new one gets the lowest free number. Thread-safe. */
final class DescriptorTable {
  /** How many there may be at once, unless who gives them says otherwise. */
  static final int DEFAULT_MAX = 1024;

  /** More than this many at once are refused (EMFILE), before the host's own limit is hit. */
  private final int max;

  /** A descriptor with the rights of its number. */
  private static final class Entry {
    final Descriptor descriptor;
    final @Nullable String preopen;

    /** The rights it is told to have. */
    long rights;

    /** The rights that are looked at. */
    long allowed;

    long inheriting;

    Entry(Descriptor descriptor, @Nullable String preopen, long rights, long allowed, long inheriting) {
      this.descriptor = descriptor;
      this.preopen = preopen;
      this.rights = rights;
      this.allowed = allowed;
      this.inheriting = inheriting;
    }

    void require(long needed) {
      Rights.require(needed, allowed);
    }

    void requireWritable() {
      if (descriptor.isReadOnly()) {
        throw new WasiError(Errno.ROFS);
      }
    }

    /** Holds the descriptor for a call, seen as what it is known to be. */
    <D extends Descriptor> Use<D> use(D known) {
      known.hold();
      return new Use<>(known, rights, allowed, inheriting);
    }
  }

  /**
   * A descriptor that a call works on; to be closed when it is done.
   *
   * @param rights what it is told to have
   * @param allowed what may be done with it
   * @param inheriting what may be done with what is opened through it
   */
  record Use<D extends Descriptor>(D descriptor, long rights, long allowed, long inheriting)
      implements AutoCloseable {
    void require(long needed) {
      Rights.require(needed, allowed);
    }

    @Override
    public void close() {
      descriptor.letGo();
    }
  }

  private final List<@Nullable Entry> table = new ArrayList<>();
  private @Nullable Entry[] given = {};

  DescriptorTable(int max) {
    this.max = max;
  }

  /** Says that these are the descriptors which the guest is given. */
  synchronized void give() {
    given = table.toArray(new Entry[0]);
  }

  /** Whether the guest has just what it was given, with all the rights. */
  synchronized boolean isAsGiven() {
    for (int fd = 0; fd < Math.max(given.length, table.size()); fd++) {
      Entry entry = fd < table.size() ? table.get(fd) : null;
      Entry first = fd < given.length ? given[fd] : null;
      if (entry != first || entry != null && entry.allowed != entry.descriptor.rights()) {
        return false;
      }
    }
    return true;
  }

  /** Adds a descriptor with all the rights that apply to it. */
  int add(Descriptor descriptor) {
    return add(descriptor, null, descriptor.rights(), descriptor.rights(), Rights.ALL);
  }

  /** Adds a standard stream; what is written to one with a limit is counted, so nothing else may make it longer. */
  void addStream(Descriptor stream, @Nullable OutputLimit limit) {
    stream.limit(limit);
    long rights = stream.rights() & ~(limit == null ? 0 : Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE);
    add(stream, null, rights, rights, Rights.ALL);
  }

  /** Adds a directory that the guest is given. */
  int addPreopened(Directory directory, String name) {
    return add(directory, name, directory.rights(), directory.rights(), Rights.ALL);
  }

  /**
   * Adds what was opened through a directory; lets it go if there is no room. Whether it can seek is always told, since
   * that is how C libraries know a terminal.
   *
   * @param asked the rights that were asked for
   * @param inheriting what may be done with what is opened through it in turn
   */
  int addOpened(Use<Directory> through, Descriptor opened, long asked, long inheriting) {
    long told = Rights.FD_SEEK | Rights.FD_TELL;
    long allowed = opened.rights() & (through.inheriting | told);
    boolean passesOn = opened.type() == Stat.DIRECTORY;
    return add(opened, null, (asked | told) & allowed, allowed, passesOn ? inheriting & through.inheriting : 0);
  }

  private synchronized int add(
      Descriptor descriptor, @Nullable String preopen, long rights, long allowed, long inheriting) {
    Entry entry = new Entry(descriptor, preopen, rights, allowed, inheriting);
    for (int fd = 0; fd < table.size(); fd++) {
      if (table.get(fd) == null) {
        table.set(fd, entry);
        return fd;
      }
    }
    if (table.size() == max) {
      descriptor.letGo();
      throw new WasiError(Errno.MFILE);
    }
    table.add(entry);
    return table.size() - 1;
  }

  private Entry entry(int fd) {
    Entry found = fd >= 0 && fd < table.size() ? table.get(fd) : null;
    if (found == null) {
      throw new WasiError(Errno.BADF);
    }
    return found;
  }

  // What a call works on. All checks come before the descriptor is held, so that a failure has nothing to undo.

  /** A descriptor to work on. */
  Use<Descriptor> use(int fd) {
    return use(fd, Rights.NONE);
  }

  /** A descriptor to do something with that takes rights. */
  synchronized Use<Descriptor> use(int fd, long needed) {
    Entry entry = entry(fd);
    entry.require(needed);
    return entry.use(entry.descriptor);
  }

  /** A descriptor to read or write: without the right, it counts as not open for that, as POSIX has it. */
  synchronized Use<Descriptor> useOpen(int fd, long needed) {
    Entry entry = entry(fd);
    if (entry.descriptor.type() != Stat.DIRECTORY && (needed & ~entry.allowed) != 0) {
      throw new WasiError(Errno.BADF);
    }
    return entry.use(entry.descriptor);
  }

  /** A descriptor to change, with rights. */
  synchronized Use<Descriptor> change(int fd, long needed) {
    Entry entry = entry(fd);
    entry.requireWritable();
    entry.require(needed);
    return entry.use(entry.descriptor);
  }

  /** A socket. */
  synchronized Use<Descriptor> socket(int fd, long needed) {
    Entry entry = entry(fd);
    if (entry.descriptor.type() != Stat.SOCKET_STREAM) {
      throw new WasiError(Errno.NOTSOCK);
    }
    entry.require(needed);
    return entry.use(entry.descriptor);
  }

  /** A directory to do something in that takes rights. */
  synchronized Use<Directory> directory(int fd, long needed) {
    Entry entry = entry(fd);
    Directory directory = directory(entry);
    entry.require(needed);
    return entry.use(directory);
  }

  /** A directory to change something in, which takes rights. */
  synchronized Use<Directory> changeDirectory(int fd, long needed) {
    Entry entry = entry(fd);
    Directory directory = directory(entry);
    entry.requireWritable();
    entry.require(needed);
    return entry.use(directory);
  }

  private static Directory directory(Entry entry) {
    if (entry.descriptor instanceof Directory directory) {
      return directory;
    }
    throw new WasiError(Errno.NOTDIR);
  }

  /** The name under which the guest was given a directory. */
  synchronized String preopenedName(int fd) {
    String name = entry(fd).preopen;
    if (name == null) {
      throw new WasiError(Errno.BADF);
    }
    return name;
  }

  /** Gives up rights. */
  synchronized void setRights(int fd, long rights, long inheriting) {
    Entry entry = entry(fd);
    Rights.require(rights, entry.rights);
    Rights.require(inheriting, entry.inheriting);
    entry.allowed &= ~(entry.rights & ~rights);
    entry.rights = rights;
    entry.inheriting = inheriting;
  }

  void close(int fd) {
    Descriptor closed;
    synchronized (this) {
      closed = entry(fd).descriptor;
      table.set(fd, null);
    }
    closed.letGo();
  }

  /** Moves a descriptor to the number of another, which is closed. */
  void renumber(int from, int to) {
    Descriptor replaced;
    synchronized (this) {
      Entry moved = entry(from);
      replaced = entry(to).descriptor;
      if (from == to) {
        return;
      }
      table.set(to, moved);
      table.set(from, null);
    }
    replaced.letGo();
  }

  void closeAll() {
    List<Descriptor> open = new ArrayList<>();
    synchronized (this) {
      for (int fd = 0; fd < table.size(); fd++) {
        Entry entry = table.set(fd, null);
        if (entry != null) {
          open.add(entry.descriptor);
        }
      }
    }
    RuntimeException first = null;
    for (Descriptor descriptor : open) {
      try {
        descriptor.letGo();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}

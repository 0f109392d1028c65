package dev.gatun.wasi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guest's file descriptors. A new one gets the lowest free number. */
final class DescriptorTable {
  /** More than this many at once are refused (EMFILE), before the host's own limit is hit. */
  static final int MAX = 1024;

  private final List<@Nullable Descriptor> table = new ArrayList<>();

  /** Adds a descriptor; closes it if there is no room. */
  int add(Descriptor descriptor) {
    for (int fd = 0; fd < table.size(); fd++) {
      if (table.get(fd) == null) {
        table.set(fd, descriptor);
        return fd;
      }
    }
    if (table.size() == MAX) {
      descriptor.close();
      throw new WasiError(Errno.MFILE);
    }
    table.add(descriptor);
    return table.size() - 1;
  }

  Descriptor get(int fd) {
    Descriptor found = fd >= 0 && fd < table.size() ? table.get(fd) : null;
    if (found == null) {
      throw new WasiError(Errno.BADF);
    }
    return found;
  }

  /** A descriptor that the host has. */
  Descriptor.Host host(int fd) {
    if (get(fd) instanceof Descriptor.Host host) {
      return host;
    }
    throw new WasiError(Errno.NOTSUP);
  }

  Descriptor.Directory directory(int fd) {
    if (get(fd) instanceof Descriptor.Directory directory) {
      return directory;
    }
    throw new WasiError(Errno.NOTDIR);
  }

  /** A file that may be changed. */
  Descriptor.Host writable(int fd) {
    Descriptor.Host host = host(fd);
    if (host instanceof Descriptor.File file && file.readOnly()
        || host instanceof Descriptor.Directory directory && directory.readOnly()) {
      throw new WasiError(Errno.ROFS);
    }
    return host;
  }

  void close(int fd) {
    Descriptor closed = get(fd);
    table.set(fd, null);
    closed.close();
  }

  /** Moves a descriptor to the number of another, which is closed. */
  void renumber(int from, int to) {
    Descriptor moved = get(from);
    Descriptor replaced = get(to);
    if (from == to) {
      return;
    }
    table.set(to, moved);
    table.set(from, null);
    replaced.close();
  }

  void closeAll() {
    for (int fd = 0; fd < table.size(); fd++) {
      Descriptor open = table.get(fd);
      table.set(fd, null);
      if (open != null) {
        open.close();
      }
    }
  }
}

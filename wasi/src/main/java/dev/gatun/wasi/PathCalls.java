package dev.gatun.wasi;

import dev.gatun.wasi.DescriptorTable.Use;
import java.lang.foreign.MemorySegment;

/** The functions of WASI that work on a path beneath a directory. How paths are confined is the directories' part. */
final class PathCalls {
  private static final int FOLLOW = 1;

  private static final int CREATE = 1;
  private static final int DIRECTORY = 2;
  private static final int EXCLUSIVE = 4;
  private static final int TRUNCATE = 8;
  private static final int OPEN_FLAGS = CREATE | DIRECTORY | EXCLUSIVE | TRUNCATE;

  private final DescriptorTable table;
  private final GuestMemory memory;

  PathCalls(DescriptorTable table, GuestMemory memory) {
    this.table = table;
    this.memory = memory;
  }

  private static boolean follows(int lookup) {
    if ((lookup & ~FOLLOW) != 0) {
      throw new WasiError(Errno.INVAL);
    }
    return lookup != 0;
  }

  void open(int fd, int lookup, String path, int how, long rights, long inheriting, int flags, int result) {
    if ((how & ~OPEN_FLAGS) != 0 || (how & (CREATE | DIRECTORY)) == (CREATE | DIRECTORY)) {
      throw new WasiError(Errno.INVAL);
    }
    boolean create = (how & CREATE) != 0;
    boolean truncate = (how & TRUNCATE) != 0;
    boolean onlyDirectory = (how & DIRECTORY) != 0;
    boolean read = (rights & (Rights.FD_READ | Rights.FD_READDIR)) != 0;
    boolean write = (rights & (Rights.FD_WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE)) != 0;
    if (onlyDirectory) {
      // Libraries ask for all rights that can be inherited, whatever they open.
      if (write && (rights & Rights.FD_READDIR) == 0) {
        throw new WasiError(Errno.ISDIR);
      }
      write = false;
    }
    try (Use<Directory> directory = table.directory(fd, Rights.PATH_OPEN)) {
      if (directory.descriptor().isReadOnly() && (write || create || truncate)) {
        // Reading must work all the same for those who ask for all rights.
        if (create || truncate || (rights & Rights.FD_READ) == 0) {
          throw new WasiError(Errno.ROFS);
        }
        write = false;
      }
      directory.require((create ? Rights.PATH_CREATE_FILE : 0) | (truncate ? Rights.PATH_FILESTAT_SET_SIZE : 0));
      // Only what the directory may pass on; more than that is refused if it is asked for and has been given up.
      Rights.require(rights & Rights.ALL, directory.inheriting());
      Descriptor opened =
          directory
              .descriptor()
              .open(
                  path,
                  new Directory.How(
                      follows(lookup), create, onlyDirectory, (how & EXCLUSIVE) != 0, truncate, read, write,
                      Flags.check(flags)));
      // Programs that ask for nothing to be inherited don't know of it. Nor do those that name just what they do with
      // the directory itself, as Zig's library does: no file in it could be read.
      boolean meant = (inheriting & ~Rights.OF_DIRECTORY) != 0;
      int number = table.addOpened(directory, opened, rights, meant ? inheriting : Rights.ALL);
      try {
        memory.putInt(result, 0, number);
      } catch (IndexOutOfBoundsException e) {
        table.close(number);
        throw e;
      }
    }
  }

  void createDirectory(int fd, String path) {
    try (Use<Directory> directory = table.changeDirectory(fd, Rights.PATH_CREATE_DIRECTORY)) {
      directory.descriptor().createDirectory(path);
    }
  }

  void removeDirectory(int fd, String path) {
    try (Use<Directory> directory = table.changeDirectory(fd, Rights.PATH_REMOVE_DIRECTORY)) {
      directory.descriptor().removeDirectory(path);
    }
  }

  void unlink(int fd, String path) {
    try (Use<Directory> directory = table.changeDirectory(fd, Rights.PATH_UNLINK_FILE)) {
      directory.descriptor().unlink(path);
    }
  }

  void fileStatus(int fd, int lookup, String path, int pointer, boolean snapshot0) {
    try (Use<Directory> directory = table.directory(fd, Rights.PATH_FILESTAT_GET)) {
      directory.descriptor().stat(path, follows(lookup)).write(memory, pointer, snapshot0);
    }
  }

  void setTimes(int fd, int lookup, String path, long accessed, long modified, int which) {
    Times times = new Times(accessed, modified, which);
    try (Use<Directory> directory = table.changeDirectory(fd, Rights.PATH_FILESTAT_SET_TIMES)) {
      directory.descriptor().setTimes(path, follows(lookup), times);
    }
  }

  void readLink(int fd, String path, int pointer, int length, int result) {
    MemorySegment range = memory.slice(pointer, length);
    memory.slice(result, Integer.BYTES);
    try (Use<Directory> directory = table.directory(fd, Rights.PATH_READLINK)) {
      memory.putInt(result, 0, (int) directory.descriptor().readLink(path, range));
    }
  }

  /**
   * The target of a link is text; it is confined when the link is followed. Absolute ones could never be, and are
   * refused.
   */
  void symlink(String target, int fd, String path) {
    try (Use<Directory> directory = table.changeDirectory(fd, Rights.PATH_SYMLINK)) {
      if (target.startsWith("/")) {
        throw new WasiError(Errno.NOTCAPABLE);
      }
      directory.descriptor().symlink(target, path);
    }
  }

  /** Both sides must be writable: a file of a read-only directory must not become writable under another name. */
  void link(int fromFd, int lookup, String from, int toFd, String to) {
    try (Use<Directory> source = table.changeDirectory(fromFd, Rights.PATH_LINK_SOURCE);
        Use<Directory> target = table.changeDirectory(toFd, Rights.PATH_LINK_TARGET)) {
      if (follows(lookup)) {
        throw new WasiError(Errno.INVAL);
      }
      source.descriptor().link(from, target.descriptor(), to);
    }
  }

  /** Both sides must be writable, as for {@link #link}. */
  void rename(int fromFd, String from, int toFd, String to) {
    try (Use<Directory> source = table.changeDirectory(fromFd, Rights.PATH_RENAME_SOURCE);
        Use<Directory> target = table.changeDirectory(toFd, Rights.PATH_RENAME_TARGET)) {
      source.descriptor().rename(from, target.descriptor(), to);
    }
  }
}

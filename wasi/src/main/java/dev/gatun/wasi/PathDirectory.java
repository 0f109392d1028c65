package dev.gatun.wasi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory of a {@link PathMount}. It stands for its path: renamed, it is no longer found. */
final class PathDirectory extends Directory {
  private final PathMount mount;
  private final Path path;

  /** The names as they were when a listing was begun; cookies count them. */
  private @Nullable List<String> names;

  PathDirectory(PathMount mount, Path path) {
    super(mount.isReadOnly());
    this.mount = mount;
    this.path = path;
  }

  @Override
  void dispose() {
    synchronized (mount) {
      forgetNames();
    }
  }

  /** Something to do with the file system under the mount's lock. */
  private interface Operation<T> {
    T run() throws IOException;
  }

  private <T> T locked(Operation<T> operation) {
    synchronized (mount) {
      try {
        return operation.run();
      } catch (IOException e) {
        throw PathErrors.of(e);
      } catch (RuntimeException e) {
        throw PathErrors.of(e);
      }
    }
  }

  /** For operations that have no result. */
  private interface Action {
    void run() throws IOException;
  }

  private void locked(Action action) {
    locked(
        () -> {
          action.run();
          return true;
        });
  }

  @Override
  Stat stat() {
    return locked(
        () -> {
          mount.check(path);
          BasicFileAttributes attributes = PathMount.attributes(path);
          if (attributes == null) {
            throw new WasiError(Errno.NOENT);
          }
          return mount.stat(path, attributes);
        });
  }

  @Override
  void setFlags(int flags) {}

  @Override
  void advise(long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new WasiError(Errno.INVAL);
    }
  }

  @Override
  void sync(boolean dataOnly) {}

  @Override
  void setTimes(Times times) {
    locked(
        () -> {
          mount.check(path);
          PathMount.setTimes(path, times);
        });
  }

  @Override
  Descriptor open(String name, How how) {
    return locked(() -> open(mount.resolve(path, name, how.follow() && !(how.create() && how.exclusive())), how));
  }

  private Descriptor open(PathMount.Target target, How how) throws IOException {
    BasicFileAttributes found = target.attributes();
    if (found == null && !how.create()) {
      throw new WasiError(Errno.NOENT);
    }
    if (found != null && how.create() && how.exclusive()) {
      throw new WasiError(Errno.EXIST);
    }
    if (target.slash() && (found == null || how.create())) {
      throw new WasiError(Errno.ISDIR);
    }
    if (found != null) {
      target.existing();
      if (found.isSymbolicLink()) {
        throw new WasiError(Errno.LOOP);
      }
      if (found.isDirectory()) {
        if (how.write() || how.create() || how.truncate()) {
          throw new WasiError(Errno.ISDIR);
        }
        return new PathDirectory(mount, target.path());
      }
      if (how.directory()) {
        throw new WasiError(Errno.NOTDIR);
      }
    }
    boolean write = how.write() || how.truncate() || found == null;
    Set<OpenOption> options = new HashSet<>();
    if (how.read() || !write) {
      options.add(StandardOpenOption.READ);
    }
    if (write) {
      options.add(StandardOpenOption.WRITE);
    }
    if (found == null) {
      options.add(StandardOpenOption.CREATE_NEW);
    }
    if (how.truncate()) {
      options.add(StandardOpenOption.TRUNCATE_EXISTING);
    }
    return new PathFile(mount, target.path(), Files.newByteChannel(target.path(), options), how);
  }

  @Override
  Stat stat(String name, boolean follow) {
    return locked(
        () -> {
          PathMount.Target target = mount.resolve(path, name, follow);
          return mount.stat(target.path(), target.existing());
        });
  }

  @Override
  void setTimes(String name, boolean follow, Times times) {
    locked(
        () -> {
          PathMount.Target target = mount.resolve(path, name, follow);
          target.existing();
          PathMount.setTimes(target.path(), times);
        });
  }

  /** Where a name is, that is not the directory itself and does not end in dots. */
  private PathMount.Target place(String name) throws IOException {
    String trimmed = GuestPath.trimmed(name);
    PathMount.Target target = mount.resolve(path, trimmed, false);
    if (GuestPath.endsInDots(trimmed)) {
      throw new WasiError(Errno.INVAL);
    }
    return new PathMount.Target(target.path(), target.attributes(), trimmed.length() < name.length());
  }

  @Override
  void createDirectory(String name) {
    locked(
        () -> {
          if (GuestPath.endsInDots(name)) {
            mount.resolve(path, name, true).existing();
            throw new WasiError(Errno.EXIST);
          }
          Files.createDirectory(place(name).path());
        });
  }

  @Override
  void removeDirectory(String name) {
    locked(
        () -> {
          PathMount.Target target = place(name);
          if (!target.existing().isDirectory()) {
            throw new WasiError(Errno.NOTDIR);
          }
          Files.delete(target.path());
        });
  }

  @Override
  void unlink(String name) {
    locked(
        () -> {
          PathMount.Target target = place(name);
          if (target.existing().isDirectory()) {
            throw new WasiError(Errno.ISDIR);
          }
          Files.delete(target.path());
        });
  }

  @Override
  long readLink(String name, MemorySegment range) {
    return locked(
        () -> {
          PathMount.Target target = mount.resolve(path, name, false);
          if (!target.existing().isSymbolicLink()) {
            throw new WasiError(Errno.INVAL);
          }
          byte[] text = Files.readSymbolicLink(target.path()).toString().getBytes(StandardCharsets.UTF_8);
          int length = (int) Math.min(text.length, range.byteSize());
          MemorySegment.copy(text, 0, range, ValueLayout.JAVA_BYTE, 0, length);
          return (long) length;
        });
  }

  @Override
  void symlink(String target, String name) {
    locked(
        () -> {
          PathMount.Target place = place(name);
          if (place.attributes() != null) {
            throw new WasiError(Errno.EXIST);
          }
          if (place.slash()) {
            throw new WasiError(Errno.NOENT);
          }
          Files.createSymbolicLink(place.path(), PathMount.linkTarget(path.getFileSystem(), target));
        });
  }

  /** The other directory, which must be of the same mount: its lock is the one that is held. */
  private PathDirectory sameMount(Directory other) {
    if (other instanceof PathDirectory directory && directory.mount == mount) {
      return directory;
    }
    throw new WasiError(Errno.XDEV);
  }

  @Override
  void link(String name, Directory other, String otherName) {
    locked(
        () -> {
          PathMount.Target source = place(name);
          if (source.existing().isDirectory()) {
            throw new WasiError(Errno.PERM);
          }
          PathMount.Target target = sameMount(other).place(otherName);
          if (target.attributes() != null) {
            throw new WasiError(Errno.EXIST);
          }
          if (target.slash()) {
            throw new WasiError(Errno.NOENT);
          }
          Files.createLink(target.path(), source.path());
        });
  }

  @Override
  void rename(String name, Directory other, String otherName) {
    locked(
        () -> {
          PathMount.Target source = place(name);
          BasicFileAttributes moved = source.existing();
          PathMount.Target target = sameMount(other).place(otherName);
          BasicFileAttributes replaced = target.attributes();
          if (target.slash() && !moved.isDirectory()) {
            throw new WasiError(Errno.NOTDIR);
          }
          if (replaced != null && replaced.isDirectory() != moved.isDirectory()) {
            throw new WasiError(moved.isDirectory() ? Errno.NOTDIR : Errno.ISDIR);
          }
          if (moved.isDirectory() && !target.path().equals(source.path()) && target.path().startsWith(source.path())) {
            throw new WasiError(Errno.INVAL);
          }
          if (!target.path().equals(source.path())) {
            Files.move(source.path(), target.path(), StandardCopyOption.REPLACE_EXISTING);
          }
        });
  }

  /** The entries are those of when the listing was begun, but for those that are gone. */
  @Override
  void list(long cookie, long room, Entries entries) {
    locked(
        () -> {
          mount.check(path);
          List<String> listed = names;
          if (cookie == 0 || listed == null) {
            forgetNames();
            listed = names();
            names = listed;
          }
          if (cookie < 0 || cookie > listed.size()) {
            throw new WasiError(Errno.INVAL);
          }
          for (int i = (int) cookie; i < listed.size(); i++) {
            String name = listed.get(i);
            Path child = name.equals(".") || name.equals("..") ? path : path.resolve(name);
            BasicFileAttributes attributes = PathMount.attributes(child);
            if (attributes != null
                && !entries.add(
                    i + 1, PathMount.inode(child, attributes), name.getBytes(StandardCharsets.UTF_8),
                    mount.stat(child, attributes).type())) {
              return;
            }
          }
        });
  }

  /** Gives up the names of a listing, under the mount's lock. */
  private void forgetNames() {
    if (names != null) {
      mount.claimNames(-names.size());
      names = null;
    }
  }

  private List<String> names() throws IOException {
    List<String> found = new ArrayList<>(List.of(".", ".."));
    mount.claimNames(found.size());
    boolean complete = false;
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
      for (Path child : stream) {
        mount.claimNames(1);
        String name = String.valueOf(child.getFileName());
        // A zip file's directories end in a slash.
        found.add(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
      }
      complete = true;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } finally {
      if (!complete) {
        mount.claimNames(-found.size());
      }
    }
    return found;
  }
}

package dev.gatun.wasi;

import java.util.ArrayDeque;

/** What a path says that a guest has passed, whatever file system it is for. It is a path of POSIX. */
final class GuestPath {
  private GuestPath() {}

  /** More links than this on the way are taken for a loop, as by the kernel. */
  static final int MAX_SYMLINKS = 40;

  /**
   * Puts a path's components in front of what is left, without those that are {@code .} or empty; an absolute path
   * fails.
   *
   * @return whether it says that it names a directory: by a slash, or a dot after one, at its end
   */
  static boolean pushComponents(ArrayDeque<String> rest, String path) {
    if (path.startsWith("/")) {
      throw new WasiError(Errno.NOTCAPABLE);
    }
    int end = path.length();
    while (end > 0) {
      int slash = path.lastIndexOf('/', end - 1);
      String name = path.substring(slash + 1, end);
      if (!name.isEmpty() && !name.equals(".")) {
        rest.addFirst(name);
      }
      end = slash;
    }
    return path.endsWith("/") || path.endsWith("/.");
  }

  /** A path without the slashes at its end; one that has nothing else fails. */
  static String trimmed(String path) {
    String trimmed = trim(path);
    if (trimmed.isEmpty()) {
      throw new WasiError(path.isEmpty() ? Errno.NOENT : Errno.NOTCAPABLE);
    }
    return trimmed;
  }

  /** Whether a path's last component is {@code .} or {@code ..}: it names what exists, and has no place. */
  static boolean endsInDots(String path) {
    String trimmed = trim(path);
    String name = trimmed.substring(trimmed.lastIndexOf('/') + 1);
    return name.equals(".") || name.equals("..");
  }

  private static String trim(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }
}

package dev.gatun.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The file by which perf names code that is in no file: a line for each piece, with its address and size in hexadecimal
 * and its name. Each line is written at once, so that the file is complete when the process is killed. Thread-safe.
 *
 * <p>Such a map has no way to say that code is gone. What a freed module leaves, and what takes its addresses, are both
 * in the file; perf may name the one by the other.
 */
public final class PerfMap {
  /** Longer names are cut. */
  private static final int MAX_NAME = 1000;

  private final Path file;
  private final FileChannel channel;
  private boolean failed;

  private PerfMap(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Where perf looks for the map of this process. */
  public static Path defaultFile() {
    return Path.of("/tmp", "perf-" + ProcessHandle.current().pid() + ".map");
  }

  /**
   * Makes the file, which only this user can read. What lies there is deleted first: the map of an earlier process of
   * the same number, or a link that somebody has laid, which is not followed.
   *
   * @throws UncheckedIOException if it can't be made
   */
  public static PerfMap create(Path file) {
    try {
      FileChannel channel;
      try {
        channel = open(file);
      } catch (FileAlreadyExistsException e) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          throw e;
        }
        Files.deleteIfExists(file);
        channel = open(file);
      }
      return new PerfMap(file, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("can't make the map for perf, " + file, e);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    return FileChannel.open(
        file, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Adds a piece of code. If the file can't be written any more, says so once on standard error. */
  public synchronized void add(long address, long size, String name) {
    StringBuilder line = new StringBuilder();
    line.append(Long.toHexString(address)).append(' ').append(Long.toHexString(size)).append(' ');
    int length = Math.min(name.length(), MAX_NAME);
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      // A module chooses the names of its functions, and must not write lines of its own.
      line.append(Character.isISOControl(c) ? '?' : c);
    }
    ByteBuffer bytes = ByteBuffer.wrap(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining() && !failed) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      failed = true;
      System.err.println("gatun: can't write to " + file + ", which perf will find incomplete: " + e.getMessage());
    }
  }
}

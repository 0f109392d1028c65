package dev.gatun.cache;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A module that was read from a file.
 *
 * @param bytes what is in the file
 * @param status of the file before and after it was read; null if it has changed meanwhile
 * @param read when it was read, in nanoseconds since 1970
 */
public record ModuleFile(byte[] bytes, @Nullable FileStatus status, long read) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * Reads a file; null if it can't be opened.
   *
   * @throws IOException if it can't be read
   */
  public static @Nullable ModuleFile read(String path) throws IOException {
    OpenFile opened;
    try {
      opened = OpenFile.find(path);
    } catch (IOException e) {
      return null;
    }
    if (opened == null) {
      return null;
    }
    try (opened) {
      FileStatus before = opened.status();
      long now = System.currentTimeMillis() * NANOS_PER_MILLI;
      if (!before.isRegular() || before.size() > Integer.MAX_VALUE - 8) {
        return new ModuleFile(opened.readToEnd(), null, now);
      }
      byte[] bytes = opened.read(0, (int) before.size());
      return new ModuleFile(bytes, before.equals(opened.status()) ? before : null, now);
    }
  }
}

package dev.gatun.cache;

import dev.gatun.bindings.Machine;
import dev.gatun.memory.LinearMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Which build of Gatun this is, by what its classes are and not by a version that a developer's build shares with the
 * one before. The directory of a jar has the checksum of every class in it and is quickly read; of a folder of classes
 * the times and sizes count, of a run-time image those of its one file.
 */
public final class BuildIdentity {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int END_DIRECTORY_SIZE = 12;
  private static final int END_DIRECTORY_START = 16;

  /** Beyond it, a directory is none. */
  private static final int LARGEST_DIRECTORY = 64 << 20;

  private final CRC32 first = new CRC32();
  private final CRC32C second = new CRC32C();

  private BuildIdentity() {}

  /** Of the backend that was last asked for, which is the same nearly always. */
  private static volatile @Nullable Known known;

  private record Known(Class<?> backend, String identity) {}

  /**
   * The identity of the classes that compile, in 24 hexadecimal digits.
   *
   * @param backend the class of the backend
   * @throws IOException if it can't be known where the classes come from
   */
  public static String known(Class<?> backend) throws IOException {
    Known last = known;
    if (last == null || last.backend != backend) {
      BuildIdentity collected = new BuildIdentity();
      String engine = source(BuildIdentity.class);
      collected.add(engine);
      String memory = source(LinearMemory.class);
      String generator = source(backend);
      if (!memory.equals(engine)) {
        collected.add(memory);
      }
      if (!generator.equals(engine)) {
        collected.add(generator);
      }
      last =
          new Known(
              backend,
              hex(collected.first.getValue(), 8) + hex(collected.second.getValue(), 8) + hex(collected.length, 8));
      known = last;
    }
    return last.identity;
  }

  private long length;

  /** So many lower digits of a number, hexadecimal. */
  static String hex(long value, int digits) {
    String text = Long.toHexString(value);
    if (text.length() > digits) {
      return text.substring(text.length() - digits);
    }
    StringBuilder padded = new StringBuilder(digits);
    for (int i = text.length(); i < digits; i++) {
      padded.append('0');
    }
    return padded.append(text).toString();
  }

  /** The file or folder that a class comes from. */
  private static String source(Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    if (location == null) {
      throw new IOException("it is not known where " + type.getName() + " was loaded from");
    }
    if (location.getProtocol().equals("jrt")) {
      return System.getProperty("java.home") + "/lib/modules";
    }
    // A jar inside of another, as some packagers have it, is known by the outer one.
    String path = location.getPath();
    int inner = path.indexOf('!');
    path = inner < 0 ? path : path.substring(0, inner);
    int scheme = path.lastIndexOf(':');
    path = scheme < 0 ? path : path.substring(scheme + 1);
    path = path.endsWith("/") && inner >= 0 ? path.substring(0, path.length() - 1) : path;
    return path.indexOf('%') < 0 && path.indexOf('+') < 0
        ? path
        : URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void add(String path) throws IOException {
    try (OpenFile file = OpenFile.find(path)) {
      if (file == null) {
        throw new IOException(path + ", from which Gatun was loaded, is no more");
      }
      FileStatus status = file.status();
      if (status.isDirectory()) {
        addFolder(file, 0);
      } else if (!addJar(file, status.size())) {
        addStatus(status);
      }
    }
  }

  private void add(byte[] bytes) {
    first.update(bytes);
    second.update(bytes);
    length += bytes.length;
  }

  private void addStatus(FileStatus status) {
    long[] words = {status.size(), status.modified()};
    byte[] bytes = new byte[8 * words.length];
    MemorySegment.ofArray(bytes).copyFrom(MemorySegment.ofArray(words));
    add(bytes);
  }

  /** The directory that stands at the end of a jar; returns false if this is none. */
  private boolean addJar(OpenFile file, long size) throws IOException {
    if (size < END_SIZE) {
      return false;
    }
    byte[] end = file.read(size - END_SIZE, END_SIZE); // a jar that has a comment is taken for another file
    long directory = word(end, END_DIRECTORY_SIZE) & 0xffff_ffffL;
    long start = word(end, END_DIRECTORY_START) & 0xffff_ffffL;
    if (word(end, 0) != END_SIGNATURE || directory > LARGEST_DIRECTORY || start + directory + END_SIZE > size) {
      return false;
    }
    add(file.read(size - END_SIZE - directory, (int) directory));
    return true;
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
  }

  /** What is in a folder of classes, to a depth that packages do not have. */
  private void addFolder(OpenFile folder, int depth) throws IOException {
    List<String> names = folder.names();
    names.sort(null);
    for (String name : names) {
      try (OpenFile file = OpenFile.find(folder.number(), name, Machine.O_NOFOLLOW(), 0)) {
        if (file != null) {
          FileStatus status = file.status();
          add(name.getBytes(StandardCharsets.UTF_8));
          if (status.isDirectory() && depth < 32) {
            addFolder(file, depth + 1);
          } else {
            addStatus(status);
          }
        }
      }
    }
  }
}

package dev.gatun.cache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the code of modules is kept: in the folder {@code mSIZE-CHECKSUM} of the module a file for each variant,
 * {@code DIGEST-VARIANT}. A folder that is not there tells that a module is new without its digest. Thread-safe.
 */
public final class CodeStore {
  /** What the folder may take if its user has not said otherwise, in bytes. */
  public static final long DEFAULT_LIMIT = 1L << 30;

  /** What the names of the folders with code begin with. */
  private static final String PREFIX = "m";

  private static final String LIMIT_FILE = "limit";
  private static final int LIMIT_DIGITS = 19;

  /** A file that was used less than this long ago is not marked as used again, in nanoseconds. */
  private static final long USE_GRAIN = 3600L * 1_000_000_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String path;
  private final Consumer<String> problems;

  /**
   * A store in a folder, which need not be there.
   *
   * @param path absolute
   * @param problems told of what keeps code from being kept or found; may be called by several threads at once
   */
  public CodeStore(String path, Consumer<String> problems) {
    this.path = path;
    this.problems = problems;
  }

  /** Modules whose code there is, each variant counted, and bytes that all files take. */
  public record Usage(int modules, long bytes) {}

  /**
   * What there is.
   *
   * @throws IOException if the folder can't be trusted or read
   */
  public Usage usage() throws IOException {
    try (CacheFolder folder = CacheFolder.find(path)) {
      CacheFolder.Usage usage = folder == null ? new CacheFolder.Usage(0, 0) : folder.usage(PREFIX);
      return new Usage(usage.files(), usage.bytes());
    }
  }

  /**
   * Removes all files.
   *
   * @throws IOException if the folder can't be trusted or written to
   */
  public void clear() throws IOException {
    try (CacheFolder folder = CacheFolder.find(path)) {
      if (folder != null) {
        folder.trim(0);
      }
    }
  }

  /**
   * What the folder may take, in bytes.
   *
   * @throws IOException if the folder can't be trusted or read
   */
  public long limit() throws IOException {
    try (CacheFolder folder = CacheFolder.find(path)) {
      return folder == null ? DEFAULT_LIMIT : limit(folder);
    }
  }

  static long limit(CacheFolder folder) throws IOException {
    try (OpenFile file = folder.file(LIMIT_FILE)) {
      long size = file == null ? 0 : file.status().size();
      if (file != null && size > 0 && size <= LIMIT_DIGITS) {
        try {
          return Math.max(0, Long.parseLong(new String(file.read(0, (int) size), StandardCharsets.UTF_8)));
        } catch (NumberFormatException e) {
          return DEFAULT_LIMIT;
        }
      }
      return DEFAULT_LIMIT;
    }
  }

  /**
   * Sets what the folder may take, for all processes from now on, and removes what is too much.
   *
   * @throws IOException if the folder can't be trusted or written to
   */
  public void setLimit(long bytes) throws IOException {
    try (CacheFolder folder = CacheFolder.open(path)) {
      folder.replace(LIMIT_FILE, Long.toString(bytes).getBytes(StandardCharsets.UTF_8));
      folder.trim(bytes);
    }
  }

  void tell(Throwable problem) {
    String message = problem.getMessage();
    problems.accept(message == null ? problem.toString() : message);
  }

  /**
   * A module whose code is to be looked for.
   *
   * @param file what it was read from, or null
   */
  public ModuleCode lookUp(byte[] wasm, @Nullable ModuleFile file) {
    return new ModuleCode(this, wasm, file == null ? null : file.status(), file == null ? 0 : file.read());
  }

  /** The folder that a module's files are in. */
  static String folderName(int length, int checksum) {
    return PREFIX + Integer.toHexString(length) + "-" + BuildIdentity.hex(checksum, 8);
  }

  /** The name of the file for a variant; two variants may have the same: their files take turns. */
  static String fileName(byte[] digest, Variant variant) {
    long hash = 0xcbf2_9ce4_8422_2325L;
    String text = variant.text();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100_0000_01b3L;
    }
    return ModuleDigest.hex(digest) + "-" + BuildIdentity.hex(hash, 16);
  }

  /** The folder; null if there is none. */
  @Nullable CacheFolder find() throws IOException {
    return CacheFolder.find(path);
  }

  /** The folder, made if there is none. */
  CacheFolder open() throws IOException {
    return CacheFolder.open(path);
  }

  /** Opens the file of a module and a variant; null if there is none. */
  static @Nullable CodeFile find(CacheFolder cache, int length, int checksum, byte[] digest, Variant variant)
      throws IOException {
    try (CacheFolder folder = cache.inner(folderName(length, checksum))) {
      OpenFile file = folder == null ? null : folder.file(fileName(digest, variant));
      if (file == null) {
        return null;
      }
      CodeFile code = null;
      try {
        CodeFile read = CodeFile.read(file);
        if (read != null && read.isOf(length, digest, variant)) {
          if (System.currentTimeMillis() * NANOS_PER_MILLI - read.status().modified() > USE_GRAIN) {
            file.touch();
          }
          code = read;
        }
        return code;
      } finally {
        if (code == null) {
          file.close();
        }
      }
    }
  }
}

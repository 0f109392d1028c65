package dev.gatun;

import dev.gatun.cache.CodeStore;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which the machine code of modules is kept, so that another run need neither validate nor compile them
 * again. An engine uses it if it is told to:
 *
 * {@snippet class="dev.gatun.snippets.EngineSnippets" region="cache"}
 *
 * <p>Functions are compiled when they are first called, as without it; what was compiled is stored when the module is
 * closed, and every now and then while it is used. The next run finds all of that and compiles what it calls besides.
 *
 * <p><b>What is found again.</b> Code is kept by the SHA-256 of the module, the build of Gatun, the architecture and
 * the features of the processor, and the engine's options that change code; nothing needs to be cleared when any of
 * these change. Any number of processes may use a folder at once. What is damaged is not used, and replaced. What can't
 * be stored or read, since the disk is full say, is compiled as without a cache.
 *
 * <p><b>Whom it trusts.</b> The code in the folder runs unchecked, with all that this process may do. So the folder
 * must belong to the user as whom the process acts, and nobody else may be able to write to it; else it is not used. It
 * is made with such permissions. Modules of different tenants can share a cache: none can make another's code its own.
 *
 * <p>Immutable and thread-safe.
 */
public final class CodeCache {
  /** Names the folder of engines that do not choose, and of the command. */
  private static final String FOLDER_PROPERTY = "gatun.codeCache";

  private final Path folder;
  private final CodeStore store;

  private CodeCache(Path folder, Consumer<String> problems) {
    this.folder = folder;
    this.store = new CodeStore(folder.toString(), problems);
  }

  /**
   * A cache in a folder, which is made when there is something to keep.
   *
   * @throws IllegalArgumentException if the path is not one of the default file system
   */
  public static CodeCache at(Path folder) {
    if (!folder.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(folder + ": a code cache must be a folder of the default file system");
    }
    return new CodeCache(folder.toAbsolutePath(), new Silence());
  }

  /** Not a lambda: it is on the way to the first instruction. */
  private static final class Silence implements Consumer<String> {
    @Override
    public void accept(String problem) {}
  }

  /**
   * That of the user who runs this, which the command {@code gatun} uses: in the folder that the system property {@code
   * gatun.codeCache} names, or else {@code $XDG_CACHE_HOME/gatun/code}, or {@code ~/.cache/gatun/code}.
   */
  public static CodeCache ofUser() {
    CodeCache named = named();
    if (named != null) {
      return named;
    }
    String base = System.getenv("XDG_CACHE_HOME");
    String caches =
        base == null || !base.startsWith("/") ? System.getProperty("user.home") + "/.cache" : base;
    return at(Path.of(caches + "/gatun/code"));
  }

  /** That which the system property names, or null. */
  static @Nullable CodeCache named() {
    String folder = System.getProperty(FOLDER_PROPERTY);
    return folder == null ? null : at(Path.of(folder));
  }

  /**
   * The same cache, but telling someone why code can't be stored or found, in a sentence that names the file.
   *
   * @param listener may be called by several threads at once; nothing is told if not set
   */
  public CodeCache onProblem(Consumer<String> listener) {
    return new CodeCache(folder, listener);
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /**
   * Bytes that its files take on the disk.
   *
   * @throws IOException if it can't be read, or trusted
   */
  public long size() throws IOException {
    return store.usage().bytes();
  }

  /**
   * How many modules' code there is; a module counts as often as it was compiled for other options.
   *
   * @throws IOException if it can't be read, or trusted
   */
  public int modules() throws IOException {
    return store.usage().modules();
  }

  /**
   * How many bytes it may take: 1 GiB if nothing else was {@linkplain #setLimit set}. What was not used for the longest
   * time goes when there is more.
   *
   * @throws IOException if it can't be read, or trusted
   */
  public long limit() throws IOException {
    return store.limit();
  }

  /**
   * Sets how many bytes it may take, for all who use the folder from now on; it is stored there. What is too much goes
   * at once.
   *
   * @param bytes 0 keeps nothing
   * @throws IllegalArgumentException if it is negative
   * @throws IOException if it can't be written to, or trusted
   */
  public void setLimit(long bytes) throws IOException {
    if (bytes < 0) {
      throw new IllegalArgumentException("a code cache of " + bytes + " bytes");
    }
    store.setLimit(bytes);
  }

  /**
   * Removes all that it keeps; who uses it goes on, and stores again.
   *
   * @throws IOException if it can't be written to, or trusted
   */
  public void clear() throws IOException {
    store.clear();
  }

  CodeStore store() {
    return store;
  }
}

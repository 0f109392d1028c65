package dev.gatun.cache;

import dev.gatun.runtime.CodeImage;
import dev.gatun.runtime.CompiledModule;
import dev.gatun.runtime.Machine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What one module has to do with a {@link CodeStore}: its code is looked for there, and what is compiled meanwhile is
 * added: some time after it was, and at the latest when the module is released.
 *
 * <p>Thread-safe. The lock is held while code is read, so that it is not freed meanwhile.
 */
public final class ModuleCode implements CompiledModule.Keeper {
  /** After which time new code is stored at first; then it doubles, for a program that goes on and on. */
  private static final long FIRST_DELAY = 2_000_000_000L;

  private static final long LONGEST_DELAY = 600_000_000_000L;

  private final CodeStore store;
  private final byte[] wasm;
  private final @Nullable FileStatus file;
  private final long read;
  private final int checksum;
  private byte @Nullable [] digest;
  private @Nullable Variant variant;
  private @Nullable CompiledModule module;

  /** Number of the file that was loaded, or 0. */
  private long loaded;

  /** Functions that had been compiled when code was last stored. */
  private int stored;

  private volatile long delay = FIRST_DELAY;
  private boolean isRefused;

  /** Whether the thread that stores has been told that there is something new. */
  private volatile boolean isScheduled;

  ModuleCode(CodeStore store, byte[] wasm, @Nullable FileStatus file, long read) {
    this.store = store;
    this.wasm = wasm;
    this.file = file;
    this.read = read;
    this.checksum = ModuleDigest.checksum(wasm);
  }

  /**
   * Opens the code of a variant, which the module is going to have; null if there is none. That there is some tells
   * that the module is valid.
   */
  public synchronized @Nullable CodeFile find(Variant wanted) {
    variant = wanted;
    try (CacheFolder cache = store.find()) {
      if (cache == null) {
        return null;
      }
      byte[] known = file == null ? null : KnownFiles.digest(cache, file, checksum);
      if (known == null) {
        try (CacheFolder folder = cache.inner(CodeStore.folderName(wasm.length, checksum))) {
          if (folder == null) {
            return null;
          }
        }
        known = ModuleDigest.of(wasm);
        if (file != null) {
          KnownFiles.remember(cache, file, read, checksum, known);
        }
      }
      digest = known;
      CodeFile found = CodeStore.find(cache, wasm.length, checksum, known, wanted);
      loaded = found == null ? 0 : found.status().inode();
      return found;
    } catch (IOException e) {
      refuse(e);
      return null;
    }
  }

  /** Tells why the store is not used for this module. */
  public synchronized void refuse(Throwable problem) {
    isRefused = true;
    store.tell(problem);
  }

  /** Tells that code that was found could not be loaded: what is stored is added to it nevertheless. */
  public synchronized void notLoaded(@Nullable Exception problem) {
    loaded = 0;
    if (problem != null) {
      store.tell(problem);
    }
  }

  /** Begins to keep the code of the module, which has been compiled to the variant that was looked for. */
  public void keep(CompiledModule compiled) {
    boolean isNew;
    synchronized (this) {
      if (isRefused) {
        return;
      }
      module = compiled;
      isNew = digest == null;
    }
    compiled.setKeeper(this);
    if (isNew) {
      StoringThread.add(this, System.nanoTime()); // the digest takes its time, and is needed at the end at the latest
    }
  }

  @Override
  public void compiled() {
    if (!isScheduled) {
      isScheduled = true;
      StoringThread.add(this, System.nanoTime() + delay);
    }
  }

  @Override
  public void closing() {
    StoringThread.remove(this);
    store();
  }

  /** Does what is due; called by the thread that stores. */
  synchronized void run() {
    if (digest == null) {
      digest = ModuleDigest.of(wasm);
    } else {
      isScheduled = false;
      store();
      delay = Math.min(2 * delay, LONGEST_DELAY);
    }
  }

  private synchronized void store() {
    CompiledModule known = module;
    Variant to = variant;
    if (isRefused || known == null || to == null || known.functionsCompiled() == stored) {
      return;
    }
    try {
      int compiled = known.functionsCompiled();
      store(known, to);
      stored = compiled;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      refuse(e);
    }
  }

  private void store(CompiledModule from, Variant to) throws IOException {
    byte[] known = digest;
    if (known == null) {
      known = ModuleDigest.of(wasm);
      digest = known;
    }
    CodeImage.Builder image = Machine.get().newImage();
    from.store(image);
    try (CacheFolder cache = store.open();
        Arena arena = Arena.ofConfined()) {
      addOthers(cache, from, known, to, image, arena);
      byte[] bytes =
          CodeFile.write(
              image.build(), image.code(), to, wasm.length, known, from.module().tailCallsOut(), null);
      long limit = CodeStore.limit(cache);
      if (bytes.length > limit) {
        throw new IOException(
            bytes.length + " bytes of compiled code are more than the code cache may take (" + limit + ")");
      }
      cache.replace(CodeStore.folderName(wasm.length, checksum), CodeStore.fileName(known, to), bytes);
      if (file != null) {
        KnownFiles.remember(cache, file, read, checksum, known);
      }
      cache.trim(limit);
    }
  }

  /** Adds functions that other processes have stored since this one has looked. */
  private void addOthers(
      CacheFolder cache, CompiledModule from, byte[] known, Variant to, CodeImage.Builder into, Arena arena)
      throws IOException {
    try (CodeFile other = CodeStore.find(cache, wasm.length, checksum, known, to)) {
      if (other == null || other.status().inode() == loaded) {
        return;
      }
      CodeImage image = other.image();
      MemorySegment code = arena.allocate(Math.max(1, image.codeLength())).asSlice(0, image.codeLength());
      int end = from.module().functionCount();
      if (!other.readInto(code) || !image.isConsistent(from.module().importedFunctions(), end)) {
        return;
      }
      for (int i = 0; i < image.count(); i++) {
        int function = image.function(i);
        if (!from.isCompiled(function)) {
          into.add(
              function, code.asSlice(image.codeOffset(i), image.codeSize(i)), image.pcTable(i), image.handlers(i));
        }
      }
    }
  }
}

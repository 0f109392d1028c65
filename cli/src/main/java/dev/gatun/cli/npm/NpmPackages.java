package dev.gatun.cli.npm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The packages of a user: fetched when first asked for, then kept.
 *
 * <p>The cache holds a folder {@code PACKAGE/VERSION} for each, which appears under this name when it is complete and
 * checked, by a rename; any number of processes may fetch at once. A file {@code PACKAGE/.tag-TAG} says which version a
 * tag stood for when the registry was last asked; it is asked again after a day.
 */
public final class NpmPackages {
  private static final Duration TAG_LIFETIME = Duration.ofDays(1);

  private final Path cache;
  private final RegistrySettings settings;
  private final Map<String, String> environment;

  NpmPackages(Path cache, RegistrySettings settings, Map<String, String> environment) {
    this.cache = cache;
    this.settings = settings;
    this.environment = environment;
  }

  /** Those of the user who runs this: in $XDG_CACHE_HOME/gatun/npm, or ~/.cache/gatun/npm. */
  public static NpmPackages ofUser() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path caches =
        base == null || !base.startsWith("/") ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
    return new NpmPackages(caches.resolve("gatun").resolve("npm"), RegistrySettings.ofUser(), System.getenv());
  }

  /**
   * The file that a reference stands for.
   *
   * @param reference {@code PACKAGE[@VERSION][/PATH-IN-PACKAGE]}
   * @throws PackageException if there is no such package, version or file, or it can't be fetched or is not what it
   *     should be
   * @throws IOException if the cache can't be read or written
   */
  public Path fetch(String reference) throws IOException {
    PackageReference parsed = PackageReference.parse(reference);
    return file(parsed, folder(parsed));
  }

  private Path folder(PackageReference reference) throws IOException {
    Path versions = cache.resolve(reference.name());
    Path tag = versions.resolve(".tag-" + reference.version());
    Path kept = reference.isPinned() ? versions.resolve(reference.version()) : versionOf(tag, versions);
    boolean isKept = kept != null && Files.isDirectory(kept);
    if (kept != null && isKept && (reference.isPinned() || isFresh(tag))) {
      return kept;
    }
    try (Registry registry = new Registry(settings, environment)) {
      Registry.Release release;
      try {
        release = registry.find(reference);
      } catch (IOException e) {
        if (kept == null || !isKept) {
          throw e;
        }
        System.err.println("gatun: " + e.getMessage() + "; using " + reference.name() + "@" + kept.getFileName());
        return kept;
      }
      Path folder = versions.resolve(release.version());
      if (!Files.isDirectory(folder)) {
        install(registry, release, reference.name() + "@" + release.version(), folder);
      }
      if (!reference.isPinned()) {
        write(tag, release.version());
      }
      return folder;
    }
  }

  /** The folder of the version for which a tag stood; null if it is not known. */
  private static @Nullable Path versionOf(Path tag, Path versions) throws IOException {
    if (!Files.isRegularFile(tag)) {
      return null;
    }
    String version = Files.readString(tag).strip();
    PackageReference.checkVersion(tag.toString(), version);
    return versions.resolve(version);
  }

  private static boolean isFresh(Path tag) throws IOException {
    Instant asked = Files.getLastModifiedTime(tag).toInstant();
    return asked.plus(TAG_LIFETIME).isAfter(Instant.now());
  }

  private static void write(Path tag, String version) throws IOException {
    Path part = Files.createTempFile(tag.getParent(), ".part-", "");
    Files.writeString(part, version + "\n");
    Files.move(part, tag, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void install(Registry registry, Registry.Release release, String what, Path folder)
      throws IOException {
    Files.createDirectories(folder.getParent());
    Path part = Files.createTempDirectory(folder.getParent(), ".part-");
    try {
      Path archive = part.resolve("archive.tgz");
      registry.download(release, archive, what);
      Path contents = Files.createDirectory(part.resolve("contents"));
      PackageArchive.unpack(archive, contents);
      try {
        Files.move(contents, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        // If another process was faster: its contents have the same hash.
        if (!Files.isDirectory(folder)) {
          throw e;
        }
      }
    } finally {
      delete(part);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path file(PackageReference reference, Path folder) throws IOException {
    String what = "npm:" + reference.name() + "@" + folder.getFileName();
    if (reference.path() != null) {
      Path file = folder.resolve(reference.path());
      if (Files.isRegularFile(file)) {
        return file;
      }
      throw new PackageException(what + ": has no file '" + reference.path() + "'; " + listed(modules(folder)));
    }
    List<String> modules = modules(folder);
    if (modules.size() == 1) {
      return folder.resolve(modules.get(0));
    }
    throw new PackageException(
        what + ": " + listed(modules) + (modules.isEmpty() ? "" : "; say which: " + what + "/" + modules.get(0)));
  }

  private static String listed(List<String> modules) {
    return modules.isEmpty() ? "it holds no .wasm file" : "its .wasm files are " + String.join(", ", modules);
  }

  /** The .wasm files below a folder, as paths from there, sorted. */
  private static List<String> modules(Path folder) throws IOException {
    List<String> modules = new ArrayList<>();
    collect(folder, "", modules);
    modules.sort(null);
    return modules;
  }

  private static void collect(Path folder, String prefix, List<String> modules) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = prefix.concat(file.getFileName().toString());
        if (Files.isDirectory(file)) {
          collect(file, name.concat("/"), modules);
        } else if (name.endsWith(".wasm")) {
          modules.add(name);
        }
      }
    }
  }
}

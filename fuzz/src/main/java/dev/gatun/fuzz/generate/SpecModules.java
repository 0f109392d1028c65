package dev.gatun.fuzz.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The modules of the official test suite, from the archive {@code spec-json.zip} in the folder that {@code
 * -Dgatun.spec} names, else in {@code shared/spec} beside the repository. None if it is not there.
 */
final class SpecModules {
  private static final int LARGEST = 20_000;

  private SpecModules() {}

  /** The modules that are not large, by their names. */
  static List<byte[]> read() {
    Path archive = archive();
    if (archive == null) {
      return List.of();
    }
    Map<String, byte[]> modules = new TreeMap<>();
    try (InputStream file = Files.newInputStream(archive);
        ZipInputStream in = new ZipInputStream(file)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().endsWith(".wasm")) {
          byte[] module = in.readAllBytes();
          if (module.length > 8 && module.length < LARGEST) {
            modules.put(entry.getName(), module);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the modules of the test suite in " + archive, e);
    }
    return List.copyOf(modules.values());
  }

  private static @Nullable Path archive() {
    String named = System.getProperty("gatun.spec");
    if (named != null) {
      return Path.of(named, "spec-json.zip");
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path archive = folder.resolve("shared/spec/spec-json.zip");
      if (Files.exists(archive)) {
        return archive;
      }
    }
    return null;
  }
}

package dev.gatun.cli.wast;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds scripts: JSON files, folders of them, and zips holding them. Close it when the scripts have been run. */
public final class ScriptSource implements AutoCloseable {
  private final List<FileSystem> zips = new ArrayList<>();
  private final List<Path> scripts = new ArrayList<>();

  /**
   * Adds a file, a folder or a zip.
   *
   * @throws NoSuchFileException if it is not there
   * @throws IOException if it can't be read
   */
  public void add(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    } else if (Files.isDirectory(path)) {
      addFolder(path);
    } else if (path.toString().endsWith(".zip")) {
      FileSystem zip = FileSystems.newFileSystem(path);
      zips.add(zip);
      for (Path root : zip.getRootDirectories()) {
        addFolder(root);
      }
    } else {
      scripts.add(path);
    }
  }

  private void addFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.filter(ScriptSource::isScript).sorted().forEach(scripts::add);
    }
  }

  /** The scripts found, in order. */
  public List<Path> scripts() {
    return scripts;
  }

  @Override
  public void close() throws IOException {
    for (FileSystem zip : zips) {
      zip.close();
    }
  }

  private static boolean isScript(Path file) {
    String name = file.toString();
    return name.endsWith(".json") || name.endsWith(".wast");
  }
}

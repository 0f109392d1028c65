package dev.gatun.wasi;

import com.github.marschall.memoryfilesystem.MemoryFileSystemBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the files of a test are: what it says must hold in each. */
enum Place {
  /** On the host, with openat2. */
  HOST,
  /** On the host, with the walk that replaces it. */
  WALK,
  /** In a file system in memory. */
  MEMORY;

  /** An empty folder there, and what has to be closed after it. */
  record Folder(Path path) implements AutoCloseable {
    @Override
    public void close() {
      System.clearProperty(HostFiles.WALK_PROPERTY);
      FileSystem system = path.getFileSystem();
      if (system != FileSystems.getDefault()) {
        try {
          system.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  Folder folder(Path temporary) throws IOException {
    if (this != MEMORY) {
      System.setProperty(HostFiles.WALK_PROPERTY, String.valueOf(this == WALK));
      return new Folder(Files.createDirectory(temporary.resolve(name())));
    }
    FileSystem memory = MemoryFileSystemBuilder.newLinux().build();
    return new Folder(Files.createDirectory(memory.getPath("/folder")));
  }
}

package dev.gatun.cli.npm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Unpacks the archive of a package. Only regular files are taken: links and devices have no place in a package, and are
 * how an archive writes outside its folder.
 */
final class PackageArchive {
  /** A larger package is taken for an attack on the disk. */
  private static final long MAX_UNPACKED = 4L << 30;

  private PackageArchive() {}

  /**
   * Unpacks all files. The archive's paths start with a folder, mostly "package", which is dropped.
   *
   * @param archive a gzipped tar
   * @param folder an empty folder
   * @throws IOException if the archive is damaged, too large, or leads out of the folder
   */
  static void unpack(Path archive, Path folder) throws IOException {
    long unpacked = 0;
    try (InputStream file = Files.newInputStream(archive);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new BufferedInputStream(new GZIPInputStream(file, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile() && !entry.isLink() && !entry.isSymbolicLink()) {
          unpacked += entry.getSize();
          if (unpacked > MAX_UNPACKED) {
            throw new PackageException("the package is larger than 4 GiB");
          }
          Path target = target(folder, entry.getName());
          Files.createDirectories(target.getParent());
          try (OutputStream out = Files.newOutputStream(target)) {
            tar.transferTo(out);
          }
        }
      }
    }
  }

  private static Path target(Path folder, String name) throws PackageException {
    int first = name.indexOf('/');
    Path target = folder.resolve(first < 0 ? name : name.substring(first + 1)).normalize();
    if (first == 0 || name.startsWith("../") || target.equals(folder) || !target.startsWith(folder)) {
      throw new PackageException("the package holds a file with the path '" + name + "', which leads out of it");
    }
    return target;
  }
}

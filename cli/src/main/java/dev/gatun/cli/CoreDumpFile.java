package dev.gatun.cli;

import dev.gatun.CoreDump;
import dev.gatun.Trap;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the core dump of the first trap to a file, and says so on standard error. Thread-safe. */
final class CoreDumpFile implements CoreDump.Handler {
  private final Path file;
  private boolean written;

  CoreDumpFile(Path file) {
    this.file = file;
  }

  @Override
  public synchronized void trapped(Trap trap, CoreDump dump) {
    if (written) {
      return; // another thread of the guest was first
    }
    written = true;
    try {
      dump.write(file);
      System.err.println("gatun: core dumped to " + file);
    } catch (IOException e) {
      System.err.println("gatun: can't write the core dump to " + file + ": " + e);
    }
  }
}

package dev.gatun.memory;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel says of this process's address space. */
final class ProcessMaps {
  private ProcessMaps() {}

  /** Permissions of the mapping that an address is in, e.g. {@code rw-p}; empty if there is none. */
  static String permissions(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (contains(line, address)) {
        return line.split(" ")[1];
      }
    }
    return "";
  }

  /** KiB of memory in use in the mapping that an address is in. Skips the test, aloud, where nobody tells. */
  static long resident(long address) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
    boolean told = lines.stream().anyMatch(line -> line.matches("Rss: .*[1-9].*"));
    assumeTrue(told, "smaps says that no memory is in use: an emulator wrote it");
    boolean inside = false;
    for (String line : lines) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        inside = contains(line, address);
      } else if (inside && line.startsWith("Rss:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new AssertionError("nothing is mapped at " + Long.toHexString(address));
  }

  private static boolean contains(String line, long address) {
    String[] range = line.substring(0, line.indexOf(' ')).split("-");
    return Long.compareUnsigned(address, Long.parseUnsignedLong(range[0], 16)) >= 0
        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
  }
}

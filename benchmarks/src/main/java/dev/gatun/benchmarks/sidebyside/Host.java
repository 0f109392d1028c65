package dev.gatun.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that this runs on. */
final class Host {
  private Host() {}

  /** Its processor, operating system and memory, in a line. */
  static String description() {
    int processors = Runtime.getRuntime().availableProcessors();
    return field("/proc/cpuinfo", "model name")
        + ", "
        + processors
        + (processors == 1 ? " processor" : " processors")
        + ", "
        + memory()
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " on "
        + System.getProperty("os.arch");
  }

  /** How many threads wanted a processor in the minute before, or "unknown". */
  static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String memory() {
    String kibibytes = field("/proc/meminfo", "MemTotal").replace(" kB", "");
    try {
      return Math.round(Long.parseLong(kibibytes) / 1048576.0) + " GiB of memory, ";
    } catch (NumberFormatException e) {
      return "";
    }
  }

  /** The value behind a colon in a file of the kernel's. */
  private static String field(String file, String name) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith(name) && line.indexOf(':') > 0) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // Not a Linux that tells.
    }
    return "unknown";
  }
}

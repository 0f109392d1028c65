package dev.gatun;

import java.util.OptionalLong;

/**
 * The type of a memory.
 *
 * @param minPages size at least, in pages of 64 KiB
 * @param maxPages size at most, if there is a maximum
 */
public record MemoryType(long minPages, OptionalLong maxPages) implements ExternType {
  @Override
  public String kind() {
    return "memory";
  }

  @Override
  public String toString() {
    return "(memory " + minPages + (maxPages.isPresent() ? " " + maxPages.getAsLong() : "") + ")";
  }
}

package dev.gatun;

import java.util.OptionalLong;

/**
 * The type of a memory.
 *
 * @param minPages size at least, in pages
 * @param maxPages size at most, if there is a maximum
 * @param addressType type of its addresses: {@link ValType#I32} or {@link ValType#I64}
 * @param shared whether several threads may use it at once
 * @param pageSize bytes of a page: 65536, or 1
 */
public record MemoryType(long minPages, OptionalLong maxPages, ValType addressType, boolean shared, int pageSize)
    implements ExternType {
  /** Bytes of a page where nothing else is said. */
  public static final int DEFAULT_PAGE_SIZE = 65536;

  /**
   * Checks what can be checked of a type alone.
   *
   * @throws IllegalArgumentException if the type of addresses or the page size is not one of those above
   */
  public MemoryType {
    if (addressType != ValType.I32 && addressType != ValType.I64) {
      throw new IllegalArgumentException("addresses are i32 or i64, not " + addressType);
    }
    if (pageSize != 1 && pageSize != DEFAULT_PAGE_SIZE) {
      throw new IllegalArgumentException("a page has 1 or 65536 bytes, not " + pageSize);
    }
  }

  /** A memory of 32-bit addresses and pages of 64 KiB, for one thread at a time. */
  public MemoryType(long minPages, OptionalLong maxPages) {
    this(minPages, maxPages, ValType.I32, false, DEFAULT_PAGE_SIZE);
  }

  @Override
  public String kind() {
    return "memory";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(memory ");
    if (addressType == ValType.I64) {
      text.append("i64 ");
    }
    text.append(Long.toUnsignedString(minPages));
    if (maxPages.isPresent()) {
      text.append(' ').append(Long.toUnsignedString(maxPages.getAsLong()));
    }
    if (shared) {
      text.append(" shared");
    }
    if (pageSize != DEFAULT_PAGE_SIZE) {
      text.append(" (pagesize ").append(pageSize).append(')');
    }
    return text.append(')').toString();
  }
}

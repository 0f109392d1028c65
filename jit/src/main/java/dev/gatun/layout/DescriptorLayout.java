package dev.gatun.layout;

/** The 16-byte record through which emitted code sees a memory or a table, whose address never changes. */
public final class DescriptorLayout {
  private DescriptorLayout() {}

  /** Address of the first byte of the memory, or of the first element (8 bytes each) of the table. */
  public static final int BASE = 0;

  /** Current size: bytes of a memory, elements of a table. */
  public static final int LENGTH = 8;

  /** Size of the record in bytes. */
  public static final int SIZE = 16;
}

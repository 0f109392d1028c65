package dev.gatun.layout;

/**
 * An object of a store's heap. A reference to it is its address, a multiple of 8; null is 0, and an i31 has bit 0 set.
 *
 * <p>Fields of a struct follow the header in the order of the type, each aligned to its size (vectors to 8): so the
 * fields of a supertype are where they are in the subtype.
 */
public final class ObjectLayout {
  private ObjectLayout() {}

  /** Address of the {@link RttLayout} record of the object's type. 8 bytes; 0 in a cell that is free. */
  public static final int RTT = 0;

  /** In a free cell: address of the next free one of the same class, or 0. 8 bytes. */
  public static final int NEXT_FREE = 8;

  /** Where the fields of a struct start. */
  public static final int FIELDS = 8;

  /** Length of an array in elements. 4 bytes; the 4 bytes behind it are zero. */
  public static final int ARRAY_LENGTH = 8;

  /** Where the elements of an array start. */
  public static final int ELEMENTS = 16;

  /** In an object that stands for a Java object: its place in the store's table of them. 8 bytes. */
  public static final int HOST_INDEX = 8;
}

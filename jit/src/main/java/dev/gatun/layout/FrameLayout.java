package dev.gatun.layout;

/** A frame of a function, as displacements from its frame pointer: the same for every architecture. */
public final class FrameLayout {
  private FrameLayout() {}

  /** The frame pointer of the caller. */
  public static final int CALLER = 0;

  /** Where the caller goes on. */
  public static final int RETURN_ADDRESS = 8;

  /** The {@link VmContextLayout} record that the function runs with; not there in a leaf. */
  public static final int CONTEXT = -8;

  /** A slot: from 0 on those of the function itself, below 0 the cells of its parameters. */
  public static int slot(int slot) {
    return slot >= 0 ? -16 - 8 * slot : 16 + 8 * (-1 - slot);
  }
}

package dev.gatun.layout;

/** The native record behind a function reference; the reference is its address, and null is 0. */
public final class FuncRefLayout {
  private FuncRefLayout() {}

  /**
   * Address of the {@link RttLayout} record of the function's type, where objects of the heap have theirs. 8 bytes;
   * reading it through null is the null trap.
   */
  public static final int RTT = ObjectLayout.RTT;

  /** Address of the code: a compiled function, a lazy-compilation thunk, or a host thunk. 8 bytes. */
  public static final int CODE = 8;

  /** The {@link VmContextLayout} record that must be current while the code runs. 8 bytes. */
  public static final int CONTEXT = 16;

  /** Function index in its instance; for a host function its number in the store. 4 bytes. */
  public static final int FUNCTION = 24;

  /** Size of the record in bytes. */
  public static final int SIZE = 32;
}

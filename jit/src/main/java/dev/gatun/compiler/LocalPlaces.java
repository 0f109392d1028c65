package dev.gatun.compiler;

import dev.gatun.layout.FrameLayout;

/**
 * Where the values of a function's locals are at one place of its code, as far as that can be told: for each local a
 * place in the frame, a register, a constant, or nothing.
 *
 * <p>The compiler keeps no such tables. It makes them when they are asked for, by compiling the function once more.
 */
public final class LocalPlaces {
  private static final byte UNKNOWN = 0;
  private static final byte IN_FRAME = 1;
  private static final byte CONSTANT = 2;
  private static final byte IN_REGISTER = 3;

  private final int[] types;
  private final byte[] place;
  private final long[] value;

  /** Places of locals of the given value types, none of which is known. */
  LocalPlaces(int[] types) {
    this.types = types;
    this.place = new byte[types.length];
    this.value = new long[types.length];
  }

  void inSlot(int local, int slot) {
    place[local] = IN_FRAME;
    value[local] = FrameLayout.slot(slot);
  }

  void inRegister(int local, int register) {
    place[local] = IN_REGISTER;
    value[local] = register;
  }

  void constant(int local, long bits) {
    place[local] = CONSTANT;
    value[local] = bits;
  }

  void unknown(int local) {
    place[local] = UNKNOWN;
  }

  /** How many locals there are, parameters first. */
  public int count() {
    return types.length;
  }

  /** The value type of a local; {@link dev.gatun.wasm.ValueType#BOTTOM} if it is a reference. */
  public int type(int local) {
    return types[local];
  }

  /** Whether a local is a known constant. */
  public boolean isConstant(int local) {
    return place[local] == CONSTANT;
  }

  /** The bits of a local that is a constant. */
  public long constant(int local) {
    return value[local];
  }

  /** Whether a local is in a register, provided that these were kept: all die at a call of a function. */
  public boolean isInRegister(int local) {
    return place[local] == IN_REGISTER;
  }

  /** The register of a local that is in one. */
  public int register(int local) {
    return (int) value[local];
  }

  /** Whether a local is in the frame. */
  public boolean isInFrame(int local) {
    return place[local] == IN_FRAME;
  }

  /** The displacement from the frame pointer of a local that is in the frame. */
  public int displacement(int local) {
    return (int) value[local];
  }
}

package dev.gatun.testing;

/**
 * The instructions of a function body or of a constant expression, for {@link ModuleBuilder}. The last {@code end} is
 * added by the builder.
 */
public final class Code {
  /** The block type of a block without parameters and results. */
  public static final int EMPTY = 0x40;

  private final Bytes locals = new Bytes();
  private int localGroups;
  private final Bytes bytes = new Bytes();

  /** Declares locals of a type, behind those declared before. */
  public Code locals(int count, char type) {
    localGroups++;
    locals.unsigned(count).add(ModuleBuilder.type(type));
    return this;
  }

  /** Adds bytes as they are: opcodes without immediates, or anything. */
  public Code raw(int... values) {
    bytes.add(values);
    return this;
  }

  /** Adds an opcode with immediates that are unsigned integers. */
  public Code op(int opcode, long... immediates) {
    bytes.add(opcode);
    for (long immediate : immediates) {
      bytes.unsigned(immediate);
    }
    return this;
  }

  /** Adds an opcode behind the prefix 0xFC, with immediates that are unsigned integers. */
  public Code misc(int number, long... immediates) {
    return prefixed(0xFC, number, immediates);
  }

  /** Adds an opcode behind a prefix, with immediates that are unsigned integers. */
  public Code prefixed(int prefix, int number, long... immediates) {
    bytes.add(prefix).unsigned(number);
    for (long immediate : immediates) {
      bytes.unsigned(immediate);
    }
    return this;
  }

  /** {@code unreachable}. */
  public Code unreachable() {
    return op(0x00);
  }

  /** {@code block}; the type is a letter, a type index or {@link #EMPTY}: see {@link #blockType}. */
  public Code block(int type) {
    return blockType(0x02, type);
  }

  /** {@code loop}; the type as for {@link #block}. */
  public Code loop(int type) {
    return blockType(0x03, type);
  }

  /** {@code if}; the type as for {@link #block}. */
  public Code iff(int type) {
    return blockType(0x04, type);
  }

  /**
   * Adds an opcode with a block type: {@link #EMPTY}, or the letter of a type, or else {@code ~index} of a type index.
   */
  public Code blockType(int opcode, int type) {
    bytes.add(opcode);
    if (type < 0) {
      bytes.signed(~type);
    } else {
      bytes.add(type == EMPTY ? EMPTY : ModuleBuilder.type((char) type));
    }
    return this;
  }

  /** {@code else}. */
  public Code otherwise() {
    return op(0x05);
  }

  /** {@code end} of a block, loop or if. */
  public Code end() {
    return op(0x0B);
  }

  /** {@code br}. */
  public Code br(int label) {
    return op(0x0C, (long) label);
  }

  /** {@code br_if}. */
  public Code brIf(int label) {
    return op(0x0D, (long) label);
  }

  /** {@code br_table}; the last label is the default. */
  public Code brTable(int... labels) {
    bytes.add(0x0E).unsigned(labels.length - 1);
    for (int label : labels) {
      bytes.unsigned(label);
    }
    return this;
  }

  /** {@code return}. */
  public Code ret() {
    return op(0x0F);
  }

  /** {@code call}. */
  public Code call(int function) {
    return op(0x10, (long) function);
  }

  /** {@code call_indirect}. */
  public Code callIndirect(int type, int table) {
    return op(0x11, (long) type, table);
  }

  /** {@code drop}. */
  public Code drop() {
    return op(0x1A);
  }

  /** {@code local.get}. */
  public Code localGet(int local) {
    return op(0x20, (long) local);
  }

  /** {@code local.set}. */
  public Code localSet(int local) {
    return op(0x21, (long) local);
  }

  /** {@code local.tee}. */
  public Code localTee(int local) {
    return op(0x22, (long) local);
  }

  /** {@code global.get}. */
  public Code globalGet(int global) {
    return op(0x23, (long) global);
  }

  /** {@code global.set}. */
  public Code globalSet(int global) {
    return op(0x24, (long) global);
  }

  /** {@code i32.const}. */
  public Code i32(int value) {
    bytes.add(0x41).signed(value);
    return this;
  }

  /** {@code i64.const}. */
  public Code i64(long value) {
    bytes.add(0x42).signed(value);
    return this;
  }

  /** {@code f32.const}. */
  public Code f32(float value) {
    bytes.add(0x43).littleEndian(Float.floatToRawIntBits(value), 4);
    return this;
  }

  /** {@code f64.const}. */
  public Code f64(double value) {
    bytes.add(0x44).littleEndian(Double.doubleToRawLongBits(value), 8);
    return this;
  }

  /** A load or store: opcode, alignment as a power of two, offset. */
  public Code memory(int opcode, int alignment, long offset) {
    return op(opcode, (long) alignment, offset);
  }

  /** A load or store in some memory: opcode, alignment as a power of two, memory, offset. */
  public Code memory(int opcode, int alignment, int memory, long offset) {
    return op(opcode, (long) alignment | 0x40, memory, offset);
  }

  /** The instructions without a last {@code end}. */
  Bytes instructions() {
    return bytes;
  }

  /** The declarations of locals. */
  Bytes declarations() {
    return new Bytes().unsigned(localGroups).add(locals);
  }
}

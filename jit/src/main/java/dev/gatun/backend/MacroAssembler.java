package dev.gatun.backend;

import dev.gatun.layout.TrapCode;
import dev.gatun.wasm.Opcode;

/**
 * Emits the code of one function after another, for one architecture; used by one thread at a time.
 *
 * <p>The baseline compiler is written against this class alone. Registers are numbers from 0 to 63, the same numbers
 * for both register files, so that a set of registers is a {@code long}. Values have a {@link Kind}.
 *
 * <p>Conventions that every method keeps:
 *
 * <ul>
 *   <li>A 32-bit value in a register has zero in its upper half, before and after.
 *   <li>A destination may be the same register as any source, unless a method says otherwise.
 *   <li>Only the destination, the registers of {@link #clobbered} and registers outside of {@link #registers} (the
 *       backend's scratch registers) are written. Conditions die at the next call of any method but the one that takes
 *       them.
 *   <li>Frame slots are numbers: 0 and up are 8-byte slots of the function's own frame, and {@code -1 - k} is the k-th
 *       cell of the area in which the caller passed arguments and expects results ({@link CallingConvention}).
 *   <li>An address in linear memory is an index register (an i32 value, or {@link #NONE} for index 0) and a constant
 *       offset from 0 to 2^32 - 1; both are added to the base of memory 0 in 64 bits without wrapping. If {@link
 *       #checkBounds} came before, both may be of 64 bits. For other memories it is an {@link #ADDRESS} and an offset.
 * </ul>
 *
 * <p>Every instruction that may fault records itself, with the offset set by {@link #at}, in the function's
 * {@link PcTable}.
 */
public abstract class MacroAssembler {
  /** No register. */
  public static final int NONE = -1;

  /**
   * Added to the number of a register where an index into memory 0 is asked for: the register holds not an index but an
   * address, to which the offset alone is added. See {@link #memoryAddress} and {@link #checkedAddress}.
   */
  public static final int ADDRESS = 1 << 8;

  /** The table of faulting instructions and calls of the function being emitted. */
  protected final PcTable pcTable = new PcTable();

  /** Offset in the module of the wasm instruction being compiled. */
  protected int wasmOffset;

  // Registers.

  /** The registers that the compiler may use. */
  public abstract long registers();

  /** Whether a register belongs to the floating-point file. */
  public abstract boolean isFloat(int register);

  /**
   * Registers of a file in which hot locals may live for the whole function, most useful first. What remains must be
   * enough to compute with, holds the first result of a call, and includes every register that an operation demands.
   */
  public abstract int[] pinnable(boolean floats);

  // One function.

  /** Starts a function. Labels and positions of the previous one are void. */
  public abstract void begin();

  /** Sets the wasm offset of what is emitted from now on. */
  public final void at(int offset) {
    wasmOffset = offset;
  }

  /**
   * Emits the prologue: frame, stack check, context saved in the frame. A leaf needs neither of the last two, unless
   * its frame is large.
   *
   * @param leaf the function calls nothing
   * @param mostSlots an upper bound for the slots that {@link #end} will name
   * @param parameterCells {@link CallingConvention#parameterCells} of the function
   */
  public abstract void enter(boolean leaf, int mostSlots, int parameterCells);

  /** Emits the epilogue and the return, which gives back the cells of the function's parameters. */
  public abstract void leave();

  /**
   * Ends the function: emits everything out of line, patches the frame's size.
   *
   * @param slots 8-byte slots of the frame that were used
   * @param outgoing 8-byte cells that calls need below them
   */
  public abstract void end(int slots, int outgoing);

  /** Size of the code in bytes after {@link #end}; before, the position of the next instruction. */
  public abstract int size();

  /**
   * Where the code holds data, tables of jumps and constants, in ascending order: for each place its first position and
   * the one behind it.
   */
  public abstract int[] data();

  /**
   * Begins a handler of exceptions: control arrives with the function's frame pointer, the exception in
   * {@link #exceptionRegister}, and nothing else. The function is no leaf.
   */
  public abstract void enterHandler();

  /** The register, one that computes, in which a handler finds its exception. */
  public abstract int exceptionRegister();

  /** The code, valid until the next {@link #begin}; the first {@link #size} bytes count. */
  public abstract byte[] code();

  /** The table of the function's faults and calls, valid until the next {@link #begin}. */
  public final PcTable pcTable() {
    return pcTable;
  }

  /** Alignment that the start of a function needs, in bytes. */
  public abstract int alignment();

  // Labels.

  public abstract int newLabel();

  public abstract void bind(int label);

  /** Binds the label of a loop: aligned, if the architecture gains from it. */
  public abstract void bindLoop(int label);

  public abstract void jump(int label);

  /** Jumps if the condition holds. */
  public abstract void branch(int condition, int label);

  /**
   * Jumps to {@code labels[index]}, or to {@code labels[count]} if the index (an i32 register, destroyed) is not below
   * {@code count}.
   */
  public abstract void jumpTable(int index, int[] labels, int count);

  // Moves.

  public abstract void move(int kind, int destination, int source);

  /** Loads a constant, given as bits; keeps conditions alive. */
  public abstract void constant(int kind, int destination, long bits);

  public abstract void loadSlot(int kind, int destination, int slot);

  public abstract void storeSlot(int kind, int slot, int source);

  /** Stores a constant to a slot through scratch registers at most. */
  public abstract void storeSlotConstant(int kind, int slot, long bits);

  /** Copies a slot to another through scratch registers. */
  public abstract void copySlot(int kind, int destination, int source);

  /** Exchanges two registers of one file. */
  public abstract void exchange(int kind, int a, int b);

  // The area at the stack pointer: arguments, results of calls, cells of built-ins.

  public abstract void loadOutgoing(int kind, int destination, int cell);

  public abstract void storeOutgoing(int kind, int cell, int source);

  public abstract void storeOutgoingConstant(int kind, int cell, long bits);

  /** Copies a frame slot to a cell through scratch registers. */
  public abstract void copySlotToOutgoing(int kind, int cell, int slot);

  // Arithmetic: the opcode's shape (unary, binary, conversion) says which method.

  /** The register that the operation demands for its left operand (or only one), or {@link #NONE}. */
  public abstract int fixedLeft(Opcode opcode);

  /** The register that the operation demands for its right operand when that is in a register, or {@link #NONE}. */
  public abstract int fixedRight(Opcode opcode);

  /** The register in which the operation leaves its result whatever is asked for, or {@link #NONE}. */
  public abstract int fixedResult(Opcode opcode);

  /** Registers, besides the result, that the operation destroys; its right operand may not be in one of them. */
  public abstract long clobbered(Opcode opcode);

  /** A unary operation or a conversion; a conversion that can't represent its operand traps. */
  public abstract void unary(Opcode opcode, int destination, int source);

  /** A binary operation between registers. */
  public abstract void binary(Opcode opcode, int destination, int left, int right);

  /** Whether {@link #binaryConstant} takes this constant (i32 constants are sign-extended). */
  public abstract boolean takesConstant(Opcode opcode, long constant);

  /** A binary integer operation with a constant on the right; for division and remainder the constant is not zero. */
  public abstract void binaryConstant(Opcode opcode, int destination, int left, long constant);

  /** Whether {@link #binarySlot} and {@link #binaryMemory} exist for the operation. */
  public abstract boolean takesMemory(Opcode opcode);

  /** A binary operation whose right operand is in a frame slot. */
  public abstract void binarySlot(Opcode opcode, int destination, int left, int slot);

  /**
   * A binary operation whose right operand is loaded from linear memory, in the full width of the operands. The
   * destination may not be the index register, unless it is also {@code left}.
   */
  public abstract void binaryMemory(Opcode opcode, int destination, int left, int index, long offset);

  /** {@code destination = left + (right << shift)} in the width of the kind, shift from 0 to 3. */
  public abstract void addShifted(int kind, int destination, int left, int right, int shift);

  // Arithmetic of 128 bits.

  /**
   * {@code high:low = high:low + rightHigh:rightLow}, or their difference; {@code low} and {@code high} are two
   * registers, each of which may be one of the right ones too.
   */
  public abstract void wideSum(Opcode opcode, int low, int high, int rightLow, int rightHigh);

  /** The register of one factor and of the lower half of {@link #wideProduct}. */
  public abstract int wideProductLow();

  /** The register of the upper half of {@link #wideProduct}. */
  public abstract int wideProductHigh();

  /** Multiplies {@link #wideProductLow} with a register, signed or unsigned, to 128 bits. */
  public abstract void wideProduct(Opcode opcode, int right);

  // Vectors. A destination may be any of the sources.

  /** Loads a constant, byte 0 lowest in {@code low}; keeps conditions alive. */
  public abstract void vectorConstant(int destination, long low, long high);

  /** One vector to one vector. */
  public abstract void vectorUnary(Opcode opcode, int destination, int source);

  public abstract void vectorBinary(Opcode opcode, int destination, int left, int right);

  /** Whether {@link #vectorBinaryConstant} exists for the operation. */
  public abstract boolean takesVectorConstant(Opcode opcode);

  /** Two vectors to one vector, of which the right one is constant, byte 0 lowest in {@code low}. */
  public abstract void vectorBinaryConstant(Opcode opcode, int destination, int left, long low, long high);

  /** bitselect, laneselect, multiply-add, and the dot product with an addend. */
  public abstract void vectorTernary(Opcode opcode, int destination, int a, int b, int c);

  /** A shift of all lanes by an i32, of which the bits count that name a bit of a lane. */
  public abstract void vectorShift(Opcode opcode, int destination, int vector, int count);

  public abstract void vectorShiftConstant(Opcode opcode, int destination, int vector, int count);

  /** A scalar into all lanes. */
  public abstract void splat(Opcode opcode, int destination, int scalar);

  /** One lane as a scalar. */
  public abstract void extractLane(Opcode opcode, int lane, int destination, int vector);

  public abstract void replaceLane(Opcode opcode, int lane, int destination, int vector, int scalar);

  /** Bytes of two vectors by number, 0 to 31; the numbers are bytes of {@code low} and {@code high}. */
  public abstract void shuffle(long low, long high, int destination, int left, int right);

  /** any_true, all_true and bitmask: a vector to an i32. */
  public abstract void vectorTest(Opcode opcode, int destination, int source);

  /** Loads into one lane of what else is the given vector. */
  public abstract void loadLane(Opcode opcode, int lane, int destination, int vector, int index, long offset);

  public abstract void storeLane(Opcode opcode, int lane, int source, int index, long offset);

  // Conditions: opaque numbers, to be consumed by branch, set, select or trapIf at once.

  /** Compares two registers; the opcode is a comparison. */
  public abstract int compare(Opcode opcode, int left, int right);

  /** Compares with a constant for which {@link #takesConstant} holds. */
  public abstract int compareConstant(Opcode opcode, int left, long constant);

  public abstract int compareSlot(Opcode opcode, int left, int slot);

  public abstract int compareMemory(Opcode opcode, int left, int index, long offset);

  /** The condition that a register of an integer kind is not zero. */
  public abstract int testNonZero(int kind, int register);

  /** The condition that two registers have a bit in common. */
  public abstract int testBits(int kind, int left, int right);

  /** The condition that a register has a bit in common with a constant for which i64.and or i32.and takes it. */
  public abstract int testBitsConstant(int kind, int left, long constant);

  /** The opposite of a condition. */
  public abstract int negate(int condition);

  /** {@code destination = condition ? 1 : 0}; the destination must not be part of what was compared only for floats. */
  public abstract void set(int condition, int destination);

  /**
   * {@code destination = condition ? first : other}; the condition was made after both were in registers, and the
   * destination may be any.
   */
  public abstract void select(int kind, int condition, int destination, int first, int other);

  /** Traps if the condition holds. */
  public abstract void trapIf(int condition, TrapCode code);

  /** Traps. */
  public abstract void trap(TrapCode code);

  // Linear memory 0.

  public abstract void load(Opcode opcode, int destination, int index, long offset);

  public abstract void store(Opcode opcode, int source, int index, long offset);

  /** Whether {@link #storeConstant} takes this constant. */
  public abstract boolean storesConstant(Opcode opcode, long constant);

  public abstract void storeConstant(Opcode opcode, long constant, int index, long offset);

  // Atomic accesses: by an address in a register, which is a multiple of the width.

  /**
   * {@code destination = address}, or a trap if it is no multiple of the width.
   *
   * @param destination a register other than the index's
   */
  public abstract void atomicAddress(int destination, int index, long offset, int width);

  /** Loads 1, 2, 4 or 8 bytes, zero-extended; sequentially consistent, as all of these. */
  public abstract void atomicLoad(int width, int destination, int address);

  public abstract void atomicStore(int width, int source, int address);

  /** The register in which an operation leaves its result (and takes the expected value), or {@link #NONE} for any. */
  public abstract int atomicResult(AtomicOperation operation);

  /**
   * Reads, modifies and writes; {@code destination} gets what was read, zero-extended.
   *
   * @param destination not the address; {@link #atomicResult} if that is a register, which is not the value then
   */
  public abstract void atomicModify(AtomicOperation operation, int width, int destination, int address, int value);

  /**
   * Writes the replacement if memory holds what is in the register {@link #atomicResult}, of which as many bits count;
   * that gets what was read, zero-extended.
   */
  public abstract void atomicCompareExchange(int width, int address, int replacement);

  /** No access moves from one side of it to the other. */
  public abstract void fence();

  /**
   * {@code destination = base + index} for a memory with guard pages: an {@link #ADDRESS} to which any offset below
   * 2^32 may be added.
   *
   * @param memoryOffset where the context has the memory's descriptor
   * @param index an i32, or {@link #NONE}; the destination may be the same register
   */
  public abstract void memoryAddress(int destination, int memoryOffset, int index);

  /**
   * Traps if the bytes from {@code index + offset} on are not all in the memory.
   *
   * @param temporary a register that is destroyed; not the index
   * @param memoryOffset where the context has the memory's descriptor
   * @param index an i32 with its upper half zero, an i64, or {@link #NONE}
   * @param wide whether the index is an i64
   * @param offset unsigned
   * @param width bytes that are accessed
   */
  public abstract void checkBounds(
      int temporary, int memoryOffset, int index, boolean wide, long offset, int width);

  /**
   * {@code destination = base + index + offset}, or a trap if the bytes from there on are not all in the memory.
   *
   * @param destination a register that is not the index
   * @param memoryOffset where the context has the memory's descriptor
   * @param index an i32 with its upper half zero, an i64, or {@link #NONE}
   * @param wide whether the index is an i64
   * @param offset unsigned
   * @param width bytes that are accessed
   */
  public abstract void checkedAddress(
      int destination, int memoryOffset, int index, boolean wide, long offset, int width);

  /**
   * {@code memory.copy}, with everything that its built-in takes in the outgoing cells: done at once if it is small,
   * else by the built-in. All registers die.
   *
   * @param toOffset where the context has the descriptor of the memory that is written
   * @param fromOffset where the context has the descriptor of the memory that is read
   * @param toWide whether addresses of the one have 64 bits
   * @param fromWide whether addresses of the other have 64 bits
   */
  public abstract void memoryCopy(int toOffset, boolean toWide, int fromOffset, boolean fromWide);

  /** {@code memory.fill}, as {@link #memoryCopy}. */
  public abstract void memoryFill(int memoryOffset, boolean wide);

  /** Current size of a memory in pages of {@code 1 << pageSizeLog2} bytes, as an i32 and an i64 at once. */
  public abstract void memorySize(int destination, int memoryOffset, int pageSizeLog2);

  // The context and what it leads to. Offsets are from VmContextLayout.

  /** Loads from the context: a global's value, the address of an imported global's cell, an import entry. */
  public abstract void loadContext(int kind, int destination, int offset);

  public abstract void storeContext(int kind, int offset, int source);

  /** {@code destination = context + offset}: the address of a function reference record. */
  public abstract void contextAddress(int destination, int offset);

  /** Loads the value of an imported global, whose cell's address is in the context. */
  public abstract void loadContextIndirect(int kind, int destination, int offset);

  public abstract void storeContextIndirect(int kind, int offset, int source);

  /** Loads the element at an i32 index of a table, or traps out of bounds. The destination may be the index. */
  public abstract void tableGet(int destination, int tableOffset, int index);

  /** Stores to the element at an i32 index of a table, or traps out of bounds. */
  public abstract void tableSet(int tableOffset, int index, int source);

  public abstract void tableSize(int destination, int tableOffset);

  /** What works on objects of the heap. */
  public abstract ObjectAssembler objects();

  /** What asks whether wasm may go on. */
  public abstract PollAssembler polls();

  // Calls. Arguments are in place, those in cells at the stack pointer. After a call all registers but the pinned ones
  // are dead. A tail call gives up the frame first, and moves the cells to where the function's own were.

  /**
   * Calls a function of the module through its slot in the context.
   *
   * @param parameterCells {@link CallingConvention#parameterCells} of the callee
   * @param contextMayChange the callee may end in a tail call of another instance's function, which comes back with
   *     that instance's context
   */
  public abstract void callSlot(int slotOffset, int parameterCells, boolean contextMayChange);

  /** A tail call of a function of the module through its slot in the context. */
  public abstract void tailCallSlot(int slotOffset, int parameterCells);

  /** Calls the function that {@link #calleeFromImport} and its like have named just before. */
  public abstract void callCallee(int parameterCells);

  /** A tail call of the function that {@link #calleeFromImport} and its like have named just before. */
  public abstract void tailCallCallee(int parameterCells);

  /** Names the callee: the imported function of an import entry. */
  public abstract void calleeFromImport(int importOffset);

  /**
   * Names the callee: the function at an index of a table, checked for bounds, null and type.
   *
   * @param rttOffset where the context has the type that the function must have
   * @param depth how many supertypes that has, or {@link dev.gatun.layout.RttLayout#EXACT} if it has no subtypes
   * @param index a register that holds no argument: see {@link #calleeRegister}
   */
  public abstract void calleeFromTable(int tableOffset, int rttOffset, int depth, int index);

  /**
   * Names the callee: a function reference in a register that holds no argument ({@link #calleeRegister}); null traps.
   */
  public abstract void calleeFromReference(int register);

  /** The register in which {@link #calleeFromTable} and {@link #calleeFromReference} want their operand. */
  public abstract int calleeRegister();

  /** Calls a {@link dev.gatun.layout.Builtin} by number; its cells are in the outgoing area from 0 on. */
  public abstract void callBuiltin(int number);
}

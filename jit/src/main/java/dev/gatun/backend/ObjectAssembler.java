package dev.gatun.backend;

import dev.gatun.layout.TrapCode;
import org.jspecify.annotations.Nullable;

/**
 * Emits what works on objects of the heap ({@link dev.gatun.layout.ObjectLayout}); part of a {@link MacroAssembler},
 * with its conventions.
 *
 * <p>Storage is a code of {@link dev.gatun.wasm.ValueType}, packed ones included. A packed value in a register is an
 * i32.
 */
public interface ObjectAssembler {
  /** In place of a length: the object is no array. */
  int NO_LENGTH = -1;

  /**
   * Allocates an object and writes its first word, and its length if it is an array; its fields are undefined. No
   * register but the two is changed, even if the runtime must be asked, which finds references in all of them. Uses the
   * outgoing cells 0 and 1.
   *
   * @param temporary a register of integers other than the destination
   * @param rttOffset where the context has the object's type
   * @param size bytes of the object
   * @param length in elements, or {@link #NO_LENGTH}
   */
  void allocate(int destination, int temporary, int rttOffset, int size, int length);

  /**
   * Allocates an array of a length that is known at run time and sets its elements; otherwise as {@link #allocate}.
   *
   * @param length a register with the length, an i32
   * @param storage of the elements; no vector
   * @param value a register with what the elements are, or {@link MacroAssembler#NONE} if they are zero
   */
  void allocateArray(int destination, int temporary, int rttOffset, int length, int storage, int value);

  /** Sets 8-byte words of an object to zero. */
  void clear(int object, int offset, int words);

  /**
   * Loads a field.
   *
   * @param signed a packed field is sign-extended, else zero-extended
   * @param ifNull the trap if the object is null
   */
  void load(int storage, boolean signed, int destination, int object, int offset, TrapCode ifNull);

  /**
   * Stores a field.
   *
   * @param ifNull the trap if the object is null; null if it is known not to be
   */
  void store(int storage, int object, int offset, int source, @Nullable TrapCode ifNull);

  /** Whether {@link #storeConstant} takes these bits. */
  boolean storesConstant(int storage, long bits);

  /** Stores a constant to a field; otherwise as {@link #store}. */
  void storeConstant(int storage, int object, int offset, long bits, @Nullable TrapCode ifNull);

  /** Loads the length of an array, or traps if it is null. */
  void arrayLength(int destination, int array);

  /** Loads an element, or traps if the array is null or the i32 index is not below its length. */
  void loadElement(int storage, boolean signed, int destination, int array, int index);

  /** Stores an element, with the checks of {@link #loadElement}. */
  void storeElement(int storage, int array, int index, int source);

  /** Makes a reference of the low 31 bits of an i32. */
  void makeI31(int destination, int source);

  /** Loads the number of an i31 reference, or traps if it is null. */
  void loadI31(int destination, int source, boolean signed);

  /**
   * What a reference is tested for.
   *
   * @param heap the heap type, by the nullable reference type to it
   * @param rttOffset where the context has the type, if it is a defined one
   * @param depth its supertypes, or {@link dev.gatun.layout.RttLayout#EXACT} if it is final
   * @param nullable whether null passes
   */
  record TypeTest(int heap, int rttOffset, int depth, boolean nullable) {}

  /**
   * Tests what a reference refers to. One of the labels is {@link MacroAssembler#NONE}: control falls through instead.
   *
   * @param pass where to go if the test passes
   * @param fail where to go if it does not
   */
  void test(TypeTest test, int reference, int pass, int fail);

  /** A label that traps, at the wasm offset of now. */
  int trapLabel(TrapCode code);
}

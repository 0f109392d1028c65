package dev.gatun.layout;

/**
 * The native record of a run-time type, to which the first word of every heap object and of every {@link FuncRefLayout}
 * record points. One for each canonical type of the process.
 *
 * <p>An object is of a type at depth d if the entry d of its own type's display is that type.
 */
public final class RttLayout {
  private RttLayout() {}

  /** One of the kinds below. 4 bytes. */
  public static final int KIND = 0;

  /** Supertypes above the type. 4 bytes. */
  public static final int DEPTH = 4;

  /** Bytes of an object, or of an element of an array. 4 bytes. */
  public static final int SIZE = 8;

  /** Number of the type as the module model has it; 0 if it is none of a module's. 4 bytes. */
  public static final int TYPE_ID = 16;

  /** Fields that are references into the heap; for an array 1 if its elements are, else 0. 4 bytes. */
  public static final int REFERENCES = 12;

  /** Address of the offsets of these fields, 4 bytes each. 8 bytes. */
  public static final int REFERENCE_OFFSETS = 24;

  /** Addresses of the records of the supertypes, outermost first, and of the type itself. 8 bytes each. */
  public static final int DISPLAY = 32;

  /**
   * What {@link #DEPTH} of a type would be in place of the depth of a type that has no subtypes: compare for equality.
   */
  public static final int EXACT = -1;

  /** Entries that every display has, at least; those beyond the type's depth are 0. */
  public static final int MIN_DISPLAY = 8;

  // Kinds. The references of eqref are those up to ARRAY.

  public static final int STRUCT = 0;
  public static final int ARRAY = 1;

  /** An object that stands for a Java object. */
  public static final int HOST = 2;

  public static final int EXCEPTION = 3;
  public static final int FUNCTION = 4;
}

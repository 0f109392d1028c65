package dev.gatun.wasm;

import dev.gatun.backend.Kind;

/**
 * Value types as {@code int} codes, for primitive arrays.
 *
 * <p>The code of a type that is one byte in the binary format is that byte; so number types are consecutive, downwards
 * from {@link #I32}, and the reference types that are one byte are the nullable ones. References that can't be null
 * have the bit {@link #NON_NULL} as well. References to a defined type are negative: the number of the {@link
 * DefinedType} is in their lower bits. Two types are equal if and only if their codes are, whatever modules they are
 * of.
 */
public final class ValueType {
  private ValueType() {}

  public static final int I32 = 0x7F;
  public static final int I64 = 0x7E;
  public static final int F32 = 0x7D;
  public static final int F64 = 0x7C;

  /** The vector type. */
  public static final int V128 = 0x7B;

  /** Storage of a field in 8 bits; no type of values. */
  public static final int I8 = 0x78;

  /** Storage of a field in 16 bits; no type of values. */
  public static final int I16 = 0x77;

  /** A reference to an exception, or null; there is nothing below it but null. */
  public static final int NULLEXNREF = 0x74;

  /** Null, as a function. */
  public static final int NULLFUNCREF = 0x73;

  /** Null, as something of the host's. */
  public static final int NULLEXTERNREF = 0x72;

  /** Null, as structure, array or i31. */
  public static final int NULLREF = 0x71;

  /** A reference to a function, or null. */
  public static final int FUNCREF = 0x70;

  /** A reference to something of the host's, or null. */
  public static final int EXTERNREF = 0x6F;

  /** A reference to a structure, array, i31 or something internalized of the host's, or null. */
  public static final int ANYREF = 0x6E;

  /** A reference that can be compared: to a structure, array or i31; or null. */
  public static final int EQREF = 0x6D;

  /** An integer of 31 bits, or null. */
  public static final int I31REF = 0x6C;

  public static final int STRUCTREF = 0x6B;
  public static final int ARRAYREF = 0x6A;

  /** A reference to an exception, or null. */
  public static final int EXNREF = 0x69;

  /** Not a type of a program: what an operand of unreachable code has, which matches every type. */
  public static final int BOTTOM = 0;

  /** Not a type of a program: what an operand of unreachable code has that is known to be a reference. */
  static final int BOTTOM_REFERENCE = 1;

  /** The bit of references that are never null. */
  public static final int NON_NULL = 1 << 30;

  /** The bit of references to a defined type. */
  private static final int INDEXED = 1 << 31;

  /** First byte of a nullable reference to a heap type that follows. */
  static final int REF_NULL_FORM = 0x63;

  /** First byte of a reference, not nullable, to a heap type that follows. */
  static final int REF_FORM = 0x64;

  /** Whether it is one of i32, i64, f32 and f64. */
  public static boolean isNumber(int type) {
    return type >= F64 && type <= I32;
  }

  /** Whether it is a reference type. */
  public static boolean isReference(int type) {
    int heap = heap(type);
    return heap < 0 || heap == BOTTOM_REFERENCE || heap >= EXNREF && heap <= NULLEXNREF;
  }

  /**
   * The nullable reference type to what a reference type refers to; two types with the same one differ in nullability.
   */
  public static int heap(int type) {
    return type & ~NON_NULL;
  }

  /** Whether a reference type has null among its values. */
  public static boolean isNullable(int type) {
    return (type & NON_NULL) == 0;
  }

  /** The reference type without null. */
  public static int nonNull(int type) {
    return type | NON_NULL;
  }

  /** The nullable reference to a defined type. */
  public static int reference(int typeId) {
    return INDEXED | typeId;
  }

  /** Whether it is a reference to a defined type. */
  public static boolean isIndexed(int type) {
    return type < 0;
  }

  /** The number of the {@link DefinedType} to which a type refers that {@link #isIndexed}. */
  public static int typeId(int type) {
    return type & ~(INDEXED | NON_NULL);
  }

  /** Whether there is a value when none is given: zero or null. */
  public static boolean isDefaultable(int type) {
    return isNullable(type);
  }

  /** Whether a value of a type may stand where one of another is expected (specification, 3.3.3). */
  public static boolean matches(int type, int expected) {
    if (type == expected || type == BOTTOM) {
      return true;
    }
    if (!isReference(type) || !isReference(expected) || isNullable(type) && !isNullable(expected)) {
      return false;
    }
    return heapMatches(heap(type), heap(expected));
  }

  private static boolean heapMatches(int type, int expected) {
    if (type == expected || type == BOTTOM_REFERENCE) {
      return true;
    }
    if (isIndexed(type)) {
      DefinedType defined = DefinedType.of(typeId(type));
      if (isIndexed(expected)) {
        return defined.isSubtypeOf(DefinedType.of(typeId(expected)));
      }
      return heapMatches(defined.composite().abstractType(), expected);
    }
    if (isIndexed(expected)) {
      int above = DefinedType.of(typeId(expected)).composite().abstractType();
      return type == (above == FUNCREF ? NULLFUNCREF : NULLREF);
    }
    return switch (type) {
      case NULLREF -> expected >= ARRAYREF && expected <= ANYREF;
      case I31REF, STRUCTREF, ARRAYREF -> expected == EQREF || expected == ANYREF;
      case EQREF -> expected == ANYREF;
      case NULLFUNCREF -> expected == FUNCREF;
      case NULLEXTERNREF -> expected == EXTERNREF;
      case NULLEXNREF -> expected == EXNREF;
      default -> false;
    };
  }

  /**
   * The topmost type above a reference type: {@link #ANYREF}, {@link #FUNCREF}, {@link #EXTERNREF} or {@link #EXNREF}.
   */
  public static int top(int type) {
    int heap = heap(type);
    if (isIndexed(heap)) {
      return DefinedType.of(typeId(heap)).composite().abstractType() == FUNCREF ? FUNCREF : ANYREF;
    }
    return switch (heap) {
      case FUNCREF, NULLFUNCREF -> FUNCREF;
      case EXTERNREF, NULLEXTERNREF -> EXTERNREF;
      case EXNREF, NULLEXNREF -> EXNREF;
      default -> ANYREF;
    };
  }

  /**
   * The machine kind of values of the type.
   *
   * @throws IllegalArgumentException if it is not a supported type
   */
  public static int kind(int type) {
    return switch (type) {
      case I32 -> Kind.I32;
      case I64 -> Kind.I64;
      case F32 -> Kind.F32;
      case F64 -> Kind.F64;
      case V128 -> Kind.V128;
      default -> {
        if (isReference(type)) {
          yield Kind.I64;
        }
        throw new IllegalArgumentException("no machine kind for " + name(type));
      }
    };
  }

  /**
   * Name in the text format; for a number that is no type, the number in hexadecimal. A defined type, whose index only
   * its modules know, is named by its sort and its number: {@code (ref struct#12)}.
   */
  public static String name(int type) {
    int heap = heap(type);
    if (isReference(type) && heap != type) {
      return "(ref " + heapName(heap) + ")";
    }
    if (isIndexed(type)) {
      return "(ref null " + heapName(type) + ")";
    }
    return switch (type) {
      case I32 -> "i32";
      case I64 -> "i64";
      case F32 -> "f32";
      case F64 -> "f64";
      case V128 -> "v128";
      case I8 -> "i8";
      case I16 -> "i16";
      case NULLEXNREF -> "nullexnref";
      case NULLFUNCREF -> "nullfuncref";
      case NULLEXTERNREF -> "nullexternref";
      case NULLREF -> "nullref";
      case FUNCREF -> "funcref";
      case EXTERNREF -> "externref";
      case ANYREF -> "anyref";
      case EQREF -> "eqref";
      case I31REF -> "i31ref";
      case STRUCTREF -> "structref";
      case ARRAYREF -> "arrayref";
      case EXNREF -> "exnref";
      case BOTTOM -> "any type";
      case BOTTOM_REFERENCE -> "any reference";
      default -> "0x" + Integer.toHexString(type);
    };
  }

  /** Name of a heap type in the text format, by the nullable reference to it. */
  public static String heapName(int heap) {
    return switch (heap) {
      case NULLEXNREF -> "noexn";
      case NULLFUNCREF -> "nofunc";
      case NULLEXTERNREF -> "noextern";
      case NULLREF -> "none";
      case FUNCREF -> "func";
      case EXTERNREF -> "extern";
      case ANYREF -> "any";
      case EQREF -> "eq";
      case I31REF -> "i31";
      case STRUCTREF -> "struct";
      case ARRAYREF -> "array";
      case EXNREF -> "exn";
      default -> isIndexed(heap)
          ? heapName(DefinedType.of(typeId(heap)).composite().abstractType()) + "#" + typeId(heap)
          : "any";
    };
  }
}

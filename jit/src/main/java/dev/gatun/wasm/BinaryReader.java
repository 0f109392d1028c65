package dev.gatun.wasm;

import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.UnsupportedFeatureException;
import dev.gatun.backend.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a range of a module's bytes, with the primitive encodings of the binary format (specification, 5.2).
 *
 * <p>Every read is checked against the end of the range and throws {@link MalformedModuleException} with the offset of
 * what it could not read; no length found in the bytes is believed before it is compared with the bytes left. For one
 * thread.
 */
public final class BinaryReader {
  /** What {@link #readBlockType} returns for a block without parameters and results. */
  public static final int NO_RESULT = Integer.MIN_VALUE;

  static final String TOO_LONG = "integer representation too long";
  static final String TOO_LARGE = "integer too large";

  /** The bytes of the module; not to be written to. */
  public final byte[] bytes;

  /** Offset of the next byte to read; whoever sets it keeps it in the range. */
  public int position;

  /** Offset just past the last byte that may be read; whoever sets it keeps it within the bytes. */
  public int limit;

  /** Where the reader is, for error messages: section name, module and function index (-1: not in a body). */
  @Nullable String section;

  @Nullable WasmModule module;
  int functionIndex = -1;

  /** A reader of all the bytes. */
  public BinaryReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /**
   * A reader of a range of the bytes.
   *
   * @throws IndexOutOfBoundsException if the range is not one of the array
   */
  public BinaryReader(byte[] bytes, int start, int limit) {
    this.bytes = bytes;
    range(start, limit);
  }

  /**
   * Moves to another range of the same bytes.
   *
   * @throws IndexOutOfBoundsException if the range is not one of the array
   */
  public void range(int start, int limit) {
    Objects.checkFromToIndex(start, limit, bytes.length);
    this.position = start;
    this.limit = limit;
  }

  /** Whether nothing is left. */
  public boolean atEnd() {
    return position >= limit;
  }

  /** Reads one byte, from 0 to 255. */
  public int readByte() {
    int at = position;
    if (at >= limit) {
      throw unexpectedEnd();
    }
    position = at + 1;
    return bytes[at] & 0xFF;
  }

  /** The next byte, from 0 to 255, without moving. */
  public int peekByte() {
    if (position >= limit) {
      throw unexpectedEnd();
    }
    return bytes[position] & 0xFF;
  }

  /** Reads an unsigned 32-bit integer; 2^31 and more come out negative, as Java has them. */
  public int readU32() {
    int at = position;
    if (at < limit) {
      int b = bytes[at];
      if (b >= 0) {
        position = at + 1;
        return b;
      }
    }
    return readLongU32();
  }

  private int readLongU32() {
    int at = position;
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int b = readByte();
      value |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    int b = readByte();
    if (b > 0x0F) {
      throw malformed(b >= 0x80 ? TOO_LONG : TOO_LARGE, at);
    }
    return value | b << 28;
  }

  /** Reads an unsigned 64-bit integer; 2^63 and more come out negative, as Java has them. */
  public long readU64() {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = readByte();
      value |= (b & 0x7FL) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    int b = readByte();
    if (b > 1) {
      throw malformed(b >= 0x80 ? TOO_LONG : TOO_LARGE, at);
    }
    return value | (long) b << 63;
  }

  /**
   * Reads the offset of a load or store, which is encoded with up to 64 bits; those of valid ones for 32-bit memories
   * fit 32.
   */
  public long readMemoryOffset() {
    int at = position;
    if (at < limit) {
      int b = bytes[at];
      if (b >= 0) {
        position = at + 1;
        return b;
      }
    }
    return readU64();
  }

  /** Reads a signed 32-bit integer. */
  public int readS32() {
    int at = position;
    if (at < limit) {
      int b = bytes[at];
      if (b >= 0) {
        position = at + 1;
        return b << 25 >> 25;
      }
    }
    return readLongS32();
  }

  private int readLongS32() {
    int at = position;
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int b = readByte();
      value |= (b & 0x7F) << shift;
      if (b < 0x80) {
        return value << 25 - shift >> 25 - shift;
      }
    }
    int b = readByte();
    checkSignBits(b, 3, at);
    return value | b << 28;
  }

  /** Reads a signed 33-bit integer, in which block types are encoded. */
  public long readS33() {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int b = readByte();
      value |= (b & 0x7FL) << shift;
      if (b < 0x80) {
        return value << 57 - shift >> 57 - shift;
      }
    }
    int b = readByte();
    checkSignBits(b, 4, at);
    return (value | (b & 0x7FL) << 28) << 29 >> 29;
  }

  /** Reads a signed 64-bit integer. */
  public long readS64() {
    int at = position;
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = readByte();
      value |= (b & 0x7FL) << shift;
      if (b < 0x80) {
        return value << 57 - shift >> 57 - shift;
      }
    }
    int b = readByte();
    checkSignBits(b, 0, at);
    return value | (long) b << 63;
  }

  /** In the last possible byte of a signed integer, all bits above the sign bit must repeat it. */
  private void checkSignBits(int b, int signBit, int start) {
    if (b >= 0x80) {
      throw malformed(TOO_LONG, start);
    }
    int copies = b >> signBit;
    if (copies != 0 && copies != 0x7F >> signBit) {
      throw malformed(TOO_LARGE, start);
    }
  }

  /** Reads four bytes, little-endian: a 32-bit float as its bits, so that NaNs keep their payload. */
  public int readInt() {
    int at = skip(4);
    return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
  }

  /** Reads eight bytes, little-endian: a 64-bit float as its bits, so that NaNs keep their payload. */
  public long readLong() {
    if (limit - position < 8) {
      throw unexpectedEnd();
    }
    long low = readInt() & 0xFFFFFFFFL;
    return low | (long) readInt() << 32;
  }

  /** Skips as many bytes and returns the offset of the first of them. */
  public int skip(int count) {
    int at = position;
    if (count < 0 || count > limit - at) {
      throw unexpectedEnd();
    }
    position = at + count;
    return at;
  }

  /** Reads a length in bytes that must not exceed the bytes left. */
  int readLength() {
    int at = position;
    int length = readU32();
    if (length < 0 || length > limit - position) {
      String detail = Integer.toUnsignedString(length) + " bytes, but only " + (limit - position) + " are left";
      throw malformed("length out of bounds", detail, at);
    }
    return length;
  }

  /**
   * Reads the number of items of a vector, which is checked against a limit and, since each item takes a byte at least,
   * against the bytes left.
   */
  int readCount(String what, int maximum) {
    int at = position;
    int count = readU32();
    if (Integer.compareUnsigned(count, maximum) > 0) {
      throw malformed("too many " + what, Integer.toUnsignedString(count) + ", the limit is " + maximum, at);
    }
    if (count > limit - position) {
      throw malformed(endReason(), count + " " + what + " announced, but only " + (limit - position)
          + " bytes are left", at);
    }
    return count;
  }

  /** Reads a name: a length and as many bytes of UTF-8, which must be well-formed. */
  public String readName() {
    int length = readLength();
    int start = position;
    int end = start + length;
    position = end;
    for (int i = start; i < end; i++) {
      if (bytes[i] < 0) {
        int wrong = Utf8.firstMalformed(bytes, i, end);
        if (wrong >= 0) {
          throw malformed("malformed UTF-8 encoding", wrong);
        }
        return new String(bytes, start, length, StandardCharsets.UTF_8);
      }
    }
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads a value type of a supported feature.
   *
   * @throws InvalidModuleException if it refers to a type that there is not
   */
  int readValueType() {
    return readValueType("malformed value type");
  }

  int readValueType(String error) {
    int at = position;
    int first = readByte();
    if (ValueType.isNumber(first)) {
      return first;
    }
    if (first == ValueType.V128) {
      require(Feature.SIMD, at);
      return first;
    }
    return readReferenceType(error, first, at);
  }

  /** Reads the type of a field: a value type, i8 or i16. */
  int readStorageType() {
    int first = peekByte();
    if (first == ValueType.I8 || first == ValueType.I16) {
      position++;
      return first;
    }
    return readValueType();
  }

  /** Reads a heap type of a supported feature, and returns the type of the nullable references to it. */
  int readHeapType() {
    int at = position;
    int first = readByte();
    Feature feature = Feature.ofHeapType(first);
    if (feature != null) {
      require(feature, at);
      return first;
    }
    position = at;
    long index = readS33();
    if (index < 0) {
      throw malformed("malformed heap type", "0x" + Integer.toHexString(first), at);
    }
    require(Feature.FUNCTION_REFERENCES, at);
    WasmModule known = module;
    if (known == null) {
      throw new IllegalStateException("a type index without a module");
    }
    return known.reference(this, index, at);
  }

  /** Reads a reference type of a supported feature. */
  int readReferenceType() {
    int at = position;
    return readReferenceType("malformed reference type", readByte(), at);
  }

  private int readReferenceType(String error, int first, int at) {
    if (first == ValueType.REF_NULL_FORM || first == ValueType.REF_FORM) {
      require(Feature.FUNCTION_REFERENCES, at);
      int type = readHeapType();
      return first == ValueType.REF_FORM ? ValueType.nonNull(type) : type;
    }
    Feature feature = Feature.ofHeapType(first);
    if (feature == null) {
      throw malformed(error, "0x" + Integer.toHexString(first), at);
    }
    require(feature, at);
    return first;
  }

  /** Reads a value type that has been validated, and returns the machine kind of its values. */
  public int readKind() {
    int first = readByte();
    if (first == ValueType.REF_NULL_FORM || first == ValueType.REF_FORM) {
      readS33();
      return Kind.I64;
    }
    return ValueType.kind(first);
  }

  /**
   * Reads a block type that has been validated: the index of a function type, or {@link #NO_RESULT}, or {@code -1 -
   * kind} for a single result of a machine kind.
   */
  public int readBlockType() {
    int first = peekByte();
    if (first == 0x40) {
      position++;
      return NO_RESULT;
    }
    boolean isIndex = first >= 0x80 || first < 0x40;
    return isIndex ? (int) readS33() : -1 - readKind();
  }

  /** Skips a value type that has not been validated: its encoding is checked, an index in it not. */
  void skipValueType() {
    int at = position;
    int first = readByte();
    if (first == ValueType.REF_NULL_FORM || first == ValueType.REF_FORM) {
      readS33();
    } else if (!ValueType.isNumber(first) && first != ValueType.V128 && Feature.ofHeapType(first) == null) {
      throw malformed("malformed value type", "0x" + Integer.toHexString(first), at);
    }
  }

  /** Skips a block type that has not been validated, in the same way. */
  void skipBlockType() {
    int first = peekByte();
    if (first == 0x40) {
      position++;
    } else if (first >= 0x80 || first < 0x40) {
      readS33();
    } else {
      skipValueType();
    }
  }

  /** Refuses what belongs to a feature that the engine does not have. */
  void require(Feature feature, int at) {
    if (!feature.isSupported()) {
      throw unsupported(feature, at);
    }
  }

  /** The exception for bytes that are not there. */
  MalformedModuleException unexpectedEnd() {
    return malformed(endReason(), limit);
  }

  private String endReason() {
    return section == null ? "unexpected end" : "unexpected end of section or function";
  }

  /** The exception for something that can't be read, at an offset of this reader's bytes. */
  public MalformedModuleException malformed(String reason, int offset) {
    return malformed(reason, null, offset);
  }

  /** The exception for something that can't be read, with what was expected or found. */
  public MalformedModuleException malformed(String reason, @Nullable String detail, int offset) {
    return new MalformedModuleException(reason, detail, offset, section, functionIndex, functionName());
  }

  /** The exception for something that breaks a rule of validation. */
  InvalidModuleException invalid(String reason, @Nullable String detail, int offset) {
    return new InvalidModuleException(reason, detail, offset, section, functionIndex, functionName());
  }

  /** The exception for something that belongs to a feature which the engine does not have. */
  UnsupportedFeatureException unsupported(Feature feature, int offset) {
    return new UnsupportedFeatureException(feature.toString(), offset, section, functionIndex, functionName());
  }

  private @Nullable String functionName() {
    WasmModule known = module;
    return known == null || functionIndex < 0 ? null : known.functionName(functionIndex);
  }
}

package dev.gatun.wasm;

import dev.gatun.MalformedModuleException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A position in the bytes of a module, and the reading of what stands there (spec 5.2). Every read is checked against the
 * limit; used by one thread at a time.
 */
public final class BinaryReader {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The bytes of the module. */
  public final byte[] bytes;

  /** Offset of the next byte. */
  public int position;

  /** End of what may be read. */
  public int limit;

  /** A reader of a range of bytes. */
  public BinaryReader(byte[] bytes, int position, int limit) {
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
  }

  /** Whether nothing is left. */
  public boolean atEnd() {
    return position >= limit;
  }

  /** The exception that reports malformed bytes at an offset. */
  public static MalformedModuleException malformed(String reason, int offset) {
    return new MalformedModuleException(reason, offset, "");
  }

  private MalformedModuleException unexpectedEnd() {
    return malformed("unexpected end", limit);
  }

  /** A byte, 0 to 255. */
  public int readByte() {
    if (position >= limit) {
      throw unexpectedEnd();
    }
    return bytes[position++] & 0xff;
  }

  /** An unsigned 32-bit LEB128. */
  public int readU32() {
    if (position < limit) {
      int first = bytes[position];
      if (first >= 0) {
        position++;
        return first;
      }
    }
    return readLongU32();
  }

  private int readLongU32() {
    int start = position;
    int result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = readByte();
      if (shift == 28) {
        if (b >= 0x80) {
          throw malformed("integer representation too long", start);
        } else if (b > 0x0f) {
          throw malformed("integer too large", start);
        }
      }
      result |= (b & 0x7f) << shift;
      if (b < 0x80) {
        return result;
      }
    }
  }

  /** A signed 32-bit LEB128. */
  public int readS32() {
    return (int) readSigned(32);
  }

  /** A signed 33-bit LEB128: a block type. */
  public long readS33() {
    return readSigned(33);
  }

  /** A signed 64-bit LEB128. */
  public long readS64() {
    return readSigned(64);
  }

  private long readSigned(int bits) {
    if (position < limit) {
      int first = bytes[position];
      if (first >= 0) {
        position++;
        return (long) first << 57 >> 57;
      }
    }
    int start = position;
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      int b = readByte();
      int left = bits - shift;
      if (left < 7) {
        // The last byte: the bits beyond the integer must repeat its sign.
        if (b >= 0x80) {
          throw malformed("integer representation too long", start);
        }
        int excess = (byte) (b << 1) >> left;
        if (excess != 0 && excess != -1) {
          throw malformed("integer too large", start);
        }
      }
      result |= (long) (b & 0x7f) << shift;
      if (b < 0x80) {
        int used = shift + 7;
        return used < 64 ? result << 64 - used >> 64 - used : result;
      }
    }
  }

  /** Four bytes, little-endian. */
  public int readInt() {
    if (limit - position < 4) {
      throw unexpectedEnd();
    }
    int value = (int) INT.get(bytes, position);
    position += 4;
    return value;
  }

  /** Eight bytes, little-endian. */
  public long readLong() {
    if (limit - position < 8) {
      throw unexpectedEnd();
    }
    long value = (long) LONG.get(bytes, position);
    position += 8;
    return value;
  }

  /** The length of a vector whose elements take a byte at least. */
  public int readCount() {
    int start = position;
    int count = readU32();
    if (Integer.compareUnsigned(count, limit - position) > 0) {
      throw malformed("unexpected end", start);
    }
    return count;
  }

  /** A name: valid UTF-8 with its length before it. */
  public String readName() {
    int start = position;
    int length = readU32();
    if (Integer.compareUnsigned(length, limit - position) > 0) {
      throw malformed("unexpected end", start);
    }
    boolean ascii = true;
    for (int i = position; i < position + length; i++) {
      ascii &= bytes[i] >= 0;
    }
    String name;
    if (ascii) {
      name = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
    } else {
      try {
        name =
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, position, length))
                .toString();
      } catch (CharacterCodingException e) {
        throw malformed("malformed UTF-8 encoding", start);
      }
    }
    position += length;
    return name;
  }

  /** Skips bytes. */
  public void skip(int count) {
    if (Integer.compareUnsigned(count, limit - position) > 0) {
      throw unexpectedEnd();
    }
    position += count;
  }
}

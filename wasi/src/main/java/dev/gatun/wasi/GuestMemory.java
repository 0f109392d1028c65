package dev.gatun.wasi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The guest's memory, as it is during one call. Addresses are what the guest passed, and every access is checked: one
 * outside of the memory throws {@link IndexOutOfBoundsException}, which the guest sees as EFAULT.
 */
record GuestMemory(MemorySegment segment) {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static long unsigned(int pointer) {
    return pointer & 0xffff_ffffL;
  }

  int getInt(int pointer, int offset) {
    return segment.get(INT, unsigned(pointer) + offset);
  }

  long getLong(int pointer, int offset) {
    return segment.get(LONG, unsigned(pointer) + offset);
  }

  int getByte(int pointer, int offset) {
    return segment.get(ValueLayout.JAVA_BYTE, unsigned(pointer) + offset) & 0xff;
  }

  int getShort(int pointer, int offset) {
    return segment.get(SHORT, unsigned(pointer) + offset) & 0xffff;
  }

  void putByte(int pointer, int offset, int value) {
    segment.set(ValueLayout.JAVA_BYTE, unsigned(pointer) + offset, (byte) value);
  }

  void putShort(int pointer, int offset, int value) {
    segment.set(SHORT, unsigned(pointer) + offset, (short) value);
  }

  void putInt(int pointer, int offset, int value) {
    segment.set(INT, unsigned(pointer) + offset, value);
  }

  void putLong(int pointer, int offset, long value) {
    segment.set(LONG, unsigned(pointer) + offset, value);
  }

  /** A range of the memory; length is unsigned too. */
  MemorySegment slice(int pointer, int length) {
    return segment.asSlice(unsigned(pointer), unsigned(length));
  }

  void put(int pointer, byte[] bytes) {
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, unsigned(pointer), bytes.length);
  }

  /** A path: UTF-8 without NUL, at most 4096 bytes. */
  String path(int pointer, int length) {
    if (length < 0 || length > 4096) {
      throw new WasiError(Errno.NAMETOOLONG);
    }
    byte[] bytes = slice(pointer, length).toArray(ValueLayout.JAVA_BYTE);
    for (byte b : bytes) {
      if (b == 0) {
        throw new WasiError(Errno.INVAL);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new WasiError(Errno.ILSEQ);
    }
  }
}

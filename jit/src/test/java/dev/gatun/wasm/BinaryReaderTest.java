package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.MalformedModuleException;
import dev.gatun.testing.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BinaryReaderTest {
  private static final String TOO_LONG = "integer representation too long";
  private static final String TOO_LARGE = "integer too large";
  private static final String END = "unexpected end";

  private static BinaryReader reader(int... bytes) {
    return new BinaryReader(new Bytes().add(bytes).toArray());
  }

  private static void assertMalformed(String reason, Executable read) {
    assertEquals(reason, assertThrows(MalformedModuleException.class, read).reason());
  }

  @Test
  void unsignedIntegersComeBack() {
    for (int shift = 0; shift < 64; shift++) {
      for (long value : new long[] {1L << shift, (1L << shift) - 1, -1L >>> shift}) {
        byte[] bytes = new Bytes().unsigned(value).toArray();
        BinaryReader reader = new BinaryReader(bytes);
        assertEquals(value, reader.readU64());
        assertEquals(bytes.length, reader.position);
        if (value >>> 32 == 0) {
          reader.position = 0;
          assertEquals((int) value, reader.readU32());
          assertEquals(bytes.length, reader.position);
        }
      }
    }
  }

  @Test
  void signedIntegersComeBack() {
    for (int shift = 0; shift < 64; shift++) {
      for (long value : new long[] {1L << shift, -(1L << shift), (1L << shift) - 1, -(1L << shift) - 1}) {
        byte[] bytes = new Bytes().signed(value).toArray();
        BinaryReader reader = new BinaryReader(bytes);
        assertEquals(value, reader.readS64());
        assertEquals(bytes.length, reader.position);
        if (value == (int) value) {
          reader.position = 0;
          assertEquals(value, reader.readS32());
        }
        if (value << 31 >> 31 == value) {
          reader.position = 0;
          assertEquals(value, reader.readS33());
        }
      }
    }
  }

  @Test
  void integersMayBePaddedToTheirLongestForm() {
    assertEquals(3, reader(0x83, 0x80, 0x80, 0x80, 0x00).readU32());
    assertEquals(-1, reader(0xFF, 0xFF, 0xFF, 0xFF, 0x7F).readS32());
    assertEquals(3, reader(0x83, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00).readU64());
    assertEquals(-1, reader(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F).readS64());
    assertEquals(-64, reader(0xC0, 0xFF, 0xFF, 0xFF, 0x7F).readS33());
  }

  @Test
  void integersThatAreTooLongAreRefused() {
    assertMalformed(TOO_LONG, () -> reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).readU32());
    assertMalformed(TOO_LONG, () -> reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).readS32());
    assertMalformed(TOO_LONG, () -> reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x00).readS33());
    int[] long64 = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
    assertMalformed(TOO_LONG, () -> reader(long64).readU64());
    assertMalformed(TOO_LONG, () -> reader(long64).readS64());
  }

  @Test
  void integersWithBitsBeyondTheirWidthAreRefused() {
    for (int last = 0x10; last < 0x80; last++) {
      int b = last;
      assertMalformed(TOO_LARGE, () -> reader(0x80, 0x80, 0x80, 0x80, b).readU32());
    }
    for (int last = 0; last < 0x80; last++) {
      int b = last;
      if (last >= 0x08 && last < 0x78) {
        assertMalformed(TOO_LARGE, () -> reader(0x80, 0x80, 0x80, 0x80, b).readS32());
      } else {
        assertEquals(b << 28, reader(0x80, 0x80, 0x80, 0x80, b).readS32());
      }
      if (last >= 0x10 && last < 0x70) {
        assertMalformed(TOO_LARGE, () -> reader(0x80, 0x80, 0x80, 0x80, b).readS33());
      } else {
        assertEquals((long) b << 57 >> 57 << 28, reader(0x80, 0x80, 0x80, 0x80, b).readS33());
      }
      int[] bytes = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, b};
      if (last != 0 && last != 0x7F) {
        assertMalformed(TOO_LARGE, () -> reader(bytes).readS64());
      }
      if (last > 1) {
        assertMalformed(TOO_LARGE, () -> reader(bytes).readU64());
      }
    }
  }

  @Test
  void everyReadStopsAtTheLimit() {
    assertMalformed(END, () -> reader().readByte());
    assertMalformed(END, () -> reader().peekByte());
    assertMalformed(END, () -> reader(0x80).readU32());
    assertMalformed(END, () -> reader(0x80, 0x80).readS32());
    assertMalformed(END, () -> reader(0x80, 0x80).readS33());
    assertMalformed(END, () -> reader(0x80).readU64());
    assertMalformed(END, () -> reader(0x80).readS64());
    assertMalformed(END, () -> reader(0, 0, 0).readInt());
    assertMalformed(END, () -> reader(0, 0, 0, 0, 0, 0, 0).readLong());
    assertMalformed(END, () -> reader(0).skip(2));
    assertMalformed(END, () -> reader(0).skip(-1));
    BinaryReader ranged = reader(1, 2, 3);
    ranged.range(0, 1);
    ranged.readByte();
    assertMalformed(END, ranged::readByte);
    assertThrows(IndexOutOfBoundsException.class, () -> reader(1).range(0, 2));
  }

  @Test
  void lengthsBeyondTheBytesLeftAreRefused() {
    assertMalformed("length out of bounds", () -> reader(3, 'a', 'b').readName());
    assertMalformed("length out of bounds", () -> reader(0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 'b').readName());
    assertMalformed(END, () -> reader(3, 0, 0).readCount("items", 10));
    assertMalformed("too many items", () -> reader(3, 0, 0, 0).readCount("items", 2));
    assertMalformed("too many items", () -> reader(0xFF, 0xFF, 0xFF, 0xFF, 0x0F).readCount("items", 1_000_000));
    assertEquals(3, reader(3, 0, 0, 0).readCount("items", 3));
  }

  @Test
  void floatsKeepTheirBits() {
    byte[] bytes = new Bytes().littleEndian(0xFFA00001L, 4).littleEndian(0x7FF4000000000001L, 8).toArray();
    BinaryReader reader = new BinaryReader(bytes);
    assertEquals(0xFFA00001, reader.readInt());
    assertEquals(0x7FF4000000000001L, reader.readLong());
  }

  @Test
  void namesAreUtf8() {
    for (String name : new String[] {"", "main", "Gatún", "\u0000", "\uD83D\uDE00", "\uFFFF", "\uD7FF\uE000"}) {
      assertEquals(name, new BinaryReader(new Bytes().name(name).toArray()).readName());
    }
    assertMalformed("malformed UTF-8 encoding", () -> reader(1, 0x80).readName());
    assertMalformed("malformed UTF-8 encoding", () -> reader(3, 0xED, 0xA0, 0x80).readName());
    assertMalformed("malformed UTF-8 encoding", () -> reader(2, 0xC0, 0x80).readName());
    assertMalformed("malformed UTF-8 encoding", () -> reader(4, 0xF4, 0x90, 0x80, 0x80).readName());
  }

  @Test
  void utf8IsJudgedAsByTheJdk() {
    Random random = new Random(1);
    int[] interesting = {
      0, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5
    };
    int wellFormed = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(5)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = (byte) interesting[random.nextInt(interesting.length)];
      }
      boolean expected;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        expected = true;
        wellFormed++;
      } catch (CharacterCodingException e) {
        expected = false;
      }
      assertEquals(expected, Utf8.firstMalformed(bytes, 0, bytes.length) < 0);
    }
    assertTrue(wellFormed > 1000 && wellFormed < 199_000, "well-formed: " + wellFormed);
  }
}

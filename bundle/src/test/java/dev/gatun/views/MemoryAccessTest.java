package dev.gatun.views;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.MemoryType;
import dev.gatun.Store;
import dev.gatun.ValType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory as Java reads and writes it: never beyond its end, never after its store is closed. */
final class MemoryAccessTest {
  private static final int PAGE = 65536;

  private final Store store = Guest.ENGINE.newStore();

  @AfterEach
  void close() {
    store.close();
  }

  private Memory memory(long min, long max) {
    return Memory.create(store, new MemoryType(min, OptionalLong.of(max)));
  }

  @Test
  void numbersAreLittleEndianAndNeedNoAlignment() {
    Memory memory = memory(1, 1);
    memory.writeLong(3, 0x0807_0605_0403_0201L);
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, memory.read(3, 8));
    assertEquals(0x0403_0201, memory.readInt(3));
    assertEquals((short) 0x0302, memory.readShort(4));
    assertEquals((byte) 8, memory.readByte(10));
    memory.writeInt(21, -2);
    memory.writeShort(25, (short) -3);
    memory.writeByte(27, (byte) -4);
    assertEquals(-2, memory.readInt(21));
    assertEquals(-3, memory.readShort(25));
    assertEquals(-4, memory.readByte(27));
    assertEquals(0, memory.readByte(28));
    memory.writeFloat(33, 1.5f);
    memory.writeDouble(37, -2.25);
    assertEquals(Float.floatToRawIntBits(1.5f), memory.readInt(33));
    assertEquals(Double.doubleToRawLongBits(-2.25), memory.readLong(37));
    assertEquals(1.5f, memory.readFloat(33));
    assertEquals(-2.25, memory.readDouble(37));
  }

  @Test
  void bytesAreCopiedInBulk() {
    Memory memory = memory(1, 1);
    byte[] bytes = "0123456789".getBytes(StandardCharsets.UTF_8);
    memory.write(100, bytes);
    memory.write(200, bytes, 3, 4);
    assertEquals("3456", memory.readString(200, 4));
    assertEquals(0, memory.readByte(204));
    byte[] target = new byte[6];
    memory.read(100, target, 1, 4);
    assertArrayEquals(new byte[] {0, '0', '1', '2', '3', 0}, target);

    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(5);
      memory.read(101, segment);
      assertArrayEquals("12345".getBytes(StandardCharsets.UTF_8), segment.toArray(ValueLayout.JAVA_BYTE));
      segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 'x');
      memory.write(300, segment);
      assertEquals("x2345", memory.readString(300, 5));
    }
    memory.write(301, memory.slice(300, 5));
    assertEquals("xx2345", memory.readString(300, 6));

    ByteBuffer buffer = ByteBuffer.allocate(6).position(1).limit(4);
    memory.read(105, buffer);
    assertEquals(4, buffer.position());
    assertArrayEquals(new byte[] {0, '5', '6', '7', 0, 0}, buffer.array());
    buffer.position(1);
    memory.write(400, buffer);
    assertEquals(4, buffer.position());
    assertEquals("567", memory.readString(400, 3));
    assertThrows(ReadOnlyBufferException.class, () -> memory.read(0, ByteBuffer.allocate(3).asReadOnlyBuffer()));

    memory.fill(500, 3, (byte) 'a');
    assertEquals("\0aaa\0", memory.readString(499, 5));
    memory.copy(100, 102, 8);
    assertEquals("0101234567", memory.readString(100, 10));
    memory.copy(102, 100, 8);
    assertEquals("0123456767", memory.readString(100, 10));
  }

  @Test
  void stringsAreUtf8() {
    Memory memory = memory(1, 1);
    assertEquals(9, memory.writeString(10, "aß€\uD83D"  + "x".repeat(2)));
    assertEquals("aß€?xx", memory.readString(10, 9));
    assertEquals(6, memory.writeCString(50, "größe".substring(0, 3)) + 1);
    assertEquals("grö", memory.readCString(50, 4));
    assertEquals("", memory.readCString(54, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(50, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(50, -1));
    assertThrows(IllegalArgumentException.class, () -> memory.writeCString(50, "a\0b"));
    memory.write(60, new byte[] {'a', (byte) 0xff, 'b', 0});
    assertEquals("a\uFFFDb", memory.readCString(60, 10));
    // Up to the end, but not beyond.
    memory.fill(PAGE - 4, 4, (byte) 'z');
    String message =
        assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(PAGE - 4, Integer.MAX_VALUE))
            .getMessage();
    assertEquals("the string at 65532 has no end within 2147483647 bytes and the memory's 65536", message);
    memory.writeByte(PAGE - 1, (byte) 0);
    assertEquals("zzz", memory.readCString(PAGE - 4, Integer.MAX_VALUE));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(-1, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(PAGE + 1, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readCString(Long.MAX_VALUE, 5));
  }

  /** Everything that touches {@code width} bytes at an address. */
  private static List<Executable> accesses(Memory memory, long address, int width) {
    List<Executable> accesses = new ArrayList<>(List.of(
        () -> memory.read(address, width),
        () -> memory.read(address, new byte[width], 0, width),
        () -> memory.read(address, MemorySegment.ofArray(new byte[width])),
        () -> memory.read(address, ByteBuffer.allocate(width)),
        () -> memory.write(address, new byte[width]),
        () -> memory.write(address, new byte[width], 0, width),
        () -> memory.write(address, MemorySegment.ofArray(new byte[width])),
        () -> memory.write(address, ByteBuffer.allocate(width)),
        () -> memory.fill(address, width, (byte) 1),
        () -> memory.copy(address, 0, width),
        () -> memory.copy(0, address, width),
        () -> memory.readString(address, width),
        () -> memory.writeString(address, "x".repeat(width)),
        () -> memory.writeCString(address, "x".repeat(width - 1)),
        () -> memory.slice(address, width)));
    switch (width) {
      case 1 -> {
        accesses.add(() -> memory.readByte(address));
        accesses.add(() -> memory.writeByte(address, (byte) 1));
        accesses.add(() -> memory.segment().get(ValueLayout.JAVA_BYTE, address));
      }
      case 2 -> {
        accesses.add(() -> memory.readShort(address));
        accesses.add(() -> memory.writeShort(address, (short) 1));
      }
      case 4 -> {
        accesses.add(() -> memory.readInt(address));
        accesses.add(() -> memory.writeInt(address, 1));
        accesses.add(() -> memory.readFloat(address));
        accesses.add(() -> memory.writeFloat(address, 1));
      }
      case 8 -> {
        accesses.add(() -> memory.readLong(address));
        accesses.add(() -> memory.writeLong(address, 1));
        accesses.add(() -> memory.readDouble(address));
        accesses.add(() -> memory.writeDouble(address, 1));
      }
      default -> { }
    }
    return accesses;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 100})
  void nothingReachesBeyondTheEnd(int width) throws Throwable {
    Memory memory = memory(1, 2);
    for (Executable access : accesses(memory, PAGE - width, width)) {
      access.execute();
    }
    long[] beyond = {
      PAGE - width + 1, PAGE, PAGE + 1, 2 * PAGE, 1L << 31, 1L << 32, (1L << 32) + 5, -1, -width, Long.MIN_VALUE,
      Long.MAX_VALUE, Long.MAX_VALUE - width + 1
    };
    for (long address : beyond) {
      for (Executable access : accesses(memory, address, width)) {
        assertThrows(IndexOutOfBoundsException.class, access, () -> "at " + address);
      }
    }
    byte[] before = memory.read(0, PAGE);
    assertThrows(IndexOutOfBoundsException.class, () -> memory.fill(PAGE - 1, 2, (byte) 99));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.write(PAGE - 1, new byte[] {99, 99}));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.write(PAGE - 1, ByteBuffer.wrap(new byte[] {99, 99})));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.fill(0, -1, (byte) 99));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.fill(0, Long.MAX_VALUE, (byte) 99));
    assertArrayEquals(before, memory.read(0, PAGE));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.read(0, new byte[3], 1, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.write(0, new byte[3], -1, 3));
    assertEquals(1, memory.grow(1));
    for (Executable access : accesses(memory, PAGE - width + 1, width)) {
      access.execute();
    }
  }

  @Test
  void aMemoryOfBytesEndsWhereItSays() {
    try (Instance instance = Guest.instance("(memory (export \"memory\") 5 9 (pagesize 1))")) {
      Memory memory = instance.memory("memory");
      memory.writeByte(4, (byte) 1);
      assertThrows(IndexOutOfBoundsException.class, () -> memory.readByte(5));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.writeInt(2, 1));
      assertEquals(5, memory.grow(4));
      memory.writeInt(5, 1);
      assertThrows(IndexOutOfBoundsException.class, () -> memory.readByte(9));
    }
  }

  @Test
  void aMemoryOf64BitAddressesIsTheSame() {
    Memory memory =
        Memory.create(store, new MemoryType(1, OptionalLong.of(3), ValType.I64, false, MemoryType.DEFAULT_PAGE_SIZE));
    assertEquals(3, memory.writeString(PAGE - 3, "end"));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.writeString(PAGE - 2, "end"));
    assertThrows(IndexOutOfBoundsException.class, () -> memory.readByte(-1));
  }

  @Test
  void viewsFromBeforeAGrowCoverWhatTheyCovered() {
    Memory memory = memory(1, 100);
    MemorySegment whole = memory.segment();
    MemorySegment part = memory.slice(1000, 8);
    ByteBuffer buffer = memory.slice(1000, 8).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1; i < 100; i++) {
      assertEquals(i, memory.grow(1));
      memory.writeLong(1000, i);
      assertEquals(i, whole.get(ValueLayout.JAVA_LONG_UNALIGNED, 1000));
      assertEquals(i, part.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
      assertEquals(i, buffer.getLong(0));
      part.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, -i);
      assertEquals(-i, memory.readLong(1000));
      assertEquals(whole.address(), memory.segment().address());
    }
    assertEquals(PAGE, whole.byteSize());
    assertEquals(100L * PAGE, memory.segment().byteSize());
    assertThrows(IndexOutOfBoundsException.class, () -> whole.get(ValueLayout.JAVA_BYTE, PAGE));
    memory.writeByte(100L * PAGE - 1, (byte) 1);
    assertEquals(-1, memory.grow(1));
  }

  @Test
  void aGrowByWasmIsSeenAtOnce() {
    try (Instance instance = Guest.instance(
        "(memory (export \"memory\") 1) (func (export \"grow\") (result i32) (memory.grow (i32.const 2)))")) {
      Memory memory = instance.memory("memory");
      assertThrows(IndexOutOfBoundsException.class, () -> memory.readByte(PAGE));
      assertEquals(1, instance.function("grow").call());
      assertEquals(0, memory.readByte(3 * PAGE - 1));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.readByte(3 * PAGE));
    }
  }

  @Test
  void whatIsClosedThrows() {
    Memory memory = memory(1, 2);
    memory.grow(1);
    MemorySegment whole = memory.segment();
    MemorySegment part = memory.slice(8, 8);
    ByteBuffer buffer = part.asByteBuffer();
    store.close();
    assertThrows(IllegalStateException.class, () -> whole.get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> part.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
    assertThrows(IllegalStateException.class, () -> buffer.get(0));
    assertThrows(IllegalStateException.class, () -> memory.grow(1));
    assertThrows(IllegalStateException.class, memory::byteSize);
    for (int width : new int[] {1, 2, 4, 8}) {
      for (Executable access : accesses(memory, 16, width)) {
        // A slice may be taken, but not used.
        assertThrows(IllegalStateException.class, () -> {
          access.execute();
          memory.slice(16, width).get(ValueLayout.JAVA_BYTE, 0);
        });
      }
    }
    assertThrows(IllegalStateException.class, () -> memory.readCString(0, 10));
  }
}

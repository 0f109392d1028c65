package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gatun.Engine;
import dev.gatun.Engine.BoundsChecks;
import dev.gatun.Func;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Trap;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies and fills of every size, alignment and overlap, within a memory and between memories of all kinds. */
final class BulkMemoryTest {
  private static final int MEMORY_COPY = 10;
  private static final int MEMORY_FILL = 11;

  /** Of each memory, in bytes. */
  private static final int SIZE = 2 * 65536;

  private static final char[] ADDRESS_TYPES = {'i', 'i', 'l', 'i'};
  private static final int[] PAGE_SIZES_LOG2 = {16, 16, 16, 0};

  private static byte[] module() {
    ModuleBuilder module = new ModuleBuilder();
    for (int i = 0; i < ADDRESS_TYPES.length; i++) {
      module.memory(ADDRESS_TYPES[i], PAGE_SIZES_LOG2[i], SIZE >> PAGE_SIZES_LOG2[i], ModuleBuilder.NO_MAXIMUM);
      module.export("memory" + i, ModuleBuilder.MEMORY, i);
    }
    for (int to = 0; to < ADDRESS_TYPES.length; to++) {
      char type = ADDRESS_TYPES[to];
      module.function(
          "fill" + to,
          type + "i" + type + ":l",
          // A local that lives in a register, across.
          new Code().locals(1, 'l').i64(77).localSet(3).loop(Code.EMPTY)
              .localGet(0).localGet(1).localGet(2).misc(MEMORY_FILL, to)
              .localGet(3).i64(1).raw(0x7C).localTee(3).i64(78).raw(0x52).brIf(0).end().localGet(3));
      for (int from = 0; from < ADDRESS_TYPES.length; from++) {
        char length = type == 'l' && ADDRESS_TYPES[from] == 'l' ? 'l' : 'i';
        module.function(
            "copy" + to + from,
            "" + type + ADDRESS_TYPES[from] + length + ":",
            new Code().localGet(0).localGet(1).localGet(2).misc(MEMORY_COPY, to, from));
      }
    }
    return module.build();
  }

  private static Object operand(char type, long value) {
    return type == 'l' ? (Object) value : (Object) (int) value;
  }

  /** All memories of an instance, and what they should contain. */
  private static final class Subject implements AutoCloseable {
    final Instance instance;
    final byte[][] expected = new byte[ADDRESS_TYPES.length][SIZE];

    Subject(BoundsChecks bounds) {
      instance = Engine.builder().boundsChecks(bounds).build().compile(module()).instantiate();
      Random random = new Random(3);
      for (int i = 0; i < expected.length; i++) {
        random.nextBytes(expected[i]);
        memory(i).write(0, expected[i]);
      }
    }

    Memory memory(int index) {
      return instance.memory("memory" + index);
    }

    void copy(int to, int from, long destination, long source, long length) {
      char lengthType = ADDRESS_TYPES[to] == 'l' && ADDRESS_TYPES[from] == 'l' ? 'l' : 'i';
      Func function = instance.function("copy" + to + from);
      Object[] arguments = {
        operand(ADDRESS_TYPES[to], destination), operand(ADDRESS_TYPES[from], source), operand(lengthType, length)
      };
      if (fits(destination, length) && fits(source, length)) {
        function.call(arguments);
        System.arraycopy(expected[from], (int) source, expected[to], (int) destination, (int) length);
      } else {
        Trap trap = assertThrows(Trap.class, () -> function.call(arguments));
        assertEquals(Trap.Kind.MEMORY_OUT_OF_BOUNDS, trap.kind());
        assertEquals(1, trap.backtrace().size());
      }
    }

    void fill(int to, long start, int value, long length) {
      Func function = instance.function("fill" + to);
      Object[] arguments = {operand(ADDRESS_TYPES[to], start), value, operand(ADDRESS_TYPES[to], length)};
      if (fits(start, length)) {
        assertEquals(78L, function.call(arguments));
        Arrays.fill(expected[to], (int) start, (int) (start + length), (byte) value);
      } else {
        Trap trap = assertThrows(Trap.class, () -> function.call(arguments));
        assertEquals(Trap.Kind.MEMORY_OUT_OF_BOUNDS, trap.kind());
      }
    }

    private static boolean fits(long start, long length) {
      return start >= 0 && length >= 0 && start <= SIZE && length <= SIZE - start;
    }

    void check(String what) {
      for (int i = 0; i < expected.length; i++) {
        assertArrayEquals(expected[i], memory(i).read(0, SIZE), what + ", memory " + i);
      }
    }

    @Override
    public void close() {
      instance.close();
    }
  }

  @ParameterizedTest
  @EnumSource(BoundsChecks.class)
  void everySmallSizeAndOverlap(BoundsChecks bounds) {
    try (Subject subject = new Subject(bounds)) {
      for (int length = 0; length <= 260; length++) {
        for (int distance = -length - 1; distance <= length + 1; distance += length < 40 ? 1 : 7) {
          subject.copy(0, 0, 1000 + distance, 1000, length);
        }
        subject.fill(0, 3000 + length, 0xABCD00 + length, length);
        subject.check("length " + length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BoundsChecks.class)
  void agreesWithArraysBetweenAnyTwoMemories(BoundsChecks bounds) {
    try (Subject subject = new Subject(bounds)) {
      Random random = new Random(7);
      for (int round = 0; round < 4000; round++) {
        int to = random.nextInt(ADDRESS_TYPES.length);
        int from = random.nextInt(ADDRESS_TYPES.length);
        int length = random.nextInt(1 << random.nextInt(18));
        // Some end at the memory's end, or one byte beyond it.
        int room = Math.max(1, SIZE - length + 1);
        int destination = random.nextInt(4) == 0 ? SIZE - length + random.nextInt(2) : random.nextInt(room);
        int source = random.nextInt(4) == 0 ? SIZE - length + random.nextInt(2) : random.nextInt(room);
        if (random.nextInt(4) == 0) {
          subject.fill(to, destination, random.nextInt(), length);
        } else {
          subject.copy(to, from, destination, source, length);
        }
        if (round % 50 == 0) {
          subject.check("round " + round);
        }
      }
      subject.check("the end");
    }
  }

  @Test
  void rangesThatWouldWrapAreOutOfBounds() {
    long[] positions =
        {0, 1, SIZE - 1, SIZE, SIZE + 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL, 1L << 32, Long.MAX_VALUE,
        Long.MIN_VALUE, -SIZE, -1};
    try (Subject subject = new Subject(BoundsChecks.GUARD_PAGES)) {
      for (long start : positions) {
        for (long length : positions) {
          subject.fill(2, start, 1, length);
          subject.copy(2, 2, start, 0, length);
          subject.copy(2, 2, 0, start, length);
          if (start == (start & 0xffff_ffffL) && length == (length & 0xffff_ffffL)) {
            subject.fill(0, start, 1, length);
            subject.copy(0, 1, start, 0, length);
            subject.copy(1, 0, 0, start, length);
            subject.copy(2, 0, start, 0, length);
            subject.copy(0, 2, 0, start, length);
          }
        }
      }
      subject.check("wrapping");
    }
  }

  /** Two gigabytes take most of a second, of which the fill is interrupted after its first pieces. */
  @Test
  void isInterruptedBetweenPieces() throws InterruptedException {
    long size = 2L << 30;
    ModuleBuilder module = new ModuleBuilder();
    module.memory(size >> 16, ModuleBuilder.NO_MAXIMUM);
    module.export("memory", ModuleBuilder.MEMORY, 0);
    module.function("fill", "i:", new Code().i32(0).i32(1).localGet(0).misc(MEMORY_FILL, 0));
    module.function("copy", "i:", new Code().i32(65536).i32(0).localGet(0).misc(MEMORY_COPY, 0, 0));
    for (String function : new String[] {"fill", "copy"}) {
      try (Instance instance = Engine.create().compile(module.build()).instantiate()) {
        Memory memory = instance.memory("memory");
        boolean copies = function.equals("copy");
        int length = (int) (size - 65536);
        // What is written first, and last.
        long first = copies ? size - 1 : 0;
        long last = copies ? 65536 : length - 1;
        memory.writeByte(copies ? size - 65537 : size - 1, (byte) 1);
        if (copies) {
          memory.writeByte(0, (byte) 1);
        }
        MemorySegment bytes = memory.segment(); // to look at from outside of the store
        Thread interrupter =
            new Thread(
                () -> {
                  while (bytes.get(ValueLayout.JAVA_BYTE, first) == 0) {
                    Thread.onSpinWait();
                  }
                  instance.store().interrupt();
                });
        interrupter.start();
        Trap trap = assertThrows(Trap.class, () -> instance.function(function).call(length));
        interrupter.join();
        assertEquals(Trap.Kind.INTERRUPTED, trap.kind());
        assertEquals(0, memory.readByte(last), function);
      }
    }
  }
}

package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What active data segments leave in a memory, whatever way they lie to each other. */
final class FirstContentsTest {
  private static final int PAGES = 20;
  private static final int SIZE = PAGES * 65536;

  private final ModuleBuilder builder = new ModuleBuilder();
  private final byte[] expected = new byte[SIZE];

  FirstContentsTest() {
    builder.memory(PAGES, PAGES);
    builder.export("memory", ModuleBuilder.MEMORY, 0);
  }

  private void segment(int start, byte[] contents) {
    builder.data(new Code().i32(start), contents);
    System.arraycopy(contents, 0, expected, start, contents.length);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private void check() {
    try (Engine engine = Engine.create();
        Module module = engine.compile(builder.build())) {
      for (int i = 0; i < 2; i++) {
        try (Instance instance = module.instantiate()) {
          assertArrayEquals(expected, instance.memory("memory").read(0, SIZE));
        }
      }
    }
  }

  @Test
  void zerosBetweenNeighboursDoNotHideWhatWasThereBefore() {
    segment(100, filled(300, 1));
    segment(200, filled(10, 2));
    segment(220, filled(10, 3));
    segment(10, filled(20, 4));
    segment(90, filled(20, 5));
    segment(395, filled(20, 6));
    segment(420, filled(1, 7));
    check();
  }

  @Test
  void segmentsOfAllSizesFollowEachOther() {
    int at = 0;
    for (int size : new int[] {1, 65535, 1, 65536, 65537, 3, 200_000, 0, 1, 30_000, 30_000, 30_000}) {
      segment(at, filled(size, size + 1));
      at += size + (size % 3 == 0 ? 0 : size % 3 == 1 ? 1024 : 1025);
    }
    segment(SIZE - 1, filled(1, 9));
    segment(SIZE, filled(0, 9));
    check();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void segmentsLieAnyhow(long seed) {
    Random random = new Random(seed);
    int at = 0;
    for (int i = 0; i < 500; i++) {
      int length = random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(3000);
      int start = random.nextInt(5) == 0 ? random.nextInt(SIZE) : at + random.nextInt(2000) - random.nextInt(500);
      start = Math.max(0, Math.min(start, SIZE - length));
      segment(start, filled(length, 1 + i));
      at = start + length;
    }
    check();
  }

  @Test
  void thousandsOfSegmentsAreApplied() {
    for (int i = 0; i < 20_000; i++) {
      segment(40 * i, filled(30, i));
    }
    check();
    assertEquals(0, expected[30]);
  }
}

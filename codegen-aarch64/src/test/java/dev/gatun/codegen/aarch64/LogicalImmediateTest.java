package dev.gatun.codegen.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogicalImmediateTest {
  /** All patterns, made as the manual defines them, with their fields. */
  private static Map<Long, Integer> patterns(boolean wide) {
    Map<Long, Integer> patterns = new HashMap<>();
    for (int size = 2; size <= (wide ? 64 : 32); size *= 2) {
      for (int ones = 1; ones < size; ones++) {
        for (int rotation = 0; rotation < size; rotation++) {
          long element = -1L >>> 64 - ones;
          long mask = -1L >>> 64 - size;
          long rotated = rotation == 0 ? element : (element >>> rotation | element << size - rotation) & mask;
          long value = 0;
          for (int at = 0; at < (wide ? 64 : 32); at += size) {
            value |= rotated << at;
          }
          int imms = (-size << 1 & 0x3f) | ones - 1;
          patterns.put(value, (size == 64 ? 1 << 12 : 0) | rotation << 6 | imms);
        }
      }
    }
    return patterns;
  }

  @Test
  void everyPatternIsEncoded() {
    Map<Long, Integer> wide = patterns(true);
    assertEquals(5334, wide.size());
    wide.forEach((value, fields) -> assertEquals(fields, LogicalImmediate.encode(value, true)));
    patterns(false).forEach((value, fields) -> assertEquals(fields, LogicalImmediate.encode(value, false)));
  }

  @Test
  void nothingElseIsAPattern() {
    Map<Long, Integer> wide = patterns(true);
    Map<Long, Integer> narrow = patterns(false);
    assertEquals(LogicalImmediate.NONE, LogicalImmediate.encode(0, true));
    assertEquals(LogicalImmediate.NONE, LogicalImmediate.encode(-1, true));
    assertEquals(LogicalImmediate.NONE, LogicalImmediate.encode(0xffff_ffffL, false));
    Random random = new Random(1);
    int found = 0;
    for (int i = 0; i < 1_000_000; i++) {
      // A few bits next to a pattern.
      int length = 1 + random.nextInt(63);
      long value = Long.rotateLeft(-1L >>> 64 - length, random.nextInt(64));
      for (int flips = random.nextInt(3); flips > 0; flips--) {
        value ^= 1L << random.nextInt(64);
      }
      int expected = wide.getOrDefault(value, LogicalImmediate.NONE);
      assertEquals(expected, LogicalImmediate.encode(value, true), () -> "a pattern near a run");
      long lower = value & 0xffff_ffffL;
      assertEquals(narrow.getOrDefault(lower, LogicalImmediate.NONE), LogicalImmediate.encode(lower, false));
      found += expected == LogicalImmediate.NONE ? 0 : 1;
    }
    assertTrue(found > 100_000);
  }
}

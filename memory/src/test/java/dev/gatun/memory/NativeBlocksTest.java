package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NativeBlocksTest {
  @Test
  void blocksAreZeroAlignedAndApart() {
    try (NativeBlocks blocks = new NativeBlocks()) {
      long end = 0;
      for (long size : new long[] {0, 1, 8, 17, 5000, 70_000, 1, 300_000, 16, 40_000}) {
        long block = blocks.allocate(size);
        assertEquals(0, block % 16);
        MemorySegment segment = MemorySegment.ofAddress(block).reinterpret(size);
        for (long i = 0; i < size; i++) {
          assertEquals(0, segment.get(ValueLayout.JAVA_BYTE, i));
        }
        segment.fill((byte) -1);
        assertTrue(size == 0 || block >= end || block + size <= end);
        end = block + size;
      }
    }
  }

  @Test
  void allIsGivenBack() throws Exception {
    long before = mappings();
    for (int i = 0; i < 1000; i++) {
      NativeBlocks blocks = new NativeBlocks();
      for (int j = 0; j < 10; j++) {
        blocks.allocate(100_000);
      }
      blocks.close();
      blocks.close();
    }
    assertTrue(mappings() < before + 500, "of 10,000 mappings few are left");
  }

  @Test
  void whatTheSystemRefusesIsSaid() {
    try (NativeBlocks blocks = new NativeBlocks()) {
      assertThrows(OutOfAddressSpaceException.class, () -> blocks.allocate(1L << 60));
      assertThrows(ArithmeticException.class, () -> blocks.allocate(Long.MAX_VALUE));
      blocks.allocate(10);
    }
  }

  private static long mappings() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/maps"));
    return lines.size();
  }
}

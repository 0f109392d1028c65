package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class GuardedStackTest {
  @Test
  void offersWhatWasAskedForAboveTheLimit() throws Exception {
    try (GuardedStack stack = new GuardedStack(100_000)) {
      assertEquals(0, stack.top() % 4096);
      assertTrue(stack.top() - stack.limit() >= 100_000);
      assertTrue(stack.contains(stack.top() - 1));
      assertFalse(stack.contains(stack.top()));
      assertEquals("rw-p", ProcessMaps.permissions(stack.top() - 1));
      assertEquals("rw-p", ProcessMaps.permissions(stack.limit() - 64 * 1024)); // for signal frames
      long low = stack.limit();
      while (stack.contains(low - 4096)) {
        low -= 4096;
      }
      assertEquals("---p", ProcessMaps.permissions(low));
    }
  }

  @Test
  void trapAtTheLimitFindsRoomForItsSignalFrame() {
    long code = Faults.function(Faults.CODE.descend());
    try (GuardedStack stack = new GuardedStack(1 << 20);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bounds = arena.allocate(16, 8);
      bounds.set(ValueLayout.JAVA_LONG, 0, stack.top());
      bounds.set(ValueLayout.JAVA_LONG, 8, stack.limit());
      Faults.Activation activation = new Faults.Activation();
      for (int i = 0; i < 100; i++) {
        assertEquals(FaultingCode.TRAPPED, activation.run(code, bounds.address()));
        assertEquals(stack.limit(), activation.trapStackPointer());
      }
    }
  }

  @Test
  void closingUnmaps() throws Exception {
    GuardedStack stack = new GuardedStack(4096);
    stack.close();
    stack.close();
    assertNotEquals("rw-p", ProcessMaps.permissions(stack.top() - 1));
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new GuardedStack(0));
    assertThrows(IllegalArgumentException.class, () -> new GuardedStack(-1));
    assertThrows(IllegalArgumentException.class, () -> new GuardedStack(Long.MAX_VALUE));
  }

  @Test
  void clearingLeavesNothing() {
    try (GuardedStack stack = new GuardedStack(1 << 20)) {
      long size = stack.top() - stack.limit();
      MemorySegment all = MemorySegment.ofAddress(stack.limit()).reinterpret(size);
      all.fill((byte) 1);
      stack.clear(0);
      assertEquals(-1, all.mismatch(MemorySegment.ofArray(new byte[(int) size])));
    }
  }
}

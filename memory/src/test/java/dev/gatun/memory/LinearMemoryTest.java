package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.system.OutOfAddressSpaceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LinearMemoryTest {
  private static final long PAGE = LinearMemory.PAGE_SIZE;

  private static long descriptor(LinearMemory memory, int offset) {
    return MemorySegment.ofAddress(memory.descriptorAddress()).reinterpret(16).get(ValueLayout.JAVA_LONG, offset);
  }

  @Test
  void startsWithZerosOfItsSize() {
    try (LinearMemory memory = LinearMemory.create(2, 10, null)) {
      assertEquals(2, memory.pages());
      assertEquals(10, memory.maxPages());
      assertEquals(2 * PAGE, memory.byteSize());
      assertEquals(2 * PAGE, memory.segment().byteSize());
      assertEquals(memory.base(), memory.segment().address());
      for (byte b : memory.segment().toArray(ValueLayout.JAVA_BYTE)) {
        assertEquals(0, b);
      }
    }
  }

  @Test
  void mayBeEmptyAndGrow() {
    try (LinearMemory memory = LinearMemory.create(0, 1, null)) {
      assertEquals(0, memory.segment().byteSize());
      assertEquals(0, memory.grow(0));
      assertEquals(0, memory.grow(1));
      memory.segment().set(ValueLayout.JAVA_BYTE, PAGE - 1, (byte) 7);
    }
  }

  @Test
  void growsInPlaceUpToItsMaximum() {
    try (LinearMemory memory = LinearMemory.create(1, 3, null)) {
      long base = memory.base();
      memory.segment().set(ValueLayout.JAVA_INT, 100, 12345);
      assertEquals(1, memory.grow(2));
      assertEquals(3, memory.pages());
      assertEquals(base, memory.base());
      assertEquals(12345, memory.segment().get(ValueLayout.JAVA_INT, 100));
      assertEquals(0, memory.segment().get(ValueLayout.JAVA_BYTE, 3 * PAGE - 1));
      assertEquals(3, memory.grow(0));
      assertEquals(-1, memory.grow(1));
      assertEquals(-1, memory.grow(-1)); // unsigned: far too much
      assertEquals(-1, memory.grow(0xffff_ffffL));
      assertEquals(-1, memory.grow(Long.MIN_VALUE));
      assertEquals(3, memory.pages());
    }
  }

  @Test
  void growsToFourGibibytes() {
    try (LinearMemory memory = LinearMemory.create(1, Long.MAX_VALUE, null)) {
      assertEquals(LinearMemory.MAX_PAGES, memory.maxPages());
      assertEquals(1, memory.grow(LinearMemory.MAX_PAGES - 1));
      memory.segment().set(ValueLayout.JAVA_BYTE, (1L << 32) - 1, (byte) 1);
      assertEquals(-1, memory.grow(1));
    }
  }

  @Test
  void descriptorFollowsTheSize() {
    try (LinearMemory memory = LinearMemory.create(1, 5, null)) {
      long address = memory.descriptorAddress();
      assertEquals(memory.base(), descriptor(memory, 0));
      assertEquals(PAGE, descriptor(memory, 8));
      memory.grow(3);
      assertEquals(address, memory.descriptorAddress());
      assertEquals(memory.base(), descriptor(memory, 0));
      assertEquals(4 * PAGE, descriptor(memory, 8));
    }
  }

  @Test
  void containsItsWholeReservation() {
    try (LinearMemory memory = LinearMemory.create(1, 1, null)) {
      assertTrue(memory.contains(memory.base()));
      assertTrue(memory.contains(memory.base() + 2 * 0xffff_ffffL + 16));
      assertTrue(!memory.contains(memory.base() - 1));
      assertTrue(!memory.contains(memory.base() + (8L << 30) + PAGE));
    }
  }

  @Test
  void javaCannotLeaveTheCurrentSize() {
    try (LinearMemory memory = LinearMemory.create(1, 2, null)) {
      MemorySegment before = memory.segment();
      assertThrows(IndexOutOfBoundsException.class, () -> before.get(ValueLayout.JAVA_BYTE, PAGE));
      assertThrows(IndexOutOfBoundsException.class, () -> before.get(ValueLayout.JAVA_INT_UNALIGNED, PAGE - 3));
      memory.grow(1);
      assertThrows(IndexOutOfBoundsException.class, () -> before.get(ValueLayout.JAVA_BYTE, PAGE));
      memory.segment().get(ValueLayout.JAVA_BYTE, PAGE);
    }
  }

  @Test
  void compiledCodeTrapsBeyondTheCurrentSize() {
    long load = Faults.function(Faults.CODE.load());
    long store = Faults.function(Faults.CODE.store());
    Faults.Activation activation = new Faults.Activation();
    try (LinearMemory memory = LinearMemory.create(1, 2, null)) {
      memory.segment().set(ValueLayout.JAVA_LONG, PAGE - 8, 0x1122334455667788L);
      assertEquals(FaultingCode.RETURNED, activation.run(load, memory.base() + PAGE - 8));
      assertEquals(0x1122334455667788L, activation.result());
      // An access that only ends beyond the size, the first beyond, and the last that index and offset can name.
      for (long address : new long[] {PAGE - 7, PAGE, 2 * PAGE, 0xffff_ffffL, 2 * 0xffff_ffffL}) {
        assertEquals(FaultingCode.TRAPPED, activation.run(load, memory.base() + address));
        assertEquals(load, activation.trapPc());
        assertEquals(FaultingCode.SIGSEGV, activation.trapSignal());
        assertTrue(memory.contains(activation.trapAddress()));
        assertEquals(FaultingCode.TRAPPED, activation.run(store, memory.base() + address));
        assertEquals(store, activation.trapPc());
      }
      memory.grow(1);
      assertEquals(FaultingCode.RETURNED, activation.run(load, memory.base() + PAGE));
      assertEquals(FaultingCode.RETURNED, activation.run(store, memory.base() + 2 * PAGE - 8));
      assertEquals(FaultingCode.TRAPPED, activation.run(store, memory.base() + 2 * PAGE - 7));
    }
  }

  @Test
  void closedMemoryIsOutOfReach() throws Exception {
    LinearMemory memory = LinearMemory.create(1, 5, null);
    MemorySegment segment = memory.segment();
    long base = memory.base();
    assertEquals("rw-p", ProcessMaps.permissions(base));
    memory.close();
    memory.close();
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> memory.segment().get(ValueLayout.JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> memory.grow(1));
    assertThrows(IllegalStateException.class, () -> memory.grow(0));
    assertNotEquals("rw-p", ProcessMaps.permissions(base));
  }

  @Test
  void anotherThreadMayCloseWhileOneReads() throws Exception {
    for (int i = 0; i < 50; i++) {
      LinearMemory memory = LinearMemory.create(1, 1, null);
      MemorySegment segment = memory.segment();
      AtomicReference<Throwable> end = new AtomicReference<>();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (true) {
                        for (int at = 0; at < PAGE; at += 64) {
                          segment.set(ValueLayout.JAVA_BYTE, at, (byte) at);
                        }
                      }
                    } catch (Throwable e) {
                      end.set(e);
                    }
                  });
      Thread.sleep(1);
      memory.close();
      reader.join();
      assertEquals(IllegalStateException.class, end.get().getClass());
    }
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LinearMemory.create(-1, 1, null));
    assertThrows(IllegalArgumentException.class, () -> LinearMemory.create(2, 1, null));
    assertThrows(IllegalArgumentException.class, () -> LinearMemory.create(65537, 70000, null));
  }

  @Test
  void thousandsExistAtOnce() {
    List<LinearMemory> memories = new ArrayList<>();
    try {
      for (int i = 0; i < 2000; i++) {
        LinearMemory memory = LinearMemory.create(1, 65536, null);
        memory.segment().set(ValueLayout.JAVA_INT, 0, i);
        memories.add(memory);
      }
      for (int i = 0; i < memories.size(); i++) {
        assertEquals(i, memories.get(i).segment().get(ValueLayout.JAVA_INT, 0));
      }
    } finally {
      memories.forEach(LinearMemory::close);
    }
  }

  @Test
  void droppedMemoryIsReleased() throws Exception {
    long base = LinearMemory.create(1, 1, null).base();
    for (int i = 0; i < 100; i++) {
      System.gc();
      Thread.sleep(20);
      if (!ProcessMaps.permissions(base).equals("rw-p")) {
        return;
      }
    }
    fail("still mapped");
  }

  /** Main class of a child: says what happens when there is no address space. */
  static final class MakeMemory {
    public static void main(String[] arguments) {
      try {
        LinearMemory.create(1, 1, null);
        System.out.println("made");
      } catch (OutOfAddressSpaceException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static final List<String> SMALL =
      List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:ReservedCodeCacheSize=16m", "-XX:CompressedClassSpaceSize=16m");

  @Test
  void refusalSaysWhatToDo() throws Exception {
    ChildJvm child = ChildJvm.runWithin("-v 6000000", SMALL, MakeMemory.class);
    assertTrue(
        child.output().startsWith("cannot reserve a linear memory (8590000128 bytes): ENOMEM; check"), child.output());
    assertTrue(child.output().contains("ulimit -v"), child.output());
  }

  /** Main class of a child: asks for more than it may have. */
  static final class GrowTooFar {
    public static void main(String[] arguments) {
      try (LinearMemory memory = LinearMemory.create(1, 65536, null)) {
        System.out.println(memory.grow(65535) + " " + memory.pages() + " " + memory.segment().byteSize());
        System.out.println(memory.grow(10) + " " + memory.pages());
      }
      try {
        LinearMemory.create(65536, 65536, null);
      } catch (OutOfAddressSpaceException e) {
        System.out.println(e.getMessage().substring(0, 61));
      }
      try {
        new GuardedStack(4L << 30);
      } catch (OutOfAddressSpaceException e) {
        System.out.println(e.getMessage().substring(0, 21));
      }
    }
  }

  @Test
  void growingMayFailWithoutHarm() throws Exception {
    ChildJvm child = ChildJvm.runWithin("-d 3000000", SMALL, GrowTooFar.class);
    assertEquals(
        """
        -1 1 65536
        1 11
        cannot commit a linear memory (4294967296 bytes): ENOMEM; che
        cannot commit a stack
        """,
        child.output());
  }

  @Test
  void resetMakesItAsItWasAtFirst() throws Exception {
    byte[] contents = new byte[100];
    java.util.Arrays.fill(contents, (byte) 5);
    try (MemoryImage image = new MemoryImage.Builder(PAGE, PAGE + 100).write(PAGE, contents, 0, 100).build();
        LinearMemory memory = LinearMemory.create(2, 10, image)) {
      for (int round = 0; round < 3; round++) {
        assertEquals(2, memory.grow(3));
        memory.segment().fill((byte) 9);
        memory.reset(2, 0);
        assertEquals(2, memory.pages());
        assertEquals(2 * PAGE, descriptor(memory, 8));
        assertEquals(2 * PAGE, memory.segment().byteSize());
        assertEquals(2 * PAGE, memory.bytes().byteSize());
        assertEquals("---p", ProcessMaps.permissions(memory.base() + 2 * PAGE));
        for (long i = 0; i < 2 * PAGE; i++) {
          assertEquals(i >= PAGE && i < PAGE + 100 ? 5 : 0, memory.bytes().get(ValueLayout.JAVA_BYTE, i));
        }
      }
      memory.grow(1);
      assertEquals(0, memory.segment().get(ValueLayout.JAVA_BYTE, 2 * PAGE));
    }
  }

  @Test
  void viewsEndBeforeTheMemory() {
    try (LinearMemory memory = LinearMemory.create(1, 1, null)) {
      MemoryView unused = memory.view();
      memory.renewView();
      assertThrows(IllegalStateException.class, () -> memory.segment(unused));
      MemoryView first = memory.view();
      MemorySegment segment = memory.segment(first);
      assertEquals(segment, memory.segment());
      memory.renewView();
      assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
      assertThrows(IllegalStateException.class, () -> memory.segment(first).get(ValueLayout.JAVA_BYTE, 0));
      assertEquals(0, memory.segment().get(ValueLayout.JAVA_BYTE, 0));
    }
  }
}

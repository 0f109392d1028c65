package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.system.OutOfAddressSpaceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class CodeArenaTest {
  private final CodeArena arena = CodeArena.of(Faults.CODE.filler());

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void isOneForTheProcess() {
    assertSame(arena, CodeArena.of((byte) 0));
  }

  @Test
  void codeWrittenThroughOneViewRunsInTheOther() {
    long code = Faults.function(Faults.CODE.constant(42));
    Faults.Activation activation = new Faults.Activation();
    assertEquals(FaultingCode.RETURNED, activation.run(code, 0));
    assertEquals(42, activation.result());
    byte[] other = Faults.CODE.constant(43);
    arena.write(code, other, other.length);
    assertEquals(FaultingCode.RETURNED, activation.run(code, 0));
    assertEquals(43, activation.result());
  }

  @Test
  void executableViewIsNotWritable() throws Exception {
    assertEquals("r-xs", ProcessMaps.permissions(arena.functionStart()));
    assertEquals("r-xs", ProcessMaps.permissions(arena.functionEnd() - 1));
  }

  @Test
  void stubsAreOutsideTheFunctionRegionAndBlocksInside() {
    long stub = arena.addStub(Faults.CODE.halt());
    assertTrue(stub < arena.functionStart());
    CodeArena.Block block = arena.allocate(100);
    assertTrue(block.address() >= arena.functionStart());
    assertTrue(block.address() + block.size() <= arena.functionEnd());
    assertEquals(0, block.address() % 64);
    assertEquals(128, block.size());
    arena.free(block);
  }

  @Test
  void freedCodeIsOverwritten() {
    CodeArena.Block small = arena.allocate(256);
    arena.write(small.address(), filled(256, 0xC3), 256);
    arena.free(small);
    assertArrayEquals(filled(256, Faults.CODE.filler()), arena.read(small.address(), 256));
    CodeArena.Block large = arena.allocate(100_000);
    arena.write(large.address(), filled(large.size(), 0xC3), large.size());
    arena.free(large);
    for (byte b : arena.read(large.address(), large.size())) {
      assertTrue(b == 0 || b == Faults.CODE.filler());
    }
  }

  @Test
  void memoryOfFreedCodeGoesBackToTheSystem() throws Exception {
    int size = 16 << 20;
    CodeArena.Block block = arena.allocate(size);
    long before = ProcessMaps.resident(block.address());
    byte[] code = new byte[size];
    byte[] function = Faults.CODE.constant(0);
    for (int page = 0; page < size; page += 4096) {
      System.arraycopy(function, 0, code, page, function.length);
    }
    arena.write(block.address(), code, size);
    Faults.Activation activation = new Faults.Activation();
    for (int page = 0; page < size; page += 4096) {
      activation.run(block.address() + page, 0); // a view counts the pages that were touched through it
    }
    assertTrue(ProcessMaps.resident(block.address()) >= before + size / 1024 - 64);
    arena.free(block);
    assertTrue(ProcessMaps.resident(block.address()) <= before + 64);
  }

  @Test
  void neighboursCoalesce() {
    long used = arena.used();
    CodeArena.Block a = arena.allocate(4096);
    CodeArena.Block b = arena.allocate(4096);
    CodeArena.Block c = arena.allocate(4096);
    assertEquals(used + 3 * 4096, arena.used());
    arena.free(a);
    arena.free(c);
    arena.free(b);
    assertEquals(used, arena.used());
    CodeArena.Block all = arena.allocate(3 * 4096);
    assertTrue(all.address() <= a.address(), "first fit takes the place of the three");
    arena.free(all);
  }

  @Test
  void whatIsNotInUseCannotBeFreed() {
    CodeArena.Block block = arena.allocate(64);
    CodeArena.Block neighbour = arena.allocate(64);
    arena.free(block);
    long used = arena.used();
    assertThrows(IllegalStateException.class, () -> arena.free(block));
    assertThrows(
        IllegalStateException.class,
        () -> arena.free(new CodeArena.Block(block.address(), block.size() + neighbour.size())));
    assertThrows(
        IllegalStateException.class, () -> arena.free(new CodeArena.Block(arena.functionStart() - 64, 64)));
    assertThrows(IllegalStateException.class, () -> arena.free(new CodeArena.Block(arena.functionEnd(), 64)));
    assertEquals(used, arena.used());
    arena.free(neighbour);
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(0));
    assertThrows(IllegalArgumentException.class, () -> arena.allocate(-1));
    long used = arena.used();
    OutOfAddressSpaceException e =
        assertThrows(OutOfAddressSpaceException.class, () -> arena.allocate(Integer.MAX_VALUE));
    assertTrue(e.getMessage().contains("gatun.codeArenaSize"), e.getMessage());
    assertEquals(used, arena.used());
    assertThrows(OutOfAddressSpaceException.class, () -> arena.addStub(new byte[2 << 20]));
  }

  @Test
  void writesOutsideTheArenaAreRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> arena.write(arena.functionEnd() - 1, new byte[2], 2));
    assertThrows(IndexOutOfBoundsException.class, () -> arena.read(arena.functionEnd(), 1));
  }

  @Test
  void aHundredThousandCyclesLeaveNothingBehind() throws Exception {
    long used = arena.used();
    Random random = new Random(1);
    List<CodeArena.Block> live = new ArrayList<>();
    long residentAfterTenThousand = 0;
    for (int i = 0; i < 100_000; i++) {
      CodeArena.Block block = arena.allocate(1 + random.nextInt(8192));
      arena.write(block.address(), filled(64, i), 64);
      live.add(block);
      if (live.size() > 50) {
        arena.free(live.remove(random.nextInt(live.size())));
      }
      if (i == 10_000) {
        residentAfterTenThousand = ProcessMaps.resident(arena.functionStart());
      }
    }
    for (CodeArena.Block block : live) {
      arena.free(block);
    }
    assertEquals(used, arena.used());
    assertTrue(ProcessMaps.resident(arena.functionStart()) <= residentAfterTenThousand + 1024);
  }

  @Test
  void threadsNeverShareABlock() throws Exception {
    long used = arena.used();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Void>> results = new ArrayList<>();
      for (int t = 1; t <= 4; t++) {
        int mark = t;
        Callable<Void> work =
            () -> {
              Random random = new Random(mark);
              for (int i = 0; i < 5000; i++) {
                int size = 64 * (1 + random.nextInt(64));
                CodeArena.Block block = arena.allocate(size);
                arena.write(block.address(), filled(size, mark), size);
                assertArrayEquals(filled(size, mark), arena.read(block.address(), size));
                arena.free(block);
              }
              return null;
            };
        results.add(threads.submit(work));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    }
    assertEquals(used, arena.used());
  }

  /** Main class of a child: makes an arena. */
  static final class MakeArena {
    public static void main(String[] arguments) {
      CodeArena arena = CodeArena.of(Faults.CODE.filler());
      System.out.println("size " + (arena.functionEnd() - arena.functionStart()));
    }
  }

  @Test
  void sizeIsASystemProperty() throws Exception {
    ChildJvm child = ChildJvm.run(List.of("-Dgatun.codeArenaSize=8388608"), MakeArena.class);
    assertEquals("size " + (7 << 20), child.output().strip());
    ChildJvm refused = ChildJvm.run(List.of("-Dgatun.codeArenaSize=4096"), MakeArena.class);
    assertEquals(1, refused.exitCode());
    assertTrue(refused.output().contains("-Dgatun.codeArenaSize=4096; expected 4194304 to"), refused.output());
  }
}

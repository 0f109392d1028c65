package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memories that are reset: nothing of what was written is left, whatever stays resident, whatever the kernel says. */
class PageResetTest {
  private static final int PAGE = LinearMemory.PAGE_SIZE;
  private static final long UNIT = Mapping.PAGE;

  private static boolean isEmulated() {
    return System.getProperty("gatun.java") != null;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 7, 40, Integer.MAX_VALUE})
  void tenantsFindWhatAFreshMemoryHas(long pages) {
    long most = Tenants.inTurns(pages, isEmulated() ? 10 : 40, pages * UNIT);
    assertEquals(pages > 0 && PageScan.isTrusted(), most > 0);
  }

  @Test
  void withoutAnswersAllIsDropped() throws Exception {
    ChildJvm child = ChildJvm.run(List.of("-Dgatun.pagemap=false"), Tenants.class, "files");
    assertEquals("trusted: false, stayed: false\n", child.output());
  }

  @Test
  void imagesWithoutFilesAreCopiedAnew() throws Exception {
    ChildJvm child = ChildJvm.runWithin("-n 64", List.of(), Tenants.class, "no files");
    assertTrue(child.output().startsWith("trusted: " + PageScan.isTrusted()), child.output());
  }

  @Test
  void theKernelIsTrustedWhereItAnswers() throws Exception {
    String[] release = System.getProperty("os.version").split("[^0-9]+", 3);
    int version = 100 * Integer.parseInt(release[0]) + Integer.parseInt(release[1]);
    assumeTrue(version >= 607 && !isEmulated() && Files.isReadable(Path.of("/proc/self/pagemap")));
    assertTrue(PageScan.isTrusted());
  }

  @Test
  void answersAboutOtherAddressesAreNotTrusted() {
    assumeTrue(PageScan.isTrusted());
    for (int i = 0; i < 10; i++) {
      assertTrue(PageScan.passesProbe(0));
      for (long displacement : new long[] {1, -1, 2, 16, -16, 31, 32, 64, -64, 1 << 20, 1 << 30}) {
        assertFalse(PageScan.passesProbe(displacement * UNIT), () -> displacement + " pages");
      }
    }
  }

  private static void writePages(LinearMemory memory, int step) {
    MemorySegment all = memory.bytes();
    for (long at = 0; at < all.byteSize(); at += step * UNIT) {
      all.set(ValueLayout.JAVA_BYTE, at + 5, (byte) 7);
    }
  }

  @Test
  void noMoreStaysThanMay() throws Exception {
    assumeTrue(PageScan.isTrusted());
    try (LinearMemory memory = LinearMemory.create(32, 32, null)) {
      int units = (int) (memory.byteSize() / UNIT);
      for (int may : new int[] {units, units / 2, units - 1, units + 1, 1, 2, 0, 3}) {
        writePages(memory, 1);
        long stayed = memory.reset(32, may * UNIT + UNIT - 1);
        // Where pages are larger than the least, all of them have been written.
        assertTrue(stayed <= may * UNIT && stayed >= Math.min(may, units / 16) * 4096, stayed + " of " + may);
        assertTrue(ProcessMaps.resident(memory.base()) <= may * UNIT / 1024);
        Tenants.check(memory, new byte[32 * PAGE]);
      }
    }
  }

  @Test
  void scatteredPagesStayInSeveralRounds() {
    assumeTrue(PageScan.isTrusted());
    int pages = 128; // 1,024 ranges of a page of 4 KiB, more than a scan tells of
    byte[] bytes = new byte[pages * PAGE];
    new SplittableRandom(5).nextBytes(bytes);
    try (MemoryImage image =
            new MemoryImage.Builder(0, bytes.length).write(0, bytes, 0, bytes.length).build();
        LinearMemory memory = LinearMemory.create(pages, pages, image)) {
      for (int round = 0; round < 3; round++) {
        writePages(memory, 2);
        long stayed = memory.reset(pages, Long.MAX_VALUE);
        assertTrue(stayed >= 4096 * (bytes.length / UNIT / 2) && stayed <= bytes.length, () -> stayed + " bytes");
        Tenants.check(memory, bytes);
      }
      writePages(memory, 2);
      assertEquals(300 * UNIT, Math.max(memory.reset(pages, 300 * UNIT), 300 * UNIT));
      Tenants.check(memory, bytes);
    }
  }

  @Test
  void whatHasOnlyBeenReadStaysAsItIs() {
    assumeTrue(PageScan.isTrusted());
    byte[] bytes = new byte[2 * PAGE];
    Arrays.fill(bytes, PAGE, 2 * PAGE, (byte) 3);
    byte[] expected = Arrays.copyOf(bytes, 8 * PAGE);
    try (MemoryImage image =
            new MemoryImage.Builder(PAGE, 2 * PAGE).write(PAGE, bytes, PAGE, PAGE).build();
        LinearMemory memory = LinearMemory.create(8, 8, image)) {
      for (int round = 0; round < 3; round++) {
        assertArrayEquals(expected, memory.bytes().toArray(ValueLayout.JAVA_BYTE));
        assertEquals(0, memory.reset(8, Long.MAX_VALUE));
      }
    }
  }

  @Test
  void resetsGoOnWhenTheImageIsClosed() {
    SplittableRandom random = new SplittableRandom(9);
    for (boolean before : new boolean[] {true, false}) {
      Tenants.Contents contents = Tenants.Contents.random(random, 4);
      try (LinearMemory memory = LinearMemory.create(4, 20, contents.image())) {
        if (!before) {
          Tenants.use(memory, random);
          memory.reset(4, PAGE);
        }
        contents.image().close();
        for (int round = 0; round < 10; round++) {
          Tenants.use(memory, random);
          memory.reset(4, PAGE);
          Tenants.check(memory, contents.bytes());
        }
      }
    }
  }

  private static final long PAGEOUT = 21;

  @Test
  void pagesThatWereSwappedOutAreResetToo() {
    SplittableRandom random = new SplittableRandom(3);
    Tenants.Contents contents = Tenants.Contents.random(random, 16);
    try (MemoryImage image = contents.image();
        LinearMemory memory = LinearMemory.create(16, 16, image)) {
      for (int round = 0; round < 5; round++) {
        memory.bytes().fill((byte) round);
        // Where there is no swap space, or an old kernel, the pages stay.
        SystemCall.call(Machine.SYS_madvise(), memory.base(), 16 * PAGE, PAGEOUT);
        memory.reset(16, round < 3 ? Long.MAX_VALUE : 5 * UNIT);
        Tenants.check(memory, contents.bytes());
      }
    }
  }

  private static final long HUGEPAGE = 14;

  @Test
  void hugePagesAreResetToo() {
    int pages = 128; // of which some make up whole huge pages, wherever it begins
    byte[] zeros = new byte[pages * PAGE];
    try (LinearMemory memory = LinearMemory.create(pages, pages, null)) {
      SystemCall.call(Machine.SYS_madvise(), memory.base(), zeros.length, HUGEPAGE); // refused where there are none
      for (long keep : new long[] {Long.MAX_VALUE, 100 * UNIT, UNIT, Long.MAX_VALUE, 0, 1000 * UNIT}) {
        for (int round = 0; round < 3; round++) {
          writePages(memory, 1 + 20 * round);
          long stayed = memory.reset(pages, keep);
          assertTrue(stayed <= keep);
          if (round > 0) {
            Tenants.check(memory, zeros);
          }
        }
      }
    }
  }

  private static final long MLOCK = System.getProperty("os.arch").equals("aarch64") ? 228 : 149;

  @Test
  void pagesThatAreLockedAreResetToo() {
    SplittableRandom random = new SplittableRandom(4);
    Tenants.Contents contents = Tenants.Contents.random(random, 4);
    for (long keep : new long[] {Long.MAX_VALUE, 2 * UNIT, 0}) {
      try (LinearMemory memory = LinearMemory.create(4, 4, contents.image())) {
        for (int round = 0; round < 3; round++) {
          long locked = SystemCall.call(MLOCK, memory.base(), 4 * PAGE, 0);
          assumeTrue(locked == 0, "memory can't be locked: " + SystemCall.errorName(-locked));
          memory.bytes().fill((byte) 9);
          memory.reset(4, keep);
          Tenants.check(memory, contents.bytes());
        }
      }
    }
    contents.image().close();
  }

  @Test
  void threadsResetMemoriesOfOneImage() throws Exception {
    Tenants.Contents contents = Tenants.Contents.random(new SplittableRandom(6), 6);
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      for (int thread = 0; thread < 2; thread++) {
        SplittableRandom random = new SplittableRandom(thread);
        all.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < 10; i++) {
                    try (LinearMemory memory = LinearMemory.create(6, 20, contents.image())) {
                      for (int round = 0; round < (isEmulated() ? 5 : 50); round++) {
                        Tenants.use(memory, random);
                        memory.reset(6, random.nextLong(50) * UNIT);
                        Tenants.check(memory, contents.bytes());
                      }
                    }
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    contents.image().close();
  }

  @Test
  void stacksAreCleared() {
    for (long keep : new long[] {0, 3 * UNIT, Long.MAX_VALUE}) {
      try (GuardedStack stack = new GuardedStack(1 << 20)) {
        long size = stack.top() - stack.limit();
        MemorySegment all = MemorySegment.ofAddress(stack.limit()).reinterpret(size);
        byte[] zeros = new byte[(int) size];
        SplittableRandom random = new SplittableRandom(keep);
        for (int round = 0; round < 10; round++) {
          long deep = random.nextLong(size);
          all.asSlice(deep).fill((byte) 1);
          long stayed = stack.clear(keep);
          assertTrue(stayed <= keep);
          assertEquals(-1, all.mismatch(MemorySegment.ofArray(zeros)));
        }
      }
    }
  }

  @Test
  void viewsOfImagesEndWithTheirLastMemory() throws Exception {
    byte[] bytes = new byte[3 * PAGE];
    Arrays.fill(bytes, (byte) 1);
    long before = imageMappings();
    MemoryImage image = new MemoryImage.Builder(0, bytes.length).write(0, bytes, 0, bytes.length).build();
    LinearMemory first = LinearMemory.create(3, 3, image);
    LinearMemory second = LinearMemory.create(3, 3, image);
    first.bytes().fill((byte) 2);
    first.reset(3, PAGE);
    assertEquals(before + 3, imageMappings());
    image.close();
    first.close();
    assertEquals(before + 2, imageMappings());
    second.bytes().fill((byte) 2);
    second.reset(3, PAGE);
    Tenants.check(second, bytes);
    second.close();
    assertEquals(before, imageMappings());
  }

  private static long imageMappings() throws IOException {
    long count = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.contains("gatun-memory-image")) {
        count++;
      }
    }
    return count;
  }
}

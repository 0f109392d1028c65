package dev.gatun.memory;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Uses memories at random, one tenant after the other, and looks whether each finds what a fresh memory has. Also the
 * main class of a child, which has no test framework.
 */
final class Tenants {
  private static final int PAGE = LinearMemory.PAGE_SIZE;

  private Tenants() {}

  /** Contents with data, zeros between them, and zeros around them that are not of the image. */
  record Contents(MemoryImage image, byte[] bytes) {
    static Contents random(SplittableRandom random, int pages) {
      byte[] bytes = new byte[pages * PAGE];
      int from = random.nextInt(bytes.length / 2);
      int to = from + 1 + random.nextInt(bytes.length - from);
      MemoryImage.Builder builder = new MemoryImage.Builder(from, to);
      for (int i = 0; i < 30; i++) {
        int start = from + random.nextInt(to - from);
        int length = Math.min(1 + random.nextInt(10_000), to - start);
        byte[] data = new byte[length];
        random.nextBytes(data);
        System.arraycopy(data, 0, bytes, start, length);
        builder.write(start, data, 0, length);
      }
      return new Contents(builder.build(), bytes);
    }
  }

  /** Reads and writes bytes, runs, zeros over data, many pages or few, and what it grows by. */
  static void use(LinearMemory memory, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      memory.grow(1 + random.nextInt(3));
    }
    MemorySegment all = memory.bytes();
    long size = all.byteSize();
    int times = 1 << random.nextInt(8);
    for (int i = 0; i < times; i++) {
      long at = random.nextLong(size);
      long length = Math.min(1 + random.nextInt(20_000), size - at);
      switch (random.nextInt(5)) {
        case 0 -> all.set(ValueLayout.JAVA_BYTE, at, (byte) -1);
        case 1 -> all.asSlice(at, length).fill((byte) 0x55);
        case 2 -> all.asSlice(at, length).fill((byte) 0);
        default -> all.asSlice(at, length).mismatch(MemorySegment.ofArray(new byte[(int) length]));
      }
    }
  }

  static void check(LinearMemory memory, byte[] expected) {
    MemorySegment all = memory.bytes();
    if (all.byteSize() != expected.length) {
      throw new AssertionError(all.byteSize() + " bytes instead of " + expected.length);
    }
    long different = all.mismatch(MemorySegment.ofArray(expected));
    if (different >= 0) {
      throw new AssertionError("byte " + different + " of " + expected.length);
    }
  }

  /** Has many tenants use memories of many contents. Returns the most bytes that have stayed. */
  static long inTurns(long seed, int memories, long keep) {
    SplittableRandom random = new SplittableRandom(seed);
    long most = 0;
    for (int i = 0; i < memories; i++) {
      int pages = 2 + random.nextInt(6);
      Contents contents = Contents.random(random, pages);
      boolean hasImage = random.nextInt(4) > 0;
      byte[] expected = hasImage ? contents.bytes : new byte[pages * PAGE];
      try (MemoryImage image = contents.image;
          LinearMemory memory = LinearMemory.create(pages, 20, hasImage ? image : null)) {
        for (int round = 0; round < 12; round++) {
          use(memory, random);
          long stayed = memory.reset(pages, keep);
          if (stayed < 0 || stayed > keep) {
            throw new AssertionError(stayed + " bytes stay, of which may stay " + keep);
          }
          most = Math.max(most, stayed);
          if (round % 3 != 0) { // looking changes what is in the page tables
            check(memory, expected);
          }
        }
        check(memory, expected);
      }
    }
    return most;
  }

  /** Prints whether the kernel is trusted, and whether anything has stayed; if an argument says so, without files. */
  public static void main(String[] arguments) throws IOException {
    List<InputStream> open = new ArrayList<>();
    if (arguments[0].equals("no files")) {
      inTurns(1, 10, PAGE); // what follows finds its classes loaded
      try {
        while (true) {
          open.add(Files.newInputStream(Path.of("/dev/zero")));
        }
      } catch (FileSystemException e) {
        // as intended
      }
    }
    long most = inTurns(2, 20, Integer.MAX_VALUE);
    for (InputStream stream : open) {
      stream.close();
    }
    System.out.println("trusted: " + PageScan.isTrusted() + ", stayed: " + (most > 0));
  }
}

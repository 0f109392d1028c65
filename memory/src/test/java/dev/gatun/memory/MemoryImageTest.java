package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemoryImageTest {
  private static final long PAGE = LinearMemory.PAGE_SIZE;

  private static byte at(LinearMemory memory, long address) {
    return memory.segment().get(ValueLayout.JAVA_BYTE, address);
  }

  private static MemoryImage image(long address, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new MemoryImage.Builder(address, address + bytes.length).write(address, bytes, 0, bytes.length).build();
  }

  @Test
  void memoriesStartWithItsContents() {
    byte[] bytes = {9, 1, 2, 3, 9};
    try (MemoryImage image =
            new MemoryImage.Builder(5000, 3 * PAGE).write(5000, bytes, 1, 3).write(3 * PAGE - 1, bytes, 0, 1).build();
        LinearMemory memory = LinearMemory.create(4, 8, image)) {
      assertEquals(0, at(memory, 4999));
      assertEquals(1, at(memory, 5000));
      assertEquals(3, at(memory, 5002));
      assertEquals(0, at(memory, 5003));
      assertEquals(9, at(memory, 3 * PAGE - 1));
      assertEquals(0, at(memory, 3 * PAGE));
      memory.grow(4);
      assertEquals(1, at(memory, 5000));
      assertEquals(0, at(memory, 8 * PAGE - 1));
    }
  }

  @Test
  void laterWritesWin() {
    byte[] bytes = {1, 2, 3, 4};
    try (MemoryImage image =
            new MemoryImage.Builder(0, 10).write(0, bytes, 0, 4).write(2, bytes, 0, 4).build();
        LinearMemory memory = LinearMemory.create(1, 1, image)) {
      assertEquals(2, at(memory, 1));
      assertEquals(1, at(memory, 2));
      assertEquals(4, at(memory, 5));
    }
  }

  @Test
  void memoriesDoNotSeeEachOther() {
    try (MemoryImage image = image(100, 1, 2, 3);
        LinearMemory first = LinearMemory.create(1, 1, image);
        LinearMemory second = LinearMemory.create(1, 1, image)) {
      first.segment().set(ValueLayout.JAVA_BYTE, 101, (byte) 77);
      assertEquals(2, at(second, 101));
      try (LinearMemory third = LinearMemory.create(1, 1, image)) {
        assertEquals(2, at(third, 101));
      }
    }
  }

  @Test
  void memoriesOutliveTheImage() {
    MemoryImage image = image(100, 1, 2, 3);
    try (LinearMemory memory = LinearMemory.create(1, 1, image)) {
      image.close();
      image.close();
      assertEquals(3, at(memory, 102)); // first touched after the image is closed
      assertThrows(IllegalStateException.class, () -> LinearMemory.create(1, 1, image));
    }
  }

  @Test
  void memoryMustBeLargeEnough() {
    try (MemoryImage image = image(PAGE - 1, 1, 2)) {
      assertThrows(IllegalArgumentException.class, () -> LinearMemory.create(1, 4, image));
      LinearMemory.create(2, 4, image).close();
    }
  }

  @Test
  void contentsStayWithinTheRange() {
    assertThrows(IllegalArgumentException.class, () -> new MemoryImage.Builder(-1, 10));
    assertThrows(IllegalArgumentException.class, () -> new MemoryImage.Builder(10, 10));
    assertThrows(IllegalArgumentException.class, () -> new MemoryImage.Builder(0, LinearMemory.LARGEST + 1));
    MemoryImage.Builder builder = new MemoryImage.Builder(0, PAGE);
    assertThrows(IndexOutOfBoundsException.class, () -> builder.write(PAGE - 1, new byte[2], 0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> builder.write(-1, new byte[2], 0, 2));
    builder.build().close();
    assertThrows(IllegalStateException.class, () -> builder.write(0, new byte[1], 0, 1));
  }

  @Test
  void imageAtTheEndOfTheLargestMemory() {
    try (MemoryImage image = image((1L << 32) - 1, 5);
        LinearMemory memory = LinearMemory.create(65536, 65536, image)) {
      assertEquals(5, at(memory, (1L << 32) - 1));
    }
  }

  @Test
  void closingReturnsTheFile() throws Exception {
    image(0, 1).close();
    long before = files();
    for (int i = 0; i < 100; i++) {
      MemoryImage image = image(0, 1);
      LinearMemory.create(1, 1, image).close();
      image.close();
    }
    assertTrue(files() <= before + 5, () -> "open files before: " + before);
  }

  /** Main class of a child: makes an image when no file can be opened any more. */
  static final class WithoutFiles {
    public static void main(String[] arguments) throws Exception {
      try (MemoryImage image = image(0, 1);
          LinearMemory memory = LinearMemory.create(1, 1, image)) {
        check(at(memory, 0) == 1); // what follows finds its classes loaded
      }
      List<InputStream> open = new ArrayList<>();
      try {
        while (true) {
          open.add(Files.newInputStream(Path.of("/dev/zero")));
        }
      } catch (FileSystemException e) {
        try (MemoryImage image = image(5000, 7, 8);
            LinearMemory first = LinearMemory.create(1, 1, image);
            LinearMemory second = LinearMemory.create(1, 1, image)) {
          first.segment().set(ValueLayout.JAVA_BYTE, 5000, (byte) 9);
          check(at(second, 5000) == 7 && at(second, 5001) == 8 && at(second, 4999) == 0);
        }
      }
      for (InputStream stream : open) {
        stream.close();
      }
      System.out.println("made after " + open.size() + " files");
    }

    private static void check(boolean condition) {
      if (!condition) {
        throw new AssertionError();
      }
    }
  }

  @Test
  void contentsAreCopiedWhereThereAreNoFiles() throws Exception {
    ChildJvm child = ChildJvm.runWithin("-n 64", List.of(), WithoutFiles.class);
    assertTrue(child.output().startsWith("made after"), child.output());
  }

  private static long files() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void capturesTheContentsOfAMemory() {
    try (LinearMemory memory = LinearMemory.create(4, 10, null)) {
      assertEquals(null, MemoryImage.of(memory));
      memory.segment().set(ValueLayout.JAVA_BYTE, PAGE + 5, (byte) 1);
      memory.segment().set(ValueLayout.JAVA_BYTE, 3 * PAGE - 1, (byte) 2);
      try (MemoryImage image = MemoryImage.of(memory)) {
        memory.segment().fill((byte) 3);
        try (LinearMemory copy = LinearMemory.create(4, 10, image)) {
          for (long i = 0; i < 4 * PAGE; i++) {
            int expected = i == PAGE + 5 ? 1 : i == 3 * PAGE - 1 ? 2 : 0;
            assertEquals(expected, copy.segment().get(ValueLayout.JAVA_BYTE, i));
          }
        }
      }
    }
  }
}

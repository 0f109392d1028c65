package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops in C, for scalars and for vectors: both compute what Java does. */
class KernelsTest {
  private static final Engine ENGINE = Engine.create();

  private final Random random = new Random(3);

  private static final class Kernels implements AutoCloseable {
    private final Module module;
    private final Instance instance;
    private final Memory memory;
    private final int start;

    Kernels(String build) throws IOException {
      module = ENGINE.compile(Programs.c("kernels-" + build));
      instance = module.instantiate();
      memory = instance.memory("memory");
      start = (int) instance.function("memory_start").call();
    }

    Object call(String name, Object... arguments) {
      return instance.function(name).call(arguments);
    }

    @Override
    public void close() {
      instance.close();
      module.close();
    }
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vectors"})
  void dotProduct(String build) throws IOException {
    try (Kernels kernels = new Kernels(build)) {
      for (int count = 0; count <= 160; count += 16) {
        // Whole numbers, whose sums are exact in any order.
        ByteBuffer numbers = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2 * count; i++) {
          numbers.putFloat(random.nextInt(-100, 100));
        }
        float expected = 0;
        for (int i = 0; i < count; i++) {
          expected += numbers.getFloat(4 * i) * numbers.getFloat(4 * (count + i));
        }
        kernels.memory.write(kernels.start, numbers.array());
        assertEquals(expected, kernels.call("dot_product", kernels.start, kernels.start + 4 * count, count));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vectors"})
  void findByte(String build) throws IOException {
    try (Kernels kernels = new Kernels(build)) {
      for (int length = 0; length < 70; length++) {
        for (int at = 0; at <= length; at++) {
          byte[] data = new byte[length];
          if (at < length) {
            data[at] = -1;
            data[length - 1] = -1;
          }
          // At any alignment.
          int start = kernels.start + length % 16;
          kernels.memory.write(start, data);
          assertEquals(at, kernels.call("find_byte", start, length, 255));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vectors"})
  void base64(String build) throws IOException {
    try (Kernels kernels = new Kernels(build)) {
      int out = kernels.start + 100_000;
      for (int length = 0; length < 3000; length += 3) {
        byte[] data = bytes(length);
        kernels.memory.write(kernels.start, data);
        byte[] expected = Base64.getEncoder().encode(data);
        assertEquals(expected.length, kernels.call("base64", kernels.start, length, out));
        assertArrayEquals(expected, kernels.memory.read(out, expected.length));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vectors"})
  void blur(String build) throws IOException {
    try (Kernels kernels = new Kernels(build)) {
      for (int width = 1; width < 60; width++) {
        int height = 1 + random.nextInt(10);
        byte[] image = bytes(width * height);
        byte[] expected = new byte[image.length];
        for (int y = 1; y < height - 1; y++) {
          for (int x = 1; x < width - 1; x++) {
            int sum = 0;
            for (int neighbour = 0; neighbour < 9; neighbour++) {
              sum += image[(y + neighbour / 3 - 1) * width + x + neighbour % 3 - 1] & 0xff;
            }
            expected[y * width + x] = (byte) Math.round(sum / 9.0);
          }
        }
        int out = kernels.start + image.length;
        kernels.memory.write(kernels.start, image);
        kernels.memory.write(out, new byte[image.length]);
        kernels.call("blur", kernels.start, out, width, height);
        assertArrayEquals(expected, kernels.memory.read(out, image.length));
      }
    }
  }
}

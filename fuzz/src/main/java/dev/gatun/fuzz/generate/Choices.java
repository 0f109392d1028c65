package dev.gatun.fuzz.generate;

import java.util.List;
import java.util.SplittableRandom;

/** What a generator decides, from a seed. Numbers lie near a limit as often as anywhere else. */
public final class Choices {
  private static final int[] INTS = {
    0, 1, -1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, -127, -128, -129, 32_767, 32_768, 65_535,
    65_536, -32_768, -32_769, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE - 1, Integer.MIN_VALUE + 1,
    0x0F0F_0F0F, 0x8080_8080, 0xAAAA_AAAA, 0x5555_5555, 0x3FFF_FFFF, 0x4000_0000
  };
  private static final long[] LONGS = {
    0, 1, -1, 2, 7, 31, 32, 63, 64, 65, 127, 128, 255, 256, -128, -129, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL,
    0x1_0000_0000L, -0x8000_0000L, -0x8000_0001L, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1,
    Long.MIN_VALUE + 1, 0x8080_8080_8080_8080L, 0x5555_5555_5555_5555L, 0x3FFF_FFFF_FFFF_FFFFL, 1L << 53,
    (1L << 53) + 1, 0x7FFF_FFFF_FFFF_FC00L, 0x7F_FFFF_C000_0000L
  };

  /** Limits of conversions, halves, denormal numbers, and what is special; NaN in its canonical form alone. */
  private static final float[] FLOATS = {
    0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -1.5f, -2.5f, 0.49999997f, Float.MIN_VALUE, -Float.MIN_VALUE,
    Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN,
    2_147_483_520f, 2_147_483_648f, -2_147_483_648f, -2_147_483_904f, 4_294_967_040f, 4_294_967_296f,
    9_223_371_487_098_961_920f, 9_223_372_036_854_775_808f, -9_223_372_036_854_775_808f, 18_446_742_974_197_923_840f,
    18_446_744_073_709_551_616f, 8_388_608f, 8_388_607.5f, 16_777_216f, -0.99999994f, -0.9f, 3.14159274f, 1e-40f
  };
  private static final double[] DOUBLES = {
    0d, -0d, 1d, -1d, 0.5, -0.5, 1.5, 2.5, -1.5, -2.5, 0.49999999999999994, Double.MIN_VALUE, -Double.MIN_VALUE,
    Double.MIN_NORMAL, Double.MAX_VALUE, -Double.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
    Double.NaN, 2_147_483_647d, 2_147_483_647.9, 2_147_483_648d, -2_147_483_648d, -2_147_483_648.9, -2_147_483_649d,
    4_294_967_295d, 4_294_967_295.9, 4_294_967_296d, 9_223_372_036_854_774_784d, 9_223_372_036_854_775_808d,
    -9_223_372_036_854_775_808d, -9_223_372_036_854_777_856d, 18_446_744_073_709_549_568d, 18_446_744_073_709_551_616d,
    4_503_599_627_370_496d, 4_503_599_627_370_495.5, 9_007_199_254_740_992d, -0.9999999999999999, 3.141592653589793,
    1e-310, Float.MAX_VALUE, 3.4028235677973366e38, 1.1754943508222875e-38, 1e-46
  };

  private final SplittableRandom random;

  /** The decisions of a seed. */
  public Choices(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A number from 0 to below the bound. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** A number of a range, both ends included. */
  public int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  /** True once in so many times. */
  public boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** True so many times in a hundred. */
  public boolean percent(int times) {
    return random.nextInt(100) < times;
  }

  /** One of a list, which is not empty. */
  public <T> T of(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** One of an array, which is not empty. */
  public int of(int... values) {
    return values[random.nextInt(values.length)];
  }

  /** An i32. */
  public int i32() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(-16, 17);
      case 1 -> random.nextInt() >> random.nextInt(32);
      default -> INTS[random.nextInt(INTS.length)];
    };
  }

  /** An i64. */
  public long i64() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(-16, 17);
      case 1 -> random.nextLong() >> random.nextInt(64);
      default -> LONGS[random.nextInt(LONGS.length)];
    };
  }

  /** Bits of an f32; those of a NaN are the canonical ones. */
  public int f32() {
    return switch (random.nextInt(4)) {
      case 0 -> Float.floatToIntBits(random.nextInt(-20, 21));
      case 1 -> Float.floatToIntBits(Float.intBitsToFloat(random.nextInt()));
      default -> Float.floatToIntBits(FLOATS[random.nextInt(FLOATS.length)]);
    };
  }

  /** Bits of an f64; those of a NaN are the canonical ones. */
  public long f64() {
    return switch (random.nextInt(4)) {
      case 0 -> Double.doubleToLongBits(random.nextInt(-20, 21));
      case 1 -> Double.doubleToLongBits(Double.longBitsToDouble(random.nextLong()));
      default -> Double.doubleToLongBits(DOUBLES[random.nextInt(DOUBLES.length)]);
    };
  }

  /** Half a vector: lanes of one width that lie near its limits. */
  public long vectorHalf() {
    return switch (random.nextInt(6)) {
      case 0 -> i64();
      case 1 -> (long) i32() << 32 | i32() & 0xFFFF_FFFFL;
      case 2 -> (long) f32() << 32 | f32() & 0xFFFF_FFFFL;
      case 3 -> f64();
      case 4 -> random.nextLong();
      default -> {
        long lanes = 0;
        int width = random.nextBoolean() ? 8 : 16;
        for (int at = 0; at < 64; at += width) {
          lanes |= (i32() & (1L << width) - 1) << at;
        }
        yield lanes;
      }
    };
  }

  /** Random bytes. */
  public byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}

package dev.gatun.layout;

/**
 * The sizes of the cells into which blocks of the heap are divided: each object lies in a cell of the smallest class
 * that holds it. Up to 64 bytes they are 8 apart, then there are four to each doubling.
 */
public final class SizeClasses {
  /** Bytes in a block. */
  public static final int BLOCK = 64 * 1024;

  /** Objects larger than this have blocks of their own. */
  public static final int LARGEST = BLOCK / 2;

  /** Objects up to this size are small enough that emitted code finds their class at run time. */
  public static final int SMALL = 2048;

  private static final int STEP = 8;

  private static final int[] SIZES = {
    16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280,
    1536, 1792,
    2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192, 9360, 10920, 13104, 16384, 21840, LARGEST
  };

  /** Number of classes. */
  public static final int COUNT = 41;

  /** The class of a size by its count of steps. */
  private static final byte[] CLASS_OF = new byte[LARGEST / STEP + 1];

  static {
    int sizeClass = 0;
    for (int i = 0; i < CLASS_OF.length; i++) {
      if (i * STEP > SIZES[sizeClass]) {
        sizeClass++;
      }
      CLASS_OF[i] = (byte) sizeClass;
    }
  }

  private SizeClasses() {}

  /** The class of the cells for objects of a size in bytes, or -1 if the size is above {@link #LARGEST}. */
  public static int of(long size) {
    return size > LARGEST ? -1 : CLASS_OF[(int) size + STEP - 1 >>> 3];
  }

  /** Bytes of a cell of a class. */
  public static int size(int sizeClass) {
    return SIZES[sizeClass];
  }

  /** Cells of a class in a block. */
  public static int perBlock(int sizeClass) {
    return BLOCK / SIZES[sizeClass];
  }
}

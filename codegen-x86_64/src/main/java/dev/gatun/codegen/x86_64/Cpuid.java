package dev.gatun.codegen.x86_64;

import dev.gatun.backend.CpuFeatures;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the instruction {@code cpuid} says of the processor (Intel's manual, volume 2, CPUID). */
final class Cpuid {
  private Cpuid() {}

  /** What every supported processor has. */
  static final CpuFeatures<X86Feature> BASELINE =
      new CpuFeatures<>(X86Feature.class, EnumSet.of(X86Feature.SSE42, X86Feature.POPCNT));

  /** XCR0: the operating system saves the registers xmm, and the upper halves of ymm. */
  private static final long SAVED_VECTORS = 6;

  /**
   * Reads the features from the registers (eax, ebx, ecx, edx) that cpuid returned for three leaves.
   *
   * @param xcr0 the extended control register 0, or 0 if there is none
   */
  static CpuFeatures<X86Feature> features(long[] leaf1, long[] leaf7, long[] extended1, long xcr0) {
    Set<X86Feature> found = EnumSet.noneOf(X86Feature.class);
    add(found, X86Feature.SSE42, leaf1[2], 20);
    add(found, X86Feature.POPCNT, leaf1[2], 23);
    add(found, X86Feature.LZCNT, extended1[2], 5);
    add(found, X86Feature.BMI1, leaf7[1], 3);
    add(found, X86Feature.BMI2, leaf7[1], 8);
    if ((xcr0 & SAVED_VECTORS) == SAVED_VECTORS) {
      add(found, X86Feature.AVX, leaf1[2], 28);
      add(found, X86Feature.FMA, leaf1[2], 12);
      add(found, X86Feature.AVX2, leaf7[1], 5);
    }
    return new CpuFeatures<>(X86Feature.class, found);
  }

  private static void add(Set<X86Feature> features, X86Feature feature, long register, int bit) {
    if (isSet(register, bit)) {
      features.add(feature);
    }
  }

  private static boolean isSet(long register, int bit) {
    return (register >>> bit & 1) != 0;
  }

  /** Whether cpuid's first leaf says that there is an extended control register 0. */
  static boolean hasXcr0(long[] leaf1) {
    return isSet(leaf1[2], 27);
  }

  /** What is missing that generated code cannot do without, or null. */
  static @Nullable String missing(CpuFeatures<X86Feature> features) {
    return !features.has(X86Feature.SSE42) ? "SSE4.2" : !features.has(X86Feature.POPCNT) ? "POPCNT" : null;
  }
}

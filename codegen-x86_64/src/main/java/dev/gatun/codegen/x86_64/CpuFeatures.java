package dev.gatun.codegen.x86_64;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What code may use, a set of {@link CpuFeature}. */
final class CpuFeatures {
  /** The x86-64 instructions that every supported processor has. */
  static final CpuFeatures BASELINE = new CpuFeatures(EnumSet.of(CpuFeature.SSE42, CpuFeature.POPCNT));

  /** XCR0: the operating system saves the registers xmm, and the upper halves of ymm. */
  private static final long SAVED_VECTORS = 6;

  private final Set<CpuFeature> features;

  private CpuFeatures(Set<CpuFeature> features) {
    this.features = features;
  }

  /**
   * Reads the features from the registers (eax, ebx, ecx, edx) that cpuid returned for three leaves.
   *
   * @param xcr0 the extended control register 0, or 0 if there is none
   */
  static CpuFeatures of(long[] leaf1, long[] leaf7, long[] extended1, long xcr0) {
    Set<CpuFeature> found = EnumSet.noneOf(CpuFeature.class);
    add(found, CpuFeature.SSE42, leaf1[2], 20);
    add(found, CpuFeature.POPCNT, leaf1[2], 23);
    add(found, CpuFeature.LZCNT, extended1[2], 5);
    add(found, CpuFeature.BMI1, leaf7[1], 3);
    add(found, CpuFeature.BMI2, leaf7[1], 8);
    if ((xcr0 & SAVED_VECTORS) == SAVED_VECTORS) {
      add(found, CpuFeature.AVX, leaf1[2], 28);
      add(found, CpuFeature.FMA, leaf1[2], 12);
      add(found, CpuFeature.AVX2, leaf7[1], 5);
    }
    return new CpuFeatures(found).consistent();
  }

  private static void add(Set<CpuFeature> features, CpuFeature feature, long register, int bit) {
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

  private CpuFeatures consistent() {
    for (CpuFeature feature : CpuFeature.values()) {
      if (feature.base != null && !features.contains(feature.base)) {
        features.remove(feature);
      }
    }
    return this;
  }

  /**
   * What is named.
   *
   * @param names between blanks
   * @throws IllegalArgumentException if a name is not known; lists those that are
   */
  static CpuFeatures parse(String names) {
    Set<CpuFeature> named = EnumSet.noneOf(CpuFeature.class);
    for (String name : names.strip().split(" +")) {
      named.add(CpuFeature.named(name));
    }
    return new CpuFeatures(named).consistent();
  }

  /**
   * The same without some.
   *
   * @param names as in {@code -avx,-bmi2}
   * @throws IllegalArgumentException if a name is not known; lists those that are
   */
  CpuFeatures without(String names) {
    Set<CpuFeature> rest = EnumSet.noneOf(CpuFeature.class);
    rest.addAll(features);
    for (String name : names.split(",")) {
      String stripped = name.strip();
      if (!stripped.startsWith("-")) {
        throw new IllegalArgumentException("'" + stripped + "' must begin with a minus sign, as in -avx,-bmi2");
      }
      rest.remove(CpuFeature.named(stripped.substring(1)));
    }
    return new CpuFeatures(rest).consistent();
  }

  boolean has(CpuFeature feature) {
    return features.contains(feature);
  }

  /** What is missing that generated code cannot do without, or null. */
  @Nullable String missing() {
    return !has(CpuFeature.SSE42) ? "SSE4.2" : !has(CpuFeature.POPCNT) ? "POPCNT" : null;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (CpuFeature feature : features) {
      text.append(text.isEmpty() ? "" : " ").append(feature.text);
    }
    return text.toString();
  }
}

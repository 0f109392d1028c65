package dev.gatun.codegen.x86_64;

import org.jspecify.annotations.Nullable;

/** Something that a processor may be able to do beyond the base architecture; named as in /proc/cpuinfo. */
enum CpuFeature {
  SSE42("sse4_2", null),
  POPCNT("popcnt", null),
  LZCNT("lzcnt", null),
  BMI1("bmi1", null),
  BMI2("bmi2", null),
  AVX("avx", null),
  AVX2("avx2", AVX),
  FMA("fma", AVX);

  final String text;

  /** What it is of no use without, or null. */
  final @Nullable CpuFeature base;

  CpuFeature(String text, @Nullable CpuFeature base) {
    this.text = text;
    this.base = base;
  }

  /**
   * The one with a name.
   *
   * @throws IllegalArgumentException if there is none; lists those that are
   */
  static CpuFeature named(String name) {
    StringBuilder known = new StringBuilder();
    for (CpuFeature feature : values()) {
      if (name.equals(feature.text)) {
        return feature;
      }
      known.append(known.isEmpty() ? "" : ", ").append(feature.text);
    }
    throw new IllegalArgumentException("'" + name + "' is no known feature of a processor; these are: " + known);
  }
}

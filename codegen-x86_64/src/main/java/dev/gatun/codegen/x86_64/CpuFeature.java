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
}

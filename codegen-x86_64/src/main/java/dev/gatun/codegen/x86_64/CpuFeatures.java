package dev.gatun.codegen.x86_64;

import org.jspecify.annotations.Nullable;

/** What the processor can do beyond the base architecture, as cpuid says. */
record CpuFeatures(boolean sse42, boolean popcnt, boolean lzcnt, boolean bmi1, boolean bmi2) {
  /** The x86-64 instructions that every supported processor has. */
  static final CpuFeatures BASELINE = new CpuFeatures(true, true, false, false, false);

  /** Reads the features from the registers (eax, ebx, ecx, edx) that cpuid returned for three leaves. */
  static CpuFeatures of(long[] leaf1, long[] leaf7, long[] extended1) {
    return new CpuFeatures(
        bit(leaf1[2], 20), bit(leaf1[2], 23), bit(extended1[2], 5), bit(leaf7[1], 3), bit(leaf7[1], 8));
  }

  private static boolean bit(long register, int bit) {
    return (register >>> bit & 1) != 0;
  }

  /** What is missing that generated code cannot do without, or null. */
  @Nullable String missing() {
    return !sse42 ? "SSE4.2" : !popcnt ? "POPCNT" : null;
  }
}

package dev.gatun.codegen.x86_64;

import dev.gatun.backend.CpuFeature;
import org.jspecify.annotations.Nullable;

/** What an x86-64 processor may be able to do. */
enum X86Feature implements CpuFeature {
  SSE42("sse4_2", null),
  POPCNT("popcnt", null),
  LZCNT("lzcnt", null),
  BMI1("bmi1", null),
  BMI2("bmi2", null),
  AVX("avx", null),
  AVX2("avx2", AVX),
  FMA("fma", AVX);

  private final String text;
  private final @Nullable X86Feature base;

  X86Feature(String text, @Nullable X86Feature base) {
    this.text = text;
    this.base = base;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public @Nullable X86Feature base() {
    return base;
  }
}

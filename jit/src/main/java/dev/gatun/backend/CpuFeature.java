package dev.gatun.backend;

import org.jspecify.annotations.Nullable;

/** Something that a processor may be able to do beyond the base architecture. Each backend has an enum of them. */
public interface CpuFeature {
  /** Its name as in /proc/cpuinfo. */
  String text();

  /** What it is of no use without, or null. */
  default @Nullable CpuFeature base() {
    return null;
  }
}

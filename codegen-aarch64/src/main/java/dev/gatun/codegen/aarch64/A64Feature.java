package dev.gatun.codegen.aarch64;

import dev.gatun.backend.CpuFeature;
import dev.gatun.backend.CpuFeatures;
import dev.gatun.bindings.AuxiliaryVector;
import dev.gatun.bindings.linux.AArch64;
import dev.gatun.bindings.linux.LibC;
import java.util.EnumSet;
import java.util.Set;

/** What an AArch64 processor may be able to do beyond Armv8.0. */
enum A64Feature implements CpuFeature {
  /** Atomic accesses in one instruction, FEAT_LSE. */
  ATOMICS("atomics");

  private final String text;

  A64Feature(String text) {
    this.text = text;
  }

  @Override
  public String text() {
    return text;
  }

  /** What every processor has. */
  static final CpuFeatures<A64Feature> BASELINE =
      new CpuFeatures<>(A64Feature.class, EnumSet.noneOf(A64Feature.class));

  /** What this one has, as the kernel says. */
  static CpuFeatures<A64Feature> detect() {
    Set<A64Feature> found = EnumSet.noneOf(A64Feature.class);
    if ((AuxiliaryVector.value(LibC.AT_HWCAP()) & AArch64.HWCAP_ATOMICS()) != 0) {
      found.add(ATOMICS);
    }
    return new CpuFeatures<>(A64Feature.class, found);
  }
}

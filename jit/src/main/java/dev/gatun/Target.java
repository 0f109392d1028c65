package dev.gatun;

import dev.gatun.backend.Backend;
import dev.gatun.runtime.Machine;

/**
 * A processor that code is compiled for. Immutable.
 *
 * @param architecture as {@code os.arch} names it on Linux: {@code amd64} or {@code aarch64}
 * @param features what the code may make use of beyond the base architecture: the names that /proc/cpuinfo has, between
 *     blanks. It runs on processors that have all of it
 */
public record Target(String architecture, String features) {
  /**
   * A target.
   *
   * @throws UnsupportedOperationException if Gatun has no backend for the architecture; says for which it has
   * @throws IllegalArgumentException if it has no use for a feature; says for which it has
   */
  public Target {
    Machine.backend(architecture).newMacroAssembler(features);
  }

  /**
   * This machine, with all that its processor can do.
   *
   * @throws UnsupportedOperationException if Gatun does not run on it
   */
  public static Target host() {
    Machine machine = Machine.get();
    return new Target(machine.architecture(), machine.features());
  }

  /**
   * Every processor of an architecture that Gatun runs on.
   *
   * @param architecture {@code amd64} or {@code x86_64}, {@code aarch64} or {@code arm64}
   * @throws UnsupportedOperationException if Gatun has no backend for it; says for which it has
   */
  public static Target baseline(String architecture) {
    String name =
        switch (architecture) {
          case "x86_64", "x86-64" -> "amd64";
          case "arm64" -> "aarch64";
          default -> architecture;
        };
    Backend backend = Machine.backend(name);
    return new Target(name, backend.baselineFeatures());
  }

  /**
   * The same with processors that can do more.
   *
   * @param names of features, as /proc/cpuinfo has them
   * @throws IllegalArgumentException if code has no use for one; says for which it has
   */
  public Target with(String... names) {
    StringBuilder all = new StringBuilder(features);
    for (String name : names) {
      if (!(" " + all + " ").contains(" " + name + " ")) {
        all.append(all.isEmpty() ? "" : " ").append(name);
      }
    }
    return new Target(architecture, all.toString());
  }
}

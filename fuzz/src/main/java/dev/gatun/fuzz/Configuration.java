package dev.gatun.fuzz;

import dev.gatun.Engine;
import dev.gatun.Limits;
import java.time.Duration;

/** Ways to run a module within one JVM, all of which must give the same. */
enum Configuration {
  /** As it comes. */
  LAZY,
  /** Compiled at once, each access compared with the size of its memory. */
  EAGER_EXPLICIT,
  /** Counting what is executed. */
  FUEL;

  /** More than any case consumes. */
  static final long FUEL_UNITS = 1L << 40;

  /** An engine for modules that end. */
  Engine engine() {
    Engine.Builder builder = Engine.builder().limits(limits().build());
    return switch (this) {
      case LAZY -> builder.build();
      case EAGER_EXPLICIT ->
          builder.compilation(Engine.Compilation.EAGER).boundsChecks(Engine.BoundsChecks.EXPLICIT).build();
      case FUEL -> builder.fuel(true).build();
    };
  }

  private static Limits.Builder limits() {
    return Limits.builder().heap(64 << 20).timeout(Duration.ofSeconds(10));
  }

  /** An engine for modules of which nothing is known. */
  static Engine guarded(Engine.Compilation compilation) {
    Limits limits =
        limits().stack(256 << 10).memory(64 << 20).tableElements(1 << 20).timeout(Duration.ofMillis(20)).build();
    return Engine.builder().limits(limits).compilation(compilation).build();
  }
}

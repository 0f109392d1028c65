package dev.gatun.views;

import dev.gatun.Instance;
import java.lang.invoke.MethodHandles;

/** An interface that a class loader of its own defines, where the engine can't see it; bound by its own lookup. */
public interface ForeignAdder {
  /** Adds. */
  int add(int a, int b);

  /** Binds. */
  static ForeignAdder of(Instance instance) {
    return instance.as(MethodHandles.lookup(), ForeignAdder.class);
  }
}

package dev.gatun.views;

import dev.gatun.Import;

/** What modules import, defined by a class loader of its own. */
public final class ForeignHost {
  /** Adds one. */
  @Import
  public int next(int a) {
    return a + 1;
  }
}

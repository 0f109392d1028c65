package dev.gatun;

import org.jspecify.annotations.Nullable;

/** Supplies host functions by name, when a module that imports them is instantiated. */
@FunctionalInterface
public interface ImportProvider {
  /**
   * Finds a function.
   *
   * @param module the first of the import's two names
   * @param name the second
   * @param type the type that the module expects
   * @return the function, or null if this provider does not have it
   */
  @Nullable HostFunction find(String module, String name, FuncType type);
}

package dev.gatun;

import org.jspecify.annotations.Nullable;

/** A module that needs a part of WebAssembly which this version of Gatun does not have. */
public final class UnsupportedFeatureException extends RejectedModuleException {
  private static final long serialVersionUID = 1L;

  private final String feature;

  /**
   * Creates an exception.
   *
   * @param feature its usual name, e.g. {@code SIMD}
   * @param offset where the module asks for it, in bytes from the start of the module
   * @param section name of the section, or null
   * @param functionIndex index of the function, or -1
   * @param functionName name of the function, or null
   */
  public UnsupportedFeatureException(
      String feature, long offset, @Nullable String section, int functionIndex, @Nullable String functionName) {
    super("unsupported feature " + feature, null, offset, section, functionIndex, functionName);
    this.feature = feature;
  }

  /** The feature's usual name. */
  public String feature() {
    return feature;
  }
}

package dev.gatun;

/** The module needs a WebAssembly feature that this version of Gatun does not have. */
public final class UnsupportedFeatureException extends WasmException {
  private static final long serialVersionUID = 1L;
  private final String feature;

  /**
   * Reports a feature.
   *
   * @param feature its usual name, e.g. {@code SIMD}
   * @param offset where the module asks for it, in bytes from its start
   */
  public UnsupportedFeatureException(String feature, long offset) {
    super("the module needs " + feature + " (at offset 0x" + Long.toHexString(offset) + "), which Gatun does not support");
    this.feature = feature;
  }

  /** The feature's usual name. */
  public String feature() {
    return feature;
  }
}

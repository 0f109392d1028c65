package dev.gatun.wasm;

import org.jspecify.annotations.Nullable;

/** A part of WebAssembly that came after its first version, with whether the engine has it. */
public enum Feature {
  MVP("version 1", true),
  MUTABLE_GLOBALS("mutable globals", true),
  SIGN_EXTENSION("sign extension", true),
  SATURATING_CONVERSIONS("saturating conversions", true),
  MULTI_VALUE("multi-value", true),
  BULK_MEMORY("bulk memory", true),
  REFERENCE_TYPES("reference types", true),
  EXTENDED_CONSTANTS("extended constant expressions", true),
  SIMD("SIMD", false),
  RELAXED_SIMD("relaxed SIMD", false),
  TAIL_CALLS("tail calls", false),
  EXCEPTIONS("exceptions", false),
  LEGACY_EXCEPTIONS("legacy exceptions", false),
  FUNCTION_REFERENCES("typed function references", false),
  GC("garbage collection", false),
  MULTI_MEMORY("multiple memories", false),
  MEMORY64("memory64", false),
  THREADS("threads", false),
  CUSTOM_PAGE_SIZES("custom page sizes", false),
  WIDE_ARITHMETIC("wide arithmetic", false);

  private final String text;
  private final boolean supported;

  Feature(String text, boolean supported) {
    this.text = text;
    this.supported = supported;
  }

  /** Whether the engine has the feature. */
  public boolean isSupported() {
    return supported;
  }

  /** What the feature is called in messages. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * The unsupported feature to which a value type or heap type belongs, by its first byte, or null if it belongs to
   * none.
   */
  static @Nullable Feature ofUnsupportedType(int first) {
    return switch (first) {
      case ValueType.V128 -> SIMD;
      case 0x63, 0x64 -> FUNCTION_REFERENCES;
      case 0x69, 0x74 -> EXCEPTIONS;
      case 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x71, 0x72, 0x73 -> GC;
      default -> null;
    };
  }
}
